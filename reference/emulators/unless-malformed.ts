/** Emulators get every packet that a local stack sends. A malformed one is no request, and no reason to fail. */
import { Malformed } from '../errors.ts';

/** @returns what `decode` gives, or undefined when it throws Malformed */
export function unlessMalformed<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
