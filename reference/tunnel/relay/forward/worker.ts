/** The thread that copies for a relay: it waits for all its connections at once and does nothing else. */
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { read } from '../../../libc/descriptors.ts';
import { EPOLLIN, Epoll } from '../../../libc/epoll.ts';
import { addressOf } from '../../../libc/native.ts';
import type { Order, Started } from './messages.ts';
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
const epoll = new Epoll();
const passed = new Float64Array(counters);
const ports: SplicePorts = { epoll, slab, passed, report: (report) => port.postMessage(report) };
const splices = new Map<number, Splice>();
const byDescriptor = new Map<number, Splice>();
let stopped = false;

function obey(order: Order): void {
  if (order.order === 'stop') {
    for (const splice of splices.values()) splice.close();
    stopped = true;
    return;
  }
  if (order.order === 'take') {
    const taken = new Splice(order.splice, order.fds, order.positions, ports);
    splices.set(taken.id, taken);
    for (const fd of taken.fds) byDescriptor.set(fd, taken);
    return;
  }
  const splice = splices.get(order.splice);
  if (splice === undefined) return;
  if (order.order === 'send') splice.send(order.side, order.octets);
  else if (order.order === 'finish') splice.finish(order.side);
  else splice.disconnect(order.side, order.abort);
  forget(splice);
}

/** A descriptor's number may be another connection's as soon as it is closed. */
function forget(splice: Splice): void {
  if (!splice.over) return;
  splices.delete(splice.id);
  for (const fd of splice.fds) if (byDescriptor.get(fd) === splice) byDescriptor.delete(fd);
}

function ready(fd: number, events: number): void {
  if (fd === bell) {
    read(bell, addressOf(rung), rung.length);
    for (let message = receiveMessageOnPort(port); message !== undefined; message = receiveMessageOnPort(port))
      obey(message.message as Order);
    return;
  }
  const splice = byDescriptor.get(fd);
  if (splice === undefined) return;
  splice.ready(fd, events);
  forget(splice);
}

epoll.set(bell, EPOLLIN);
port.postMessage({ event: 'started' } satisfies Started);
while (!stopped) epoll.wait(ready);
