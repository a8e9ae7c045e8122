import test from 'ava';
import { faultsOfRegistry } from './fault.ts';
import { rightRegistry } from './registry.ts';
import { asFault, type Right } from './right.ts';
import { bundlesOf, judgedTogether } from './together.ts';

const file = 'reference/errors.ts';
const right = (id: string, from: string, more: Partial<Right> = {}): Right => ({
  id,
  roles: ['server'],
  does: 'The same.',
  touches: ['DATA-07'],
  file,
  change: [from, `${from} /* ${id} */`],
  ...more,
});
const [one, other] = [right('one', "readonly name = 'Misuse'"), right('other', "readonly name = 'Malformed'")];
const split = (...rights: Right[]): string[] =>
  bundlesOf(rights, 'server').map(({ members }) => members.map(({ id }) => id).join(' '));

test('those of other places go together, with what any of them touches', (t) => {
  const [bundle, ...others] = bundlesOf([one, { ...other, touches: ['DATA-07', 'SRV'] }], 'server');
  t.is(others.length, 0);
  t.like(bundle, { id: 'together-server-1', roles: ['server'], touches: ['DATA-07', 'SRV'] });
  t.deepEqual(faultsOfRegistry([asFault(bundle!)]), []);
  t.deepEqual([bundle!.change, bundle!.more], [one.change, [{ file, change: other.change }]]);
  const { touches: _, ...every } = other;
  t.false('touches' in bundlesOf([one, every], 'server')[0]!);
});

test('changes that meet in the text are apart, and the same change is made once', (t) => {
  t.deepEqual(split(one, right('third', "name = 'Misuse'")), ['one', 'third']);
  const same = { ...right('same', ''), change: one.change };
  t.deepEqual(split(one, same), ['one same']);
  t.deepEqual(bundlesOf([one, same], 'server')[0]?.more, []);
});

test('those that declare something else, or name each other, are apart', (t) => {
  const least = { ...other, declares: { lacks: ['ipv6'] as const } };
  t.deepEqual(split(one, least), ['one', 'other']);
  t.deepEqual(split(least, { ...one, declares: { lacks: ['ipv6'] } }), ['other one']);
  t.deepEqual(split({ ...one, apart: ['other'] }, other), ['one', 'other']);
  t.deepEqual(split(one, { ...other, apart: ['one'] }), ['one', 'other']);
});

test('one of another role is in no bundle', (t) => {
  t.deepEqual(split(one, { ...other, roles: ['client', 'relay'] }), ['one']);
});

test('each right implementation is in one bundle of each of its roles, and every bundle can be made', (t) => {
  for (const role of ['client', 'server', 'relay'] as const) {
    const bundles = bundlesOf(rightRegistry, role);
    const ids = (rights: readonly Right[]): string[] => rights.map(({ id }) => id).toSorted();
    t.deepEqual(
      ids(bundles.flatMap(({ members }) => members)),
      ids(rightRegistry.filter(({ roles }) => roles.includes(role))),
    );
    t.deepEqual(faultsOfRegistry(bundles.map(asFault)), []);
  }
  const known = new Set(rightRegistry.map(({ id }) => id));
  t.deepEqual(
    rightRegistry.flatMap(({ apart = [] }) => apart).filter((id) => !known.has(id)),
    [],
  );
});

test('the report names the bundle of each', (t) => {
  const [bundle] = bundlesOf([one, other], 'server');
  const attempt = { fault: asFault(bundle!), role: 'server' as const, scenarios: [], finders: [] };
  const lines = judgedTogether([[attempt, { kind: 'judged', alarms: [], warnings: 0, tried: 3 }]])
    .trimEnd()
    .split('\n');
  t.deepEqual(
    lines.map((line) => line.replace(/ +/, ' ')),
    ['one together-server-1 conformant', 'other together-server-1 conformant'],
  );
  t.is(
    judgedTogether([
      [
        { ...attempt, fault: asFault(one) },
        { kind: 'survives', tried: 1, reached: true },
      ],
    ]),
    '',
  );
});
