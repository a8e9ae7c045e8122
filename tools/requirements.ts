/** `npm run requirements`: which requirements of docs/protocol.md have scenarios, and which are still open. */
import { globSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseWords, statusOf } from './command-line.ts';
import { exit } from './exit.ts';
import { parseFeature } from './requirements/features.ts';
import { coverage, judge, parseRequirements } from './requirements/parse.ts';
import { judgeRows, parseDecided, parseRows } from './requirements/rows.ts';

const help = `npm run requirements [-- OPTION]

Compares docs/protocol.md with the tags of features/, and the rows of its state
machines with the rows that comments of features/ name.

  --check   only judge: exit 1 when a scenario cites no requirement or an unknown
            one, when a requirement is defined twice or not in the right form, or
            when no scenario names a row
  --json    everything as JSON
  --help    prints this

Exit status: 0 in order, 1 faults, 2 wrong usage, 3 the tool failed
`;

const root = resolve(import.meta.dirname, '..');
const protocol = 'docs/protocol.md';

await exit(await statusOf('npm run requirements --', main));

function main(): number {
  const { values } = parseWords({
    options: { check: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const text = readFileSync(resolve(root, protocol), 'utf8');
  const { requirements, faults } = parseRequirements(protocol, text);
  const features = globSync('features/**/*.feature', { cwd: root })
    .sort()
    .map((file) => ({ file, text: readFileSync(resolve(root, file), 'utf8') }));
  const scenarios = features.flatMap((feature) => parseFeature(feature.file, feature.text));
  const rows = parseRows(protocol, text);
  const decided = features.flatMap((feature) => parseDecided(feature.file, feature.text));
  const all = [...faults, ...judge(requirements, scenarios), ...judgeRows(rows, decided)];
  if (values.json) {
    const covered = coverage(requirements, scenarios);
    const entries = requirements.map((requirement) => ({
      ...requirement,
      scenarios: covered.get(requirement.id)?.map(({ file, line, name }) => ({ file, line, name })),
    }));
    process.stdout.write(`${JSON.stringify({ requirements: entries, faults: all }, null, 2)}\n`);
  } else if (!values.check) {
    process.stdout.write(report(requirements, coverage(requirements, scenarios)));
    const open = judgeRows(rows, decided).length;
    process.stdout.write(
      `\n${rows.rows.length} rows of figs. 11 to 13: nothing shows ${rows.unseen.length} of them, ${open} faults.\n`,
    );
  }
  for (const { file, line, message } of all) process.stderr.write(`${relative('.', file)}:${line}: ${message}\n`);
  return all.length === 0 ? 0 : 1;
}

type Requirements = ReturnType<typeof parseRequirements>['requirements'];

function report(requirements: Requirements, covered: ReturnType<typeof coverage>): string {
  const open = requirements.filter(({ id, untestable }) => untestable === undefined && !covered.get(id)?.length);
  const untestable = requirements.filter((requirement) => requirement.untestable !== undefined);
  const areas = new Map<string, { all: number; covered: number; open: number }>();
  for (const requirement of requirements) {
    const area = requirement.id.replace(/-\d+$/, '');
    const counts = areas.get(area) ?? { all: 0, covered: 0, open: 0 };
    counts.all += 1;
    if (covered.get(requirement.id)?.length) counts.covered += 1;
    if (open.includes(requirement)) counts.open += 1;
    areas.set(area, counts);
  }
  const row = (...cells: (string | number)[]) =>
    `  ${cells.map((cell, i) => (i === 0 ? String(cell).padEnd(8) : String(cell).padStart(10))).join('')}\n`;
  const lines = [row('area', 'in all', 'scenario', 'open')];
  for (const [area, counts] of areas) lines.push(row(area, counts.all, counts.covered, counts.open));
  const withScenario = requirements.filter(({ id }) => covered.get(id)?.length).length;
  lines.push(row('all', requirements.length, withScenario, open.length));
  if (open.length > 0) lines.push('\nOpen: testable, and no scenario decides it yet.\n');
  for (const { id, level, sentence } of open) lines.push(`  ${id.padEnd(10)}${level.padEnd(7)}${sentence}\n`);
  if (untestable.length > 0) lines.push('\nNot testable from outside on one machine.\n');
  for (const { id, untestable: reason, sentence } of untestable) {
    lines.push(`  ${id.padEnd(10)}${sentence} (${reason})\n`);
  }
  return lines.join('');
}
