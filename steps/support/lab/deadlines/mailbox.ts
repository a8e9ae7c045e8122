/** What comes from outside and is awaited by steps: frames, events of a program, connections. */
import { within } from './deadline.ts';

interface Waiter<T> {
  readonly wanted: (item: T) => boolean;
  readonly resolve: (item: T) => void;
  readonly reject: (error: Error) => void;
}

/** Items in order of arrival, each taken once; a taker may come before its item. Closing rejects whoever still waits. */
export class Mailbox<T> {
  readonly #items: T[] = [];
  readonly #waiters: Waiter<T>[] = [];
  #closed: Error | undefined;

  /** What has arrived and nobody took yet. */
  get waiting(): readonly T[] {
    return this.#items;
  }

  put(item: T): void {
    const index = this.#waiters.findIndex((waiter) => waiter.wanted(item));
    if (index < 0) this.#items.push(item);
    else this.#waiters.splice(index, 1)[0]?.resolve(item);
  }

  /** Nothing more will come: later and present takers that no item satisfies are rejected with `reason`. */
  close(reason: Error): void {
    this.#closed ??= reason;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#closed);
  }

  /**
   * Takes the first item that is `wanted`, waiting up to `milliseconds` for it.
   * @param what names the item in the error
   */
  take(milliseconds: number, what: string, wanted: (item: T) => boolean = () => true, hint?: () => string): Promise<T> {
    const index = this.#items.findIndex(wanted);
    if (index >= 0) return Promise.resolve(this.#items.splice(index, 1)[0] as T);
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    const waiter = Promise.withResolvers<T>();
    const entry: Waiter<T> = { wanted, resolve: waiter.resolve, reject: waiter.reject };
    this.#waiters.push(entry);
    return within(milliseconds, what, waiter.promise, hint).catch((error: unknown) => {
      const at = this.#waiters.indexOf(entry);
      if (at >= 0) this.#waiters.splice(at, 1);
      throw error;
    });
  }
}
