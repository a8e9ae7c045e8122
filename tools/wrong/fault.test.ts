import test from 'ava';
import { changed, type Fault, faultsOfRegistry } from './fault.ts';
import { registry } from './registry.ts';

const fault: Fault = {
  id: 'one',
  breaks: ['DATA-07'],
  roles: ['server'],
  does: 'Nothing.',
  file: 'reference/errors.ts',
  change: ["readonly name = 'Misuse'", "readonly name = 'Misused'"],
};

test('every place that a wrong implementation changes is there exactly once', (t) => {
  t.true(registry.length > 0);
  t.deepEqual(faultsOfRegistry(registry), []);
});

test('a place that is missing or stands there twice is an error', (t) => {
  t.is(changed('a b', ['b', 'c'], 'x'), 'a c');
  t.throws(() => changed('a b', ['z', 'c'], 'x'), { message: /0 times/ });
  t.throws(() => changed('a a', ['a', 'c'], 'x'), { message: /2 times/ });
});

test('a registry with a fault of its own says so', (t) => {
  t.deepEqual(faultsOfRegistry([fault]), []);
  t.regex(faultsOfRegistry([fault, fault])[0] ?? '', /twice/);
  t.regex(faultsOfRegistry([{ ...fault, id: 'Not This' }])[0] ?? '', /lower case/);
  t.regex(faultsOfRegistry([{ ...fault, breaks: [] }])[0] ?? '', /no requirement/);
  t.regex(faultsOfRegistry([{ ...fault, change: ['class Misuse', 'class Misuse'] }])[0] ?? '', /changes nothing/);
});
