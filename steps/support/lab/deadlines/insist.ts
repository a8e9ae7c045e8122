/** For programs that may lose what they are told, such as a signal that comes while they wait for a script of theirs. */
import { Nonconformance, Starved } from '../failure.ts';

const attempts = 4;

/**
 * Does something, and again each time its effect has not come within `interval` milliseconds, four times at most.
 * @param effect resolves with it, or rejects with Nonconformance or Starved when the milliseconds that it is given are over
 */
export async function insist<T>(
  act: () => unknown,
  effect: (milliseconds: number) => Promise<T>,
  interval = 2_500,
): Promise<T> {
  for (let count = 1; ; count += 1) {
    await act();
    try {
      return await effect(interval);
    } catch (error) {
      const isLate = error instanceof Nonconformance || error instanceof Starved;
      if (!isLate || count === attempts) throw error;
    }
  }
}
