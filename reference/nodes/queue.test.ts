import test from 'ava';
import { DatagramQueue } from './queue.ts';

test('the newest wait, and every datagram that is lost is counted', (t) => {
  const queue = new DatagramQueue(2);
  t.deepEqual(queue.counts, { waiting: 0, dropped: 0 });
  for (const octet of [1, 2, 3]) queue.push(Uint8Array.of(octet));
  t.deepEqual(queue.counts, { waiting: 2, dropped: 1 });
  queue.drop();
  queue.drop(3);
  t.deepEqual(queue.counts, { waiting: 2, dropped: 5 });
  t.deepEqual(queue.takeAll(), [Uint8Array.of(2), Uint8Array.of(3)]);
  t.deepEqual(queue.takeAll(), []);
  queue.push(Uint8Array.of(4));
  queue.dropAll();
  t.deepEqual(queue.counts, { waiting: 0, dropped: 6 });
  t.deepEqual(queue.takeAll(), []);
});

test('a datagram is copied: its caller may write to it again', (t) => {
  const queue = new DatagramQueue(1);
  const datagram = Uint8Array.of(1);
  queue.push(datagram);
  datagram[0] = 2;
  t.deepEqual(queue.takeAll(), [Uint8Array.of(1)]);
});
