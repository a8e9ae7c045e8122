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
import { isMachineBusy } from '../libc/processors.ts';
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
import { Rehearsal, type Rehearsed, rehearsalRoutes } from './rehearsal.ts';
import type { Routes } from './routes.ts';
import { countsLength, SharedCounts } from './shared.ts';

/** What the thread and the process share, and how they speak to each other. */
interface Process extends Pick<ThreadData, 'bell' | 'control' | 'counts'> {
  readonly nextOrder: () => Order | undefined;
  readonly report: (report: Report) => void;
}

export class DataThread {
  /** One with nothing of any other's: for a rehearsal. */
  static rehearsed(now: () => number): Rehearsed {
    const [control, counts] = [new SharedArrayBuffer(12), new SharedArrayBuffer(countsLength)];
    const silent = { bell: -1, control, counts, report: () => {}, nextOrder: () => undefined };
    const thread = new DataThread(silent, rehearsalRoutes, now);
    return {
      obey: (order) => {
        thread.#obey(order);
        thread.#armAdapter();
      },
      turn: () => void thread.#epoll.wait(thread.#ready, 0),
      close: () => thread.#epoll.close(),
    };
  }

  readonly #process: Process;
  readonly #control: Int32Array;
  readonly #counts: SharedCounts;
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
  readonly #rehearsal: Rehearsal | undefined;

  constructor(process: Process, routes: Routes, now: () => number) {
    this.#process = process;
    this.#control = new Int32Array(process.control);
    this.#counts = new SharedCounts(process.counts);
    this.#routes = routes;
    this.#now = now;
    this.#inward = new Inward(routes, this.#counts);
    this.#outward = new Outward(routes, this.#counts, {
      tunnelOf: (id) => this.#tunnels.get(id),
      idle: () => this.#tunnels.size === 0,
      pass: (frame) => this.#pass(frame),
      giveBack: (tunnel, failure) => this.#giveBack(tunnel, failure),
      full: (tunnel) => this.#arm(tunnel),
      now,
    });
    if (this.#evp !== undefined && routes !== rehearsalRoutes)
      this.#rehearsal = new Rehearsal(() => DataThread.rehearsed(now), this.#evp, now, isMachineBusy);
  }

  run(): void {
    this.#epoll.set(this.#process.bell, EPOLLIN);
    this.#process.report({ report: 'ready' });
    try {
      while (!this.#stopped) this.#waitOrRehearse();
    } catch (error) {
      // Whoever waits for an answer must not wait for ever.
      Atomics.store(this.#control, answered, gone);
      Atomics.notify(this.#control, answered);
      throw error;
    }
  }

  /** A rehearsal is for a tunnel: who has none may be about to end. */
  #waitOrRehearse(): void {
    const rehearsal = this.#tunnels.size === 0 ? undefined : this.#rehearsal;
    if (!this.#epoll.wait(this.#ready, rehearsal?.patience)) rehearsal?.goOn();
  }

  readonly #ready = (fd: number, events: number): void => {
    if (fd === this.#process.bell) this.#obeyAll();
    else if (fd === this.#adapter?.fd) this.#runOutward(this.#adapter);
    else {
      const tunnel = this.#byDescriptor.get(fd);
      if (tunnel === undefined) return;
      if ((events & ~EPOLLIN) !== 0) this.#outward.flush(tunnel);
      if ((events & ~EPOLLOUT) !== 0 && this.#tunnels.has(tunnel.id)) this.#read(tunnel);
      this.#arm(tunnel);
    }
    this.#armAdapter();
  };

  #runOutward(adapter: LentDevice): void {
    try {
      this.#outward.run(adapter);
    } catch (error) {
      this.#refused(error);
    }
  }

  #obeyAll(): void {
    // In this order: whoever asks after the number was read rings again.
    read(this.#process.bell, addressOf(this.#rung), this.#rung.length);
    const request = Atomics.load(this.#control, asked);
    const { nextOrder } = this.#process;
    for (let order = nextOrder(); order !== undefined; order = nextOrder()) this.#obey(order);
    if (this.#tunnels.size > 0) this.#rehearsal?.begin(this.#adapter?.offloads === true);
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
      for (const { permitted } of this.#tunnels.values()) permitted.forget();
      this.#outward.share(this.#tunnels.values());
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
    try {
      if (this.#inward.run(tunnel, adapter, this.#now()) === 'give back') this.#giveBack(tunnel);
    } catch (error) {
      if (!(this.#inward.receiving && error instanceof SystemCallFailure)) this.#refused(error);
      else {
        this.#inward.receiving = false;
        this.#giveBack(tunnel, error.code);
      }
    }
  }

  /** What the adapter refuses to do is for the readable path to find out and to tell. */
  #refused(error: unknown): void {
    if (!(error instanceof SystemCallFailure)) throw error;
    this.#dropAdapter();
    this.#process.report({ report: 'adapter failed' });
  }

  #giveBack(tunnel: LentTunnel, failure?: string): void {
    this.#inward.release();
    this.#outward.release(tunnel);
    this.#epoll.set(tunnel.fd, 0);
    this.#tunnels.delete(tunnel.id);
    this.#byDescriptor.delete(tunnel.fd);
    this.#process.report({ report: 'returned', ...tunnel.giveBack(this.#now(), failure) });
  }

  #pass(frame: Uint8Array): void {
    if (Atomics.load(this.#control, unhandled) >= mostUnhandled) {
      this.#counts.add('noTunnel');
      return;
    }
    Atomics.add(this.#control, unhandled, 1);
    const before = this.#adapter?.offloads ? virtioHeaderLength : 0;
    const octets = new Uint8Array(frame.buffer, frame.byteOffset - before, before + frame.length);
    this.#process.report({ report: 'frame', frame: octets.slice() });
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
  const { port, routes: data, ...shared } = workerData as ThreadData;
  const report = (one: Report): void => port.postMessage(one);
  const nextOrder = (): Order | undefined => receiveMessageOnPort(port)?.message as Order | undefined;
  const own = routes(data, (news) => report({ report: 'routes', news }));
  const thread = new DataThread({ ...shared, report, nextOrder }, own, now);
  // The parser of TypeScript takes tens of megabytes: this thread needs it once for each installation.
  flushCompileCache();
  thread.run();
}
