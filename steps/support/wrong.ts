/** How a scenario is put to a wrong implementation: by its tag `@wrong:ROLE:ID`, and what the World is given of it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Wrong implementations are tried. */
export interface WrongParameters {
  /** The module that makes one. */
  readonly hook: string;
  /** A folder with the changes of each in ID.json. */
  readonly changes: string;
  /** A folder that tells which were found: a file for each. */
  readonly found?: string;
  /** A folder with a file for each, to be written to when its changed code is reached. */
  readonly reached?: string;
  /** Declarations of those that declare something else, by their tags. */
  readonly declarations?: Readonly<Record<string, string>>;
}

/** The name of a file about the wrong implementation that a tag names. */
export const fileOf = (tag: string): string => tag.replaceAll(/[@:]/g, '-');

/** Whether another scenario has found it already. */
export const isFound = ({ found }: Partial<WrongParameters> = {}, tag?: string): boolean =>
  found !== undefined && tag !== undefined && existsSync(join(found, fileOf(tag)));

/** What makes the implementation of a role a wrong one, if this scenario is to find it. */
export function environmentOf(
  wrong: WrongParameters | undefined,
  tag: string | undefined,
  role: string,
): Readonly<Record<string, string>> {
  const [, faulty, id] = tag?.split(':') ?? [];
  if (wrong === undefined || tag === undefined || faulty !== role) return {};
  const { hook, changes, reached } = wrong;
  return {
    NODE_OPTIONS: `--import=${hook}`,
    PNA_WRONG: join(changes, `${id}.json`),
    ...(reached && { PNA_WRONG_REACHED: join(reached, fileOf(tag)) }),
  };
}
