import test from 'ava';
import fc from 'fast-check';
import { Admission, type Admitted } from './admission.ts';

const limits = { halfOpenPerSource: 2, halfOpen: 5, connectionsPerSource: 4, connections: 9 };

test('one source has so many half-open connections, and others find room', (t) => {
  const admission = new Admission(limits);
  t.truthy(admission.admit('a'));
  const second = admission.admit('a');
  for (let times = 0; times < 100; times++) t.is(admission.admit('a'), undefined);
  t.truthy(admission.admit('b'));
  second?.opened();
  t.truthy(admission.admit('a'));
});

test('a connection that is no longer half-open counts until it ends', (t) => {
  const admission = new Admission(limits);
  const admitted = Array.from({ length: 4 }, () => {
    const one = admission.admit('a');
    one?.opened();
    return one;
  });
  t.is(admission.admit('a'), undefined);
  admitted[0]?.release();
  admitted[0]?.release();
  t.truthy(admission.admit('a'));
  t.is(admission.admit('a'), undefined);
});

test('whatever comes and goes, no limit is exceeded and nothing is counted twice', (t) => {
  const event = fc.record({
    source: fc.constantFrom('a', 'b', 'c', 'd'),
    change: fc.constantFrom(0, 0, 1, 2),
    which: fc.nat(8),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const admission = new Admission(limits);
      const held: { admitted: Admitted; source: string; answered: boolean }[] = [];
      for (const { source, change, which } of events) {
        const one = held[which];
        if (change === 0) {
          const admitted = admission.admit(source);
          if (admitted !== undefined) held.push({ admitted, source, answered: false });
        } else if (one !== undefined && change === 1) {
          one.admitted.opened();
          one.answered = true;
        } else if (one !== undefined) {
          one.admitted.release();
          held.splice(which, 1);
        }
        const half = held.filter(({ answered }) => !answered);
        t.is(admission.connections, held.length);
        t.is(admission.halfOpen, half.length);
        t.true(held.length <= limits.connections && half.length <= limits.halfOpen);
        for (const name of ['a', 'b', 'c', 'd']) {
          t.true(held.filter((h) => h.source === name).length <= limits.connectionsPerSource);
          t.true(half.filter((h) => h.source === name).length <= limits.halfOpenPerSource);
        }
      }
    }),
  );
});
