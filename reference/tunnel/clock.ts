/** The one clock: monotonic milliseconds, so that no change of the time of day moves a timer. */
import { bootTime } from '../libc/clock.ts';

export interface Clock {
  /** Milliseconds since an arbitrary moment. */
  now(): number;
}

/** It goes on while the machine sleeps. The runtime's own stands still, and its uptime, a file of the kernel, takes 60 µs. */
export const systemClock: Clock = { now: bootTime };
