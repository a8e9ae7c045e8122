/**
 * The one place where the C library is loaded. Each call runs at once on the calling thread, except the waiting poll().
 * Octets are passed in place, without a copy. Linux on x64 and arm64.
 */
import { createRequire } from 'node:module';
import type koffiModule from 'koffi';
import { SystemCallFailure } from './failure.ts';

const { getSystemErrorName } = process.getBuiltinModule('node:util');

/** The compiled part alone, which npm chooses for the machine: the rest of koffi looks for it, in 6 ms for each thread. */
export const koffi = createRequire(import.meta.url)(`@koromix/koffi-linux-${process.arch}`) as typeof koffiModule;
const libc = koffi.load('libc.so.6');

/** @param prototype of the function, in C */
export const native = (prototype: string) => libc.func(prototype);

/** @param prototype of a function that the runtime itself exports, in C @throws Error where it does not */
export const exported = (prototype: string) => koffi.load(null).func(prototype);

/** @returns where the octets lie (it fits 2^53); they must stay referenced as long as the number is in use */
export const addressOf = (octets: Uint8Array): number => Number(koffi.address(octets));

const EINTR = 4;
const EAGAIN = 11;
/** The error of an adapter that was removed. The runtime's own table lacks its name. */
const EBADFD = 77;

/** @param number errno's, positive */
export const errnoName = (number: number): string => (number === EBADFD ? 'EBADFD' : getSystemErrorName(-number));

/** @throws SystemCallFailure when the result is -1 */
export function checked(call: string, result: number): number {
  if (result < 0) throw new SystemCallFailure(call, errnoName(koffi.errno()));
  return result;
}

/** What a call returns that transfers octets and would have to wait. */
export const WOULD_BLOCK = -1;

/**
 * @param prototype of a system call that returns -1 when it fails, in C
 * @returns the call, which then throws SystemCallFailure
 */
export function systemCall<Arguments extends readonly unknown[]>(prototype: string): (...given: Arguments) => number {
  const call = native(prototype);
  const name = prototype.slice(prototype.indexOf(' ') + 1, prototype.indexOf('('));
  return (...given) => checked(name, call(...given));
}

/**
 * Why a call that transfers octets returned -1, which is WOULD_BLOCK.
 * @returns whether a signal came, so that it has to be made again; otherwise it would have to wait. @throws SystemCallFailure
 */
export function interrupted(call: string): boolean {
  const number = koffi.errno();
  if (number === EAGAIN) return false;
  if (number !== EINTR) throw new SystemCallFailure(call, errnoName(number));
  return true;
}
