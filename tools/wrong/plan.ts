/** Which scenarios are put to which wrong implementation: copies of the features, each tagged with its fault. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
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

/** Whether a tag is a requirement (DATA-07) or one of an area (DATA); `every` is of all. */
const concerns = (tag: string, id: string): boolean => id === 'every' || tag === `@${id}` || tag.startsWith(`@${id}-`);

/**
 * Writes a copy of each feature that an attempt needs, its tags on the line of the feature's own.
 * @param root the project's folder, from which the scenarios' files count
 * @param folder where the copies go
 * @returns paths for Cucumber, FILE:LINE:LINE …: what found a fault last time, then what is quick
 */
export function writeFeatures(attempts: readonly Attempt[], root: string, folder: string): string[] {
  const first = attempts.flatMap((attempt) => writeCopies(attempt, attempt.finders, root, join(folder, 'first')));
  const then = attempts.flatMap((attempt) => {
    const others = attempt.scenarios.filter((scenario) => !attempt.finders.includes(scenario));
    return writeCopies(attempt, others, root, join(folder, 'then'));
  });
  return [...first, ...then.toSorted((one, other) => Number(isSlow(one)) - Number(isSlow(other)))];
}

function writeCopies(attempt: Attempt, scenarios: readonly Scenario[], root: string, folder: string): string[] {
  return [...Map.groupBy(scenarios, ({ uri }) => uri)].map(([uri, own]) => {
    const copy = join(folder, `${attempt.fault.id}-${attempt.role}`, uri);
    mkdirSync(dirname(copy), { recursive: true });
    const { text, moved } = tagged(readFileSync(join(root, uri), 'utf8'), tagOf(attempt));
    writeFileSync(copy, text);
    return [copy, ...new Set(own.map(({ line }) => line + moved))].join(':');
  });
}

/** Whole tunnels and programs of others take seconds: what a quick scenario finds isn't put to them any more. */
const isSlow = (path: string): boolean => /features\/(tunnel\/|emulators\/dhcp-clients)/.test(path);

/** The feature with one tag more, and by how many lines that moves its scenarios down. */
export function tagged(feature: string, tag: string): { readonly text: string; readonly moved: number } {
  const lines = feature.split('\n');
  const at = lines.findIndex((line) => /^\s*(@|Feature:)/.test(line));
  if (at < 0) throw new Error('no line begins with Feature:');
  if (lines[at]?.trimStart().startsWith('@'))
    return { text: lines.with(at, `${tag} ${lines[at]}`).join('\n'), moved: 0 };
  return { text: lines.toSpliced(at, 0, tag).join('\n'), moved: 1 };
}
