/** `npm run conformance`: drives an implementation through the suite, in namespaces that die with the run. */
import { resolve } from 'node:path';
import { loadDeclaration } from '../steps/support/peers/declaration.ts';
import { builtReference } from './build/reference.ts';
import { statusOf } from './command-line.ts';
import { diff } from './conformance/diff.ts';
import { enclose, ended, lifeline, obstacle, sameSignal } from './conformance/enclosure.ts';
import { merge } from './conformance/merge.ts';
import { command, help, type Options, parseOptions } from './conformance/options.ts';
import { readReport } from './conformance/report.ts';
import { listScenarios, runSuite } from './conformance/run.ts';
import { NothingMatches } from './conformance/select.ts';
import { exit } from './exit.ts';

const insideMark = 'PNA_CONFORMANCE_INSIDE';
const root = resolve(import.meta.dirname, '..');

// An unforeseen error is no verdict: Node's own status for it, 1, would say "not conformant".
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack ?? error.message}\n`);
  process.exit(3);
});

const argv = process.argv.slice(2);
await exit(await statusOf(command, main));

async function main(): Promise<number> {
  const [word, ...operands] = argv;
  const isAsked = operands.includes('--help') || operands.includes('-h');
  if (word === 'merge' && !isAsked) return merge(operands);
  if (word === 'diff' && !isAsked) return diff(operands);
  const options = withEarlierFailures(parseOptions(argv));
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  if (options.list) return listScenarios(options);
  if (options.remote !== undefined) return runSuite(options);
  loadDeclaration(options.iut);
  // Programs under test get the suite's own environment.
  for (const [name = '', ...value] of options.env.map((one) => one.split('='))) process.env[name] = value.join('=');
  if (process.env[insideMark] === undefined) return outside(options);
  delete process.env[insideMark];
  return runSuite(options);
}

/** `--rerun`: the scenarios that did not pass then. */
function withEarlierFailures(options: Options): Options {
  if (options.rerun === undefined) return options;
  const { scenarios } = readReport(options.rerun);
  const failed = scenarios.filter(({ verdict }) => verdict !== 'passed' && verdict !== 'not applicable');
  if (failed.length === 0) throw new NothingMatches(`${options.rerun}: nothing failed in that run`);
  return { ...options, again: [...new Set(failed.map(({ id }) => id))] };
}

async function outside(options: Options): Promise<number> {
  const problem = obstacle();
  if (problem !== undefined) {
    process.stderr.write(`${problem}\n`);
    return 3;
  }
  // The seed is drawn here, so that both processes name the same.
  const words = [
    process.execPath,
    import.meta.filename,
    ...argv,
    ...(argv.includes('--seed') ? [] : ['--seed', String(options.seed)]),
  ];
  const child = enclose(words, {
    [insideMark]: '1',
    NODE_COMPILE_CACHE: resolve(root, 'node_modules/.cache/compile'),
    ...(await builtReference()),
  });
  let first = Number.NEGATIVE_INFINITY;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const now = performance.now();
      const line = child.stdio[lifeline];
      if (first < 0 && line && 'write' in line) line.write(`${signal}\n`);
      else if (now - first > sameSignal) child.kill('SIGKILL');
      if (first < 0) first = now;
    });
  }
  return ended(child);
}
