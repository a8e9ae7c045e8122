import test from 'ava';
import { type Place, Unconfirmed } from './unconfirmed.ts';

/** Asks for a place. @returns the place, and who had to give way so far, by name */
function trial(limit: number) {
  const subject = new Unconfirmed(limit);
  const gone: string[] = [];
  const ask = (name: string, freshness: bigint | undefined, key = 'alice'): Place | undefined =>
    subject.placeFor(key, freshness)?.(() => gone.push(name));
  return { subject, gone, ask };
}

test('a fresh REQUEST is never refused: the oldest value gives way to it', (t) => {
  const { gone, ask } = trial(2);
  for (const value of [1n, 2n, 3n, 9n]) t.true(ask(`${value}`, value)?.fresh);
  t.deepEqual(gone, ['1', '2']);
});

test('one stale REQUEST of a key has a place, and gives way first', (t) => {
  const { gone, ask } = trial(3);
  ask('5', 5n);
  t.is(ask('replay', 5n)?.fresh, false);
  t.is(ask('again', 5n), undefined);
  t.is(ask('older', 4n), undefined);
  t.is(ask('without', undefined), undefined);
  ask('6', 6n);
  t.deepEqual(gone, []);
  ask('7', 7n);
  t.deepEqual(gone, ['replay']);
});

test('a stale REQUEST displaces nothing', (t) => {
  const { gone, ask } = trial(2);
  ask('1', 1n);
  ask('2', 2n);
  t.is(ask('replay', 1n), undefined);
  t.deepEqual(gone, []);
});

test('a REQUEST without the entry is stale, also the first one; 0 is a value', (t) => {
  const { ask } = trial(4);
  t.is(ask('without', undefined)?.fresh, false);
  t.is(ask('zero', 0n)?.fresh, true);
  t.is(ask('zero again', 0n), undefined);
});

test('keys do not disturb each other', (t) => {
  const { gone, ask } = trial(1);
  t.true(ask('alice', 9n)?.fresh);
  t.true(ask('bob', 1n, 'bob')?.fresh);
  t.deepEqual(gone, []);
});

test('a place that is released is free, and the greatest value stays', (t) => {
  const { gone, ask } = trial(1);
  ask('5', 5n)?.release();
  const stale = ask('replay', 5n);
  t.is(stale?.fresh, false);
  stale?.release();
  t.is(ask('replay', 5n)?.fresh, false);
  t.deepEqual(gone, []);
});

test('to ask for a place takes none', (t) => {
  const { subject, ask } = trial(1);
  subject.placeFor('alice', 7n);
  t.is(ask('5', 5n)?.fresh, true);
});
