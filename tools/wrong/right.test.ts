import test from 'ava';
import { declarationOf, faultsOfRegistry } from './fault.ts';
import { registry, rightRegistry } from './registry.ts';
import { asFault, type Right } from './right.ts';

const right: Right = {
  id: 'one',
  roles: ['server'],
  does: 'The same.',
  file: 'reference/errors.ts',
  change: ['a', 'b'],
};

test('every place that a right implementation changes is there exactly once', (t) => {
  t.true(rightRegistry.length >= 30);
  t.deepEqual(faultsOfRegistry(rightRegistry.map(asFault)), []);
});

test('no id stands for a wrong and for a right implementation', (t) => {
  const wrong = new Set(registry.map(({ id }) => id));
  t.deepEqual(
    rightRegistry.filter(({ id }) => wrong.has(id)),
    [],
  );
});

test('a right implementation declares what it has', (t) => {
  const declaration = { name: 'r', suites: ['hybrid', 'x25519'], capabilities: ['adapter', 'ipv6'] };
  t.deepEqual(declarationOf({}, declaration), declaration);
  t.deepEqual(declarationOf({ declares: { lacks: ['ipv6'] } }, declaration), {
    ...declaration,
    capabilities: ['adapter'],
  });
  const least = { suites: ['x25519'], transforms: ['chacha20poly1305'], capabilities: [] };
  t.deepEqual(declarationOf({ declares: least }, declaration), { name: 'r', ...least });
});

test('without requirements that it touches, every scenario of its role is tried', (t) => {
  t.deepEqual(asFault(right).breaks, ['every']);
  t.deepEqual(asFault({ ...right, touches: ['DATA'] }).breaks, ['DATA']);
});
