/** clock_gettime(2). */
import { addressOf, checked, native } from './native.ts';

const nativeTime = native('int clock_gettime(int clock, uintptr_t time)');

/** <time.h>: goes on while the machine sleeps, and no change of the time of day moves it. */
const CLOCK_BOOTTIME = 7;

/** `struct timespec`, the low halves first: seconds, and nanoseconds. */
const time = new Uint32Array(4);
const address = addressOf(new Uint8Array(time.buffer));

/** Milliseconds since the machine was started, whether it slept or not. */
export function bootTime(): number {
  checked('clock_gettime', nativeTime(CLOCK_BOOTTIME, address));
  return time[0]! * 1_000 + time[2]! / 1e6;
}
