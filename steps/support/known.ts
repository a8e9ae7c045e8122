/** What the words of a step stand for: one look-up for every table of a steps file. */
import type { DataTable } from '@cucumber/cucumber';
import type { Vector } from '../../vectors/load.ts';
import { inContext, LabFailure } from './lab/failure.ts';

/** @throws LabFailure, a harness error, for words that the table does not have: the feature has a typing error */
export function known<T>(table: Readonly<Record<string, T>>, words: string): T {
  if (Object.hasOwn(table, words)) return table[words] as T;
  throw new LabFailure(`no step knows ${JSON.stringify(words)}: it knows ${Object.keys(table).join('; ')}`);
}

/** The words themselves, as a name of the table. @throws LabFailure likewise */
export function knownName<T extends object>(table: T, words: string): keyof T & string {
  known(table as Readonly<Record<string, unknown>>, words);
  return words as keyof T & string;
}

/**
 * The vectors that have one of the flags, at least one for each flag.
 * @throws LabFailure likewise, for a flag that no vector has
 */
export function flagged(vectors: readonly Vector[], ...wanted: readonly string[]): Vector[] {
  const flags = Object.fromEntries(vectors.flatMap((vector) => vector.flags.map((flag) => [flag, flag])));
  for (const flag of wanted) known(flags, flag);
  return vectors.filter((vector) => wanted.some((flag) => vector.flags.includes(flag)));
}

/**
 * Asserts every row of a feature's table, and names the one that fails.
 * @param assertion what a row of that name asserts of its second column
 */
export function assertRows(table: DataTable, assertion: (row: string) => (expected: string) => void): void {
  for (const [row = '', expected = ''] of table.raw()) {
    const assertRow = assertion(row);
    try {
      assertRow(expected);
    } catch (error) {
      throw inContext(row, error);
    }
  }
}
