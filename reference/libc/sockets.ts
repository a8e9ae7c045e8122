/** Sockets: made, bound, sent to and received from; each call returns at once. */
import { O_CLOEXEC, O_NONBLOCK } from './descriptors.ts';
import { interrupted, native, systemCall } from './native.ts';

const newSocket = systemCall<[domain: number, type: number, protocol: number]>(
  'int socket(int domain, int type, int protocol)',
);
const nativePair = systemCall<[domain: number, type: number, protocol: number, pair: Uint8Array]>(
  'int socketpair(int domain, int type, int protocol, void *pair)',
);
const shutdown = systemCall<[fd: number, how: number]>('int shutdown(int fd, int how)');
const nativeReceive = native('int64_t recv(int fd, uintptr_t address, size_t length, int flags)');
const nativeSend = native('int64_t send(int fd, const void *octets, size_t length, int flags)');

/** <sys/socket.h> */
const AF_UNIX = 1;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
/** Keeps the boundaries of what is written. */
export const SOCK_SEQPACKET = 5;
export const SOCK_NONBLOCK = O_NONBLOCK;
const SHUT_WR = 1;
/** <netinet/in.h>, <netinet/tcp.h> */
const IPPROTO_TCP = 6;
const TCP_NOTSENT_LOWAT = 25;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/** @returns a file descriptor that the caller closes */
export const socket = (domain: number, type: number, protocol = 0): number =>
  newSocket(domain, type | O_CLOEXEC, protocol);

/** Two joined sockets of this machine, which the caller closes. */
export function socketPair(type: number): readonly [number, number] {
  const pair = new Int32Array(2);
  nativePair(AF_UNIX, type | O_CLOEXEC, 0, new Uint8Array(pair.buffer));
  const [near = -1, far = -1] = pair;
  return [near, far];
}

/** `address`: a `struct sockaddr_…` of its exact length. */
export const bind = systemCall<[fd: number, address: Uint8Array, length: number]>(
  'int bind(int fd, const void *address, uint32_t length)',
);

/** `value`: what the option takes. */
export const setsockopt = systemCall<[fd: number, level: number, option: number, value: Uint8Array, length: number]>(
  'int setsockopt(int fd, int level, int option, const void *value, uint32_t length)',
);

/** The peer reads the end of the stream once it has read what was sent. */
export const endWriting = (fd: number): number => shutdown(fd, SHUT_WR);

/** @param address of octets that stay where they are. @returns octets, 0 at the end of the stream, or WOULD_BLOCK */
export function receive(fd: number, address: number, length: number): number {
  let count: number;
  do count = nativeReceive(fd, address, length, MSG_DONTWAIT);
  while (count < 0 && interrupted('recv'));
  return count;
}

/** @returns octets that were taken, or WOULD_BLOCK */
export function send(fd: number, octets: Uint8Array): number {
  let count: number;
  do count = nativeSend(fd, octets, octets.length, MSG_DONTWAIT | MSG_NOSIGNAL);
  while (count < 0 && interrupted('send'));
  return count;
}

/** TCP takes no more while so many octets have not left yet: long queues ruin what runs inside a tunnel. */
export function limitUnsent(fd: number, octets: number): void {
  setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, new Uint8Array(new Uint32Array([octets]).buffer), 4);
}
