/** A shorter way to write the faults of an area: most are one change of one module. */
import type { Fault, FaultyRole } from '../fault.ts';

type Words = string | readonly string[];
const list = (words: Words): readonly string[] => (typeof words === 'string' ? words.split(' ') : words);

/**
 * @param file module that all these faults change
 * @returns makes one of them: id, requirements and roles (words with a space between), sentence, text, text in its place
 */
export const faultsIn =
  (file: string) =>
  (id: string, breaks: Words, roles: Words, does: string, from: string, to: string, more?: Fault['more']): Fault => ({
    id,
    breaks: list(breaks),
    roles: list(roles) as readonly FaultyRole[],
    does,
    file,
    change: [from, to],
    ...(more === undefined ? {} : { more }),
  });
