/** The system calls by which a relay copies: each returns at once. Linux on x64 and arm64. */
import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const nativeDup = libc.func('int fcntl(int fd, int command, ...)');
const nativeShutdown = libc.func('int shutdown(int fd, int how)');
const nativeReceive = libc.func('int64_t recv(int fd, uintptr_t address, size_t length, int flags)');
const nativeSend = libc.func('int64_t send(int fd, const void *octets, size_t length, int flags)');
const nativeEpollCreate = libc.func('int epoll_create1(int flags)');
const nativeEpollControl = libc.func('int epoll_ctl(int epoll, int operation, int fd, void *event)');
const nativeEpollWait = libc.func('int epoll_wait(int epoll, void *events, int most, int milliseconds)');

const F_DUPFD_CLOEXEC = 1030;
const O_CLOEXEC = 0o2000000;
const SHUT_WR = 1;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const EAGAIN = 11;
const EINTR = 4;

export const EPOLLIN = 0x1;
export const EPOLLOUT = 0x4;

/** What a call that would have to wait returns. */
export const WOULD_BLOCK = -1;

/** A call failed: the message is errno's name. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure';
}

/** A second descriptor for the same open file. */
export function duplicate(fd: number): number {
  return checked(nativeDup(fd, F_DUPFD_CLOEXEC, 'int', 0));
}

/** The peer reads the end of the stream once it has read what was sent. */
export function endWriting(fd: number): void {
  checked(nativeShutdown(fd, SHUT_WR));
}

/** @param address of octets that stay where they are. @returns octets, 0 at the end of the stream, or WOULD_BLOCK */
export function receive(fd: number, address: number, length: number): number {
  return transferred(() => Number(nativeReceive(fd, address, length, MSG_DONTWAIT)));
}

/** @returns octets that were taken, or WOULD_BLOCK */
export function send(fd: number, octets: Uint8Array): number {
  return transferred(() => Number(nativeSend(fd, octets, octets.length, MSG_DONTWAIT | MSG_NOSIGNAL)));
}

function transferred(call: () => number): number {
  while (true) {
    const count = call();
    if (count >= 0) return count;
    const number = koffi.errno();
    if (number === EAGAIN) return WOULD_BLOCK;
    if (number !== EINTR) throw new CallFailure(getSystemErrorName(-number));
  }
}

function checked(result: number): number {
  if (result < 0) throw new CallFailure(getSystemErrorName(-koffi.errno()));
  return result;
}

/** `struct epoll_event`: packed on x64, 12 octets; on arm64 16, with the data at 8. */
const entryLength = process.arch === 'x64' ? 12 : 16;
const dataOffset = process.arch === 'x64' ? 4 : 8;
const most = 256;

/** Descriptors that are waited for together. */
export class Epoll {
  readonly #fd = checked(nativeEpollCreate(O_CLOEXEC));
  readonly #entry = new Uint8Array(entryLength);
  readonly #events = new Uint8Array(entryLength * most);
  readonly #view = new DataView(this.#events.buffer);
  readonly #masks = new Map<number, number>();

  /** @param mask of events that matter; none takes the descriptor out, so that not even its end is told */
  set(fd: number, mask: number): void {
    const before = this.#masks.get(fd) ?? 0;
    if (before === mask) return;
    const [add, remove, modify] = [1, 2, 3];
    const view = new DataView(this.#entry.buffer);
    view.setUint32(0, mask, true);
    view.setInt32(dataOffset, fd, true);
    const operation = before === 0 ? add : mask === 0 ? remove : modify;
    checked(nativeEpollControl(this.#fd, operation!, fd, this.#entry));
    if (mask === 0) this.#masks.delete(fd);
    else this.#masks.set(fd, mask);
  }

  /** Waits on the calling thread for as long as it takes. @param ready gets each descriptor with its events */
  wait(ready: (fd: number, events: number) => void): void {
    const count = nativeEpollWait(this.#fd, this.#events, most, -1) as number;
    for (let index = 0; index < count; index++) {
      const at = index * entryLength;
      ready(this.#view.getInt32(at + dataOffset, true), this.#view.getUint32(at, true));
    }
  }
}
