/** The newest datagrams wait for a tunnel connection. They are few, as long queues ruin TCP over TCP. */
import type { QueueCounts } from './effect.ts';

/** First in, first out, with a bound (ADP-14, ADP-45). */
export class DatagramQueue {
  readonly #limit: number;
  readonly #waiting: Uint8Array[] = [];
  #dropped = 0;

  /** @param limit datagrams. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Copies the datagram. When the queue is full, the oldest one is dropped. */
  push(datagram: Uint8Array): void {
    if (this.#waiting.length >= this.#limit) {
      this.#waiting.shift();
      this.#dropped += 1;
    }
    this.#waiting.push(datagram.slice());
  }

  /** Takes out all that wait, the oldest first. */
  takeAll(): Uint8Array[] {
    return this.#waiting.splice(0);
  }

  /** Counts datagrams that were dropped and did not wait. */
  drop(count = 1): void {
    this.#dropped += count;
  }

  dropAll(): void {
    this.#dropped += this.#waiting.length;
    this.#waiting.length = 0;
  }

  get counts(): QueueCounts {
    return { waiting: this.#waiting.length, dropped: this.#dropped };
  }
}
