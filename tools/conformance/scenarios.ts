/** The scenarios of the suite, as Cucumber reads them. */
import { relative, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import { idOf } from '../../steps/support/scenario-id.ts';
import { UsageError } from '../command-line.ts';
import { cited } from '../requirements/parse.ts';
import type { Envelope } from './results.ts';

export const root = resolve(import.meta.dirname, '../..');

/** One that could run. */
export interface Scenario {
  readonly id: string;
  /** FEATURE:LINE, by which Cucumber knows it. */
  readonly place: string;
  readonly feature: string;
  readonly name: string;
  /** With their "@". */
  readonly tags: readonly string[];
  readonly requirements: readonly string[];
}

type Provided = Extract<NonNullable<Parameters<typeof loadConfiguration>[0]>['provided'], { paths?: string[] }>;

/** Cucumber's configuration. @param paths counted from the working folder; every feature if there is none */
export function configuration(paths: readonly string[], more: Provided) {
  const given = paths.map((path) => relative(root, resolve(path)));
  const provided = { paths: given.length > 0 ? given : ['features/**/*.feature'], ...more };
  return loadConfiguration({ file: false, provided }, { cwd: root });
}

/** FILE:LINE, as Cucumber takes it on the command line. */
export const placeOf = (uri: string, line: number | undefined): string => `${uri}:${line ?? 0}`;

/** @param tags an expression of Cucumber's. @throws UsageError for an expression that is none, and for a feature with a fault */
export async function readScenarios(paths: readonly string[] = [], tags = ''): Promise<Scenario[]> {
  const { runConfiguration } = await configuration(paths, { dryRun: true, tags });
  const pickles = new Map<string, NonNullable<Envelope['pickle']>>();
  const taken: string[] = [];
  const errors: string[] = [];
  await runCucumber(runConfiguration, { cwd: root, stdout: silent(), stderr: silent() }, (envelope) => {
    const { pickle, testCase, parseError } = envelope;
    if (pickle) pickles.set(pickle.id, pickle);
    if (testCase) taken.push(testCase.pickleId);
    if (parseError) errors.push(`${parseError.source.uri}: ${parseError.message}`);
  }).catch((error: Error) => {
    throw new UsageError(error.cause instanceof Error ? error.cause.message : error.message);
  });
  if (errors.length > 0) throw new UsageError(errors.join('\n'));
  return taken.flatMap((id) => {
    const pickle = pickles.get(id);
    if (pickle === undefined) return [];
    const { uri, name, location } = pickle;
    const all = pickle.tags.map((tag) => tag.name);
    const requirements = cited(all.map((tag) => tag.slice(1)));
    return { id: idOf(uri, name), place: placeOf(uri, location?.line), feature: uri, name, tags: all, requirements };
  });
}

/** Takes what Cucumber's own formatter says: progress and summary are ours. */
export function silent(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}
