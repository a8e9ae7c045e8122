/** What a run prints: a line for each feature, failures as they happen, the summary. No control codes. */
import { relative } from 'node:path';
import type { Requirement } from '../requirements/parse.ts';
import type { Report } from './report.ts';
import type { Results, ScenarioResult } from './results.ts';

const words: Readonly<Record<ScenarioResult['verdict'], string>> = {
  passed: 'passed',
  failed: 'FAILED',
  'expected failure': 'expected failure',
  warning: 'WARNING',
  'not applicable': 'not applicable',
  'could not run': 'COULD NOT RUN',
  'harness error': 'HARNESS ERROR',
};

export class Progress {
  readonly #write: (text: string) => void;
  readonly #requirements: ReadonlyMap<string, Requirement>;
  readonly #remaining = new Map<string, number>();
  readonly #done = new Map<string, ScenarioResult[]>();

  /** @param requirements whose sentences are printed with failures, by id */
  constructor(write: (text: string) => void, requirements: ReadonlyMap<string, Requirement> = new Map()) {
    this.#write = write;
    this.#requirements = requirements;
  }

  /** Counts a planned scenario of a feature. */
  plan(feature: string): void {
    this.#remaining.set(feature, (this.#remaining.get(feature) ?? 0) + 1);
  }

  result(result: ScenarioResult): void {
    const { feature } = result;
    if (result.verdict !== 'passed' && result.verdict !== 'not applicable') {
      this.#write(`${failureLines(result, this.#requirements)}\n`);
    }
    const done = [...(this.#done.get(feature) ?? []), result];
    this.#done.set(feature, done);
    const remaining = (this.#remaining.get(feature) ?? 0) - 1;
    this.#remaining.set(feature, remaining);
    if (remaining > 0) return;
    this.#write(`${featureLine(feature, done)}\n`);
    for (const { measured } of done) for (const text of measured) this.#write(`        ${text}\n`);
  }
}

/** One failing scenario: which requirement, which step, the first lines of why, where it can be seen. */
function failureLines(result: ScenarioResult, known: ReadonlyMap<string, Requirement>): string {
  const { verdict, id, feature, line, requirements, step, reason, evidence, where } = result;
  const sentences = requirements.flatMap((one) => {
    const requirement = known.get(one);
    return requirement === undefined ? [] : [`    ${one} (${requirement.level}) ${requirement.sentence}`];
  });
  const ids = requirements.length === 0 ? '' : ` [${requirements.join(' ')}]`;
  const why = (reason ?? '')
    .trimEnd()
    .split('\n')
    .slice(0, 12)
    .map((text) => `      ${text}`);
  const folder = evidence === undefined ? [] : [`    evidence: captures/run/latest/${evidence}`];
  return [
    `  ${words[verdict]}${ids} ${id} (${feature}:${line})`,
    ...sentences,
    ...(step === undefined ? [] : [`    ${step}`]),
    ...why,
    ...folder,
    ...where.map((text) => `    ${text}`),
  ].join('\n');
}

function featureLine(feature: string, results: readonly ScenarioResult[]): string {
  const passed = results.filter(({ verdict }) => verdict === 'passed').length;
  const skipped = results.filter(({ verdict }) => verdict === 'not applicable').length;
  const bad = results.length - passed - skipped;
  const name = feature.replace(/^features\//, '').replace(/\.feature$/, '');
  const counts = [
    `${passed} passed`,
    ...(bad > 0 ? [`${bad} NOT`] : []),
    ...(skipped > 0 ? [`${skipped} not applicable`] : []),
  ];
  return `${bad > 0 ? 'not ok' : '    ok'}  ${name.padEnd(44)} ${counts.join(', ')}`;
}

/** The end of what a run prints. @param total testable requirements of the specification; 0 if unknown */
export function summary(report: Report, results: Results, folder: string, total: number): string {
  const { counts } = report;
  const other = Object.entries(counts).filter(([verdict, n]) => n > 0 && verdict !== 'passed' && verdict !== 'failed');
  const scenarios = [
    `${counts.passed} passed`,
    `${counts.failed} failed`,
    ...other.map(([verdict, n]) => `${n} ${verdict}`),
  ];
  const unfinished = report.planned - results.finished.length;
  if (unfinished > 0) scenarios.push(`${unfinished} did not run`);
  const passing = report.requirements.filter(({ verdict }) => verdict === 'passed').length;
  const failing = report.requirements.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id);
  const of = total === 0 ? '' : ` of ${total}`;
  return [
    '',
    `${report.implementation}, protocol revision ${report.revision}: ${report.verdict.toUpperCase()}`,
    `  scenarios     ${scenarios.join(', ')}`,
    `  requirements  ${passing}${of} passed${failing.length === 0 ? '' : `; failing: ${failing.join(' ')}`}`,
    `  time          ${report.seconds.toFixed(1)} s, ${report.workers} workers, seed ${report.seed}`,
    `  report        ${relative('.', folder)}/report.html, junit.xml, report.json`,
    `  captures      ${relative('.', folder)}/scenarios/`,
    ...openLines(report),
    ...results.failures.map((text) => `  outside any scenario: ${text}`),
    '',
  ].join('\n');
}

/** What was not decided: a line for each reason. */
function openLines({ undecided }: Report): string[] {
  const byReason = [...Map.groupBy(undecided, ({ why }) => why)];
  return byReason.map(([why, all]) => `  not decided   ${all.map(({ id }) => id).join(' ')}: ${why}`);
}
