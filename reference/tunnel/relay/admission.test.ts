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
  second?.answered();
  t.truthy(admission.admit('a'));
});

test('an answered connection still counts as one, until it ends', (t) => {
  const admission = new Admission(limits);
  const places = Array.from({ length: 4 }, () => {
    const place = admission.admit('a');
    place?.answered();
    return place;
  });
  t.is(admission.admit('a'), undefined);
  places[0]?.release();
  places[0]?.release();
  t.truthy(admission.admit('a'));
  t.is(admission.admit('a'), undefined);
});

test('whatever comes and goes, no limit is exceeded and nothing is counted twice', (t) => {
  const event = fc.record({
    source: fc.constantFrom('a', 'b', 'c', 'd'),
    what: fc.constantFrom(0, 0, 1, 2),
    which: fc.nat(8),
  });
  fc.assert(
    fc.property(fc.array(event, { maxLength: 200 }), (events) => {
      const admission = new Admission(limits);
      const held: { place: Admitted; source: string; answered: boolean }[] = [];
      for (const { source, what, which } of events) {
        const one = held[which];
        if (what === 0) {
          const place = admission.admit(source);
          if (place !== undefined) held.push({ place, source, answered: false });
        } else if (one !== undefined && what === 1) {
          one.place.answered();
          one.answered = true;
        } else if (one !== undefined) {
          one.place.release();
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
