/** Waiting, on the calling thread, for many descriptors at once: epoll(7). */
import { close, O_CLOEXEC } from './descriptors.ts';
import { addressOf, checked, native } from './native.ts';
import { longestWait } from './poll.ts';

const nativeCreate = native('int epoll_create1(int flags)');
const nativeControl = native('int epoll_ctl(int epoll, int operation, int fd, void *event)');
const nativeWait = native('int epoll_wait(int epoll, uintptr_t events, int limit, int milliseconds)');

/** <sys/epoll.h> */
export const EPOLLIN = 0x1;
export const EPOLLOUT = 0x4;
const [EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD] = [1, 2, 3];

/** `struct epoll_event`: packed on x64, 12 octets; on arm64 16, with the data at 8. */
const entryLength = process.arch === 'x64' ? 12 : 16;
const dataOffset = process.arch === 'x64' ? 4 : 8;
const wordLength = 4;
/** One wait returns at most so many descriptors. */
const batch = 256;

/** Descriptors that are waited for together. */
export class Epoll {
  readonly #fd = checked('epoll_create1', nativeCreate(O_CLOEXEC));
  readonly #entry = new Uint8Array(entryLength);
  readonly #events = new Uint8Array(entryLength * batch);
  readonly #address = addressOf(this.#events);
  readonly #words = new Int32Array(this.#events.buffer);
  readonly #masks = new Map<number, number>();

  /** @param mask of events that matter; 0 takes the descriptor out: then not even its end is reported */
  set(fd: number, mask: number): void {
    const before = this.#masks.get(fd) ?? 0;
    if (before === mask) return;
    const view = new DataView(this.#entry.buffer);
    view.setUint32(0, mask, true);
    view.setInt32(dataOffset, fd, true);
    const operation = before === 0 ? EPOLL_CTL_ADD : mask === 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    checked('epoll_ctl', nativeControl(this.#fd, operation, fd, this.#entry));
    if (mask === 0) this.#masks.delete(fd);
    else this.#masks.set(fd, mask);
  }

  /**
   * Waits until one of them is ready, or until the time is over.
   * @param ready gets each descriptor with its events. @returns whether one was
   */
  wait(ready: (fd: number, events: number) => void, milliseconds = longestWait): boolean {
    const count = nativeWait(this.#fd, this.#address, batch, milliseconds) as number;
    for (let index = 0; index < count; index++) {
      const at = index * (entryLength / wordLength);
      ready(this.#words[at + dataOffset / wordLength]!, this.#words[at]!);
    }
    return count > 0;
  }

  close(): void {
    close(this.#fd);
  }
}
