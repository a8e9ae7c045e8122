import { Nonconformance } from './failure.ts';

/** How long a scenario waits for something the implementation under test must do, in milliseconds. */
export const patience = 10_000;

/**
 * Settles as `promise` does, or rejects when `milliseconds` have passed first.
 * @param what what is awaited, in words that fit "… did not happen within"
 * @throws Nonconformance when the time is over; `hint` may add what is known by then
 */
export async function within<T>(
  milliseconds: number,
  what: string,
  promise: Promise<T>,
  hint: () => string = () => '',
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const more = hint();
      reject(new Nonconformance(`${what}: not within ${milliseconds} ms${more === '' ? '' : `\n${more}`}`));
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, over]);
  } finally {
    clearTimeout(timer);
  }
}
