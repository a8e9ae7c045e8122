/** What a run prints at its end, and how times are said. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { documentPath, shortPath } from '../../steps/support/peers/documents.ts';
import type { Report } from './report.ts';

/** `1 min 40 s`, `3 min`, `20 s`. */
export function rounded(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 90) return `${whole} s`;
  const [minutes, rest] = [Math.floor(whole / 60), Math.round((whole % 60) / 10) * 10];
  if (rest === 60) return `${minutes + 1} min`;
  return rest === 0 || minutes >= 10 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

/** Kinds of failures that are listed; the reports have all. */
const shown = 10;

/** @param folder of the run @param total testable requirements of the specification; 0 if unknown */
export function summary(report: Report, folder: string, total: number): string {
  const { counts, scenarios: finished } = report;
  const other = Object.entries(counts).filter(([verdict, n]) => n > 0 && verdict !== 'passed' && verdict !== 'failed');
  const scenarios = [
    `${counts.passed} passed`,
    `${counts.failed} failed`,
    ...other.map(([verdict, n]) => `${n} ${verdict}`),
  ];
  const unfinished = report.planned - finished.length;
  if (unfinished > 0) scenarios.push(`${unfinished} did not run`);
  const passing = report.requirements.filter(({ verdict }) => verdict === 'passed').length;
  const failing = report.requirements.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id);
  const of = total === 0 ? '' : ` of ${total}`;
  const path = shortPath(folder);
  return [
    '',
    ...preflightLines(report, path),
    ...causeLines(report),
    ...unsteadyLines(report),
    `${report.implementation}, protocol revision ${report.revision}: ${verdictText(report)}`,
    ...(report.stale.length === 0 ? [] : [`  baseline      stale, since these pass by now: ${report.stale.join(' ')}`]),
    `  scenarios     ${scenarios.join(', ')}`,
    `  requirements  ${passing}${of} passed${failing.length === 0 ? '' : `; failing: ${failing.join(' ')}`}`,
    `  time          ${report.seconds.toFixed(1)} s, ${report.workers} workers, seed ${report.seed}`,
    `  report        ${path}/report.html, junit.xml, report.json, summary.md, badge.svg`,
    // A merged report links into the folders of others.
    ...(existsSync(join(folder, 'scenarios')) ? [`  captures      ${path}/scenarios/`] : []),
    ...openLines(report),
    ...report.failures.map((text) => `  outside any scenario: ${text}`),
    '',
  ].join('\n');
}

/** The verdict in a line. */
export function verdictText({ verdict, selection, scenarios }: Report): string {
  if (verdict !== 'selected') return verdict.toUpperCase();
  const ran = new Set(scenarios.map(({ id }) => id)).size;
  const which = `${ran} of ${selection.of} scenarios (${selection.words.join(' ')})`;
  return `SELECTED ${which}: none failed, which is no verdict on the whole`;
}

/** Roles whose programs are unfit: one message instead of one from each scenario. */
function preflightLines({ preflight }: Report, path: string): string[] {
  return preflight.flatMap(({ role, argv, expected, reason, evidence }) => [
    `The program of the role ${role} fails before any scenario:`,
    `    ${argv.join(' ')}`,
    `    expected: ${expected}`,
    ...reason.split('\n').map((line, index) => `    ${index === 0 ? 'but: ' : ''}${line}`),
    `    its configuration and logs: ${path}/${evidence}`,
    `    The contract is in ${documentPath('iut.md')}. --role leaves other roles to be tested.`,
    '',
  ]);
}

/** Failures by what they say. */
function causeLines({ causes }: Report): string[] {
  const all = causes.reduce((sum, { ids }) => sum + ids.length, 0);
  if (all < 2) return [];
  const lines = causes.slice(0, shown).flatMap(({ reason, step, ids }, index) => {
    const [first = '', ...others] = reason.split('\n');
    const likely =
      index === 0 && causes.length > 1 && ids.length > 1 ? '  (frequent, and earliest: mend this first)' : '';
    return [
      `  ${String(ids.length).padStart(4)} × ${first}${likely}`,
      ...others.slice(0, 3).map((line) => `         ${line}`),
      `         in: ${step}`,
      `         --only ${ids[0]}${ids.length > 1 ? ` and ${ids.length - 1} more` : ''}`,
    ];
  });
  const more = causes.length - shown;
  return [
    `${all} failures of ${causes.length} ${causes.length === 1 ? 'kind' : 'kinds'}:`,
    ...lines,
    ...(more > 0 ? [`         and ${more} more kinds, in the report`] : []),
    '',
  ];
}

/** Scenarios that ran several times, with different verdicts. */
function unsteadyLines({ scenarios }: Report): string[] {
  const byId = [...Map.groupBy(scenarios, ({ id }) => id)];
  const unsteady = byId.filter(([, all]) => new Set(all.map(({ verdict }) => verdict)).size > 1);
  return unsteady.map(([id, all]) => {
    const passed = all.filter(({ verdict }) => verdict === 'passed').length;
    return `  unsteady      ${id} passed ${passed} of ${all.length} times`;
  });
}

/** What was not decided: a line for each reason. Of a part of the suite that is known beforehand. */
function openLines({ undecided, selection, preflight }: Report): string[] {
  if (selection.words.length > 0 || preflight.length > 0) return [];
  const byReason = [...Map.groupBy(undecided, ({ why }) => why)];
  return byReason.map(([why, all]) => `  not decided   ${all.map(({ id }) => id).join(' ')}: ${why}`);
}
