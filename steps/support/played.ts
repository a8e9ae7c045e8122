/** Which vectors a run has sent to the implementation under test, and in which role: a line for each scenario and file. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ITestCaseHookParameter } from '@cucumber/cucumber';
import type { Role } from './peers/declaration.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    /** Numbers of the vectors that were sent, by their file. */
    played: Map<string, Set<number>>;
  }
}

/** A line of the file in the folder of the run. tools/conformance/played.ts reads it. */
export interface Played {
  readonly scenario: string;
  readonly role: Role;
  /** The file: vectors/SUBJECT.json. */
  readonly subject: string;
  readonly tcIds: readonly number[];
}

export const playedFile = 'vectors.ndjson';

/** To be called where the octets of a vector, or what its flags say made anew, have just been sent. */
export function played(world: ConformanceWorld, subject: string, { tcId }: { readonly tcId: number }): void {
  if (!world.has('played')) world.set('played', new Map());
  const all = world.get('played');
  all.set(subject, (all.get(subject) ?? new Set()).add(tcId));
}

/** Called by the After hook. Wrong implementations that are tried leave nothing. */
export function writePlayed(world: ConformanceWorld, { pickle }: ITestCaseHookParameter): void {
  const { run, wrong } = world.parameters;
  const [role] = world.iutRoles;
  if (run === undefined || wrong !== undefined || role === undefined || !world.has('played')) return;
  const scenario = `${pickle.uri}:${pickle.location?.line ?? 0} ${pickle.name}`;
  const lines = [...world.get('played')].map(
    ([subject, tcIds]): Played => ({ scenario, role, subject, tcIds: [...tcIds] }),
  );
  appendFileSync(join(run, playedFile), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}
