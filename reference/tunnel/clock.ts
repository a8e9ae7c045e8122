/** The one clock: monotonic milliseconds, so that no change of the time of day moves a timer. */
import { uptime } from 'node:os';

export interface Clock {
  /** Milliseconds since an arbitrary moment. */
  now(): number;
}

/** Milliseconds between two looks at the uptime. */
const interval = 100;
/** Milliseconds. Less is not taken for sleep, since the uptime comes in hundredths of a second. */
const shortestSleep = 1_000;

/**
 * A clock that goes on while the machine sleeps. Linux stops CLOCK_MONOTONIC meanwhile, but not the uptime, which is
 * CLOCK_BOOTTIME: what the latter gains is the time slept.
 * @param awake milliseconds, without the time slept
 * @param total milliseconds, with it
 */
export function wakefulClock(awake: () => number, total: () => number): Clock {
  const begun = total() - awake();
  let checked = awake();
  let slept = 0;
  return {
    now: () => {
      const now = awake();
      if (now - checked >= interval) {
        checked = now;
        const gained = total() - now - begun;
        if (gained - slept >= shortestSleep) slept = gained;
      }
      return now + slept;
    },
  };
}

export const systemClock: Clock = wakefulClock(
  () => performance.now(),
  () => uptime() * 1_000,
);
