/** For what no event tells of: a file that another program writes, or the kernel's tables after another program's work. */
import { setTimeout as pause } from 'node:timers/promises';
import { Deadline } from './deadline.ts';
import { type Meter, meter } from './starvation.ts';

/** Milliseconds from the end of a look to the next one: what is looked for comes the sooner, the less the looks cost. */
const interval = 20;

/**
 * Looks again and again, until it finds something or the time is over.
 * @throws Nonconformance when the time is over, Starved if the machine may be at fault; `hint` may add what is known by then
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  milliseconds: number,
  hint: () => string = () => '',
  machine: Meter = meter,
): Promise<T> {
  const deadline = new Deadline(milliseconds, machine);
  for (;;) {
    const isLast = deadline.left <= 0;
    const found = await look();
    if (found !== undefined) return found;
    if (isLast) throw deadline.failure(what, hint());
    await pause(interval);
  }
}
