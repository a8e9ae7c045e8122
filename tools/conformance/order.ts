/** In which order the scenarios of a run begin. */

/** That of scenarios which take 10 s or more; most of them wait. */
const longTag = '@long';

interface Tagged {
  readonly tags: readonly { readonly name: string }[];
}

/** Whether a scenario takes 10 s or more, as its tag says. */
export const isLong = ({ tags }: Tagged): boolean => tags.some(({ name }) => name === longTag);

/**
 * Spreads the long ones over the first half: begun later they would still wait when all others have ended, and begun
 * together they would leave the cores idle. Otherwise the order stays.
 */
export function spread<Scenario extends { readonly pickle: Tagged }>(
  planned: readonly Scenario[],
): readonly Scenario[] {
  const { long = [], short = [] } = Object.groupBy(planned, ({ pickle }) => (isLong(pickle) ? 'long' : 'short'));
  const between = Math.floor(short.length / 2 / Math.max(1, long.length));
  const begun = long.flatMap((one, index) => [one, ...short.slice(index * between, (index + 1) * between)]);
  return [...begun, ...short.slice(long.length * between)];
}
