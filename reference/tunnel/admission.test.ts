import test from 'ava';
import fc from 'fast-check';
import { Admission, type Admitted } from './admission.ts';
import { sourceOf } from './sources.ts';

const limits = { halfOpenPerSource: 2, halfOpen: 5, connectionsPerSource: 4, connections: 9 };

/** Lets connections in by name. Of several that could give way it is the first one. */
function trial(changes: Partial<ConstructorParameters<typeof Admission>[0]> = {}) {
  const admission = new Admission({ ...limits, ...changes }, () => 0);
  const gone: string[] = [];
  const admit = (address: string, name = address): Admitted | undefined =>
    admission.admit(address, () => gone.push(name));
  return { admission, gone, admit };
}

test('one more connection of a source has one of that source give way', (t) => {
  const { admission, gone, admit } = trial();
  admit('10.0.0.1', 'a');
  admit('10.0.0.1', 'b');
  t.truthy(admit('10.0.0.2', 'other'));
  for (const name of ['c', 'd', 'e']) t.truthy(admit('10.0.0.1', name));
  t.deepEqual(gone, ['a', 'b', 'c']);
  t.is(admission.halfOpen, 3);
});

test('what is ending gives way first, then what is not whole, then what is stale; what is fresh never', (t) => {
  const { gone, admit } = trial({ halfOpen: 4 });
  admit('10.0.1.1', 'fresh')?.reached('fresh');
  admit('10.0.2.1', 'stale')?.reached('stale');
  admit('10.0.3.1', 'opening');
  admit('10.0.4.1', 'ending')?.reached('ending');
  for (let index = 5; index < 8; index++) admit(`10.0.${index}.1`, 'newcomer')?.reached('fresh');
  t.deepEqual(gone, ['ending', 'opening', 'stale']);
  t.is(admit('10.0.9.1'), undefined);
  t.is(gone.length, 3);
});

test('it is one of the block with the most of those that come first', (t) => {
  const { gone, admit } = trial({ halfOpen: 5 });
  admit('192.0.2.1', 'alone');
  for (const last of [1, 2, 3, 4]) admit(`10.0.0.${last}`, `crowd ${last}`);
  admit('198.51.100.1', 'newcomer');
  admit('10.0.0.9', 'crowd 9');
  t.deepEqual(gone, ['crowd 1', 'crowd 2']);
});

test('sources from which a session came keep a quarter of the places', (t) => {
  const { gone, admit } = trial({ halfOpen: 8, halfOpenPerSource: 8 });
  const first = admit('10.0.0.1');
  first?.trusted();
  first?.release();
  for (const name of ['known 1', 'known 2']) admit('10.0.0.1', name);
  for (let index = 0; index < 20; index++) admit('192.0.2.1', 'stranger');
  t.deepEqual([...new Set(gone)], ['stranger']);
  admit('10.0.0.1', 'known 3');
  admit('10.0.0.1', 'known 4');
  for (let index = 0; index < 30; index++) admit(`198.51.${index}.1`, 'stranger');
  t.is(gone.filter((name) => name.startsWith('known')).length, 2);
});

test('beyond its share a trusted source is like any other', (t) => {
  const { gone, admit } = trial({ halfOpen: 4, halfOpenPerSource: 4 });
  const first = admit('10.0.0.1');
  first?.trusted();
  first?.release();
  for (let index = 1; index <= 4; index++) admit('10.0.0.1', `known ${index}`);
  t.truthy(admit('192.0.2.1'));
  t.deepEqual(gone, ['known 1']);
});

test('a relay that the operator names has places of its own, by its whole address', (t) => {
  const { gone, admit } = trial({ relays: ['10.0.0.7', 'fd00::7'], halfOpenPerRelay: 3 });
  for (const address of ['::ffff:10.0.0.7', '10.0.0.7', '10.0.0.7']) admit(address);
  t.deepEqual(gone, []);
  admit('10.0.0.7', 'fourth');
  t.is(gone.length, 1);
  const six = trial({ relays: ['fd00::7'], halfOpenPerRelay: 3 });
  for (const address of ['fd00::7', 'fd00::7', 'fd00::7', 'fd00::8', 'fd00::9']) six.admit(address);
  t.deepEqual(six.gone, []);
});

test('a connection that is no longer half-open counts until it ends', (t) => {
  const { admit } = trial();
  const admitted = Array.from({ length: 4 }, () => {
    const one = admit('10.0.0.1');
    one?.opened();
    return one;
  });
  t.is(admit('10.0.0.1'), undefined);
  admitted[0]?.release();
  admitted[0]?.release();
  t.truthy(admit('10.0.0.1'));
});

test('a tunnel that is ending gives way where all connections count', (t) => {
  const { gone, admit } = trial({ connections: 2 });
  const [one] = ['10.0.0.1', '10.0.1.1'].map((address) => {
    const admitted = admit(address);
    admitted?.opened();
    return admitted;
  });
  t.is(admit('10.0.2.1'), undefined);
  one?.reached('ending');
  t.truthy(admit('10.0.2.1'));
  t.deepEqual(gone, ['10.0.0.1']);
});

test('whatever comes and goes, no limit is exceeded and nothing is counted twice', (t) => {
  const addresses = ['10.0.0.1', '10.0.0.2', '10.1.0.1', 'fd00::1', 'fd00::2'];
  const event = fc.record({
    source: fc.constantFrom(...addresses),
    change: fc.constantFrom(0, 0, 1, 2, 3, 4),
    which: fc.nat(8),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const admission = new Admission(limits, (below) => below - 1);
      let held: { admitted?: Admitted; source: string; answered: boolean }[] = [];
      for (const { source, change, which } of events) {
        const one = held[which];
        if (change === 0) {
          const entry: (typeof held)[number] = { source: sourceOf(source).name, answered: false };
          const admitted = admission.admit(source, () => {
            held = held.filter((other) => other !== entry);
          });
          if (admitted !== undefined) held.push(Object.assign(entry, { admitted }));
        } else if (one !== undefined && change === 1) {
          one.admitted?.opened();
          one.answered = true;
        } else if (one !== undefined && change === 2) {
          one.admitted?.release();
          held.splice(which, 1);
        } else one?.admitted?.reached(change === 3 ? 'fresh' : 'ending');
        const half = held.filter(({ answered }) => !answered);
        t.is(admission.connections, held.length);
        t.is(admission.halfOpen, half.length);
        t.true(held.length <= limits.connections && half.length <= limits.halfOpen);
        for (const name of new Set(held.map((entry) => entry.source))) {
          t.true(held.filter((h) => h.source === name).length <= limits.connectionsPerSource);
          t.true(half.filter((h) => h.source === name).length <= limits.halfOpenPerSource);
        }
      }
    }),
  );
});

for (const [address, name, block] of [
  ['10.1.2.3', '10.1.2.3', '10.1.2.0/24'],
  ['::ffff:10.1.2.3', '10.1.2.3', '10.1.2.0/24'],
  ['2001:db8:1:2:3::4', '2001:db8:1:2::/64', '2001:db8:1::/48'],
  ['fe80::1%eth0', 'fe80::/64', 'fe80::/48'],
  ['', '', ''],
] as const)
  test(`a connection from ${address || 'nowhere'} is one of ${name || 'nobody'}`, (t) => {
    t.deepEqual(sourceOf(address), { name, block });
  });
