/** Datagrams that wait for a tunnel connection: few, and the newest. Long queues ruin TCP over TCP. */
import type { QueueCounts } from './effect.ts';

export class DatagramQueue {
  readonly #limit: number;
  readonly #waiting: Uint8Array[] = [];
  #dropped = 0;

  /** @param limit datagrams. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Copies the datagram; the oldest one gives way. */
  push(datagram: Uint8Array): void {
    if (this.#waiting.length >= this.#limit) {
      this.#waiting.shift();
      this.#dropped += 1;
    }
    this.#waiting.push(datagram.slice());
  }

  shift(): Uint8Array | undefined {
    return this.#waiting.shift();
  }

  /** Counts a datagram that never came in here. */
  drop(): void {
    this.#dropped += 1;
  }

  dropAll(): void {
    this.#dropped += this.#waiting.length;
    this.#waiting.length = 0;
  }

  get counts(): QueueCounts {
    return { waiting: this.#waiting.length, dropped: this.#dropped };
  }
}
