/** A splice one of whose connections is closed: the number of its descriptor may be another connection's at once. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { close, duplicate } from '../../../libc/descriptors.ts';
import { EPOLLIN, Epoll } from '../../../libc/epoll.ts';
import { addressOf } from '../../../libc/native.ts';
import { encodeClose } from '../../../wire/close.ts';
import { descriptorOf } from '../../descriptors.ts';
import type { SpliceReport } from './messages.ts';
import { Splice } from './splice.ts';

interface Pair {
  /** A descriptor of its own of the near end, which nobody reads. */
  readonly near: () => number;
  readonly far: Socket;
  readonly arrived: () => number;
}

/** Numbers from here on: lower ones are taken, as soon as they are free, by the other threads of this process. */
const ownNumbers = 900;

async function pair(t: ExecutionContext): Promise<Pair> {
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [near] = await accepted;
  let count = 0;
  far.on('data', (chunk) => {
    count += chunk.length;
  });
  t.teardown(() => {
    for (const socket of [near, far]) socket.destroy();
    server.close();
  });
  return { near: () => duplicate(descriptorOf(near) ?? -1, ownNumbers), far, arrived: () => count };
}

test('nothing is written to a descriptor that is closed', async (t) => {
  const [initiator, server, stranger] = [await pair(t), await pair(t), await pair(t)];
  const octets = new Uint8Array(65_536);
  const reports: SpliceReport[] = [];
  const start = { start: new Uint8Array(0), left: 0, type: 0 };
  const fds = { upstream: initiator.near(), downstream: server.near() };
  const passed = new Float64Array(2);
  const slab = { octets, address: addressOf(octets) };
  const ports = { epoll: new Epoll(), slab, passed, report: (report: SpliceReport) => void reports.push(report) };
  const splice = new Splice(1, fds, { upstream: start, downstream: start }, ports);
  splice.disconnect('upstream', true);
  const reused = stranger.near();
  t.teardown(() => close(reused));
  t.is(reused, fds.upstream, 'the kernel gives the lowest number that is free');
  server.far.write(encodeClose({ type: 'CLOSE', status: 6 }));
  await pause(50);
  splice.ready(fds.downstream, EPOLLIN);
  await pause(100);
  t.is(stranger.arrived(), 0);
  t.deepEqual(
    reports.map(({ side, event }) => `${side}: ${event}`),
    ['upstream: disconnected', 'downstream: close frame'],
  );
  splice.disconnect('downstream', true);
  t.true(splice.over);
});
