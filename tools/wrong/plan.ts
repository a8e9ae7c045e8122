/** Which scenarios are put to which wrong implementation: copies of the features, each tagged with its fault. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Fault, FaultyRole } from './fault.ts';

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
}

/** The tag by which the World knows the fault. */
export const tagOf = ({ fault, role }: Pick<Attempt, 'fault' | 'role'>): string => `@wrong:${role}:${fault.id}`;

/** @param whole every scenario of the role, not only those of the requirements that the fault breaks */
export function attemptsFor(faults: readonly Fault[], scenarios: readonly Scenario[], whole: boolean): Attempt[] {
  return faults.flatMap((fault) =>
    fault.roles.map((role) => ({
      fault,
      role,
      scenarios: scenarios.filter(
        ({ tags }) =>
          tags.includes(`@iut:${role}`) && (whole || fault.breaks.some((id) => tags.some((tag) => concerns(tag, id)))),
      ),
    })),
  );
}

/** Whether a tag is a requirement (DATA-07) or one of an area (DATA); `every` is of all. */
const concerns = (tag: string, id: string): boolean => id === 'every' || tag === `@${id}` || tag.startsWith(`@${id}-`);

/**
 * Writes a copy of each feature that an attempt needs, its tags on the line of the feature's own.
 * @param root the project's folder, from which the scenarios' files count
 * @param folder where the copies go
 * @param every all of an attempt's scenarios will run: its verdict is known soonest if they stand together
 * @returns paths for Cucumber, FILE:LINE:LINE …
 */
export function writeFeatures(attempts: readonly Attempt[], root: string, folder: string, every: boolean): string[] {
  const paths = attempts.flatMap((attempt) => {
    const { fault, role } = attempt;
    return [...Map.groupBy(attempt.scenarios, ({ uri }) => uri)].map(([uri, scenarios]) => {
      const copy = join(folder, `${fault.id}-${role}`, uri);
      mkdirSync(dirname(copy), { recursive: true });
      const { text, moved } = tagged(readFileSync(join(root, uri), 'utf8'), tagOf(attempt));
      writeFileSync(copy, text);
      return [copy, ...new Set(scenarios.map(({ line }) => line + moved))].join(':');
    });
  });
  return every ? paths : paths.toSorted((one, other) => Number(isSlow(one)) - Number(isSlow(other)));
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
