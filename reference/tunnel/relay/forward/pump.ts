/** The relay's end of the thread that copies: connections are handed to it, and it reports how they end. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { close } from '../../../libc/descriptors.ts';
import { SystemCallFailure } from '../../../libc/failure.ts';
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
  /** Whether it waits for orders. */
  readonly started: Promise<boolean>;
}

/** The process goes on while there is a splice. */
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
   * Starts the thread if there is none.
   * @returns whether it can take splices. If it could not be started, for want of descriptors for instance, the next call
   * tries again.
   */
  start(): Promise<boolean> {
    try {
      this.#thread ??= this.#start();
    } catch (error) {
      if (error instanceof SystemCallFailure) return Promise.resolve(false);
      throw error;
    }
    return this.#thread.started;
  }

  /**
   * For use once it has started.
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

  order(order: Order): void {
    if (this.#thread === undefined) return;
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
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { port: port2, bell, counters: this.#counters },
      transferList: [port2],
    });
    const { promise: started, resolve } = Promise.withResolvers<boolean>();
    let runs = false;
    port.on('message', (message: SpliceReport | Started) => {
      if (message.event === 'started') {
        runs = true;
        resolve(true);
      } else this.#reported.get(message.splice)?.(message);
    });
    // A thread that waits in a system call can't be ended from outside: it gets the order however the process ends.
    const stop = (): void => {
      port.postMessage({ order: 'stop' } satisfies Order);
      signal(bell);
    };
    process.once('exit', stop);
    worker.once('exit', () => process.off('exit', stop));
    worker.once('error', (error) => {
      if (runs) {
        this.#failed(error as Error);
        return;
      }
      this.#thread = undefined;
      port.close();
      close(bell);
      resolve(false);
    });
    worker.unref();
    port.unref();
    return { worker, port, bell, started };
  }
}
