/** File descriptors: made, read, written and closed. */
import { checked, interrupted, native, systemCall } from './native.ts';

const nativeOpen = native('int open(const char *path, int flags, ...)');
const control = systemCall<[fd: number, command: number, type: 'int', value: number]>(
  'int fcntl(int fd, int command, ...)',
);
const nativeRead = native('int64_t read(int fd, uintptr_t address, size_t length)');
const nativeWrite = native('int64_t write(int fd, const void *octets, size_t length)');
const nativeWriteFrom = native('int64_t write(int fd, uintptr_t address, size_t length)');

/** <fcntl.h> */
export const O_RDWR = 0o2;
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;
const F_DUPFD_CLOEXEC = 1030;

/** @returns a file descriptor that the caller closes */
export function open(path: string, flags: number): number {
  return checked(`open ${path}`, nativeOpen(path, flags));
}

/** For descriptors made in this folder: Node would warn of one that its own `fs` did not open. */
export const close = systemCall<[fd: number]>('int close(int fd)');

/** A second descriptor for the same open file: with the first free number from `lowest` on. */
export const duplicate = (fd: number, lowest = 0): number => control(fd, F_DUPFD_CLOEXEC, 'int', lowest);

/**
 * @param address where the octets go, as `addressOf` gives it
 * @returns octets read, or WOULD_BLOCK
 */
export function read(fd: number, address: number, length: number): number {
  let count: number;
  do count = nativeRead(fd, address, length);
  while (count < 0 && interrupted('read'));
  return count;
}

/** @returns octets written, or WOULD_BLOCK */
export function write(fd: number, octets: Uint8Array): number {
  let count: number;
  do count = nativeWrite(fd, octets, octets.length);
  while (count < 0 && interrupted('write'));
  return count;
}

/** @param address of octets that stay where they are. @returns octets written, or WOULD_BLOCK */
export function writeFrom(fd: number, address: number, length: number): number {
  let count: number;
  do count = nativeWriteFrom(fd, address, length);
  while (count < 0 && interrupted('write'));
  return count;
}
