/** What a run leaves for people and programs: report.json and what is made of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../command-line.ts';
import type { Requirement } from '../requirements/parse.ts';
import { causesOf } from './causes.ts';
import { jsonFile } from './options.ts';
import type { ScenarioResult } from './results.ts';
import { countsOf, gravity, type RunVerdict, type Verdict } from './verdict.ts';

const verdict = z.enum([
  'passed',
  'failed',
  'expected failure',
  'warning',
  'not applicable',
  'could not run',
  'harness error',
]);
const count = z.int().min(0);
const octets = z.string().describe('In hexadecimal.');

/** report.json. */
export const reportSchema = z.strictObject({
  format: z.literal(3),
  implementation: z.string(),
  revision: z.int(),
  verdict: z
    .enum(['conformant', 'selected', 'not conformant', 'incomplete', 'interrupted'])
    .describe('selected: nothing failed of what was selected, which is no verdict on the implementation.'),
  started: z.iso.datetime(),
  seconds: z.number(),
  seed: z.int(),
  workers: z.int(),
  planned: count.describe('Scenarios that were to run, each as often as it was to.'),
  selection: z.strictObject({
    of: count.describe('Scenarios of the whole suite.'),
    words: z.array(z.string()).describe('What of the command line selected; empty for the whole suite.'),
  }),
  counts: z.record(verdict, count),
  requirements: z.array(
    z.strictObject({
      id: z.string(),
      level: z.enum(['MUST', 'SHOULD']).optional(),
      text: z.string().optional(),
      verdict: verdict.describe('The worst of its scenarios.'),
      scenarios: count,
    }),
  ),
  undecided: z
    .array(z.strictObject({ id: z.string(), why: z.string() }))
    .describe('Requirements of which nothing was shown, and why.'),
  preflight: z
    .array(
      z.strictObject({
        role: z.enum(['client', 'server', 'relay']),
        argv: z.array(z.string()),
        expected: z.string(),
        reason: z.string(),
        evidence: z.string().describe('Folder of its configuration and logs, counted from this file.'),
      }),
    )
    .describe('Roles whose programs failed before any scenario.'),
  causes: z
    .array(z.strictObject({ reason: z.string(), step: z.string(), held: z.number(), ids: z.array(z.string()) }))
    .describe('Failures that say the same; the first is the likeliest cause of the others.'),
  stale: z.array(z.string()).describe('Ids of the baseline whose scenarios passed.'),
  failures: z.array(z.string()).describe('What failed outside any scenario.'),
  scenarios: z.array(
    z.strictObject({
      id: z.string().describe('Survives edits of the feature: FEATURE/NAME.'),
      feature: z.string(),
      line: z.int(),
      name: z.string(),
      requirements: z.array(z.string()),
      tags: z.array(z.string()),
      verdict,
      reason: z.string().optional(),
      step: z.string().optional(),
      held: count.describe('Steps that held before.'),
      steps: z.array(z.string()).optional().describe('Of a scenario that did not pass: the text of each step.'),
      difference: z
        .strictObject({ expected: octets.optional(), received: octets })
        .optional()
        .describe('Of a failure that tells of a frame: what had to come, as far as it is known, and what came.'),
      attempt: z.int().min(1).describe('Which time it ran.'),
      seconds: z.number(),
      measured: z.array(z.string()).describe('What was measured on the way: no verdict hangs on it.'),
      strained: z.string().optional().describe('Why the machine was too busy to tell whose fault it is.'),
      evidence: z.string().optional().describe('Folder of captures, key logs and logs, counted from this file.'),
      where: z
        .array(z.string())
        .describe('Of a failure: what the implementation said last, and the last packet of each capture before it.'),
    }),
  ),
});
export type Report = z.output<typeof reportSchema>;

/** @throws UsageError */
export function readReport(file: string): Report {
  const report = reportSchema.safeParse(jsonFile(file));
  if (report.success) return report.data;
  const format = (report.error.issues.find(({ path }) => path[0] === 'format') ?? { message: '' }).message;
  throw new UsageError(
    `${file}: is no report.json of this version of the suite${format === '' ? `: ${z.prettifyError(report.error)}` : ''}`,
  );
}

export interface RunFacts {
  readonly implementation: string;
  readonly verdict: RunVerdict;
  readonly started: Date;
  readonly seconds: number;
  readonly seed: number;
  readonly workers: number;
  readonly selection: Report['selection'];
  readonly preflight?: Report['preflight'];
  readonly stale?: readonly string[];
}

/** What a report is made of: results of a run, or of several reports. */
interface Outcome {
  readonly finished: readonly ScenarioResult[];
  readonly failures: readonly string[];
  readonly planned: number;
}

/** Everything that report.json holds: scenarios in the order of the features, and the verdict of each requirement. */
export function makeReport(results: Outcome, facts: RunFacts, requirements: ReadonlyMap<string, Requirement>): Report {
  const { started, ...others } = facts;
  const scenarios = results.finished.toSorted(
    (a, b) => a.feature.localeCompare(b.feature) || a.line - b.line || a.attempt - b.attempt,
  );
  const judged = perRequirement(scenarios, requirements);
  const report = {
    format: 3,
    revision: 1,
    preflight: [],
    stale: [],
    ...others,
    started: started.toISOString(),
    planned: results.planned,
    counts: countsOf(scenarios),
    requirements: judged,
    undecided: [...untestable(requirements), ...undecided(judged, scenarios)],
    causes: causesOf(scenarios),
    failures: results.failures,
    scenarios,
  };
  // Through JSON, so that absent values are absent here as in the file.
  return reportSchema.parse(JSON.parse(JSON.stringify(report)));
}

/** report.json and junit.xml. @param folder of the run */
export function writeReport(folder: string, report: Report): void {
  writeFileSync(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(folder, 'junit.xml'), junit(report));
}

function perRequirement(scenarios: readonly ScenarioResult[], requirements: ReadonlyMap<string, Requirement>) {
  const ids = [...new Set(scenarios.flatMap((scenario) => scenario.requirements))].sort();
  return ids.map((id) => {
    const own = scenarios.filter((scenario) => scenario.requirements.includes(id));
    const applicable = own.filter((scenario) => scenario.verdict !== 'not applicable');
    const worst = (applicable.length > 0 ? applicable : own)
      .map((scenario) => scenario.verdict)
      .reduce((a, b) => (gravity.indexOf(b) > gravity.indexOf(a) ? b : a));
    const known = requirements.get(id);
    const text = known && `${known.sentence} *${known.source}*`;
    return { id, level: known?.level, text, verdict: worst, scenarios: own.length };
  });
}

type Reason = Report['undecided'][number];

const untestable = (requirements: ReadonlyMap<string, Requirement>): Reason[] =>
  [...requirements.values()].flatMap(({ id, untestable: why }) => (why === undefined ? [] : [{ id, why }]));

/** Requirements of which no scenario passed or failed. */
function undecided(judged: ReturnType<typeof perRequirement>, scenarios: readonly ScenarioResult[]): Reason[] {
  const isOpen = (one: Verdict): boolean => ['not applicable', 'could not run', 'harness error'].includes(one);
  return judged.flatMap(({ id, verdict: worst }) => {
    if (!isOpen(worst)) return [];
    const own = scenarios.filter((one) => one.requirements.includes(id) && one.verdict === worst);
    const reasons = new Set(own.map(({ reason = '' }) => reason.split('\n')[0] ?? ''));
    return [{ id, why: `${worst}: ${[...reasons].join('; ')}` }];
  });
}

/** JUnit XML with the ids of requirements and scenario in the names: "[RLY-03] fig-13-relay/a-name". */
export function junit(report: Report): string {
  const features = Map.groupBy(report.scenarios, ({ feature }) => feature);
  const suites = [...features].map(([feature, scenarios]) => {
    const of = (...verdicts: readonly string[]) =>
      scenarios.filter((scenario) => verdicts.includes(scenario.verdict)).length;
    const numbers = `tests="${scenarios.length}" failures="${of('failed', 'warning')}" errors="${of('harness error', 'could not run')}" skipped="${of('not applicable', 'expected failure')}"`;
    const time = scenarios.reduce((sum, scenario) => sum + scenario.seconds, 0).toFixed(3);
    return `  <testsuite name="${xmlText(feature)}" ${numbers} time="${time}">\n${scenarios.map(testCase).join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xmlText(report.implementation)}">\n${outside(report)}${suites.join('')}</testsuites>\n`;
}

/** What is wrong with the run as a whole: without it a CI would take a run without scenarios for a good one. */
function outside({ preflight, failures, stale }: Report): string {
  const bad = (name: string, element: string, message: string, text: string): string =>
    `    <testcase classname="run" name="${xmlText(name)}"><${element} message="${xmlText(message)}">${xmlText(text)}</${element}></testcase>\n`;
  const cases = [
    ...preflight.map(({ role, expected, reason }) => bad(`program of the role ${role}`, 'failure', expected, reason)),
    ...stale.map((id) => bad(`baseline: ${id}`, 'failure', 'it passes by now', 'remove it from the baseline')),
    ...failures.map((text) => bad('outside any scenario', 'error', text.split('\n')[0] ?? '', text)),
  ];
  if (cases.length === 0) return '';
  const numbers = `tests="${cases.length}" failures="${preflight.length + stale.length}" errors="${failures.length}"`;
  return `  <testsuite name="run" ${numbers}>\n${cases.join('')}  </testsuite>\n`;
}

const elements: Readonly<Record<string, string>> = {
  failed: 'failure',
  warning: 'failure',
  'harness error': 'error',
  'could not run': 'error',
  'not applicable': 'skipped',
  'expected failure': 'skipped',
};

function testCase({
  id,
  feature,
  requirements,
  verdict: outcome,
  reason,
  step,
  attempt,
  seconds,
}: Report['scenarios'][number]): string {
  const ids = requirements.length === 0 ? '' : `[${requirements.join(' ')}] `;
  const attributes = `classname="${xmlText(feature)}" name="${xmlText(`${ids}${id}${attempt > 1 ? ` attempt ${attempt}` : ''}`)}" time="${seconds.toFixed(3)}"`;
  const element = elements[outcome];
  if (element === undefined) return `    <testcase ${attributes}/>\n`;
  const message = xmlText(`${outcome}${step === undefined ? '' : `: ${step}`}`);
  return `    <testcase ${attributes}><${element} message="${message}">${xmlText(reason ?? '')}</${element}></testcase>\n`;
}

/** Also without the characters that XML 1.0 has no place for: control characters, escape sequences of terminals above all. */
function xmlText(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text
    .replace(/\p{Cc}/gu, (c) => (/[\t\r\n]/.test(c) ? c : '\ufffd'))
    .replace(/[&<>"]/g, (c) => entities[c] as string);
}
