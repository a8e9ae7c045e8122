/** The relay's end of the thread that copies: connections are handed to it, and it reports how they end. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { close } from '../../../libc/descriptors.ts';
import { eventfd, signal } from '../../../libc/poll.ts';
import type { Side } from '../../../nodes/effect.ts';
import type { Position } from '../../../nodes/flow.ts';
import { countersLength, type Order, type SpliceReport, type Started } from './messages.ts';

export interface Passed {
  /** Octets that came from upstream and went downstream, and the reverse, of all splices so far. */
  readonly upstream: number;
  readonly downstream: number;
}

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly bell: number;
  readonly started: Promise<void>;
}

/** What its thread runs. */
export const threadProgram = new URL('./worker.ts', import.meta.url);

/** Starts its thread with the first splice, if not before. The process goes on while there is one. */
export class Pump {
  readonly #reported = new Map<number, (report: SpliceReport) => void>();
  readonly #counters = new SharedArrayBuffer(countersLength);
  readonly #failed: (error: Error) => void;
  #thread: Thread | undefined;
  #splices = 0;

  /** @param failed the thread ended by itself, and with it every connection it had */
  constructor(failed: (error: Error) => void) {
    this.#failed = failed;
  }

  get passed(): Passed {
    const [upstream = 0, downstream = 0] = new Float64Array(this.#counters);
    return { upstream, downstream };
  }

  /**
   * @param fds descriptors that nobody else uses; the thread closes them
   * @returns the number by which orders name the splice
   */
  take(
    fds: Readonly<Record<Side, number>>,
    positions: Readonly<Record<Side, Position>>,
    reported: (report: SpliceReport) => void,
  ): number {
    this.#splices += 1;
    const splice = this.#splices;
    this.#reported.set(splice, reported);
    this.order({ order: 'take', splice, fds, positions });
    this.#thread?.port.ref();
    return splice;
  }

  /** Starts its thread now. Resolves when it waits for orders, so that its code is loaded, or has failed. */
  start(): Promise<void> {
    this.#thread ??= this.#start();
    return this.#thread.started;
  }

  order(order: Order): void {
    this.#thread ??= this.#start();
    const { port, bell } = this.#thread;
    port.postMessage(order);
    signal(bell);
  }

  /** Nothing more will be reported of this splice. */
  forget(splice: number): void {
    this.#reported.delete(splice);
    if (this.#reported.size === 0) this.#thread?.port.unref();
  }

  async stop(): Promise<void> {
    const thread = this.#thread;
    if (thread === undefined) return;
    const ended = new Promise((resolve) => thread.worker.once('exit', resolve));
    thread.worker.ref();
    this.order({ order: 'stop' });
    this.#thread = undefined;
    await ended;
    thread.port.close();
    close(thread.bell);
  }

  #start(): Thread {
    const { port1: port, port2 } = new MessageChannel();
    const bell = eventfd();
    const worker = new Worker(threadProgram, {
      workerData: { port: port2, bell, counters: this.#counters },
      transferList: [port2],
    });
    const { promise: started, resolve } = Promise.withResolvers<void>();
    port.on('message', (message: SpliceReport | Started) => {
      if (message.event === 'started') resolve();
      else this.#reported.get(message.splice)?.(message);
    });
    // A thread that waits in a system call can't be ended from outside: it gets the order however the process ends.
    const stop = (): void => {
      port.postMessage({ order: 'stop' } satisfies Order);
      signal(bell);
    };
    process.once('exit', stop);
    worker.once('exit', () => process.off('exit', stop));
    worker.once('error', (error) => {
      this.#failed(error as Error);
      resolve();
    });
    worker.unref();
    port.unref();
    return { worker, port, bell, started };
  }
}
