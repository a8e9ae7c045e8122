/** Puts wrong implementations to the suite, inside the enclosure: all of them in one run of Cucumber. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import { readRequirements } from '../conformance/requirements.ts';
import { Results, type ScenarioResult } from '../conformance/results.ts';
import { root } from './fault.ts';
import { type Attempt, type Scenario, tagOf, writeFeatures } from './plan.ts';

export type Outcome =
  | { readonly kind: 'found'; readonly by: ScenarioResult }
  | { readonly kind: 'survives'; readonly tried: number }
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
  options: { readonly workers: number; readonly iut: string; readonly every: boolean },
  decided: (attempt: Attempt, outcome: Outcome) => void,
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pna-wrong-'));
  const found = join(folder, 'found');
  mkdirSync(found);
  const open = new Map(
    attempts.map((attempt) => [tagOf(attempt), { attempt, left: attempt.scenarios.length, undecided: '' }]),
  );
  const results = new Results(readRequirements(join(root, 'docs/protocol.md')), (result) => take(result));
  const take = (result: ScenarioResult): void => {
    const tag = result.tags.find((name) => open.has(name));
    const entry = tag === undefined ? undefined : open.get(tag);
    if (tag === undefined || entry === undefined) return;
    entry.left -= 1;
    const { verdict, reason = '' } = result;
    if (verdict === 'failed' || verdict === 'warning') {
      writeFileSync(join(found, tag.replaceAll(/[@:]/g, '-')), '');
      open.delete(tag);
      decided(entry.attempt, { kind: 'found', by: result });
      return;
    }
    if (verdict !== 'passed' && verdict !== 'not applicable') entry.undecided = `${verdict}: ${result.name}: ${reason}`;
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
            wrong: { hook: join(import.meta.dirname, 'hook.ts'), ...(options.every ? {} : { found }) },
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
