/** What the words of a step stand for: one look-up for every table of a steps file. */
import { LabFailure } from './lab/failure.ts';

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
