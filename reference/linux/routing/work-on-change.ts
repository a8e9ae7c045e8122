/** Work that is done again after the network has changed. */

import { SerialQueue } from '../programs/serial-queue.ts';
import { watchNetwork } from './network-watch.ts';

/** One run at a time; changes that come meanwhile are one further run. Until close(), which waits for the run. */
export class WorkOnChange {
  readonly #work: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  readonly #watch: { close(): Promise<void> };
  readonly #queue = new SerialQueue();
  #asked = false;
  #closed = false;

  /**
   * Watches the network namespace of the calling thread.
   * @param failed gets what the work throws, except after close()
   */
  constructor(work: () => Promise<void>, failed: (error: unknown) => void) {
    this.#work = work;
    this.#failed = failed;
    this.#watch = watchNetwork(() => this.ask());
  }

  /** Does the work once for a burst of changes, and once more for changes that come while it is done. */
  ask(): void {
    if (this.#asked || this.#closed) return;
    this.#asked = true;
    this.run().catch((error: unknown) => {
      if (!this.#closed) this.#failed(error);
    });
  }

  /** @throws what the work throws */
  run(): Promise<void> {
    return this.#queue.run(async () => {
      this.#asked = false;
      if (!this.#closed) await this.#work();
    });
  }

  /** Waits for the work that is being done; afterwards none is. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#watch.close();
    await this.#queue.run(async () => undefined);
  }
}
