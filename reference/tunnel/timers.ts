/** The deadlines of the state machines, as the configuration changes them. */
import { defaultTimers, type TimerName, type Timers } from '../machines/timers.ts';

export function timersOf({
  timers = {},
}: {
  readonly timers?: { readonly [name in TimerName]?: number | undefined } | undefined;
}): Timers {
  const given = Object.entries(timers).filter(([, value]) => value !== undefined);
  return { ...defaultTimers, ...Object.fromEntries(given) };
}
