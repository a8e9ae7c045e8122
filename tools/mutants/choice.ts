/**
 * Which tests look at a mutant: those of its own file first, then of its folder, then the others, and of these the cheapest
 * first. When all that were chosen take `budget`, no more are: a mutant that outlives them counts as a survivor.
 */
import { dirname } from 'node:path';

export interface Known {
  readonly file: string;
  readonly milliseconds: number;
}

const budget = 3000;

/** Ids by file, in the order in which to run them. */
export function chooseTests(
  ids: readonly string[],
  known: Readonly<Record<string, Known>>,
  mutated: string,
): ReadonlyMap<string, readonly string[]> {
  const own = mutated.replace(/\.ts$/, '.test.ts');
  const distance = (file: string): number => (file === own ? 0 : dirname(file) === dirname(mutated) ? 1 : 2);
  const tests = ids.map((id) => ({ id, ...known[id]! }));
  const sorted = tests.toSorted(
    (one, other) => distance(one.file) - distance(other.file) || one.milliseconds - other.milliseconds,
  );
  let spent = 0;
  const chosen = sorted.filter(({ milliseconds }, index) => {
    spent += milliseconds;
    return index === 0 || spent <= budget;
  });
  const byFile = Map.groupBy(chosen, ({ file }) => file);
  return new Map([...byFile].map(([file, list]) => [file, list.map(({ id }) => id)]));
}
