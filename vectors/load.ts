/** Reads a file of vectors, so that a test file names its subject and says what to do with each test. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: 'valid' | 'invalid';
  // biome-ignore lint/suspicious/noExplicitAny: each subject has fields of its own, which its JSON Schema holds
  readonly [field: string]: any;
}

export interface VectorGroup {
  readonly type: string;
  readonly comment: string;
  readonly tests: readonly Vector[];
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly [field: string]: any;
}

/** Groups of a file of vectors/, by its name without `.json`. */
export function load(subject: string): readonly VectorGroup[] {
  const text = readFileSync(join(import.meta.dirname, `${subject}.json`), 'utf8');
  return (JSON.parse(text) as { groups: VectorGroup[] }).groups;
}

/** Octets of the hexadecimal of a file. */
export const octets = (hex: string): Uint8Array => Uint8Array.fromHex(hex);
/** How a test is called in a report. */
export const title = (test: Vector): string => `${test.tcId} ${test.comment}`;
