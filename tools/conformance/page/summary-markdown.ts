/** summary.md, for a comment at a pull request, and badge.svg. */
import type { Report } from '../report.ts';
import { rounded, verdictText } from '../terminal.ts';
import { html } from './html.ts';

/** Kinds of failures that a comment has room for. */
const shown = 10;

/** The verdict, counts, and the causes that most scenarios failed for, as GitHub's Markdown. */
export function markdown(report: Report): string {
  const { counts, requirements, causes, preflight, stale, failures } = report;
  const passing = requirements.filter(({ verdict }) => verdict === 'passed').length;
  const failing = requirements.filter(({ verdict }) => verdict === 'failed').map(({ id }) => id);
  const rows = causes.slice(0, shown).map(({ reason, ids }) => {
    const [first = ''] = reason.split('\n');
    return `| ${ids.length} | ${cell(first)} | \`${ids[0]}\` |`;
  });
  const lines = [
    `### ${report.implementation}: ${verdictText(report)}`,
    '',
    `${Object.entries(counts)
      .flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []))
      .join(', ')}; ${passing} of ${requirements.length} requirements passed; ${rounded(report.seconds)}.`,
    ...(failing.length > 0 ? ['', `Failing: ${failing.join(' ')}`] : []),
    ...preflight.map(
      ({ role, expected, reason }) =>
        `\nThe program of the role ${role} is unfit. Expected: ${cell(expected)}. But: ${cell(reason.split('\n')[0] ?? '')}`,
    ),
    ...(stale.length > 0 ? ['', `Stale in the baseline: ${stale.join(' ')}`] : []),
    ...(failures.length > 0 ? ['', ...failures.map((text) => `- ${cell(text.split('\n')[0] ?? '')}`)] : []),
    ...(rows.length > 0 ? ['', '| scenarios | what they say | the first |', '| --: | --- | --- |', ...rows] : []),
    ...(causes.length > shown ? ['', `and ${causes.length - shown} more kinds`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const cell = (text: string): string => text.replace(/[|<>&`\\]/g, (c) => `&#${c.charCodeAt(0)};`);

const colours: Readonly<Record<Report['verdict'], string>> = {
  conformant: '#0f6b2f',
  selected: '#7a4b00',
  'not conformant': '#a8121f',
  incomplete: '#7a4b00',
  interrupted: '#7a4b00',
};

/** An SVG of 20 pixels' height, which loads nothing. */
export function badge({ verdict, counts }: Report): string {
  const label = 'conformance';
  const value = verdict === 'conformant' ? verdict : `${verdict} ${counts.passed}/${counts.passed + counts.failed}`;
  const [left, right] = [label, value].map((text) => text.length * 7 + 12) as [number, number];
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${value}">
<rect width="${left}" height="20" fill="#3a414c"/><rect x="${left}" width="${right}" height="20" fill="${colours[verdict]}"/>
<g fill="#fff" font-family="Verdana,sans-serif" font-size="11" text-anchor="middle"><text x="${left / 2}" y="14">${label}</text><text x="${left + right / 2}" y="14">${value}</text></g>
</svg>
`.text;
}
