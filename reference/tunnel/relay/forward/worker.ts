/** The thread that copies for a relay: it waits for all its connections at once and does nothing else. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { read } from '../../../libc/descriptors.ts';
import { EPOLLIN, Epoll } from '../../../libc/epoll.ts';
import { addressOf } from '../../../libc/native.ts';
import type { Order } from './messages.ts';
import { Splice, type SplicePorts } from './splice.ts';

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
const ports: SplicePorts = { epoll, slab, report: (report) => port.postMessage(report) };
const splices = new Map<number, Splice>();
const byDescriptor = new Map<number, number>();
let stopped = false;

function obey(order: Order): void {
  if (order.order === 'stop') {
    for (const splice of splices.values()) splice.close();
    stopped = true;
    return;
  }
  const { splice: id } = order;
  if (order.order === 'take') {
    splices.set(id, new Splice(id, order.fds, order.positions, ports));
    for (const fd of [order.fds.upstream, order.fds.downstream]) byDescriptor.set(fd, id);
    return;
  }
  const splice = splices.get(id);
  if (splice === undefined) return;
  if (order.order === 'send') splice.send(order.side, order.octets);
  else if (order.order === 'finish') splice.finish(order.side);
  else splice.disconnect(order.side, order.abort);
  forget(id, splice);
}

/** A descriptor's number may be another connection's as soon as it is closed. */
function forget(id: number, splice: Splice): void {
  if (!splice.over) return;
  splices.delete(id);
  for (const fd of splice.fds) if (byDescriptor.get(fd) === id) byDescriptor.delete(fd);
}

function ready(fd: number, events: number): void {
  if (fd === bell) {
    read(bell, addressOf(rung), rung.length);
    for (let message = receiveMessageOnPort(port); message !== undefined; message = receiveMessageOnPort(port))
      obey(message.message as Order);
    return;
  }
  const id = byDescriptor.get(fd);
  const splice = id === undefined ? undefined : splices.get(id);
  if (id === undefined || splice === undefined) return;
  const before = [splice.passed('upstream'), splice.passed('downstream')];
  splice.ready(fd, events);
  total[0]! += splice.passed('upstream') - before[0]!;
  total[1]! += splice.passed('downstream') - before[1]!;
  forget(id, splice);
}

epoll.set(bell, EPOLLIN);
while (!stopped) epoll.wait(ready);
