/** The process's end of the data path: tunnels are lent to its thread, and recalled before anything else is done with them. */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { close } from '../libc/descriptors.ts';
import { eventfd, signal } from '../libc/poll.ts';
import {
  answered,
  asked,
  type Loan,
  type Order,
  type Report,
  type Returned,
  type ThreadData,
  unhandled,
} from './messages.ts';
import { countsLength, type Passed, SharedCounts } from './shared.ts';

interface CarrierPorts {
  /** A frame of the local stack for the readable path. */
  readonly frame: (frame: Uint8Array) => void;
  /** What the role's routes have to say. */
  readonly news?: (news: unknown) => void;
  /** The adapter can't be used any more: whoever tries finds out why. */
  readonly adapterFailed: () => void;
  /** The thread ended by itself, and with it every tunnel that it had. */
  readonly failed: (error: unknown) => void;
  /** Tunnels can be lent from now on. */
  readonly ready: () => void;
}

/** Milliseconds for an answer of the thread; it answers in less than one, unless it is gone. */
const patience = 10_000;
/** Megabytes: it allocates little, and a small young generation stays in the processor's cache. */
const resourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 };

export class Carrier {
  readonly #ports: CarrierPorts;
  readonly #control = new SharedArrayBuffer(12);
  readonly #counters = new SharedArrayBuffer(countsLength);
  readonly #counts = new SharedCounts(this.#counters);
  readonly #places = new Int32Array(this.#control);
  readonly #lent = new Map<number, () => void>();
  readonly #returned = new Map<number, Returned>();
  readonly #bell = eventfd();
  readonly #port: MessagePort;
  readonly #worker: Worker;
  #ready = false;
  #requests = 0;
  #dead = false;

  /**
   * @param thread the role's module, which calls `run` of `thread.ts`
   * @param routes what its routes begin with
   */
  constructor(thread: URL, routes: unknown, ports: CarrierPorts) {
    this.#ports = ports;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(thread, {
      workerData: {
        port: port2,
        bell: this.#bell,
        control: this.#control,
        counts: this.#counters,
        routes,
      } satisfies ThreadData,
      transferList: [port2],
      resourceLimits,
    });
    port1.on('message', (report: Report) => this.#heard(report));
    // A thread that waits in a system call can't be ended from outside: it gets the order however the process ends.
    const stop = (): void => this.#order({ order: 'stop' });
    process.once('exit', stop);
    this.#worker.once('exit', () => process.off('exit', stop));
    this.#worker.once('error', (error) => this.#fail(error));
    // The process goes on while the thread starts, and while it has a tunnel.
    this.#worker.unref();
  }

  get ready(): boolean {
    return this.#ready;
  }

  /** What passed the adapter in the thread so far, or was dropped. */
  get passed(): Passed {
    return this.#counts.read();
  }

  lendAdapter(fd: number, addresses: Uint8Array): void {
    this.#order({ order: 'adapter', fd, addresses });
  }

  /**
   * Takes effect with the next `recall`: then the thread neither reads nor writes the adapter. Of one tunnel no datagram
   * overtakes another if the adapter is recalled first.
   */
  recallAdapter(): void {
    this.#order({ order: 'return adapter' });
  }

  /**
   * @param loan its number is free for another tunnel once it is recalled
   * @param returned is called if the thread gives the tunnel back by itself: `recall` has it then
   */
  lend(loan: Loan, returned: () => void): void {
    this.#lent.set(loan.tunnel, returned);
    this.#order({ order: 'take', ...loan });
    this.#port.ref();
  }

  /** When this returns, the thread knows nothing of the tunnel any more. @throws Error if the thread is gone */
  recall(tunnel: number): Returned {
    if (!this.#returned.has(tunnel)) this.#order({ order: 'return', tunnel });
    this.settle();
    const returned = this.#returned.get(tunnel);
    this.#returned.delete(tunnel);
    this.#lent.delete(tunnel);
    if (this.#lent.size === 0) this.#port.unref();
    if (returned === undefined) throw new Error('the thread of the data path lost a tunnel');
    return returned;
  }

  /** What the role's routes have to know. */
  change(change: unknown): void {
    this.#order({ order: 'routes', change });
  }

  async stop(): Promise<void> {
    if (this.#dead) return;
    const ended = new Promise((resolve) => this.#worker.once('exit', resolve));
    this.#worker.ref();
    this.#order({ order: 'stop' });
    await ended;
    this.#port.close();
    close(this.#bell);
  }

  #order(order: Order): void {
    this.#port.postMessage(order);
    signal(this.#bell);
  }

  /**
   * Waits until the thread has obeyed all orders, and hears what it had to say before: everything that it has done so far is
   * counted then. @throws Error if the thread is gone
   */
  settle(): void {
    if (this.#dead) throw new Error('the thread of the data path is gone');
    this.#requests += 1;
    const request = this.#requests;
    Atomics.store(this.#places, asked, request);
    signal(this.#bell);
    for (let done = Atomics.load(this.#places, answered); done !== request; done = Atomics.load(this.#places, answered))
      if (Atomics.wait(this.#places, answered, done, patience) === 'timed-out')
        throw new Error('the thread of the data path does not answer');
    for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port))
      this.#hearLater(next.message as Report);
  }

  /** Whoever waits for the thread is at work already. What is given back can be had at once. */
  #hearLater(report: Report): void {
    if (report.report !== 'returned') {
      setImmediate(() => this.#heard(report));
      return;
    }
    this.#returned.set(report.tunnel, report);
    setImmediate(() => {
      if (this.#returned.get(report.tunnel) === report) this.#lent.get(report.tunnel)?.();
    });
  }

  #heard(report: Report): void {
    if (report.report === 'returned') {
      this.#returned.set(report.tunnel, report);
      this.#lent.get(report.tunnel)?.();
    } else if (report.report === 'frame') {
      Atomics.sub(this.#places, unhandled, 1);
      this.#ports.frame(report.frame);
    } else if (report.report === 'routes') this.#ports.news?.(report.news);
    else if (report.report === 'adapter failed') this.#ports.adapterFailed();
    else if (report.report === 'ready') {
      this.#ready = true;
      if (this.#lent.size === 0) this.#port.unref();
      this.#ports.ready();
    } else report satisfies never;
  }

  #fail(error: unknown): void {
    this.#ready = false;
    this.#dead = true;
    this.#port.unref();
    this.#ports.failed(error);
  }
}
