/** Reports of shards that become one, and what changed from one report to another. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { UsageError } from '../command-line.ts';
import { changesOf } from './diff.ts';
import { merge } from './merge.ts';
import { junit, makeReport, type Report, type RunFacts, readReport } from './report.ts';
import { readRequirements } from './requirements.ts';
import type { ScenarioResult } from './results.ts';
import { summary } from './terminal.ts';
import { countsOf, runVerdict, testedOf, type Verdict } from './verdict.ts';

const requirements = readRequirements(resolve(import.meta.dirname, '../../docs/protocol.md'));
const words: Readonly<Record<string, Verdict>> = {
  'x/one SRV-01': 'passed',
  'x/two SRV-01 SRV-02': 'passed',
  'y/three RLY-01': 'not applicable',
  'y/four RLY-02': 'passed',
};

function result(text: string, verdict: Verdict, attempt = 1): ScenarioResult {
  const [id = '', ...requirements] = text.split(' ');
  const feature = `features/room/${id.split('/')[0]}.feature`;
  const failed = verdict === 'failed';
  return {
    id,
    feature,
    line: id.length,
    name: id,
    requirements,
    tags: requirements.map((one) => `@${one}`),
    verdict,
    reason: failed ? 'a frame: not within 10000 ms' : undefined,
    step: failed ? 'the step' : undefined,
    held: 0,
    attempt,
    seconds: 1,
    measured: [],
    evidence: failed ? `scenarios/${id}/` : undefined,
    where: [],
  };
}

function reportOf(finished: readonly ScenarioResult[], selecting: string[] = [], more: Partial<RunFacts> = {}): Report {
  const isWhole = selecting.length === 0;
  const [verdict] = runVerdict(countsOf(finished), 0, testedOf(finished), isWhole);
  const facts: RunFacts = {
    implementation: 'acme 1',
    verdict,
    started: new Date(0),
    seconds: finished.length,
    seed: 1,
    workers: 2,
    selection: { of: 4, words: selecting },
    ...more,
  };
  return makeReport({ finished, failures: [], planned: finished.length }, facts, requirements);
}

const results = (changes: Readonly<Record<string, Verdict>> = {}): ScenarioResult[] =>
  Object.entries({ ...words, ...changes }).map(([text, verdict]) => result(text, verdict));

async function merged(t: ExecutionContext, ...reports: Report[]): Promise<{ status: number; report: Report }> {
  const folder = mkdtempSync(join(tmpdir(), 'merge-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const files = reports.map((report, index) => {
    mkdirSync(join(folder, `machine-${index}`));
    const file = join(folder, `machine-${index}`, 'report.json');
    writeFileSync(file, JSON.stringify(report));
    return file;
  });
  const output = join(folder, 'merged');
  const status = await merge(['--output', output, ...files], () => {});
  t.true(readFileSync(join(output, 'junit.xml'), 'utf8').includes('<testsuites'));
  return { status, report: readReport(join(output, 'report.json')) };
}

test('two shards merged are the whole run', async (t) => {
  for (const changes of [{ 'y/four RLY-02': 'failed' }, { 'x/one SRV-01': 'harness error' }] as const) {
    const all = results(changes);
    const whole = reportOf(all);
    const shards = [1, 2].map((index) =>
      reportOf(
        all.filter((_, at) => at % 2 === index - 1),
        [`--shard ${index}/2`],
      ),
    );
    const { status, report } = await merged(t, ...shards);
    const comparable = ({ scenarios, ...others }: Report) => ({
      ...others,
      scenarios: scenarios.map(({ evidence: _, ...one }) => one),
    });
    t.deepEqual(comparable(report), comparable(whole));
    t.is(status, whole.verdict === 'not conformant' ? 1 : 3);
    t.deepEqual(report.scenarios.flatMap(({ evidence }) => evidence ?? []).length, 'y/four RLY-02' in changes ? 1 : 0);
    for (const { evidence } of report.scenarios) t.regex(evidence ?? '../machine-1/', /^\.\.\/machine-[01]\//);
  }
});

test('a shard that lacks leaves the rest selected', async (t) => {
  const [one] = results();
  const { status, report } = await merged(t, reportOf([one!], ['--shard 1/2']));
  t.is(status, 0);
  t.is(report.verdict, 'selected');
  t.deepEqual(report.selection.words, ['--shard 1/2']);
});

test('reports that do not belong together are refused', async (t) => {
  const [one, two] = results();
  const first = reportOf([one!], ['--shard 1/2']);
  const refused = (second: Report, message: RegExp) =>
    t.throwsAsync(merged(t, first, second), { instanceOf: UsageError, message });
  await refused(reportOf([one!], ['--shard 2/2']), /^x\/one is in two of the reports/);
  await refused(
    reportOf([two!], ['--shard 2/2'], { implementation: 'acme 2' }),
    /implementation acme 2, but .* has acme 1$/,
  );
  await refused(reportOf([two!], ['--shard 2/2'], { selection: { of: 5, words: [] } }), /another suite/);
  await t.throwsAsync(merge(['report.json']), { instanceOf: UsageError, message: /^usage: / });
});

test('a difference names the requirements that changed, and no other', (t) => {
  const [good, bad] = [reportOf(results()), reportOf(results({ 'x/two SRV-01 SRV-02': 'failed' }))];
  t.deepEqual(changesOf(good, good), []);
  t.deepEqual(
    changesOf(good, bad).map(({ id, before, after, isWorse, scenarios }) => [id, before, after, isWorse, scenarios]),
    [
      ['SRV-01', 'passed', 'failed', true, ['x/two passed → failed']],
      ['SRV-02', 'passed', 'failed', true, ['x/two passed → failed']],
    ],
  );
  t.true(changesOf(bad, good).every(({ isWorse }) => !isWorse));
  // What a selection left out has not changed.
  const part = reportOf([result('x/one SRV-01', 'passed')], ['--only SRV-01']);
  t.deepEqual(changesOf(good, part), []);
  t.deepEqual(
    changesOf(good, reportOf(results().slice(0, 2))).map(({ id, after }) => [id, after]),
    [
      ['RLY-02', 'absent'],
      ['RLY-01', 'absent'],
    ],
  );
});

test('what the end of a run says: selected, unsteady, and causes', (t) => {
  const text = summary(reportOf([result('x/one SRV-01', 'passed')], ['--only SRV-01']), 'run', 4);
  t.regex(text, /^acme 1, protocol revision 1: SELECTED 1 of 4 scenarios \(--only SRV-01\): none failed/m);
  t.notRegex(text, /CONFORMANT/);
  const twice = [result('x/one SRV-01', 'passed'), result('x/one SRV-01', 'failed', 2)];
  t.regex(summary(reportOf(twice), 'run', 4), /^ {2}unsteady {6}x\/one passed 1 of 2 times$/m);
  const failing = reportOf(results({ 'x/one SRV-01': 'failed', 'y/four RLY-02': 'failed' }));
  t.regex(
    summary(failing, 'run', 4),
    /^2 failures of 1 kind:\n {5}2 × a frame: not within 10000 ms\n {9}in: the step$/m,
  );
});

test('JUnit XML has what is wrong with the run as a whole', (t) => {
  const unfit = {
    role: 'server',
    argv: ['./acme'],
    expected: 'it starts',
    reason: 'the <end>',
    evidence: 'x/',
  } as const;
  const xml = junit(reportOf([], [], { preflight: [{ ...unfit, argv: ['./acme'] }], stale: ['x/one'] }));
  t.regex(xml, /<testsuite name="run" tests="2" failures="2" errors="0">/);
  t.regex(xml, /name="program of the role server"><failure message="it starts">the &lt;end&gt;<\/failure>/);
  t.notRegex(junit(reportOf(results())), /name="run"/);
});
