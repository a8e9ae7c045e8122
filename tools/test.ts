/**
 * `npm test`: format, lint, types, unused code, requirement coverage, unit tests, the conformance run. The last line of
 * its output is `N passed, N failed`: unit tests and scenarios, and each check that fails.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseWords, statusOf } from './command-line.ts';
import { type Counts, countScenarios, countTap, failingTap } from './test/counts.ts';
import { run } from './test/run.ts';

const help = `npm test
npm run check                  the checks alone

Format, lint, types, unused code and requirements, then unit tests, then the conformance suite on the reference.

  --only-checks  the checks alone
  --help         prints this

Exit status: 0 all is well, 1 something is not, 2 usage, 3 the tool itself failed.
`;

const root = resolve(import.meta.dirname, '..');
const bin = (name: string) => resolve(root, 'node_modules/.bin', name);
const node = process.execPath;

interface Stage {
  readonly name: string;
  readonly counts: Counts;
  readonly ok: boolean;
}

/** Minutes that each takes at most: about five times what it takes on two cores with nothing else to do. */
const limits = { check: 5, unitTests: 12, conformance: 25 };

const checks: Readonly<Record<string, readonly string[]>> = {
  'format and lint': [bin('biome'), 'ci', '--colors=off', '--error-on-warnings'],
  types: [bin('tsc')],
  'unused code': [bin('knip'), '--no-progress', '--treat-config-hints-as-errors'],
  requirements: [node, 'tools/requirements.ts', '--check'],
};

process.exit(await statusOf('node tools/test.ts', main));

async function main(): Promise<number> {
  const { values } = parseWords({
    options: { 'only-checks': { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
  });
  const onlyChecks = values['only-checks'];
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const stages: Stage[] = [];
  for (const [name, command] of Object.entries(checks)) stages.push(await check(name, command));
  if (!onlyChecks) {
    stages.push(await unitTests());
    stages.push(await conformance());
  }
  const passed = stages.reduce((sum, { counts }) => sum + counts.passed, 0);
  const failed = stages.reduce((sum, { counts }) => sum + counts.failed, 0);
  process.stdout.write('\n');
  for (const { name, ok, counts } of stages) {
    const numbers = counts.passed + counts.failed > 0 ? `  ${counts.passed} passed, ${counts.failed} failed` : '';
    process.stdout.write(`${ok ? '    ok' : 'not ok'}  ${name.padEnd(20)}${numbers}\n`);
  }
  if (!onlyChecks) process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return stages.every(({ ok }) => ok) ? 0 : 1;
}

/** A check that passes says nothing and counts for nothing; one that fails counts as one failure. */
async function check(name: string, command: readonly string[]): Promise<Stage> {
  process.stdout.write(`${name}\n`);
  const { status, output } = await run(command, { minutes: limits.check });
  if (status !== 0) process.stdout.write(output);
  return { name, ok: status === 0, counts: { passed: 0, failed: status === 0 ? 0 : 1 } };
}

async function unitTests(): Promise<Stage> {
  process.stdout.write('unit tests\n');
  const { status, output } = await run([node, 'tools/enclose.ts', bin('ava'), '--tap'], { minutes: limits.unitTests });
  const counts = countTap(output);
  if (status !== 0) process.stdout.write(failingTap(output));
  // Without a plan the runner itself broke down: what it said last tells why.
  if (counts === undefined) process.stdout.write(`${output.trimEnd().split('\n').slice(-40).join('\n')}\n`);
  return stage('unit tests', status, counts);
}

async function conformance(): Promise<Stage> {
  process.stdout.write('conformance\n');
  const { status, output } = await run([node, 'tools/conformance.ts'], {
    minutes: limits.conformance,
    show: (text) => void process.stdout.write(text),
  });
  const file = /^ {2}report\s+(\S+)\//m.exec(output)?.[1];
  const report = file === undefined ? undefined : readFileSync(resolve(root, file, 'report.json'), 'utf8');
  return stage('conformance', status, report === undefined ? undefined : countScenarios(report));
}

/** Passed only if it ended well, ran something, and nothing of that failed. */
function stage(name: string, status: number, counts: Counts = { passed: 0, failed: 0 }): Stage {
  const ok = status === 0 && counts.passed > 0 && counts.failed === 0;
  return { name, ok, counts: ok || counts.failed > 0 ? counts : { ...counts, failed: 1 } };
}
