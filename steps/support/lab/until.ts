/** For what no event tells of: a file that another program writes, or the kernel's tables after another program's work. */
import { Nonconformance } from './failure.ts';

/**
 * Looks again as soon as the last look is over, until it finds something.
 * @throws Nonconformance when the time is over; `hint` may add what is known by then
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  milliseconds: number,
  hint: () => string = () => '',
): Promise<T> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) {
      throw new Nonconformance([`${what}: not within ${milliseconds} ms`, hint()].filter(Boolean).join('\n'));
    }
  }
}
