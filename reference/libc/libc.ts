/**
 * The system calls behind a TAP. Each runs at once on the calling thread, except the waiting poll().
 * Octets are passed in place, without a copy.
 */
import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');

const nativeOpen = libc.func('int open(const char *path, int flags, ...)');
const nativeClose = libc.func('int close(int fd)');
const nativeSocket = libc.func('int socket(int domain, int type, int protocol)');
const nativeBind = libc.func('int bind(int fd, const void *address, uint32_t length)');
const nativeSetsockopt = libc.func('int setsockopt(int fd, int level, int option, const void *value, uint32_t length)');
const nativeIoctl = libc.func('int ioctl(int fd, ulong request, void *argument)');
const nativeRead = libc.func('int64_t read(int fd, uintptr_t address, size_t length)');
const nativeWrite = libc.func('int64_t write(int fd, const void *octets, size_t length)');
const nativePoll = libc.func('int poll(void *entries, ulong count, int milliseconds)');
const nativeEventfd = libc.func('int eventfd(uint32_t initial, int flags)');

/** <fcntl.h>, <sys/socket.h>, <sys/eventfd.h>, <poll.h> of Linux on x64 and arm64. */
export const O_RDWR = 0o2;
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_DGRAM = 2;
export const SOCK_CLOEXEC = O_CLOEXEC;
export const EFD_NONBLOCK = O_NONBLOCK;
export const EFD_CLOEXEC = O_CLOEXEC;
export const POLLIN = 0x1;

/** A system call failed; `code` is errno's name. */
export class SystemCallFailure extends Error {
  override readonly name = 'SystemCallFailure';
  readonly call: string;
  readonly code: string;

  constructor(call: string, code: string) {
    super(`${call}: ${code}`);
    this.call = call;
    this.code = code;
  }
}

/** What an adapter that was removed answers with; the runtime's own table lacks it. */
const EBADFD = 77;

/** @returns errno's name after a call that returned -1 */
function errorName(): string {
  const number = koffi.errno();
  return number === EBADFD ? 'EBADFD' : getSystemErrorName(-number);
}

function checked(call: string, result: number): number {
  if (result < 0) throw new SystemCallFailure(call, errorName());
  return result;
}

/** @returns where the octets lie (it fits 2^53); they must stay referenced as long as the number is in use */
export function addressOf(octets: Uint8Array): number {
  return Number(koffi.address(octets));
}

/** @returns a file descriptor that the caller closes */
export function open(path: string, flags: number): number {
  return checked(`open ${path}`, nativeOpen(path, flags));
}

export function close(fd: number): void {
  checked('close', nativeClose(fd));
}

/** @returns a file descriptor that the caller closes */
export function socket(domain: number, type: number, protocol = 0): number {
  return checked('socket', nativeSocket(domain, type, protocol));
}

/** @param address a `struct sockaddr_…` of its exact length */
export function bind(fd: number, address: Uint8Array): void {
  checked('bind', nativeBind(fd, address, address.length));
}

/** @param value what the option takes */
export function setsockopt(fd: number, name: string, level: number, option: number, value: Uint8Array): void {
  checked(name, nativeSetsockopt(fd, level, option, value, value.length));
}

/** @param argument what the request takes, read and written in place */
export function ioctl(fd: number, name: string, request: number, argument: Uint8Array): void {
  checked(name, nativeIoctl(fd, request, argument));
}

/** What read() and write() return when there is nothing to read, or no room to write. */
export const WOULD_BLOCK = -1;

/**
 * @param address where the octets go: a slab's, with the offset added
 * @returns octets read, or WOULD_BLOCK
 */
export function read(fd: number, address: number, length: number): number {
  return transferred('read', () => Number(nativeRead(fd, address, length)));
}

/** @returns octets written, or WOULD_BLOCK */
export function write(fd: number, octets: Uint8Array): number {
  return transferred('write', () => Number(nativeWrite(fd, octets, octets.length)));
}

/** @returns an eventfd that counts from 0 */
export function eventfd(): number {
  return checked('eventfd', nativeEventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
}

/** Makes everyone who polls the eventfd wake up, now and from now on. */
export function signal(eventFd: number): void {
  write(eventFd, new Uint8Array(new BigUint64Array([1n]).buffer));
}

/**
 * Waits on a thread of the pool until one of the descriptors can be read or has failed.
 * It keeps that thread for as long as it waits: the pool has four unless UV_THREADPOOL_SIZE says otherwise.
 * @returns the events of each descriptor, in order
 */
export async function pollReadable(fds: readonly number[]): Promise<number[]> {
  const entries = new Uint8Array(8 * fds.length);
  const view = new DataView(entries.buffer);
  fds.forEach((fd, index) => {
    view.setInt32(8 * index, fd, true);
    view.setInt16(8 * index + 4, POLLIN, true);
  });
  while (true) {
    const count = await new Promise<number>((resolve, reject) => {
      nativePoll.async(entries, fds.length, -1, (error: Error | null, result: number) =>
        error ? reject(error) : resolve(result),
      );
    });
    // Errno belongs to the other thread; with valid arguments only a signal ends the wait early.
    if (count > 0) return fds.map((_, index) => view.getInt16(8 * index + 6, true));
  }
}

function transferred(call: string, act: () => number): number {
  while (true) {
    const count = act();
    if (count >= 0) return count;
    const code = errorName();
    if (code === 'EAGAIN') return WOULD_BLOCK;
    if (code !== 'EINTR') throw new SystemCallFailure(call, code);
  }
}
