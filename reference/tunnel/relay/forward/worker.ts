/** The thread that copies for a relay: it waits for all its connections at once and does nothing else. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { EPOLLIN, Epoll } from '../../../libc/epoll.ts';
import { addressOf, read } from '../../../libc/libc.ts';
import type { Order } from './messages.ts';
import { Pair } from './pair.ts';

const { port, bell, counters } = workerData as {
  readonly port: MessagePort;
  /** An eventfd: orders are waiting. */
  readonly bell: number;
  readonly counters: SharedArrayBuffer;
};

const slabLength = 1024 * 1024;
const octets = new Uint8Array(slabLength);
const slab = { octets, address: addressOf(octets) };
const rung = new Uint8Array(8);
const total = new Float64Array(counters);
const epoll = new Epoll();
const pairs = new Map<number, Pair>();
const byDescriptor = new Map<number, number>();
let stopped = false;

function obey(order: Order): void {
  if (order.order === 'stop') {
    for (const pair of pairs.values()) pair.close();
    stopped = true;
    return;
  }
  const { pair: id } = order;
  if (order.order === 'take') {
    pairs.set(id, new Pair(id, order.fds, order.positions, { epoll, slab, tell: (told) => port.postMessage(told) }));
    for (const fd of [order.fds.upstream, order.fds.downstream]) byDescriptor.set(fd, id);
    return;
  }
  const pair = pairs.get(id);
  if (pair === undefined) return;
  if (order.order === 'send') pair.send(order.side, order.octets);
  else if (order.order === 'finish') pair.finish(order.side);
  else pair.disconnect(order.side, order.abort);
  forget(id, pair);
}

/** A descriptor's number may be another connection's as soon as it is closed. */
function forget(id: number, pair: Pair): void {
  if (!pair.over) return;
  pairs.delete(id);
  for (const fd of pair.fds) if (byDescriptor.get(fd) === id) byDescriptor.delete(fd);
}

function ready(fd: number, events: number): void {
  if (fd === bell) {
    read(bell, addressOf(rung), rung.length);
    for (let message = receiveMessageOnPort(port); message !== undefined; message = receiveMessageOnPort(port))
      obey(message.message as Order);
    return;
  }
  const id = byDescriptor.get(fd);
  const pair = id === undefined ? undefined : pairs.get(id);
  if (id === undefined || pair === undefined) return;
  const before = [pair.passed('upstream'), pair.passed('downstream')];
  pair.ready(fd, events);
  total[0]! += pair.passed('upstream') - before[0]!;
  total[1]! += pair.passed('downstream') - before[1]!;
  forget(id, pair);
}

epoll.set(bell, EPOLLIN);
while (!stopped) epoll.wait(ready);
