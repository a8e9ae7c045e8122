import test from 'ava';
import { Deadlines } from './timers.ts';

test('the earliest moment is next, and is taken first', (t) => {
  const deadlines = new Deadlines<'a' | 'b' | 'c'>();
  t.is(deadlines.next, undefined);
  deadlines.set('a', 30);
  deadlines.set('b', 10);
  deadlines.set('c', 20);
  t.is(deadlines.next, 10);
  t.is(deadlines.take(9), undefined);
  t.is(deadlines.take(25), 'b');
  t.is(deadlines.take(25), 'c');
  t.is(deadlines.take(25), undefined);
  t.is(deadlines.next, 30);
});

test('a moment is replaced, and cleared', (t) => {
  const deadlines = new Deadlines<'a' | 'b'>();
  deadlines.set('a', 10);
  deadlines.set('a', 40);
  deadlines.set('b', 50);
  t.is(deadlines.next, 40);
  deadlines.clear('a');
  t.is(deadlines.get('a'), undefined);
  t.is(deadlines.next, 50);
  deadlines.clearAll();
  t.is(deadlines.next, undefined);
});

test('of several that are due, the earliest is taken; of equal ones the first that was set', (t) => {
  const deadlines = new Deadlines<'a' | 'b' | 'c' | 'd'>();
  deadlines.set('a', 30);
  deadlines.set('b', 10);
  deadlines.set('c', 10);
  deadlines.set('d', 20);
  const taken = Array.from({ length: 5 }, () => deadlines.take(30));
  t.deepEqual(taken, ['b', 'c', 'd', 'a', undefined]);
});
