/** Which scenario found each wrong implementation last time: it is tried first, so that a run asks few others. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault, FaultyRole } from './fault.ts';

/** By `role:fault`, the scenario's feature (counted from the root of the project) and name, between them ` › `. */
export type Finders = Readonly<Record<string, string>>;

const file = join(import.meta.dirname, 'finders.json');

/** How finders.json names a fault in a role. */
export const keyOf = ({ fault, role }: { readonly fault: Fault; readonly role: FaultyRole }): string =>
  `${role}:${fault.id}`;

/** How finders.json names a scenario. @param feature its path; of a copy, that of the original counts */
export const finderOf = (feature: string, name: string): string =>
  `${feature.replace(/^.*\/(?=features\/)/, '')} › ${name}`;

/** By id of the wrong implementation; empty before the first run. */
export function readFinders(): Finders {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

/**
 * What is known after a run.
 * @param found by whom each was found in it
 * @param missed tried in it, and not found
 * @param registry others are forgotten
 */
export function after(known: Finders, found: Finders, missed: readonly string[], registry: readonly Fault[]): Finders {
  const keys = registry.flatMap((fault) => fault.roles.map((role) => keyOf({ fault, role })));
  const next = { ...known, ...found };
  return Object.fromEntries(
    keys
      .toSorted()
      .flatMap((key) => (next[key] === undefined || missed.includes(key) ? [] : [[key, next[key]] as const])),
  );
}

/** Replaces the file. */
export function writeFinders(finders: Finders): void {
  writeFileSync(file, `${JSON.stringify(finders, null, 2)}\n`);
}
