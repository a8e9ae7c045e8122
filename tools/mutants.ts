/** `npm run mutants`: changes operators, conditions and constants of the core one by one, and runs unit tests on each. */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import { parseWords, statusOf, UsageError, wholeNumber } from './command-line.ts';
import { exit } from './exit.ts';
import { survivorsText, table } from './mutants/report.ts';

const help = `npm run mutants -- [OPTION …] [FOLDER|FILE …]

Mutation by Stryker of the folders of reference/ that know no socket: by default all of wire, packets, machines, crypto,
emulators and nodes. Each mutant is one small change, and the unit tests that run it should fail. Nothing is written into
the sources: Stryker works in a copy.

  wire           a folder of reference/, or a file: reference/wire/relay.ts
  --changed      only files that differ from the last commit
  --workers N    mutants at a time
  --help         prints this

Prints survivors as FILE:LINE with the change, and a table by folder. Exit status: 0 the score of each folder is at least
what package.json says under "mutants", 1 it is less, 2 usage, 3 Stryker itself failed.
`;

const root = resolve(import.meta.dirname, '..');
const folders = ['wire', 'packets', 'machines', 'crypto', 'emulators', 'nodes'];
/** The copy that Stryker changes. It is outside of the project, so that no other tool finds it. */
const copy = join(tmpdir(), `pna-mutants-${process.pid}`);
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
process.chdir(root);
await exit(await statusOf('npm run mutants --', main));

async function main(): Promise<number> {
  const { values, positionals } = parseWords({
    allowPositionals: true,
    options: { changed: { type: 'boolean' }, workers: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const workers = wholeNumber('--workers', values.workers, 1, 256) ?? availableParallelism();
  const files = mutated(positionals, values.changed ?? false);
  if (files.length === 0) throw new UsageError(`no file of ${folders.join(', ')} in reference/ matches`);
  const threshold = (JSON.parse(readFileSync('package.json', 'utf8')) as { mutants: { score: number } }).mutants.score;
  let results: readonly MutantResult[];
  try {
    results = await new Stryker(settings(files, workers)).runMutationTest();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return 3;
  }
  process.stdout.write(`\n${survivorsText(results, root)}\n`);
  const { text, least } = table(results, root);
  process.stdout.write(`${text}\n`);
  return least < threshold ? 1 : 0;
}

/** Files to mutate, from the root of the project. */
function mutated(wanted: readonly string[], changed: boolean): string[] {
  const all = globSync(`reference/{${folders.join(',')}}/**/*.ts`).filter((file) => !file.endsWith('.test.ts'));
  const places = wanted.map((place) => (folders.includes(place) ? `reference/${place}` : place.replace(/\/$/, '')));
  const differing = changed && execFileSync('git', ['status', '--porcelain', '-uall'], { encoding: 'utf8' });
  return all
    .filter((file) => places.length === 0 || places.some((place) => file === place || file.startsWith(`${place}/`)))
    .filter((file) => differing === false || differing.includes(` ${file}\n`))
    .toSorted();
}

function settings(files: readonly string[], concurrency: number) {
  const plugin = (name: string): string => join(import.meta.dirname, 'mutants', name);
  return {
    mutate: [...files],
    testFiles: globSync(['reference/*.test.ts', `reference/{${folders.join(',')}}/**/*.test.ts`, 'vectors/*.test.ts'])
      // Asks whether the files of vectors are current, and runs nothing of reference/.
      .filter((file) => file !== 'vectors/files.test.ts')
      .toSorted(),
    plugins: [plugin('ava-runner.ts'), plugin('ignored.ts')],
    testRunner: 'ava',
    ignorers: ['words'],
    coverageAnalysis: 'perTest' as const,
    concurrency,
    maxTestRunnerReuse: 150,
    timeoutMS: 10_000,
    timeoutFactor: 0.2,
    reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only'],
    allowConsoleColors: process.stdout.isTTY,
    tempDirName: copy,
    // Stryker would rewrite it with functions that TypeScript 7 doesn't have. Nothing in the copy needs it.
    tsconfigFile: 'none',
    ignorePatterns: ['captures', 'features', 'bench'],
  };
}
