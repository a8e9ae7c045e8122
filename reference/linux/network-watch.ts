/** [EP] fig. 23, 520: notices when the local stack's links, addresses and routing table change. */
import { setTimeout as pause } from 'node:timers/promises';
import { openChanges, readChanges } from '../libc/netlink.ts';
import { Readiness } from '../libc/poll.ts';

/** Milliseconds within which changes are one burst: a link that goes down takes its addresses and routes along. */
const burst = 20;

export class NetworkWatch implements AsyncDisposable {
  readonly #fd = openChanges();
  readonly #readiness = new Readiness(this.#fd);
  readonly #running: Promise<void>;
  #closed = false;

  /**
   * Watches the network namespace of the calling thread.
   * @param changed called after each burst of changes
   */
  constructor(changed: () => void) {
    this.#running = this.#run(changed);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#readiness.close();
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #run(changed: () => void): Promise<void> {
    const slab = new Uint8Array(65_536);
    while (await this.#readiness.readable()) {
      await pause(burst);
      if (!this.#closed && readChanges(this.#fd, slab)) changed();
    }
  }
}

/** The one watch of this thread, for all who want to know: each watch keeps a thread of the pool. */
let shared: { readonly watch: NetworkWatch; readonly listeners: Set<() => void> } | undefined;

/**
 * Watches the network namespace of the calling thread, together with others who do.
 * @param changed called after each burst of changes
 */
export function watchNetwork(changed: () => void): { close(): Promise<void> } {
  const listeners = shared?.listeners ?? new Set();
  const watching = shared ?? {
    listeners,
    watch: new NetworkWatch(() => {
      for (const listener of [...listeners]) listener();
    }),
  };
  shared = watching;
  listeners.add(changed);
  return {
    close: async () => {
      listeners.delete(changed);
      if (listeners.size > 0 || shared !== watching) return;
      shared = undefined;
      await watching.watch.close();
    },
  };
}
