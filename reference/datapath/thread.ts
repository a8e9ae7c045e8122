/**
 * The thread of the data path: it waits for the adapter and for the sockets of all its tunnels at once, and does nothing but
 * [EP] figs. 17 and 18. Whatever else happens, be it a CLOSE frame, a fault, or the last frame of a key, goes back to the
 * nodes, which know what it means.
 */
import { flushCompileCache } from 'node:module';
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { LentDevice } from '../adapter/adapter.ts';
import { virtioHeaderLength } from '../adapter/virtio-header.ts';
import { read } from '../libc/descriptors.ts';
import { EPOLLIN, EPOLLOUT, Epoll } from '../libc/epoll.ts';
import { evp } from '../libc/evp.ts';
import { SystemCallFailure } from '../libc/failure.ts';
import { addressOf } from '../libc/native.ts';
import { Inward } from './inward.ts';
import { LentTunnel } from './lent-tunnel.ts';
import {
  answered,
  asked,
  gone,
  mostUnhandled,
  type Order,
  type Report,
  type ThreadData,
  unhandled,
} from './messages.ts';
import { Outward } from './outward.ts';
import type { Routes } from './routes.ts';
import { SharedCounts } from './shared.ts';

class DataThread {
  readonly #data = workerData as ThreadData;
  readonly #control = new Int32Array(this.#data.control);
  readonly #counts = new SharedCounts(this.#data.counts);
  readonly #rung = new Uint8Array(8);
  readonly #epoll = new Epoll();
  readonly #evp = evp();
  readonly #tunnels = new Map<number, LentTunnel>();
  readonly #byDescriptor = new Map<number, LentTunnel>();
  readonly #routes: Routes;
  readonly #now: () => number;
  readonly #inward: Inward;
  readonly #outward: Outward;
  #adapter: LentDevice | undefined;
  #stopped = false;

  constructor(routes: Routes, now: () => number) {
    this.#routes = routes;
    this.#now = now;
    this.#inward = new Inward(routes, this.#counts);
    this.#outward = new Outward(routes, this.#counts, {
      tunnelOf: (id) => this.#tunnels.get(id),
      idle: () => this.#tunnels.size === 0,
      pass: (frame) => this.#pass(frame),
      giveBack: (tunnel, failure) => this.#giveBack(tunnel, failure),
      now,
    });
  }

  run(): void {
    this.#epoll.set(this.#data.bell, EPOLLIN);
    this.report({ report: 'ready' });
    try {
      while (!this.#stopped) this.#epoll.wait((fd, events) => this.#ready(fd, events));
    } catch (error) {
      // Whoever waits for an answer must not wait for ever.
      Atomics.store(this.#control, answered, gone);
      Atomics.notify(this.#control, answered);
      throw error;
    }
  }

  readonly report = (report: Report): void => {
    this.#data.port.postMessage(report);
  };

  #ready(fd: number, events: number): void {
    if (fd === this.#data.bell) this.#obeyAll();
    else if (fd === this.#adapter?.fd) this.#runOutward(this.#adapter);
    else {
      const tunnel = this.#byDescriptor.get(fd);
      if (tunnel === undefined) return;
      if ((events & ~EPOLLIN) !== 0) this.#outward.flush(tunnel);
      if ((events & ~EPOLLOUT) !== 0 && this.#tunnels.has(tunnel.id)) this.#read(tunnel);
      this.#arm(tunnel);
    }
    for (const tunnel of this.#tunnels.values()) if (tunnel.full) this.#arm(tunnel);
    this.#armAdapter();
  }

  #runOutward(adapter: LentDevice): void {
    this.#guarded(() => this.#outward.run(adapter));
  }

  #obeyAll(): void {
    // In this order: whoever asks after the number was read rings again.
    read(this.#data.bell, addressOf(this.#rung), this.#rung.length);
    const request = Atomics.load(this.#control, asked);
    const { port } = this.#data;
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port))
      this.#obey(next.message as Order);
    if (Atomics.load(this.#control, unhandled) === 0) this.#outward.goOn();
    Atomics.store(this.#control, answered, request);
    Atomics.notify(this.#control, answered);
  }

  #obey(order: Order): void {
    if (order.order === 'take') this.#take(order);
    else if (order.order === 'return') {
      const tunnel = this.#tunnels.get(order.tunnel);
      if (tunnel !== undefined) this.#giveBack(tunnel);
    } else if (order.order === 'adapter') this.#takeAdapter(order);
    else if (order.order === 'return adapter') this.#dropAdapter();
    else if (order.order === 'routes') {
      this.#routes.change(order.change);
      this.#outward.share();
    } else if (order.order === 'stop') this.#stopped = true;
    else order satisfies never;
  }

  #take(loan: Extract<Order, { order: 'take' }>): void {
    if (this.#evp === undefined) throw new Error('the runtime does not export its ciphers');
    const tunnel = new LentTunnel(loan, this.#evp);
    this.#tunnels.set(tunnel.id, tunnel);
    this.#byDescriptor.set(tunnel.fd, tunnel);
    this.#arm(tunnel);
  }

  #read(tunnel: LentTunnel): void {
    const adapter = this.#adapter;
    if (adapter === undefined) return;
    this.#guarded(() => {
      try {
        if (this.#inward.run(tunnel, adapter, this.#now()) === 'give back') this.#giveBack(tunnel);
      } catch (error) {
        if (!(this.#inward.receiving && error instanceof SystemCallFailure)) throw error;
        this.#inward.receiving = false;
        this.#giveBack(tunnel, error.code);
      }
    });
  }

  /** What the adapter refuses to do is for the readable path to find out and to tell. */
  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof SystemCallFailure)) throw error;
      this.#dropAdapter();
      this.report({ report: 'adapter failed' });
    }
  }

  #giveBack(tunnel: LentTunnel, failure?: string): void {
    this.#inward.release();
    this.#outward.release(tunnel);
    this.#epoll.set(tunnel.fd, 0);
    this.#tunnels.delete(tunnel.id);
    this.#byDescriptor.delete(tunnel.fd);
    this.report({ report: 'returned', ...tunnel.giveBack(this.#now(), failure) });
  }

  #pass(frame: Uint8Array): void {
    if (Atomics.load(this.#control, unhandled) >= mostUnhandled) {
      this.#counts.add('noTunnel');
      return;
    }
    Atomics.add(this.#control, unhandled, 1);
    const before = this.#adapter?.offloads ? virtioHeaderLength : 0;
    const octets = new Uint8Array(frame.buffer, frame.byteOffset - before, before + frame.length);
    this.report({ report: 'frame', frame: octets.slice() });
  }

  #takeAdapter(device: LentDevice): void {
    this.#adapter = device;
    for (const tunnel of this.#tunnels.values()) this.#arm(tunnel);
  }

  #dropAdapter(): void {
    if (this.#adapter !== undefined) this.#epoll.set(this.#adapter.fd, 0);
    this.#adapter = undefined;
  }

  #arm(tunnel: LentTunnel): void {
    if (!this.#tunnels.has(tunnel.id)) return;
    this.#epoll.set(tunnel.fd, (this.#adapter === undefined ? 0 : EPOLLIN) | (tunnel.full ? EPOLLOUT : 0));
  }

  #armAdapter(): void {
    if (this.#adapter !== undefined) this.#epoll.set(this.#adapter.fd, this.#outward.waits ? 0 : EPOLLIN);
  }
}

/**
 * What a role's thread runs; it does not return before it is told to stop.
 * @param routes gets what the role was started with, and a way to tell the role something
 * @param now milliseconds on a clock that goes on while the machine sleeps
 */
export function run(routes: (data: unknown, tell: (news: unknown) => void) => Routes, now: () => number): void {
  let tell = (_news: unknown): void => {};
  const thread = new DataThread(
    routes((workerData as ThreadData).routes, (news) => tell(news)),
    now,
  );
  tell = (news) => thread.report({ report: 'routes', news });
  // The parser of TypeScript takes tens of megabytes: this thread needs it once for each installation.
  flushCompileCache();
  thread.run();
}
