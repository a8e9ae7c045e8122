/** A run of the suite, inside the enclosure: Cucumber through its API, verdicts from its messages. */
import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { runCucumber } from '@cucumber/cucumber/api';
import { Starved } from '../../steps/support/lab/failure.ts';
import type { Declaration } from '../../steps/support/peers/declaration.ts';
import { shortPath } from '../../steps/support/peers/documents.ts';
import { preflight } from '../../steps/support/peers/preflight.ts';
import { exit } from '../exit.ts';
import type { Requirement } from '../requirements/parse.ts';
import { checkIds, loadBaseline, staleEntries } from './baseline.ts';
import { choose, plugin } from './choosing.ts';
import { underTest } from './elsewhere.ts';
import { lifeline, sameSignal } from './enclosure.ts';
import { makeFolder, pointToLatest } from './folder.ts';
import type { Options } from './options.ts';
import { spread } from './order.ts';
import { playedText, readPlayed, reasonsText, tableOf, unsentVectors } from './played.ts';
import { Profile } from './profile.ts';
import { Progress } from './progress.ts';
import { abreastAgain, again, mostAgain, repeat } from './repeat.ts';
import { makeReport, type Report } from './report.ts';
import { readRequirements } from './requirements.ts';
import { mayBeOfTheMachine, Results, type ScenarioResult } from './results.ts';
import { configuration, placeOf, root, silent } from './scenarios.ts';
import { rolesOfScenarios, type Selection, select } from './select.ts';
import { summary } from './terminal.ts';
import { countsOf, type RunVerdict, runVerdict, testedOf } from './verdict.ts';
import { boundTermination, workersFor } from './workers.ts';
import { writeReports } from './write-reports.ts';

const signals = { SIGINT: 130, SIGTERM: 143 } as const;

/** @returns the exit status. @throws UsageError before anything is written */
export async function runSuite(options: Options): Promise<number> {
  const started = new Date();
  const clock = performance.now();
  const { declaration, remote } = await underTest(options);
  const requirements = readRequirements(join(root, 'docs/protocol.md'));
  const baseline = options.baseline === undefined ? [] : loadBaseline(options.baseline);
  const selection = await select(options, requirements);
  if (options.baseline !== undefined)
    checkIds(
      options.baseline,
      baseline,
      selection.all.map(({ id }) => id),
    );
  const workers = workersFor(selection.chosen.length * options.repeat, options.workers);
  const folder = makeFolder(started, resolve(options.output ?? 'captures/run'));
  const write = (text: string): void => void process.stdout.write(text);
  const isTerminal = process.stdout.isTTY === true && process.env['CI'] === undefined;
  const progress = new Progress({ write, requirements, isTerminal, folder: shortPath(folder) });
  const profile = new Profile();
  const results = new Results(requirements, (result) => take(result), baseline);
  // Scenarios that are running when the run ends are not waited for.
  let isOver = false;
  // One that is repeated anyway has its verdict each time.
  const comesAgain = (result: ScenarioResult): boolean => options.repeat === 1 && mayBeOfTheMachine(result);
  const take = (result: ScenarioResult): void => {
    if (isOver) return;
    const isUndecided = comesAgain(result);
    progress.result(isUndecided ? result : decided(result));
    if (!options.failFast || result.verdict !== 'failed' || isUndecided) return;
    isOver = true;
    progress.end();
    write('\nthe first failure: stopping\n');
    void conclude('not conformant').then(() => exit(1, true));
  };

  const conclude = async (
    verdict: RunVerdict,
    more: Partial<Pick<Report, 'preflight' | 'stale'>> = {},
  ): Promise<void> => {
    progress.end();
    const seconds = (performance.now() - clock) / 1000;
    const { seed } = options;
    const facts = {
      implementation: [declaration.name, ...options.env].join(', '),
      verdict,
      started,
      seconds,
      seed,
      workers,
      selection: { of: selection.all.length, words: [...selection.words] },
      ...more,
    };
    const report = makeReport(results, facts, requirements);
    await writeReports(folder, report, requirements);
    // What has nothing to show stays where it is, and --rerun finds the run before it.
    if (report.scenarios.length + report.preflight.length > 0) pointToLatest(folder);
    write(summary(report, folder, testable(requirements)));
    if (options.profile) write(profile.table(seconds, workers));
  };
  onSignal(remote === undefined, (signal) => {
    if (isOver) return;
    isOver = true;
    progress.end();
    write(`\n${signal}: stopping\n`);
    void conclude('interrupted').then(() => exit(signals[signal], true));
  });

  try {
    const unfit = remote === undefined ? await unfitRoles(selection, declaration, folder) : [];
    if (unfit.length > 0) {
      await conclude('not conformant', { preflight: unfit });
      return 1;
    }
  } catch (error) {
    results.failures.push(describe(error));
    await conclude('incomplete');
    return 3;
  }

  const { runConfiguration } = await configuration(selection.words.length > 0 ? featuresOf(selection) : [], {
    plugin: [...plugin],
    import: [`steps/*/!(*.test|*.d)${extname(import.meta.filename)}`],
    order: `random:${options.seed}`,
    strict: true,
    parallel: workers,
    // The second instead of Cucumber's default, which does not know of scenarios that are planned several times.
    format: [['message', join(folder, 'messages.ndjson')], 'message'],
    worldParameters: {
      ...(remote === undefined ? { iut: resolve(options.iut) } : { remote: { ...remote } }),
      run: folder,
      keepCaptures: options.keepCaptures,
      profile: options.profile,
    },
  });
  boundTermination();
  choose((planned) => {
    const places = new Set(selection.chosen.map(({ place }) => place));
    const chosen = planned.filter(({ pickle }) => places.has(placeOf(pickle.uri, pickle.location?.line)));
    const repeated = repeat(spread(chosen), options.repeat);
    for (const { pickle } of repeated.slice(chosen.length)) results.take({ pickle });
    return repeated;
  });
  const pickles = new Map<string, string>();
  progress.start();
  const broken = (error: unknown): void => void results.failures.push(describe(error));
  const first = await runCucumber(runConfiguration, { cwd: root, stdout: silent() }, (envelope) => {
    if (envelope.pickle) pickles.set(envelope.pickle.id, envelope.pickle.uri);
    if (envelope.testCase) progress.plan(pickles.get(envelope.testCase.pickleId.split(' ')[0] ?? '') ?? '');
    results.take(envelope);
    profile.take(envelope);
  }).catch(broken);
  const strained = results.finished.filter(comesAgain);
  if (strained.length > mostAgain) {
    progress.tooMany(strained.length);
    for (const result of strained) progress.result(decided(result));
  } else if (first !== undefined && strained.length > 0) {
    progress.again(strained.length);
    const ids = new Set(results.withdraw().map(({ id }) => id));
    choose((planned) => {
      const chosen = again(planned, ids);
      for (const { pickle } of chosen) results.take({ pickle });
      return chosen;
    });
    const { formats, runtime } = runConfiguration;
    const configured = {
      ...runConfiguration,
      support: first.support,
      runtime: { ...runtime, parallel: Math.min(abreastAgain, workers) },
      formats: { ...formats, files: { [join(folder, 'messages-again.ndjson')]: 'message' } },
    };
    await runCucumber(configured, { cwd: root, stdout: silent() }, (envelope) => {
      results.take(envelope);
      profile.take(envelope);
    }).catch(broken);
  }

  const isWhole = selection.words.length === 0;
  const unfinished = results.planned - results.finished.length;
  const unsent = writeTable(folder);
  // Only then is it known that nothing kept a vector from being sent.
  if (isWhole && results.finished.every((one) => one.verdict === 'passed')) results.failures.push(...unsent);
  const stale = staleEntries(baseline, results.finished);
  const counts = countsOf(results.finished);
  const withStale = { ...counts, failed: counts.failed + stale.length };
  const tested = testedOf(results.finished);
  const [verdict, status] = runVerdict(withStale, unfinished + results.failures.length, tested, isWhole);
  if (tested === 0) write('no scenario that carries a requirement passed: nothing is shown\n');
  await conclude(verdict, { stale });
  return status;
}

/** A result whose verdict stands, however busy the machine was. */
const decided = (result: ScenarioResult): ScenarioResult => ({ ...result, strained: undefined });

/** Tries the program of each role that the scenarios start, before they do. @throws LabFailure */
async function unfitRoles(
  { chosen }: Selection,
  declaration: Declaration,
  folder: string,
): Promise<Report['preflight']> {
  const declared = rolesOfScenarios(chosen).filter((role) => declaration.roles[role] !== undefined);
  const all = await Promise.all(
    declared.map(async (role) => {
      const evidence = join('preflight', role);
      // On a machine that is too busy to tell, the scenarios do.
      const unfit = await preflight(declaration, role, join(folder, evidence)).catch((error: unknown) => {
        if (error instanceof Starved) return undefined;
        throw error;
      });
      return unfit === undefined
        ? []
        : [{ role, argv: [...unfit.argv], expected: unfit.expected, reason: unfit.reason, evidence: `${evidence}/` }];
    }),
  );
  return all.flat();
}

const featuresOf = ({ chosen }: Selection): string[] => [...new Set(chosen.map(({ feature }) => join(root, feature)))];

/** Writes which vectors were sent to the implementation, by role. @returns those that ought to have been, and were not */
function writeTable(folder: string): readonly string[] {
  const lines = readPlayed(folder);
  const unsent = unsentVectors(lines);
  const text = [playedText(tableOf(lines)), '', reasonsText(), '', ...unsent, ''].join('\n');
  writeFileSync(join(folder, 'vectors.txt'), text);
  return unsent;
}

/** Prints the selected scenarios with their requirements. @returns the exit status */
export async function listScenarios(options: Options): Promise<number> {
  const { chosen } = await select(options, readRequirements(join(root, 'docs/protocol.md')));
  for (const { id, requirements, place } of chosen)
    process.stdout.write(`${id.padEnd(72)} ${requirements.join(' ').padEnd(20)} ${place}\n`);
  return 0;
}

/**
 * Signals come from the terminal, or as lines from the outer process, whose end means that nobody waits for this run.
 * @param isEnclosed whether there is such a process
 */
function onSignal(isEnclosed: boolean, stop: (signal: keyof typeof signals) => void): void {
  let first = Number.POSITIVE_INFINITY;
  for (const signal of Object.keys(signals) as (keyof typeof signals)[])
    process.on(signal, () => {
      const now = performance.now();
      if (now - first > sameSignal) process.exit(signals[signal]);
      if (first > now) stop(signal);
      first = Math.min(first, now);
    });
  if (!isEnclosed) return;
  const line = new Socket({ fd: lifeline, readable: true, writable: false });
  line.setEncoding('utf8');
  line.on('data', (text) => {
    const signal = String(text).trim().split('\n')[0];
    if (signal === 'SIGINT' || signal === 'SIGTERM') stop(signal);
  });
  line.once('close', () => process.exit(3));
  line.on('error', () => {});
  line.unref();
}

function testable(requirements: ReadonlyMap<string, Requirement>): number {
  return [...requirements.values()].filter(({ untestable }) => untestable === undefined).length;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `: ${describe(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
