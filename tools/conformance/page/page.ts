/** report.html: one file that needs no other, for people. Links lead to captures and logs beside it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Requirement } from '../../requirements/parse.ts';
import type { Report } from '../report.ts';
import { rounded, verdictText } from '../terminal.ts';
import { gravity, type Verdict } from '../verdict.ts';
import { compare } from './comparison.ts';
import { type Rung, rungsOf } from './exchange.ts';
import { framesOf } from './frames.ts';
import { type Html, html, Html as Markup } from './html.ts';

type Scenario = Report['scenarios'][number];

const roles = ['client', 'server', 'relay'] as const;
/** A sign besides the colour, and the colour. */
const signs: Readonly<Record<Verdict, readonly [sign: string, colour: string]>> = {
  passed: ['✓', 'good'],
  failed: ['✗', 'bad'],
  'expected failure': ['≈', 'fair'],
  warning: ['!', 'fair'],
  'not applicable': ['–', 'soft'],
  'could not run': ['?', 'bad'],
  'harness error': ['?', 'bad'],
};
/** Failures whose exchange is shown; of the others there is the capture. */
const mostExchanges = 50;

/** @param folder of the run, which has the evidence */
export async function page(
  report: Report,
  folder: string,
  requirements: ReadonlyMap<string, Requirement>,
): Promise<string> {
  const bad = report.scenarios
    .filter(({ verdict }) => verdict !== 'passed' && verdict !== 'not applicable')
    .toSorted((one, other) => gravity.indexOf(other.verdict) - gravity.indexOf(one.verdict));
  const failures: Html[] = [];
  for (const [index, scenario] of bad.entries()) {
    const rungs =
      index < mostExchanges && scenario.evidence !== undefined ? await rungsOf(join(folder, scenario.evidence)) : [];
    failures.push(failure(scenario, rungs, folder, requirements));
  }
  const inline = (name: string): Html => new Markup(readFileSync(join(import.meta.dirname, name), 'utf8'));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${report.implementation}: ${report.verdict}</title>
<style>${inline('page.css')}</style>
</head>
<body>
<header>${head(report)}</header>
<main>
${filters(report)}
${report.preflight.map(
  ({
    role,
    argv,
    expected,
    reason,
    evidence,
  }) => html`<section><h2>The program of the role ${role} fails before any scenario</h2>
<p><code>${argv.join(' ')}</code></p><p>Expected: ${expected}</p><pre tabindex="0">${reason}</pre><p><a href="${evidence}">configuration and logs</a></p></section>`,
)}
${causes(report)}
${bad.length > 0 && html`<section data-group><h2>What did not pass</h2>${failures}</section>`}
<section><h2>Requirements</h2><p class="soft">By the figure of the seed: the worst verdict of each role, and the number of its scenarios.</p>${matrix(report, requirements)}</section>
<section data-group><h2>Scenarios</h2>${list(report)}</section>
${report.undecided.length > 0 && html`<section><h2>Not decided</h2><ul>${report.undecided.map(({ id, why }) => html`<li>${id}: ${why}</li>`)}</ul></section>`}
</main>
<script>${inline('in-browser.js')}</script>
</body>
</html>
`.text;
}

function head(report: Report): Html {
  const { counts, verdict } = report;
  const colour = verdict === 'conformant' ? 'good' : verdict === 'not conformant' ? 'bad' : 'fair';
  const numbers = Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
  return html`<h1>${report.implementation}, protocol revision ${report.revision}</h1>
<p class="verdict ${colour}">${verdictText(report)}</p>
<p>${numbers.join(', ')}. ${report.started.replace('T', ' ').replace(/\..*/, ' UTC')}, ${rounded(report.seconds)}, seed ${report.seed}.
<a href="report.json">report.json</a>, <a href="junit.xml">junit.xml</a>, <a href="summary.md">summary.md</a></p>
${report.failures.length > 0 && html`<h2>Outside any scenario</h2><pre tabindex="0">${report.failures.join('\n')}</pre>`}
${report.stale.length > 0 && html`<p class="bad">The baseline is stale, since these pass by now: ${report.stale.join(', ')}</p>`}`;
}

function filters({ counts }: Report): Html {
  const verdicts = Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [name] : []));
  const option = (name: string): Html => html`<option>${name}</option>`;
  return html`<form hidden role="search">
<label>Search <input type="search" name="search" autocomplete="off"></label>
<label>Verdict <select name="verdict"><option value="">all</option>${verdicts.map(option)}</select></label>
<label>Role <select name="role"><option value="">all</option>${roles.map(option)}</select></label>
<output id="count" aria-live="polite"></output>
</form>`;
}

function causes({ causes: all }: Report): Html | undefined {
  if (all.length === 0) return undefined;
  const rows = all.map(
    ({ reason, step, ids }) =>
      html`<tr><td>${ids.length}</td><td>${reason.split('\n')[0]}<br><span class="soft">in: ${step}</span></td><td><a href="#${ids[0]}">${ids[0]}</a></td></tr>`,
  );
  return html`<section><h2>Failures that say the same</h2><p class="soft">Of the frequent ones the first happens earliest: it is likely to cause others.</p>
<div class="wide" tabindex="0" role="region" aria-label="Failures that say the same"><table class="causes"><thead><tr><th scope="col">Scenarios</th><th scope="col">What they say</th><th scope="col">The first</th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

const rolesOf = ({ tags }: Scenario): string[] => roles.filter((role) => tags.includes(`@iut:${role}`));

function verdictHtml(verdict: Verdict, more = ''): Html {
  const [sign, colour] = signs[verdict];
  return html`<span class="${colour}">${sign} ${verdict}${more}</span>`;
}

function attributes(scenario: Scenario): Html {
  const find = [
    scenario.id,
    scenario.name,
    scenario.requirements.join(' '),
    scenario.feature,
    scenario.reason ?? '',
    scenario.step ?? '',
  ];
  return html`data-find="${find.join(' ').toLowerCase()}" data-verdicts="${scenario.verdict}" data-roles="${rolesOf(scenario).join(' ')}"`;
}

/** Without the marks of the specification's own text. */
const plain = (text: string): string => text.replaceAll(/[*`]/g, '');

const titleOf = ({ id, attempt }: Scenario): string => (attempt > 1 ? `${id} attempt ${attempt}` : id);

function failure(
  scenario: Scenario,
  rungs: readonly Rung[],
  folder: string,
  requirements: ReadonlyMap<string, Requirement>,
): Html {
  const { evidence, reason = '', where, name, feature, line } = scenario;
  const sentences = scenario.requirements.flatMap((id) => requirements.get(id) ?? []);
  const files = evidence === undefined ? [] : filesOf(join(folder, evidence), '');
  return html`<details id="${titleOf(scenario)}" ${attributes(scenario)}>
<summary>${verdictHtml(scenario.verdict)} <strong>${titleOf(scenario)}</strong> ${scenario.requirements.map((id) => html`<span class="id">${id}</span> `)}</summary>
<p>${name} <span class="soft">${feature}:${line}</span></p>
<ul>${sentences.map(({ id, level, sentence, source }) => html`<li>${id} (${level}) ${plain(sentence)} <span class="soft">${source}</span></li>`)}</ul>
${stepsOf(scenario)}
<pre tabindex="0">${reason}</pre>
${framesOf(compare(scenario, rungs))}
${ladder(rungs)}
${where.length > 0 && html`<p>${where.join('. ')}.</p>`}
${files.length > 0 && html`<p>Evidence: ${files.map((file) => html`<a href="${evidence}${file}">${file}</a> `)}</p>`}
</details>`;
}

/** How far it came: what held, what failed, and what was not tried. */
function stepsOf({ steps = [], step = '', held, verdict }: Scenario): Html {
  const failing = steps.indexOf(step, held);
  if (failing < 0) return html`<p>Step: <strong>${step}</strong></p>`;
  const [sign, colour] = signs[verdict];
  const line = (text: string, index: number): Html => {
    if (index < failing) return html`<li><span class="good">✓ held</span> ${text}</li>`;
    if (index === failing)
      return html`<li><span class="${colour}">${sign} ${verdict}</span> <strong>${text}</strong></li>`;
    return html`<li class="soft">– not tried ${text}</li>`;
  };
  return html`<h3>The steps</h3><ol class="steps">${steps.map(line)}</ol>`;
}

function ladder(rungs: readonly Rung[]): Html | undefined {
  if (rungs.length === 0) return undefined;
  const rows = rungs.map(
    ({ at, from, to, what, packet }) =>
      html`<tr><td>${at.toFixed(1)} ms</td><td>${from}</td><td>→ ${to}</td><td>${what}</td><td>${packet > 0 && packet}</td></tr>`,
  );
  return html`<h3>The exchange</h3><div class="wide" tabindex="0" role="group" aria-label="The exchange"><table class="ladder">
<thead><tr><th scope="col">Time</th><th scope="col">From</th><th scope="col">To</th><th scope="col">What</th><th scope="col">Packet</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** Files of a folder of evidence, those in its folders included. */
function filesOf(folder: string, prefix: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesOf(join(folder, entry.name), `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`],
  );
}

/** Requirements by the figure of the seed that they come from; those of none by their area. */
function matrix(report: Report, requirements: ReadonlyMap<string, Requirement>): Html[] {
  const groups = Map.groupBy(report.requirements, ({ id }) => figureOf(id, requirements.get(id)));
  // Figures before areas.
  const sorted = [...groups].toSorted(
    ([one], [other]) =>
      Number(one.startsWith('A')) - Number(other.startsWith('A')) || one.localeCompare(other, 'en', { numeric: true }),
  );
  return sorted.map(([title, all]) => {
    const rows = all.map(({ id, text = '' }) => {
      const own = report.scenarios.filter((scenario) => scenario.requirements.includes(id));
      const cells = roles.map((role) => {
        const of = own.filter((scenario) => rolesOf(scenario).includes(role));
        return html`<td data-role="${role}">${of.length === 0 ? html`<span class="soft">none</span>` : verdictHtml(worst(of), ` ${of.length}`)}</td>`;
      });
      const verdicts = [...new Set(own.map(({ verdict }) => verdict))].join('|');
      const playing = [...new Set(own.flatMap(rolesOf))].join(' ');
      return html`<tr data-find="${`${id} ${text}`.toLowerCase()}" data-verdicts="${verdicts}" data-roles="${playing}"><th scope="row">${id}</th><td>${plain(text)}</td>${cells}</tr>`;
    });
    return html`<section data-group ${inSight(2 * all.length)}><h3>${title}</h3><table class="matrix">
<thead><tr><th scope="col">Id</th><th scope="col">Requirement</th>${roles.map((role) => html`<th scope="col">${role}</th>`)}</tr></thead><tbody>${rows}</tbody></table></section>`;
  });
}

function figureOf(id: string, requirement: Requirement | undefined): string {
  const figure = /\bfigs?\. (\d+)/.exec(requirement?.source ?? '')?.[1];
  return figure === undefined ? `Area ${id.replace(/-\d+$/, '')}` : `Figure ${figure}`;
}

function worst(scenarios: readonly Scenario[]): Verdict {
  const applicable = scenarios.filter(({ verdict }) => verdict !== 'not applicable');
  return (applicable.length > 0 ? applicable : scenarios)
    .map(({ verdict }) => verdict)
    .reduce((one, other) => (gravity.indexOf(other) > gravity.indexOf(one) ? other : one));
}

/** A table for each feature: the browser lays out those that are in sight. */
function list({ scenarios }: Report): Html[] {
  const head = ['Verdict', 'Scenario', 'Requirements', 'Time'].map((name) => html`<th scope="col">${name}</th>`);
  return [...Map.groupBy(scenarios, ({ feature }) => feature)].map(([feature, own]) => {
    const rows = own.map(
      (scenario) =>
        html`<tr ${attributes(scenario)} data-counted><td>${verdictHtml(scenario.verdict)}</td><td>${titleOf(scenario)}</td><td>${scenario.requirements.join(' ')}</td><td>${scenario.seconds.toFixed(1)} s</td></tr>`,
    );
    return html`<section data-group ${inSight(own.length)}><h3>${feature}</h3><table class="list">
<thead><tr>${head}</tr></thead><tbody>${rows}</tbody></table></section>`;
  });
}

/** Attributes of a section that is laid out when it comes into sight; until then it is taken for that many rows high. */
const inSight = (rows: number): Html => html`class="lazy" style="--rows: ${rows}"`;
