/** In which order the scenarios of a run begin. */

/** That of scenarios which take 10 s or more; most of them wait. */
const longTag = '@long';

interface Tagged {
  readonly pickle: { readonly tags: readonly { readonly name: string }[] };
}

/**
 * Spreads the long ones over the first half: begun later they would still wait when all others have ended, and begun
 * together they would leave the cores idle. Otherwise the order stays.
 */
export function spread<Scenario extends Tagged>(planned: readonly Scenario[]): readonly Scenario[] {
  const { long = [], short = [] } = Object.groupBy(planned, ({ pickle }) =>
    pickle.tags.some(({ name }) => name === longTag) ? 'long' : 'short',
  );
  const between = Math.floor(short.length / 2 / Math.max(1, long.length));
  const begun = long.flatMap((one, index) => [one, ...short.slice(index * between, (index + 1) * between)]);
  return [...begun, ...short.slice(long.length * between)];
}
