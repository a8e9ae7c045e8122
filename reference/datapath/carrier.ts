/** The process's end of the data path: tunnels are lent to its thread, and recalled before anything else is done with them. */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { LentDevice } from '../adapter/adapter.ts';
import { close } from '../libc/descriptors.ts';
import { eventfd, signal } from '../libc/poll.ts';
import {
  answered,
  asked,
  gone,
  type Loan,
  type Order,
  type Report,
  type Returned,
  type ThreadData,
  unhandled,
} from './messages.ts';
import { countsLength, type Passed, SharedCounts } from './shared.ts';

interface CarrierPorts {
  /** A frame of the local stack for the readable path, as it was read from the adapter. They come in the order in which the thread has read them. */
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

interface Lent {
  readonly fd: number;
  /** The thread has given the tunnel back by itself. */
  readonly returned: () => void;
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
  readonly #lent = new Map<number, Lent>();
  readonly #returned = new Map<number, Returned>();
  /** Frames that are on their way from the thread to the readable path, the first one first. */
  readonly #frames: Uint8Array[] = [];
  #passing = false;
  readonly #bell = eventfd();
  readonly #port: MessagePort;
  readonly #worker: Worker;
  readonly #started = Promise.withResolvers<void>();
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
    return this.#ready && !this.#dead;
  }

  /** It uses nothing any more that it was lent. */
  get gone(): boolean {
    return this.#dead;
  }

  /** When tunnels can be lent, or never will be. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  /** What passed the adapter in the thread so far, or was dropped. */
  get passed(): Passed {
    return this.#counts.read();
  }

  lendAdapter(device: LentDevice): void {
    this.#order({ order: 'adapter', ...device });
  }

  /**
   * Takes effect with the next `recall` or `settle`: then the thread neither reads nor writes the adapter, and the readable
   * path has had all that the thread read for it. So nothing that is read later overtakes it.
   */
  recallAdapter(): void {
    this.#order({ order: 'return adapter' });
  }

  /**
   * @param loan its number is free for another tunnel once it is recalled
   * @param returned is called if the thread gives the tunnel back by itself: `recall` has it then
   */
  lend(loan: Loan, returned: () => void): void {
    this.#lent.set(loan.tunnel, { fd: loan.fd, returned });
    this.#order({ order: 'take', ...loan });
    this.#port.ref();
  }

  /** When this returns, the thread knows nothing of the tunnel any more. @throws Error if the thread is gone */
  recall(tunnel: number): Returned {
    if (!this.#returned.has(tunnel)) this.#order({ order: 'return', tunnel });
    try {
      this.settle();
    } finally {
      const lent = this.#lent.get(tunnel);
      this.#lent.delete(tunnel);
      if (this.#lent.size === 0) this.#port.unref();
      // A thread that is gone closes nothing: the peer would wait for the end of the stream.
      if (this.#dead && lent !== undefined && !this.#returned.has(tunnel)) close(lent.fd);
    }
    const returned = this.#returned.get(tunnel);
    this.#returned.delete(tunnel);
    if (returned === undefined) throw new Error('the thread of the data path lost a tunnel');
    return returned;
  }

  /** What the role's routes have to know. */
  change(change: unknown): void {
    this.#order({ order: 'routes', change });
  }

  async stop(): Promise<void> {
    if (this.#dead) return;
    this.#dead = true;
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
   * counted then, and the frames that it had for the readable path have taken it. @throws Error if the thread is gone
   */
  settle(): void {
    if (this.#dead) throw new Error('the thread of the data path is gone');
    this.#requests += 1;
    const request = this.#requests;
    Atomics.store(this.#places, asked, request);
    signal(this.#bell);
    this.#await(request);
    this.#receive();
  }

  #await(request: number): void {
    for (
      let done = Atomics.load(this.#places, answered);
      done !== request;
      done = Atomics.load(this.#places, answered)
    ) {
      if (done === gone) {
        this.#dead = true;
        this.#receive();
        throw new Error('the thread of the data path is gone');
      }
      if (Atomics.wait(this.#places, answered, done, patience) === 'timed-out')
        throw new Error('the thread of the data path does not answer');
    }
  }

  /**
   * What the thread has said so far. Frames take the readable path before this returns, so that what is read from the
   * adapter afterwards comes behind them; unless one of them is on its way already: then they are next.
   */
  #receive(): void {
    for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port)) {
      const report = next.message as Report;
      if (report.report === 'frame') this.#frames.push(report.frame);
      else this.#hearLater(report);
    }
    this.#pass();
  }

  #pass(): void {
    if (this.#passing) return;
    this.#passing = true;
    try {
      for (let frame = this.#frames.shift(); frame !== undefined; frame = this.#frames.shift()) {
        this.#ports.frame(frame);
        // The thread may wait for this before it reads on.
        if (Atomics.sub(this.#places, unhandled, 1) === 1 && !this.#dead) signal(this.#bell);
      }
    } finally {
      this.#passing = false;
    }
  }

  /** Whoever waits for the thread is at work already. What is given back can be had at once. */
  #hearLater(report: Exclude<Report, { report: 'frame' }>): void {
    if (report.report !== 'returned') {
      setImmediate(() => this.#heard(report));
      return;
    }
    this.#returned.set(report.tunnel, report);
    setImmediate(() => {
      if (this.#returned.get(report.tunnel) === report) this.#lent.get(report.tunnel)?.returned();
    });
  }

  #heard(report: Report): void {
    if (report.report === 'returned') {
      this.#returned.set(report.tunnel, report);
      this.#lent.get(report.tunnel)?.returned();
    } else if (report.report === 'frame') {
      this.#frames.push(report.frame);
      this.#pass();
    } else if (report.report === 'routes') this.#ports.news?.(report.news);
    else if (report.report === 'adapter failed') this.#ports.adapterFailed();
    else if (report.report === 'ready') {
      this.#ready = true;
      this.#started.resolve();
      if (this.#lent.size === 0) this.#port.unref();
      this.#ports.ready();
    } else report satisfies never;
  }

  #fail(error: unknown): void {
    this.#dead = true;
    this.#port.unref();
    // What it had read came before all that is read from now on.
    this.#receive();
    this.#ports.failed(error);
    this.#started.resolve();
  }
}
