/** Many faults put to one process: those that fail are reported together. */
import { aboutTheImplementation, Nonconformance } from './lab/failure.ts';

/** What a row is called, and what is done and expected. */
export type Row = readonly [name: string, act: () => Promise<void>];

/** So many are enough to know what is wrong; each may have cost a deadline. */
const enough = 3;
/** Beyond so many milliseconds one failure is enough: the step has a deadline, too. */
const longEnough = 15_000;

/**
 * @param abreast how many rows at a time
 * @throws Nonconformance naming the rows that failed; what tells of the suite itself is thrown as it is
 */
export async function everyRow(rows: readonly Row[], abreast = 1): Promise<void> {
  const failures: string[] = [];
  const begun = performance.now();
  const left = [...rows];
  const work = async (): Promise<void> => {
    while (failures.length < enough && (failures.length === 0 || performance.now() < begun + longEnough)) {
      const row = left.shift();
      if (row === undefined) return;
      const [name, act] = row;
      try {
        await act();
      } catch (error) {
        if (!(error instanceof Error) || !aboutTheImplementation.has(error.name)) throw error;
        failures.push(`${name}: ${error.message.split('\n').filter(Boolean).slice(0, 4).join(' ')}`);
      }
    }
  };
  await Promise.all(Array.from({ length: abreast }, work));
  const untried = left.length > 0 ? `\n${left.length} more were not tried` : '';
  if (failures.length > 0)
    throw new Nonconformance(`${failures.length} of ${rows.length}\n${failures.join('\n')}${untried}`);
}
