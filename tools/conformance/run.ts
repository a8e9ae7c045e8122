/** A run of the suite, inside the enclosure: Cucumber through its API, verdicts from its messages. */
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import { loadDeclaration } from '../../steps/support/peers/declaration.ts';
import { idOf } from '../../steps/support/scenario-id.ts';
import { exit } from '../exit.ts';
import { cited, type Requirement } from '../requirements/parse.ts';
import { loadBaseline, staleEntries } from './baseline.ts';
import { choose, plugin } from './choosing.ts';
import { lifeline } from './enclosure.ts';
import { type Options, UsageError } from './options.ts';
import { spread } from './order.ts';
import { playedText, readPlayed, reasonsText, tableOf } from './played.ts';
import { Profile } from './profile.ts';
import { makeReport, type Report, writeReports } from './report.ts';
import { readRequirements } from './requirements.ts';
import { type Envelope, Results } from './results.ts';
import { isId, tagExpression } from './select.ts';
import { Progress, summary } from './terminal.ts';
import { type RunVerdict, runVerdict } from './verdict.ts';
import { boundTermination } from './workers.ts';

const root = resolve(import.meta.dirname, '../..');
const signals = { SIGINT: 130, SIGTERM: 143 } as const;

/** @returns the exit status */
export async function runSuite(options: Options): Promise<number> {
  const started = new Date();
  const clock = performance.now();
  const declaration = loadDeclaration(options.iut);
  const requirements = readRequirements(join(root, 'docs/protocol.md'));
  const folder = makeFolder(started);
  const progress = new Progress((text) => process.stdout.write(text), requirements);
  const profile = new Profile();
  const baseline = options.baseline === undefined ? [] : loadBaseline(options.baseline);
  const results = new Results(requirements, (result) => progress.result(result), baseline);

  const conclude = (verdict: RunVerdict): Report => {
    const seconds = (performance.now() - clock) / 1000;
    const { seed, workers } = options;
    const facts = { implementation: declaration.name, verdict, started, seconds, seed, workers };
    const report = makeReport(results, facts, requirements);
    writeReports(folder, report);
    process.stdout.write(summary(report, results, folder, testable(requirements)));
    if (options.profile) process.stdout.write(profile.table(seconds, workers));
    return report;
  };
  onSignal((signal) => {
    process.stdout.write(`\n${signal}: stopping\n`);
    conclude('interrupted');
    void exit(signals[signal]);
  });

  const { paths, ...selecting } = await selection(options);
  const { runConfiguration } = await configuration(
    { paths },
    {
      ...selecting,
      plugin: [...plugin],
      import: ['steps/*/!(*.test|*.d).ts'],
      order: `random:${options.seed}`,
      strict: true,
      parallel: options.workers,
      format: [
        ['html', join(folder, 'report.html')],
        ['message', join(folder, 'messages.ndjson')],
      ],
      worldParameters: {
        iut: resolve(options.iut),
        run: folder,
        keepCaptures: options.keepCaptures,
        profile: options.profile,
      },
    },
  );
  boundTermination();
  choose(spread);
  const pickles = new Map<string, string>();
  await runCucumber(runConfiguration, { cwd: root, stdout: silent() }, (envelope) => {
    if (envelope.pickle) pickles.set(envelope.pickle.id, envelope.pickle.uri);
    if (envelope.testCase) progress.plan(pickles.get(envelope.testCase.pickleId) ?? '');
    results.take(envelope);
    profile.take(envelope);
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
const isWhole = ({ paths, only, skip, name, rerun }: Options): boolean =>
  rerun === undefined && [paths, only, skip, name].every((all) => all.length === 0);

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
  const { paths, ...selecting } = await selection(options);
  const { selected, errors } = await plan(paths, selecting);
  for (const error of errors) process.stderr.write(`${error}\n`);
  for (const { uri, location, name, tags } of selected) {
    const ids = cited(tags.map((tag) => tag.name.slice(1)));
    const where = `${uri}:${location?.line ?? 0}`;
    process.stdout.write(`${idOf(uri, name).padEnd(72)} ${ids.join(' ').padEnd(20)} ${where}\n`);
  }
  if (selected.length === 0) process.stderr.write('no scenario matches\n');
  return errors.length > 0 || selected.length === 0 ? 3 : 0;
}

type Pickle = NonNullable<Envelope['pickle']>;
type Provided = Extract<NonNullable<Parameters<typeof loadConfiguration>[0]>['provided'], { paths?: string[] }>;

function configuration(options: { readonly paths: readonly string[] }, more: Provided) {
  const given = options.paths.map((path) => relative(root, resolve(path)));
  const paths = given.length > 0 ? given : ['features/**/*.feature'];
  return loadConfiguration({ file: false, provided: { paths, ...more } }, { cwd: root });
}

/** What of the command line selects scenarios, in Cucumber's terms. */
async function selection({ paths, only, skip, name, again }: Options) {
  if (only.length + skip.length + again.length === 0) return { paths, name: [...name], tags: '' };
  const { all } = await plan(paths, {});
  const known = new Set(all.flatMap(({ tags }) => tags.map((tag) => tag.name)));
  const [ids, selectors] = [only.filter(isId), only.filter((one) => !isId(one))];
  const tags = tagExpression(
    selectors,
    skip.filter((one) => !isId(one)),
    known,
  );
  const { selected } = await plan(paths, { tags }).catch((error: Error) => {
    throw new UsageError(error.cause instanceof Error ? error.cause.message : error.message);
  });
  const unwanted = new Set(skip.filter(isId));
  if (ids.length + unwanted.size + again.length === 0) return { paths, name: [...name], tags };
  // Cucumber knows scenarios by FILE:LINE.
  const byTags = selectors.length > 0 || ids.length === 0 ? selected : [];
  const chosen = new Set([...byTags, ...found('--only', ids, all)]);
  const earlier = again.length === 0 ? chosen : new Set(found('--rerun', again, all));
  const wanted = [...chosen].filter((one) => earlier.has(one) && !unwanted.has(idOf(one.uri, one.name)));
  found('--skip', [...unwanted], all);
  if (wanted.length === 0) throw new UsageError('no scenario matches');
  return { paths: wanted.map(({ uri, location }) => `${uri}:${location?.line ?? 0}`), name: [...name], tags: '' };
}

/** The scenarios of these ids. @throws UsageError for an id that none has */
function found(option: string, ids: readonly string[], all: readonly Pickle[]): Pickle[] {
  const byId = new Map(all.map((pickle) => [idOf(pickle.uri, pickle.name), pickle]));
  return ids.map((id) => {
    const pickle = byId.get(id);
    if (pickle === undefined) throw new UsageError(`${option} ${id}: no scenario has this id`);
    return pickle;
  });
}

/** Every scenario of the features, and those that a run with these settings would take. */
async function plan(paths: readonly string[], settings: Provided) {
  const { runConfiguration } = await configuration({ paths }, { ...settings, dryRun: true });
  const all = new Map<string, Pickle>();
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
