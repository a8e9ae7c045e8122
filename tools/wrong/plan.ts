/** Which scenarios are put to which wrong implementation, and in which order. */
import { idOf } from '../../steps/support/scenario-id.ts';
import { UsageError } from '../command-line.ts';
import type { Planned } from '../conformance/choosing.ts';
import type { Fault, FaultyRole } from './fault.ts';
import { type Finders, finderOf, keyOf } from './finders.ts';

/** A scenario of the suite, as Cucumber plans it. */
export interface Scenario {
  readonly uri: string;
  readonly line: number;
  readonly name: string;
  /** With their "@". */
  readonly tags: readonly string[];
}

/** One fault in one role. */
export interface Attempt {
  readonly fault: Fault;
  readonly role: FaultyRole;
  readonly scenarios: readonly Scenario[];
  /** Those among them that found the fault last time. */
  readonly finders: readonly Scenario[];
}

/** The tag by which the World knows the fault. */
export const tagOf = ({ fault, role }: Pick<Attempt, 'fault' | 'role'>): string => `@wrong:${role}:${fault.id}`;

/** @param whole every scenario of the role, not only those of the requirements that the fault breaks */
export function attemptsFor(
  faults: readonly Fault[],
  scenarios: readonly Scenario[],
  whole: boolean,
  known: Finders = {},
): Attempt[] {
  return faults.flatMap((fault) =>
    fault.roles.map((role) => {
      const tried = scenarios.filter(
        ({ tags }) =>
          tags.includes(`@iut:${role}`) && (whole || fault.breaks.some((id) => tags.some((tag) => concerns(tag, id)))),
      );
      const finder = known[keyOf({ fault, role })];
      return {
        fault,
        role,
        scenarios: tried,
        finders: tried.filter(({ uri, name }) => finderOf(uri, name) === finder),
      };
    }),
  );
}

/** @param ids of scenarios; all of them if undefined */
export const limitedTo = (attempt: Attempt, ids?: readonly string[]): Attempt => ({
  ...attempt,
  scenarios: attempt.scenarios.filter(({ uri, name }) => ids === undefined || ids.includes(idOf(uri, name))),
});

/** `2/3`: every third scenario, beginning with the second. */
export interface Slice {
  readonly first: number;
  readonly every: number;
}

/** @throws UsageError if it isn't of the form K/N */
export function parseSlice(text = '1/1'): Slice {
  const [, first = Number.NaN, every = Number.NaN] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (!(first >= 1 && first <= every))
    throw new UsageError(`--slice ${text}: not K/N, such as 1/4, with K from 1 to N`);
  return { first, every };
}

/** Every so many-th scenario of an attempt, so that several processes share it. */
export const sliced = (attempt: Attempt, { first, every }: Slice): Attempt => ({
  ...attempt,
  scenarios: attempt.scenarios.filter((_, index) => index % every === first - 1),
});

/** Whether a tag is a requirement (DATA-07) or one of an area (DATA); `every` is of all. */
const concerns = (tag: string, id: string): boolean => id === 'every' || tag === `@${id}` || tag.startsWith(`@${id}-`);

/** Whole tunnels and programs of others take seconds. */
const isSlow = ({ uri }: Scenario): boolean => /features\/(tunnel\/|emulators\/dhcp-clients)/.test(uri);

/** A scenario that is put to a fault. */
export interface Trial {
  readonly tag: string;
  readonly scenario: Scenario;
}

/**
 * What one scenario finds isn't put to others: of each attempt the likeliest comes first, and the second of any attempt
 * comes when the first of all have begun. Slow ones come last.
 * @param every all of an attempt's scenarios will run: its verdict is known soonest if they stand together
 */
export function inOrder(attempts: readonly Attempt[], every = false): readonly Trial[] {
  if (every)
    return attempts.flatMap((attempt) => attempt.scenarios.map((scenario) => ({ tag: tagOf(attempt), scenario })));
  return attempts
    .flatMap((attempt) => {
      const tag = tagOf(attempt);
      const likelihood = (scenario: Scenario): number => {
        if (attempt.finders.includes(scenario)) return -1;
        const at = attempt.fault.breaks.findIndex((id) => scenario.tags.some((own) => concerns(own, id)));
        return at < 0 ? attempt.fault.breaks.length : at;
      };
      return attempt.scenarios
        .map((scenario) => ({ scenario, of: likelihood(scenario) }))
        .toSorted((one, other) => one.of - other.of || Number(isSlow(one.scenario)) - Number(isSlow(other.scenario)))
        .map(({ scenario, of }, rank) => ({ tag, scenario, rank, late: of >= 0 && isSlow(scenario) }));
    })
    .toSorted((one, other) => Number(one.late) - Number(other.late) || one.rank - other.rank);
}

/** The trials as Cucumber runs them: each is a copy of its scenario, tagged with the fault. */
export function tagged(trials: readonly Trial[], planned: readonly Planned[]): readonly Planned[] {
  const place = (uri: string, line: number): string => `${uri}:${line}`;
  const known = new Map(planned.map((one) => [place(one.pickle.uri, one.location.line), one]));
  return trials.map(({ tag, scenario: { uri, line } }) => {
    const one = known.get(place(uri, line));
    if (one === undefined) throw new Error(`${place(uri, line)}: no scenario is there`);
    const { pickle } = one;
    const tags = [...pickle.tags, { name: tag, astNodeId: '' }];
    return { ...one, pickle: { ...pickle, id: `${pickle.id} ${tag}`, tags } };
  });
}
