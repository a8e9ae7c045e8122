/** Puts wrong implementations to the suite, inside the enclosure: all of them in one run of Cucumber. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import { fileOf } from '../../steps/support/wrong.ts';
import { choose, plugin } from '../conformance/choosing.ts';
import { readRequirements } from '../conformance/requirements.ts';
import { Results, type ScenarioResult } from '../conformance/results.ts';
import { boundTermination } from '../conformance/workers.ts';
import { writeChanges, writeExample } from './changes.ts';
import { declarationOf, isOfExample, root } from './fault.ts';
import { type Attempt, inOrder, type Scenario, tagged, tagOf } from './plan.ts';

export type Outcome =
  | { readonly kind: 'found'; readonly by: ScenarioResult; readonly reached: boolean }
  /** If its code was not reached either, scenarios had nothing to find. */
  | { readonly kind: 'survives'; readonly tried: number; readonly reached: boolean }
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
    /** They are right but different ones: every scenario is tried, and none may fail. */
    readonly right: boolean;
    /** Told of each that fails all the same, at once. */
    readonly alarmed?: (attempt: Attempt, result: ScenarioResult) => void;
  },
  decided: (attempt: Attempt, outcome: Outcome) => void,
): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'pna-wrong-'));
  // A thread that starts late reads the changed modules as a user that may little.
  chmodSync(folder, 0o755);
  const found = join(folder, 'found');
  mkdirSync(found);
  const reached = join(folder, 'reached');
  mkdirSync(reached);
  for (const attempt of attempts) writeFileSync(join(reached, fileOf(tagOf(attempt))), '');
  // Whatever user the implementation has become.
  for (const name of readdirSync(reached)) chmodSync(join(reached, name), 0o666);
  let marking: ReadonlySet<string> = new Set();
  /** Undecidable where nothing marks it: it is taken for reached then. */
  const isReached = (attempt: Attempt): boolean =>
    !marking.has(attempt.fault.id) || statSync(join(reached, fileOf(tagOf(attempt)))).size > 0;
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
    if (options.right) {
      if (verdict === 'warning') entry.warnings += 1;
      else if (verdict !== 'passed' && verdict !== 'not applicable') {
        entry.alarms.push(result);
        options.alarmed?.(entry.attempt, result);
      }
      if (verdict !== 'not applicable') entry.tried += 1;
      if (entry.left > 0) return;
      open.delete(tag);
      const { attempt, alarms, warnings, tried } = entry;
      decided(attempt, { kind: 'judged', alarms, warnings, tried });
      return;
    }
    if (verdict === 'failed' || verdict === 'warning') {
      writeFileSync(join(found, fileOf(tag)), '');
      open.delete(tag);
      decided(entry.attempt, { kind: 'found', by: result, reached: isReached(entry.attempt) });
      return;
    }
    if (verdict !== 'passed' && verdict !== 'not applicable') entry.undecided = `${verdict}: ${result.id}: ${reason}`;
    if (entry.left > 0) return;
    open.delete(tag);
    const { attempt, undecided } = entry;
    if (undecided !== '') decided(attempt, { kind: 'undecided', why: undecided });
    else decided(attempt, { kind: 'survives', tried: attempt.scenarios.length, reached: isReached(attempt) });
  };
  for (const attempt of attempts.filter(({ scenarios }) => scenarios.length === 0)) {
    open.delete(tagOf(attempt));
    decided(attempt, { kind: 'undecided', why: 'no scenario carries a requirement that it breaks, in its role' });
  }
  try {
    const trials = inOrder(attempts, options.every);
    const declarations = writeDeclarations(attempts, options, folder);
    const changes = join(folder, 'changes');
    marking = writeChanges(new Set(attempts.map(({ fault }) => fault)), changes);
    if (trials.length === 0) return [];
    choose((planned) => {
      const chosen = tagged(trials, planned);
      for (const { pickle } of chosen) results.take({ pickle });
      return chosen;
    });
    boundTermination();
    const { runConfiguration } = await loadConfiguration(
      {
        file: false,
        provided: {
          paths: [...new Set(trials.map(({ scenario }) => scenario.uri))],
          import: steps,
          plugin: [...plugin],
          strict: true,
          // Not the default, which looks up the scenarios of the features.
          format: ['message'],
          parallel: options.workers,
          worldParameters: {
            iut: resolve(options.iut),
            run: join(folder, 'run'),
            keepCaptures: 'failed',
            wrong: {
              hook: join(import.meta.dirname, 'hook.ts'),
              changes,
              declarations,
              reached,
              ...(options.every ? {} : { found }),
            },
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

/** Of those that declare something else than the implementation that is changed. @returns files by tag */
function writeDeclarations(
  attempts: readonly Attempt[],
  { iut }: { readonly iut: string },
  folder: string,
): Readonly<Record<string, string>> {
  const file = resolve(iut);
  const declaration = JSON.parse(readFileSync(file, 'utf8'));
  for (const { argv } of Object.values<{ argv: string[] }>(declaration.roles))
    if (argv[0]?.includes('/')) argv[0] = resolve(dirname(file), argv[0]);
  return Object.fromEntries(
    attempts.flatMap((attempt) => {
      if (isOfExample(attempt.fault)) {
        const copy = join(folder, `${attempt.fault.id}-${attempt.role}`);
        return [[tagOf(attempt), writeExample(attempt.fault, copy)]];
      }
      if (attempt.fault.declares === undefined) return [];
      const written = join(folder, `${attempt.fault.id}.json`);
      writeFileSync(written, JSON.stringify(declarationOf(attempt.fault, declaration)));
      return [[tagOf(attempt), written]];
    }),
  );
}
