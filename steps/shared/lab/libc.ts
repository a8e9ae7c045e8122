/** The few system calls that Node has no door to. Each runs on the calling thread; failures throw LabFailure with errno's name. */
import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';
import { LabFailure } from './failure.ts';

const library = koffi.load('libc.so.6');

/** Linux's numbers, from <sched.h>, <sys/socket.h>, <linux/if_ether.h>, <poll.h>, <sys/prctl.h>. */
export const CLONE_NEWNET = 0x4000_0000;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_PACKET = 17;
export const SOCK_STREAM = 1;
export const SOCK_RAW = 3;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;
export const ETH_P_ALL = 0x0003;
export const POLLIN = 1;
export const PR_SET_PDEATHSIG = 1;
export const EAGAIN = 11;

const nativeSetns = library.func('int setns(int fd, int nstype)');
const nativeSocket = library.func('int socket(int domain, int type, int protocol)');
const nativeBind = library.func('int bind(int fd, const uint8_t *address, uint32_t length)');
const nativeSend = library.func('int64_t send(int fd, const uint8_t *octets, size_t length, int flags)');
const nativeRecv = library.func('int64_t recv(int fd, _Out_ uint8_t *octets, size_t length, int flags)');
const nativePoll = library.func('int poll(_Inout_ uint8_t *entries, ulong count, int timeout)');
const nativeEventfd = library.func('int eventfd(uint32_t initial, int flags)');
const nativeIndex = library.func('uint32_t if_nametoindex(const char *name)');
const nativeClose = library.func('int close(int fd)');
const nativePrctl = library.func('int prctl(int option, ulong two, ulong three, ulong four, ulong five)');

function checked(call: string, result: number): number {
  if (result >= 0) return result;
  throw new LabFailure(`${call}: ${getSystemErrorName(-koffi.errno())}`);
}

/** Moves the calling thread into the network namespace behind `fd`. */
export function setns(fd: number): void {
  checked('setns', nativeSetns(fd, CLONE_NEWNET));
}

/** @returns a file descriptor that the caller closes */
export function socket(domain: number, type: number, protocol: number): number {
  return checked('socket', nativeSocket(domain, type, protocol));
}

/** @param address a struct sockaddr_… of its exact length */
export function bind(fd: number, address: Uint8Array): void {
  checked('bind', nativeBind(fd, address, address.length));
}

/** @returns octets sent */
export function send(fd: number, octets: Uint8Array): number {
  return checked('send', Number(nativeSend(fd, octets, octets.length, 0)));
}

/** @returns octets received, or undefined when nothing is there on a non-blocking socket */
export function recv(fd: number, into: Uint8Array): number | undefined {
  const count = Number(nativeRecv(fd, into, into.length, 0));
  if (count < 0 && koffi.errno() === EAGAIN) return undefined;
  return checked('recv', count);
}

/** @returns an eventfd that counts from 0, to wake a poll with */
export function eventfd(): number {
  return checked('eventfd', nativeEventfd(0, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

/**
 * Waits, on another thread, until one of the descriptors is readable.
 * @returns the descriptors that are
 */
export function pollReadable(fds: readonly number[], milliseconds = -1): Promise<number[]> {
  const entries = new Uint8Array(8 * fds.length);
  const view = new DataView(entries.buffer);
  for (const [i, fd] of fds.entries()) {
    view.setInt32(8 * i, fd, true);
    view.setInt16(8 * i + 4, POLLIN, true);
  }
  return new Promise((resolve, reject) => {
    nativePoll.async(entries, fds.length, milliseconds, (error: Error | null, _count: number) => {
      if (error) reject(error);
      else resolve(fds.filter((_, i) => view.getInt16(8 * i + 6, true) !== 0));
    });
  });
}

/** @returns the index of a device in the calling thread's network namespace */
export function interfaceIndex(device: string): number {
  const index = nativeIndex(device);
  if (index === 0) throw new LabFailure(`no device ${device} here`);
  return index;
}

/** For descriptors made here: Node would warn of one that its own `fs` did not open. */
export function close(fd: number): void {
  checked('close', nativeClose(fd));
}

/** The kernel sends this process `signal` when its parent dies. */
export function dieWithParent(signal: number): void {
  checked('prctl', nativePrctl(PR_SET_PDEATHSIG, signal, 0, 0, 0));
}
