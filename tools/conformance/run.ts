/** A run of the suite, inside the enclosure: Cucumber through its API, verdicts from its messages. */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import { loadDeclaration } from '../../steps/support/peers/declaration.ts';
import { cited, type Requirement } from '../requirements/parse.ts';
import { loadBaseline, staleEntries } from './baseline.ts';
import { lifeline } from './enclosure.ts';
import { type Options, UsageError } from './options.ts';
import { playedText, readPlayed, reasonsText, tableOf } from './played.ts';
import { makeReport, type Report, writeReports } from './report.ts';
import { readRequirements } from './requirements.ts';
import { type Envelope, Results } from './results.ts';
import { tagExpression } from './select.ts';
import { Progress, summary } from './terminal.ts';
import { type RunVerdict, runVerdict } from './verdict.ts';

const root = resolve(import.meta.dirname, '../..');
const signals = { SIGINT: 130, SIGTERM: 143 } as const;

/** @returns the exit status */
export async function runSuite(options: Options): Promise<number> {
  const started = new Date();
  const clock = performance.now();
  const declaration = loadDeclaration(options.iut);
  const requirements = readRequirements(join(root, 'docs/protocol.md'));
  const folder = makeFolder(started);
  const progress = new Progress((text) => process.stdout.write(text));
  const baseline = options.baseline === undefined ? [] : loadBaseline(options.baseline);
  const results = new Results(requirements, (result) => progress.result(result), baseline);

  const conclude = (verdict: RunVerdict): Report => {
    const seconds = (performance.now() - clock) / 1000;
    const { seed, workers } = options;
    const facts = { implementation: declaration.name, verdict, started, seconds, seed, workers };
    const report = makeReport(results, facts, requirements);
    writeReports(folder, report);
    process.stdout.write(summary(report, results, folder, testable(requirements)));
    return report;
  };
  onSignal((signal) => {
    process.stdout.write(`\n${signal}: stopping\n`);
    conclude('interrupted');
    process.exit(signals[signal]);
  });

  const { runConfiguration } = await configuration(options, {
    ...(await selection(options)),
    import: ['steps/*/!(*.test|*.d).ts'],
    order: `random:${options.seed}`,
    strict: true,
    parallel: options.workers,
    format: [
      ['html', join(folder, 'report.html')],
      ['message', join(folder, 'messages.ndjson')],
    ],
    worldParameters: { iut: resolve(options.iut), run: folder, keepCaptures: options.keepCaptures },
  });
  const pickles = new Map<string, string>();
  await runCucumber(runConfiguration, { cwd: root, stdout: silent() }, (envelope) => {
    if (envelope.pickle) pickles.set(envelope.pickle.id, envelope.pickle.uri);
    if (envelope.testCase) progress.plan(pickles.get(envelope.testCase.pickleId) ?? '');
    results.take(envelope);
  }).catch((error: unknown) => {
    results.failures.push(describe(error));
  });

  const unfinished = results.planned - results.finished.length;
  const unsent = writeTable(folder);
  // Only then is it known that nothing kept a vector from being sent.
  if (isWhole(options) && results.finished.every((one) => one.verdict === 'passed')) results.failures.push(...unsent);
  const stale = staleEntries(baseline, results.finished);
  const counts = results.counts();
  const broken = { ...counts, failed: counts.failed + stale.length };
  const [verdict, status] = runVerdict(broken, unfinished + results.failures.length, results.tested);
  for (const id of stale) results.failures.push(`${options.baseline}: ${id} passes: remove it`);
  if (results.planned === 0) process.stdout.write('no scenario matches: nothing ran\n');
  else if (results.tested === 0)
    process.stdout.write('no scenario that carries a requirement passed: nothing is shown\n');
  conclude(verdict);
  return status;
}

/** Whether nothing was selected. */
const isWhole = ({ paths, only, skip, name }: Options): boolean =>
  [paths, only, skip, name].every((all) => all.length === 0);

/** Writes which vectors were sent to the implementation, by role. @returns those that ought to have been, and were not */
function writeTable(folder: string): readonly string[] {
  const rows = tableOf(readPlayed(folder));
  const missing = rows.flatMap((row) => row.missing);
  const lines = missing.map((text) => `not sent: ${text}\n`);
  writeFileSync(join(folder, 'vectors.txt'), `${playedText(rows)}\n\n${reasonsText()}\n\n${lines.join('')}`);
  return lines.map((line) => line.trimEnd());
}

/** Prints the selected scenarios with their requirements. @returns the exit status */
export async function listScenarios(options: Options): Promise<number> {
  const { selected, errors } = await plan(options.paths, await selection(options));
  for (const error of errors) process.stderr.write(`${error}\n`);
  for (const { uri, location, name, tags } of selected) {
    const ids = cited(tags.map((tag) => tag.name.slice(1)));
    process.stdout.write(`${`${uri}:${location?.line ?? 0}`.padEnd(48)} ${ids.join(' ').padEnd(20)} ${name}\n`);
  }
  if (selected.length === 0) process.stderr.write('no scenario matches\n');
  return errors.length > 0 || selected.length === 0 ? 3 : 0;
}

type Provided = Extract<NonNullable<Parameters<typeof loadConfiguration>[0]>['provided'], { paths?: string[] }>;

function configuration(options: { readonly paths: readonly string[] }, more: Provided) {
  const given = options.paths.map((path) => relative(root, resolve(path)));
  const paths = given.length > 0 ? given : ['features/**/*.feature'];
  return loadConfiguration({ file: false, provided: { paths, ...more } }, { cwd: root });
}

/** What of the command line selects scenarios, in Cucumber's terms. */
async function selection(options: Options): Promise<{ name: string[]; tags: string }> {
  const selecting = options.only.length + options.skip.length > 0;
  if (!selecting) return { name: [...options.name], tags: '' };
  const { all } = await plan(options.paths, {});
  const known = new Set(all.flatMap(({ tags }) => tags.map(({ name }) => name)));
  const tags = tagExpression(options.only, options.skip, known);
  await plan(options.paths, { tags }).catch((error: Error) => {
    throw new UsageError(error.cause instanceof Error ? error.cause.message : error.message);
  });
  return { name: [...options.name], tags };
}

/** Every scenario of the features, and those that a run with these settings would take. */
async function plan(paths: readonly string[], settings: Provided) {
  const { runConfiguration } = await configuration({ paths }, { ...settings, dryRun: true });
  const all = new Map<string, NonNullable<Envelope['pickle']>>();
  const selected: string[] = [];
  const errors: string[] = [];
  await runCucumber(runConfiguration, { cwd: root, stdout: silent(), stderr: silent() }, (envelope) => {
    if (envelope.pickle) all.set(envelope.pickle.id, envelope.pickle);
    if (envelope.testCase) selected.push(envelope.testCase.pickleId);
    if (envelope.parseError) errors.push(`${envelope.parseError.source.uri}: ${envelope.parseError.message}`);
  });
  return { all: [...all.values()], selected: selected.flatMap((id) => all.get(id) ?? []), errors };
}

/** Takes what Cucumber's own formatter says: progress and summary are ours. */
function silent(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** captures/run/TIME, and captures/run/latest pointing at it. */
function makeFolder(started: Date): string {
  const runs = join(root, 'captures/run');
  mkdirSync(runs, { recursive: true });
  const time = started
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  for (let n = 1; ; n++) {
    const name = n === 1 ? time : `${time}-${n}`;
    try {
      mkdirSync(join(runs, name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw error;
    }
    const link = join(runs, `latest-${name}`);
    rmSync(link, { force: true });
    symlinkSync(name, link);
    renameSync(link, join(runs, 'latest'));
    return join(runs, name);
  }
}

/** Signals come from the terminal, or as lines from the outer process, whose end means that nobody waits for this run. */
function onSignal(stop: (signal: keyof typeof signals) => void): void {
  for (const signal of Object.keys(signals) as (keyof typeof signals)[]) process.once(signal, stop);
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
