/** Puts wrong implementations to the suite, inside the enclosure: all of them in one run of Cucumber. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import { readRequirements } from '../conformance/requirements.ts';
import { Results, type ScenarioResult } from '../conformance/results.ts';
import { root } from './fault.ts';
import { type Attempt, type Scenario, tagOf, writeFeatures } from './plan.ts';
import { declarationOf, type Right } from './right.ts';

export type Outcome =
  | { readonly kind: 'found'; readonly by: ScenarioResult }
  | { readonly kind: 'survives'; readonly tried: number }
  /** Of a right implementation: scenarios that failed, or warned of a SHOULD, among those that were tried. */
  | {
      readonly kind: 'judged';
      readonly alarms: readonly ScenarioResult[];
      readonly warnings: number;
      readonly tried: number;
    }
  /** Scenarios could not decide: the suite's own fault, or none that applies. */
  | { readonly kind: 'undecided'; readonly why: string };

const steps = ['steps/*/!(*.test|*.d).ts'];
const silent = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/** Every scenario of the suite. */
export async function allScenarios(): Promise<Scenario[]> {
  const { runConfiguration } = await loadConfiguration(
    { file: false, provided: { paths: ['features/**/*.feature'], dryRun: true } },
    { cwd: root },
  );
  const scenarios: Scenario[] = [];
  await runCucumber(runConfiguration, { cwd: root, stdout: silent(), stderr: silent() }, ({ pickle }) => {
    if (pickle)
      scenarios.push({
        uri: pickle.uri,
        line: pickle.location?.line ?? 0,
        name: pickle.name,
        tags: pickle.tags.map(({ name }) => name),
      });
  });
  return scenarios;
}

/**
 * @param decided told of each attempt once it is found, or its last scenario has ended
 * @returns what nobody foresaw, a line each
 */
export async function tryAll(
  attempts: readonly Attempt[],
  options: {
    readonly workers: number;
    readonly iut: string;
    readonly every: boolean;
    readonly right?: readonly Right[];
  },
  decided: (attempt: Attempt, outcome: Outcome) => void,
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pna-wrong-'));
  const found = join(folder, 'found');
  mkdirSync(found);
  const open = new Map(
    attempts.map((attempt) => [
      tagOf(attempt),
      { attempt, left: attempt.scenarios.length, undecided: '', alarms: [] as ScenarioResult[], warnings: 0, tried: 0 },
    ]),
  );
  const results = new Results(readRequirements(join(root, 'docs/protocol.md')), (result) => take(result));
  const take = (result: ScenarioResult): void => {
    const tag = result.tags.find((name) => open.has(name));
    const entry = tag === undefined ? undefined : open.get(tag);
    if (tag === undefined || entry === undefined) return;
    entry.left -= 1;
    const { verdict, reason = '' } = result;
    if (options.right !== undefined) {
      if (verdict === 'warning') entry.warnings += 1;
      else if (verdict !== 'passed' && verdict !== 'not applicable') entry.alarms.push(result);
      if (verdict !== 'not applicable') entry.tried += 1;
      if (entry.left > 0) return;
      open.delete(tag);
      const { attempt, alarms, warnings, tried } = entry;
      decided(attempt, { kind: 'judged', alarms, warnings, tried });
      return;
    }
    if (verdict === 'failed' || verdict === 'warning') {
      writeFileSync(join(found, tag.replaceAll(/[@:]/g, '-')), '');
      open.delete(tag);
      decided(entry.attempt, { kind: 'found', by: result });
      return;
    }
    if (verdict !== 'passed' && verdict !== 'not applicable') entry.undecided = `${verdict}: ${result.id}: ${reason}`;
    if (entry.left > 0) return;
    open.delete(tag);
    const { attempt, undecided } = entry;
    if (undecided !== '') decided(attempt, { kind: 'undecided', why: undecided });
    else decided(attempt, { kind: 'survives', tried: attempt.scenarios.length });
  };
  for (const attempt of attempts.filter(({ scenarios }) => scenarios.length === 0)) {
    open.delete(tagOf(attempt));
    decided(attempt, { kind: 'undecided', why: 'no scenario carries a requirement that it breaks, in its role' });
  }
  try {
    const paths = writeFeatures(attempts, root, join(folder, 'features'));
    const declarations = writeDeclarations(attempts, options, folder);
    if (paths.length === 0) return [];
    const { runConfiguration } = await loadConfiguration(
      {
        file: false,
        provided: {
          paths,
          import: steps,
          strict: true,
          parallel: options.workers,
          worldParameters: {
            iut: resolve(options.iut),
            run: join(folder, 'run'),
            keepCaptures: 'failed',
            wrong: { hook: join(import.meta.dirname, 'hook.ts'), declarations, ...(options.every ? {} : { found }) },
          },
        },
      },
      { cwd: root },
    );
    await runCucumber(runConfiguration, { cwd: root, stdout: silent(), stderr: silent() }, (envelope) =>
      results.take(envelope),
    ).catch((error: unknown) => results.failures.push(String(error)));
    return results.failures;
  } finally {
    if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
  }
}

/** Those of right implementations that declare something else than the one that is changed. @returns files by tag */
function writeDeclarations(
  attempts: readonly Attempt[],
  { iut, right = [] }: { readonly iut: string; readonly right?: readonly Right[] },
  folder: string,
): Readonly<Record<string, string>> {
  const file = resolve(iut);
  const declaration = JSON.parse(readFileSync(file, 'utf8'));
  for (const { argv } of Object.values<{ argv: string[] }>(declaration.roles))
    if (argv[0]?.includes('/')) argv[0] = resolve(dirname(file), argv[0]);
  const byId = new Map(right.map((one) => [one.id, one]));
  return Object.fromEntries(
    attempts.flatMap((attempt) => {
      const one = byId.get(attempt.fault.id);
      if (one?.declares === undefined) return [];
      const written = join(folder, `${one.id}.json`);
      writeFileSync(written, JSON.stringify(declarationOf(one, declaration)));
      return [[tagOf(attempt), written]];
    }),
  );
}
