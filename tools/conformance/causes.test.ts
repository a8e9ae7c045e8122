import test from 'ava';
import { causesOf, type Failed, likeness } from './causes.ts';

const failed = (id: string, held: number, reason: string, step = 'a step'): Failed => ({
  id,
  verdict: 'failed',
  held,
  reason,
  step,
});

test('figures, octets and addresses do not make failures differ', (t) => {
  t.is(likeness('10.77.0.2:3265 not within 10000 ms: 0301ff'), likeness('10.77.0.12:9 not within 9 ms: 00'));
  t.not(likeness('CLOSE "protocol error"'), likeness('CLOSE "refused"'));
});

test('failures by what they say: what breaks earliest comes first, then what is frequent', (t) => {
  const causes = causesOf([
    failed('a/1', 4, 'a frame: not within 10000 ms\nreceived 0 octets'),
    failed('a/2', 1, 'event "ready": not within 10000 ms'),
    failed('a/3', 3, 'a frame: not within 10001 ms\nreceived 12 octets: 00'),
    failed('a/4', 0, 'event "ready": not within 10000 ms'),
    { ...failed('a/5', 0, 'event "ready": not within 10000 ms'), verdict: 'harness error' },
  ]);
  t.deepEqual(
    causes.map(({ ids }) => ids),
    [
      ['a/2', 'a/4'],
      ['a/1', 'a/3'],
    ],
  );
  t.is(causes[1]?.reason, 'a frame: not within 10000 ms\nreceived 0 octets');
});

test('a rare failure is no cause of frequent ones, however early it is', (t) => {
  const closed = 'expected RESPONSE, received CLOSE: 0000000805010009';
  const frequent = Array.from({ length: 20 }, (_, index) => failed(`a/${index}`, 2, closed));
  const causes = causesOf([
    failed('b/1', 0, 'no answer'),
    ...frequent,
    failed('b/2', 0, `3 of 5 fail: keyed: ${closed}`),
  ]);
  t.deepEqual(
    causes.map(({ ids, reason }) => [ids.length, reason]),
    [
      [21, closed],
      [1, 'no answer'],
    ],
  );
});

test('an assertion that says nothing is known by its step and by what differs', (t) => {
  const head = 'Expected values to be strictly deep-equal:';
  const causes = causesOf([
    failed('a/1', 2, `${head}\n+ actual - expected\n+ 'CLOSE'`, 'the server answers RESPONSE'),
    failed('a/2', 2, `${head}\n+ actual - expected\n+ 'CLOSE'`, 'the server answers RESPONSE'),
    failed('a/3', 2, `${head}\n+ actual - expected\n+ 'DATA'`, 'the server answers RESPONSE'),
  ]);
  t.deepEqual(causes.map(({ ids }) => ids.length).toSorted(), [1, 2]);
  t.is(causes[0]?.reason, "came (+) and expected (-): + 'CLOSE'");
});
