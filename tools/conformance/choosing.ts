/**
 * A plugin of Cucumber's that lets the caller of `runCucumber` choose the scenarios and their order by a function, where
 * Cucumber itself takes tags, lines and a seed.
 */
import type { runCucumber } from '@cucumber/cucumber/api';

type Envelope = Parameters<NonNullable<Parameters<typeof runCucumber>[2]>>[0];
type Pickle = NonNullable<Envelope['pickle']>;

/** A scenario as Cucumber's filters take it. */
export interface Planned {
  readonly pickle: Pickle;
  readonly gherkinDocument: NonNullable<Envelope['gherkinDocument']>;
  readonly location: { readonly line: number };
}

type Choice = (planned: readonly Planned[]) => readonly Planned[];
let choice: Choice = (planned) => planned;

/** What Cucumber's configuration names. */
export const plugin: readonly string[] = [import.meta.url];

/** Sets what the runs after this call take, and in which order. */
export function choose(made: Choice): void {
  choice = made;
}

interface Context {
  readonly transform: (key: 'pickles:order', by: (planned: readonly Planned[]) => readonly Planned[]) => void;
}

/** @public Loaded by Cucumber. */
export default {
  type: 'plugin',
  coordinator: ({ transform }: Context): void => transform('pickles:order', (planned) => choice(planned)),
};
