/** Deadlines that a busy machine may not decide. */
import { setTimeout as pause } from 'node:timers/promises';
import { Nonconformance, Starved } from '../failure.ts';
import { type Meter, meter } from './starvation.ts';

/** How long a scenario waits for something the implementation under test must do, in milliseconds. */
export const patience = 10_000;

/** When something did not happen in a time shorter than that; never so far. */
let latest = Number.NEGATIVE_INFINITY;

/** Whether something has come too late since then, by the clock of the meter, that had less time than `patience`. */
export const wasLate = (since: number): boolean => latest >= since;

/** A time in which something has to happen. What the machine withheld meanwhile is added to it (starvation.ts). */
export class Deadline {
  readonly milliseconds: number;
  readonly #machine: Meter;
  readonly #since: number;

  /** @param since when the time began, of the meter's clock; now if absent */
  constructor(milliseconds: number, machine: Meter = meter, since = machine.now) {
    machine.start();
    this.milliseconds = milliseconds;
    this.#machine = machine;
    this.#since = since;
  }

  /** Milliseconds that are left, what has been added so far included; 0 or less when it is over. */
  get left(): number {
    const { milliseconds } = this;
    const left = this.#since + milliseconds - this.#machine.now;
    return left > 0 ? left : left + this.#machine.allowance(milliseconds, this.#since);
  }

  /**
   * What to throw when the time is over.
   * @param what what was awaited, in words that fit "… not within 200 ms"
   * @returns Nonconformance, or Starved if the machine may be at fault
   */
  failure(what: string, hint = ''): Error {
    const { milliseconds } = this;
    const passed = this.#machine.now - this.#since;
    const longer = passed > 1.5 * milliseconds ? `, nor within ${passed.toFixed(0)} ms` : '';
    const text = [`${what}: not within ${milliseconds} ms${longer}`, hint].filter(Boolean).join('\n');
    return blame(text, milliseconds, this.#since, this.#machine);
  }
}

/**
 * Settles as `promise` does, or rejects when `milliseconds` have passed first.
 * @param what what is awaited, in words that fit "… not within 200 ms"
 * @throws Nonconformance when the time is over, Starved if the machine may be at fault; `hint` may add what is known by then
 */
export async function within<T>(
  milliseconds: number,
  what: string,
  promise: Promise<T>,
  hint: () => string = () => '',
  machine: Meter = meter,
): Promise<T> {
  const deadline = new Deadline(milliseconds, machine);
  const over = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  let isSettled = false;
  const fail = () => {
    if (!isSettled) over.reject(deadline.failure(what, hint()));
  };
  const look = () => {
    const { left } = deadline;
    if (left > 0) timer = setTimeout(look, left);
    // If this process was late itself, timers are called before the octets that have been waiting for it are read.
    else setImmediate(() => setImmediate(fail));
  };
  look();
  try {
    return await Promise.race([promise, over.promise]);
  } finally {
    isSettled = true;
    clearTimeout(timer);
  }
}

/** Lets time pass in which something must not happen: longer by what the machine withholds, so that it could happen. */
export async function watch(milliseconds: number, machine: Meter = meter): Promise<void> {
  const deadline = new Deadline(milliseconds, machine);
  for (let { left } = deadline; left > 0; { left } = deadline) await pause(left);
}

/**
 * An upper bound on something that has happened just now. Lower bounds are exact, and are asserted without this.
 * @param waited milliseconds that it took
 * @param limit milliseconds that it may take, all slack included
 * @param complaint of the implementation, if it took longer
 * @throws Nonconformance, or Starved if the machine may be at fault
 */
export function assertNoLater(waited: number, limit: number, complaint: string, machine: Meter = meter): void {
  if (waited <= limit) return;
  const since = machine.now - waited;
  if (waited > limit + machine.allowance(limit, since)) throw blame(complaint, limit, since, machine);
}

/**
 * The error for what did not happen in time: Nonconformance, or Starved if the machine may be at fault.
 * @param milliseconds that it had
 * @param since when they began
 */
export function blame(complaint: string, milliseconds: number, since: number, machine: Meter = meter): Error {
  if (milliseconds < patience) latest = machine.now;
  const excuse = machine.excuse(milliseconds, since);
  return excuse === undefined ? new Nonconformance(complaint) : new Starved(`${complaint}\n${excuse}`);
}
