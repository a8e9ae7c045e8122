/** `npm run conformance -- merge`: the reports of shards become one, as if one machine had run them all. */
import { mkdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseWords, UsageError } from '../command-line.ts';
import { command } from './options.ts';
import { readPlayed, unsentVectors } from './played.ts';
import { makeReport, type Report, type RunFacts, readReport } from './report.ts';
import { readRequirements } from './requirements.ts';
import type { ScenarioResult } from './results.ts';
import { root } from './scenarios.ts';
import { summary } from './terminal.ts';
import { countsOf, type RunVerdict, runVerdict, testedOf } from './verdict.ts';
import { writeReports } from './write-reports.ts';

const usage = `usage: ${command} merge --output FOLDER REPORT.json REPORT.json …`;

/** @returns the exit status of the run as a whole. @throws UsageError */
export async function merge(
  argv: readonly string[],
  write = (text: string): unknown => process.stdout.write(text),
): Promise<number> {
  const { output, files } = parse(argv);
  const reports = files.map((file) => ({ file, report: readReport(file) }));
  const [first] = reports as [(typeof reports)[number]];
  for (const { file, report } of reports) {
    for (const key of ['implementation', 'revision'] as const)
      if (report[key] !== first.report[key])
        throw new UsageError(`${file}: ${key} ${report[key]}, but ${first.file} has ${first.report[key]}`);
    if (report.selection.of !== first.report.selection.of)
      throw new UsageError(`${file}: another suite than ${first.file}: ${report.selection.of} scenarios`);
  }
  const finished = reports.flatMap(({ file, report }) => scenariosOf(report, dirname(file), output));
  const times = Map.groupBy(finished, ({ id, attempt }) => `${id}${attempt > 1 ? ` attempt ${attempt}` : ''}`);
  const [twice] = [...times].find(([, all]) => all.length > 1) ?? [];
  if (twice !== undefined) throw new UsageError(`${twice} is in two of the reports: merge shards of one run`);

  const words = wordsOf(reports.map(({ report }) => report));
  const isWhole = words.length === 0;
  const requirements = readRequirements(join(root, 'docs/protocol.md'));
  const failures = [...new Set(reports.flatMap(({ report }) => report.failures))];
  if (isWhole && finished.every(({ verdict }) => verdict === 'passed'))
    failures.push(...unsentVectors(reports.flatMap(({ file }) => [...readPlayed(dirname(file))])));
  const planned = reports.reduce((sum, { report }) => sum + report.planned, 0);
  const stale = [...new Set(reports.flatMap(({ report }) => report.stale))];
  const preflight = reports.flatMap(({ file, report }) =>
    report.preflight.map((one) => ({ ...one, evidence: moved(one.evidence, dirname(file), output) })),
  );
  const counts = countsOf(finished);
  const broken = { ...counts, failed: counts.failed + stale.length + preflight.length };
  const [judged, status] = runVerdict(broken, planned - finished.length + failures.length, testedOf(finished), isWhole);
  const interrupted = judged === 'incomplete' && reports.some(({ report }) => report.verdict === 'interrupted');
  const verdict: RunVerdict = interrupted ? 'interrupted' : judged;
  const facts: RunFacts = {
    implementation: first.report.implementation,
    verdict,
    started: new Date(Math.min(...reports.map(({ report }) => Date.parse(report.started)))),
    seconds: reports.reduce((sum, { report }) => sum + report.seconds, 0),
    seed: first.report.seed,
    workers: first.report.workers,
    selection: { of: first.report.selection.of, words },
    preflight,
    stale,
  };
  const report = makeReport({ finished, failures, planned }, facts, requirements);
  mkdirSync(output, { recursive: true });
  await writeReports(output, report, requirements);
  const testable = [...requirements.values()].filter(({ untestable }) => untestable === undefined).length;
  write(summary(report, output, testable));
  return status;
}

function parse(argv: readonly string[]): { output: string; files: string[] } {
  const options = { output: { type: 'string' } } as const;
  const { values, positionals } = parseWords({ args: [...argv], allowPositionals: true, options });
  if (values.output === undefined || positionals.length === 0) throw new UsageError(usage);
  return { output: values.output, files: positionals };
}

/** With the folders of evidence as they are reached from the merged report. */
function scenariosOf(report: Report, folder: string, output: string): ScenarioResult[] {
  return report.scenarios.map(({ reason, step, evidence, ...others }) => ({
    ...others,
    reason,
    step,
    evidence: evidence === undefined ? undefined : moved(evidence, folder, output),
  }));
}

const moved = (path: string, from: string, to: string): string => `${relative(resolve(to), resolve(from, path))}/`;

/** What selected the scenarios of all of them together: nothing, if every shard of a whole run is there. */
function wordsOf(reports: readonly Report[]): string[] {
  const shards = reports.map(({ selection }) => selection.words.find((word) => word.startsWith('--shard ')));
  const others = reports.map(({ selection }) => selection.words.filter((word) => !word.startsWith('--shard ')));
  const isSame = others.every((words) => words.join('\n') === others[0]?.join('\n'));
  if (!isSame) return [...new Set(others.flat()), ...new Set(shards.flatMap((word) => word ?? []))];
  const [, of = 1] = /\/(\d+)$/.exec(shards[0] ?? '') ?? [];
  const wanted = Array.from({ length: Number(of) }, (_, index) => `--shard ${index + 1}/${of}`);
  const isComplete = shards.every((word) => word === undefined) || wanted.every((word) => shards.includes(word));
  return [...(others[0] ?? []), ...(isComplete ? [] : shards.flatMap((word) => word ?? []))];
}
