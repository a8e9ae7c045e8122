/** Many faults put to one process: every row is tried, and all that fail are told together. */
import { aboutTheImplementation, Nonconformance } from './lab/failure.ts';

/** What a row is called, and what is done and expected. */
export type Row = readonly [name: string, act: () => Promise<void>];

/**
 * @param abreast how many rows at a time
 * @throws Nonconformance naming every row that failed; what tells of the suite itself is thrown as it is
 */
export async function everyRow(rows: readonly Row[], abreast = 1): Promise<void> {
  const failures: string[] = [];
  const left = [...rows];
  const work = async (): Promise<void> => {
    for (let row = left.shift(); row !== undefined; row = left.shift()) {
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
  if (failures.length > 0) throw new Nonconformance(`${failures.length} of ${rows.length}\n${failures.join('\n')}`);
}
