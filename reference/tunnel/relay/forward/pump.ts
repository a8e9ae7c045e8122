/** The relay's end of the thread that copies: connections are handed to it, and it tells how they end. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { close, eventfd, signal } from '../../../libc/libc.ts';
import type { Side } from '../../../nodes/effect.ts';
import type { Position } from '../../../nodes/flow.ts';
import { countersLength, type Order, type Told } from './messages.ts';

export type { Told };

export interface Passed {
  /** Octets that came from upstream and went downstream, and the reverse, of all pairs so far. */
  readonly upstream: number;
  readonly downstream: number;
}

/** Starts its thread with the first pair. The process goes on while there is one. */
export class Pump {
  readonly #told = new Map<number, (told: Told) => void>();
  readonly #counters = new SharedArrayBuffer(countersLength);
  readonly #failed: (error: Error) => void;
  #thread: { readonly worker: Worker; readonly port: MessagePort; readonly bell: number } | undefined;
  #pairs = 0;

  /** @param failed the thread ended by itself, and with it every connection it had */
  constructor(failed: (error: Error) => void) {
    this.#failed = failed;
  }

  get passed(): Passed {
    const [upstream = 0, downstream = 0] = new Float64Array(this.#counters);
    return { upstream, downstream };
  }

  /**
   * @param fds descriptors that nobody else uses; they are closed here
   * @returns the number by which orders name the pair
   */
  take(
    fds: Readonly<Record<Side, number>>,
    positions: Readonly<Record<Side, Position>>,
    told: (told: Told) => void,
  ): number {
    this.#pairs += 1;
    const pair = this.#pairs;
    this.#told.set(pair, told);
    this.order({ order: 'take', pair, fds, positions });
    this.#thread?.port.ref();
    return pair;
  }

  order(order: Order): void {
    this.#thread ??= this.#start();
    const { port, bell } = this.#thread;
    port.postMessage(order);
    signal(bell);
  }

  /** Nothing more will be told of this pair. */
  forget(pair: number): void {
    this.#told.delete(pair);
    if (this.#told.size === 0) this.#thread?.port.unref();
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

  #start(): { worker: Worker; port: MessagePort; bell: number } {
    const { port1: port, port2 } = new MessageChannel();
    const bell = eventfd();
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { port: port2, bell, counters: this.#counters },
      transferList: [port2],
    });
    port.on('message', (told: Told) => this.#told.get(told.pair)?.(told));
    // A thread that waits in a system call can't be ended from outside: it is told, whatever ends the process.
    const stop = (): void => {
      port.postMessage({ order: 'stop' } satisfies Order);
      signal(bell);
    };
    process.once('exit', stop);
    worker.once('exit', () => process.off('exit', stop));
    worker.once('error', (error) => this.#failed(error as Error));
    worker.unref();
    port.unref();
    return { worker, port, bell };
  }
}
