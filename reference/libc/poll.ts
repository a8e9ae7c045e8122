/** Waiting, on a thread of the pool, for a descriptor that can be read. */
import { Misuse } from '../errors.ts';
import { close, O_CLOEXEC, O_NONBLOCK, write } from './descriptors.ts';
import { native, systemCall } from './native.ts';

const nativePoll = native('int poll(void *entries, ulong count, int milliseconds)');
const newEventfd = systemCall<[initial: number, flags: number]>('int eventfd(uint32_t initial, int flags)');

/** <poll.h> */
const POLLIN = 0x1;

/**
 * Milliseconds for which a system call waits at most, before it is called again. A thread that is ended from outside goes
 * only when its calls have returned: whoever waits for it would wait for ever.
 */
export const longestWait = 1_000;

/** @returns an eventfd that counts from 0 */
export const eventfd = (): number => newEventfd(0, O_NONBLOCK | O_CLOEXEC);

/** Makes everyone who polls the eventfd wake up, now and from now on. */
export function signal(eventFd: number): void {
  write(eventFd, new Uint8Array(new BigUint64Array([1n]).buffer));
}

/** A descriptor that is waited for until it is closed. */
export class Readiness {
  readonly #fd: number;
  readonly #release: () => void;
  readonly #stop = eventfd();
  #polling: Promise<readonly number[]> | undefined;
  #closing: Promise<void> | undefined;

  /**
   * @param fd closed with this
   * @param release does it, in another way than close()
   */
  constructor(fd: number, release = (): void => void close(fd)) {
    this.#fd = fd;
    this.#release = release;
  }

  /**
   * Waits until the descriptor can be read or has failed; the next read shows which.
   * One call at a time; a second one before the first has settled throws Misuse.
   * @returns false once it is closed
   */
  async readable(): Promise<boolean> {
    if (this.#closing) return false;
    if (this.#polling) throw new Misuse('readable() is already waiting');
    const polling = pollReadable([this.#fd, this.#stop]);
    this.#polling = polling;
    try {
      const [, stop = 0] = await polling;
      return stop === 0;
    } finally {
      this.#polling = undefined;
    }
  }

  /** Ends a pending readable() with false. Idempotent. Nobody may read from the descriptor after this was called. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The descriptors are closed only after the waiting thread has let go of them: their numbers are reused at once. */
  async #close(): Promise<void> {
    signal(this.#stop);
    await this.#polling?.catch(() => undefined);
    this.#release();
    close(this.#stop);
  }
}

/**
 * Waits until one of the descriptors can be read or has failed. It keeps a thread of the pool for as long as it waits:
 * the pool has four unless UV_THREADPOOL_SIZE says otherwise.
 * @returns the events of each descriptor, in order
 */
async function pollReadable(fds: readonly number[]): Promise<readonly number[]> {
  const entries = new Uint8Array(8 * fds.length);
  const view = new DataView(entries.buffer);
  fds.forEach((fd, index) => {
    view.setInt32(8 * index, fd, true);
    view.setInt16(8 * index + 4, POLLIN, true);
  });
  while (true) {
    const count = await new Promise<number>((resolve, reject) => {
      nativePoll.async(entries, fds.length, longestWait, (error: Error | null, result: number) =>
        error ? reject(error) : resolve(result),
      );
    });
    // Errno belongs to the other thread; with valid arguments only a signal or the time ends the wait early.
    if (count > 0) return fds.map((_, index) => view.getInt16(8 * index + 6, true));
  }
}
