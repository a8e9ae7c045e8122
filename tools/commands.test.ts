/** What documents tell the reader to type is there: commands, options, scenarios, files of a run, the flags of a container. */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test from 'ava';
import { parse as parseYaml } from 'yaml';
import { diff } from './conformance/diff.ts';
import { merge } from './conformance/merge.ts';
import { obstacleOf } from './conformance/obstacle.ts';
import { help, parseOptions } from './conformance/options.ts';
import { makeReport } from './conformance/report.ts';
import { readRequirements } from './conformance/requirements.ts';
import { readScenarios } from './conformance/scenarios.ts';
import { select } from './conformance/select.ts';
import { writeReports } from './conformance/write-reports.ts';

const root = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const documents = globSync(['{README,CONTRIBUTING,SECURITY}.md', '{docs,vectors,captures}/*.md', 'examples/*/*.md'], {
  cwd: root,
});
const requirements = readRequirements(join(root, 'docs/protocol.md'));

const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(/^ *```(\w*)\n([\s\S]*?)^ *```$/gm)].flatMap(([, own, block = '']) =>
    own === language ? [block] : [],
  );

/** What a CI gives to a shell. */
function scriptsOf(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return ['run', 'script', 'after_script'].includes(key) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((one) => scriptsOf(one, key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => scriptsOf(inner, name));
}

/** With what a CI puts there in place of variables. */
const filled = (text: string): string => text.replaceAll(/\$\{\{.*?\}\}|\$\w+/g, '1');

const shellOf = (text: string): string[] => [
  ...blocks(text, 'sh'),
  ...blocks(text, 'yaml').flatMap((block) => scriptsOf(parseYaml(block))),
];

/** Words after the name of the command, of each call of it in a text for a shell or in a span of code. */
function callsOf(text: string): string[][] {
  const spans = [...text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(/`([^`]+)`/g)].map(([, span = '']) => span);
  const lines = [...shellOf(text), ...spans].flatMap((part) => filled(part).replaceAll('\\\n', ' ').split('\n'));
  return lines.flatMap((line) => {
    const [, after] =
      /(?:(?<!--tag )pna-conformance|npm run conformance --)(?= )(.*?)(?: +(?:\|\|?|&&|#|>) .*)?$/.exec(line) ?? [];
    const words = [...(after?.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g) ?? [])];
    return words.length === 0 ? [] : [words.map(([, double, single, bare]) => double ?? single ?? bare ?? '')];
  });
}

/** A word to be filled in: `--only ID`, `FOLDER/iut.json`. */
const isMadeUp = (word: string): boolean => /^[A-Z]{2,}$|^[A-Z]{3,}\//.test(word) || word === '…';

test('every call of the suite that a document shows has words that it takes, and names scenarios that are there', async (t) => {
  let calls = 0;
  const suite = readScenarios();
  for (const document of documents) {
    for (const words of callsOf(read(document))) {
      const call = `${document}: ${words.join(' ')}`;
      calls++;
      if (words[0] === 'merge') await t.throwsAsync(merge(words.slice(1)), { message: /report\.json does not exist$/ });
      else if (words[0] === 'diff')
        t.throws(() => diff(words.slice(1)), { message: /report\.json does not exist$/ }, call);
      else {
        const options = t.notThrows(() => parseOptions(words), call) ? parseOptions(words) : undefined;
        if (options !== undefined && !words.some(isMadeUp))
          await t.notThrowsAsync(select(options, requirements, suite), call);
      }
    }
  }
  t.true(calls > 20, 'the pattern finds no calls');
});

test('every option that a document names alone is one of the suite, or of a container', (t) => {
  const ours = new Set([...help.matchAll(/--([a-z-]+)/g)].map(([, option]) => option));
  const container = new Set(['device', 'cap-add', 'network', 'privileged', 'security-opt']);
  let options = 0;
  for (const document of ['docs/ci.md', 'docs/vendors.md', 'docs/iut.md'])
    for (const [, option = ''] of read(document).matchAll(/`--([a-z-]+)[^`]*`/g)) {
      options++;
      t.true(ours.has(option) || container.has(option), `${document}: --${option}`);
    }
  t.true(options > 30, 'the pattern finds no options');
});

test('what a document gives to a shell is a script', (t) => {
  let scripts = 0;
  for (const document of documents)
    for (const script of shellOf(read(document))) {
      scripts++;
      const { status, stderr } = spawnSync('sh', ['-n'], { input: filled(script), encoding: 'utf8' });
      t.is(status, 0, `${document}: ${stderr}\n${script}`);
    }
  t.true(scripts > 20, 'the pattern finds no scripts');
});

test('docs/ci.md: jobs wait for jobs that are there', (t) => {
  const files = blocks(read('docs/ci.md'), 'yaml').map((block) => parseYaml(block) as Record<string, unknown>);
  t.is(files.length, 2);
  for (const file of files) {
    const jobs = (file['jobs'] ?? file) as Record<string, { needs?: string | string[] }>;
    const needed = Object.values(jobs).flatMap((job) => job.needs ?? []);
    t.true(needed.length > 0);
    for (const name of needed) t.true(name in jobs, name);
  }
});

test('docs/ci.md: a run leaves the files that are named, and its folders', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'commands-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const facts = { implementation: 'acme', verdict: 'selected', started: new Date(0), seconds: 1, seed: 1 } as const;
  const selection = { of: 1, words: [] };
  const report = makeReport(
    { finished: [], failures: [], planned: 0 },
    { ...facts, workers: 1, selection },
    requirements,
  );
  await writeReports(folder, report, requirements);
  const [, table = ''] = read('docs/ci.md').split('\n## What a run leaves\n');
  const named = [...(table.split('\n## ')[0] ?? '').matchAll(/^\| `([^`]+)`/gm)].map(([, name = '']) => name);
  const written = readdirSync(folder);
  for (const name of written) t.true(named.includes(name), name);
  const others = read('tools/conformance/run.ts') + read('steps/support/evidence.ts');
  for (const name of named)
    t.true(written.includes(name) || others.includes(`'${name.replace(/\/$/, '')}'`), `${name} is not written`);
});

test('a container is given the same everywhere, and the package has its own name', (t) => {
  const nothing = { isRoot: true, isContainer: true, tun: 'absent', capabilities: 0n, sysctl: {} } as const;
  const [, flags = ''] = /`([^`]+)`$/.exec(obstacleOf({ ...nothing, unshare: undefined }) ?? '') ?? [];
  t.regex(flags, /^--device \S+ --cap-add/);
  t.true(
    read('docs/ci.md')
      .replaceAll(/ \\\n */g, ' ')
      .includes(flags),
  );
  const values = flags.split(' ').filter((word) => !word.startsWith('--'));
  for (const value of values) t.true(blocks(read('docs/ci.md'), 'toml').join().includes(`"${value}"`), value);
  const { name, version } = JSON.parse(read('package.json')) as { name: string; version: string };
  for (const document of [...documents, 'packaging/Containerfile'])
    for (const [file] of read(document).matchAll(/[\w-]+-\d+\.\d+\.\d+\.tgz/g))
      t.is(file, `${name}-${version}.tgz`, document);
});
