/** The one clock: monotonic milliseconds, so that no change of the time of day moves a timer. */
export interface Clock {
  /** Milliseconds since an arbitrary moment. */
  now(): number;
}

export const systemClock: Clock = { now: () => performance.now() };
