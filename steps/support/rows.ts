/** Many cases at one process: all of them are tried, and those that fail are reported together. */
import { aboutTheImplementation, LabFailure, Nonconformance } from './lab/failure.ts';

/** After so many a scenario has seen enough: each may have waited in vain. */
const shownAtMost = 5;
/** Beyond so many milliseconds one failure is enough: the step has a deadline, too. */
const longEnough = 15_000;

/**
 * Cases that each pass slowly are no failure of any of them, but a step has an end.
 * @param longest milliseconds that all of them may take
 * @throws LabFailure beyond that
 */
export function assertInTime(begun: number, longest: number, tried: number): void {
  if (performance.now() > begun + longest)
    throw new LabFailure(`no more than ${tried} cases could be tried within ${longest} ms`);
}

/** @param begun when the first case was tried, by `performance.now()` */
export const isEnough = (failures: number, begun: number): boolean =>
  failures >= shownAtMost || (failures > 0 && performance.now() > begun + longEnough);

/** What a row is called, and what is done and expected. */
export type Row = readonly [name: string, act: () => Promise<void>];

/** Rows that each say themselves what is done; otherwise as `tryEach`. */
export const everyRow = (rows: readonly Row[], abreast = 1): Promise<void> =>
  tryEach(
    rows,
    ([name]) => name,
    ([, act]) => act(),
    abreast,
  );

/**
 * @param abreast how many at a time
 * @param longest milliseconds that all of them may take
 * @throws Nonconformance naming every case that fails; any other error at once
 */
export async function tryEach<Case>(
  cases: readonly Case[],
  nameOf: (one: Case) => string,
  act: (one: Case) => Promise<void>,
  abreast = 1,
  longest = Number.POSITIVE_INFINITY,
): Promise<void> {
  if (cases.length === 0) throw new LabFailure('there is no case to try');
  const failures: string[] = [];
  const begun = performance.now();
  const pending = cases.entries();
  const worker = async (): Promise<void> => {
    for (const [index, one] of pending) {
      if (isEnough(failures.length, begun)) return;
      assertInTime(begun, longest, index);
      try {
        await act(one);
      } catch (error) {
        if (!(error instanceof Error) || !aboutTheImplementation.has(error.name)) throw error;
        failures.push(`${nameOf(one)}: ${error.message}`);
      }
    }
  };
  await Promise.all(Array.from({ length: abreast }, worker));
  if (failures.length > 0)
    throw new Nonconformance(`${failures.length} of ${cases.length} fail: ${failures.join('\n')}`);
}
