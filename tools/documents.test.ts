/** Documents and comments name files that are there, and tables of the documents say what the code says. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob, resolve } from 'node:path';
import test from 'ava';
import { defaultTimers } from '../reference/machines/timers.ts';
import { configSchema } from '../reference/tunnel/config/config.ts';
import { Status, statusName } from '../reference/wire/identifiers.ts';
import { load } from '../vectors/load.ts';
import { parseFeature } from './requirements/features.ts';

const root = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
/** Without blocks of code, which are examples. */
const prose = (document: string): string => read(document).replaceAll(/^ *```.*\n[\s\S]*?^ *```$/gm, '');
const documents = globSync(['*.md', '{docs,vectors,captures}/*.md'], { cwd: root });

/** The cells of a table's rows below its head, code spans without their backticks. */
const rowsOf = (text: string): string[][] =>
  [...text.matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) =>
    row
      .replaceAll('`', '')
      .split('|')
      .map((cell) => cell.trim()),
  );

/** The text from a heading to the next one. */
function section(text: string, heading: string): string {
  const [, after = ''] = text.split(`\n${heading}\n`);
  return after.split(/\n##* /)[0] ?? '';
}

/** A path with a word to be filled in, or of what a run leaves. */
const madeUp = /\b(?!README\b)[A-Z]{4,}\b|^captures\/run\//;

/** What a link to a heading says after `#`. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (file: string): string[] =>
  [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

test('every link of a document leads to a file or a folder, and to a heading of it', (t) => {
  let links = 0;
  for (const document of documents) {
    const text = prose(document).replaceAll(/`[^`\n]*`/g, '');
    for (const [, path = '', anchor] of text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)) {
      links++;
      const target = path === '' ? document : join(dirname(document), path);
      t.true(existsSync(join(root, target)), `${document}: ${path}`);
      if (anchor !== undefined) t.true(anchorsOf(target).includes(anchor), `${document}: ${path}#${anchor}`);
    }
  }
  t.true(links > 30, 'the pattern finds no links');
});

test('every file that a document or a comment names is there', (t) => {
  const comments = globSync('{reference,steps,tools,bench,vectors}/**/*.ts', { cwd: root });
  const absent: string[] = [];
  let paths = 0;
  for (const file of [...documents, ...comments]) {
    const text = file.endsWith('.ts')
      ? [...read(file).matchAll(/^\s*(?:\/\*\*|\*|\/\/).*$/gm)].join('\n')
      : prose(file);
    for (const [path] of text.matchAll(/(?<![\w./@:-])[a-z][\w-]*\/[\w./-]*\.(?:ts|md|feature|jsonc?|sh)\b/g)) {
      paths++;
      const places = ['', 'reference', dirname(file)].map((folder) => join(root, folder, path));
      if (!madeUp.test(path) && !places.some((place) => existsSync(place))) absent.push(`${file}: ${path}`);
    }
  }
  t.deepEqual(absent, []);
  t.true(paths > 50, 'the pattern finds no paths');
});

test('each file of code begins with what it is about: the index of its folder', (t) => {
  const files = globSync('{reference,steps,tools,bench,vectors}/**/*.ts', { cwd: root }).filter(
    (file) => !/\.(test|d)\.ts$/.test(file),
  );
  t.true(files.length > 400, 'the pattern finds no files');
  t.deepEqual(
    files.filter((file) => !read(file).startsWith('/**')),
    [],
  );
});

test('CONTRIBUTING.md says what each folder of the code is for', (t) => {
  const text = read('CONTRIBUTING.md');
  const folders = globSync(
    ['reference/*/', 'tools/*/', 'bin', 'bench', 'vectors', 'captures', 'examples/*/', 'packaging'],
    {
      cwd: root,
    },
  );
  t.true(folders.length > 25, 'the pattern finds no folders');
  for (const folder of folders) {
    const name = `${folder.replace(/^reference\//, '').replace(/\/$/, '')}/`;
    t.regex(text, new RegExp(`^\\|.*\`${name}\`.*\\|`, 'm'), folder);
  }
});

test('docs/conformance.md names what is there, and features that carry the requirements of their claim', (t) => {
  const text = read('docs/conformance.md');
  const tags = new Map(
    globSync('features/**/*.feature', { cwd: root }).map((file) => [
      file.replace(/^features\/(.*)\.feature$/, '$1'),
      new Set(parseFeature(file, read(file)).flatMap((scenario) => [...scenario.tags])),
    ]),
  );
  const figures = rowsOf(section(text, '## Figures')).slice(2);
  t.deepEqual(
    figures.map(([figure]) => Number(figure)),
    Array.from({ length: 23 }, (_, index) => index + 1),
  );
  for (const [figure, , , code = '', features = '', vectors = ''] of figures) {
    for (const path of code.match(/\b[a-z]+\/[\w./-]*/g) ?? []) t.true(existsSync(join(root, 'reference', path)), path);
    for (const name of features.match(/\b[a-z]+\/[\w*-]+/g) ?? [])
      t.true(globSync(`features/${name}.feature`, { cwd: root }).length > 0, `figure ${figure}: ${name}`);
    for (const name of vectors.startsWith('none') ? [] : vectors.split(', '))
      t.true(globSync(`vectors/${name}.json`, { cwd: root }).length > 0, `figure ${figure}: ${name}`);
  }
  const claims = rowsOf(section(text, '## Claims')).slice(2);
  t.is(claims.length, 9);
  for (const [claim, , , requirements = '', features = ''] of claims) {
    const carried = features.split(', ').map((name) => tags.get(name));
    t.false(carried.includes(undefined), `claim ${claim}: ${features}`);
    const uncarried = requirements.split(', ').filter((id) => !carried.some((ids) => ids?.has(id)));
    t.deepEqual(uncarried, [], `claim ${claim}`);
  }
});

test('docs/conformance.md has each feature that is named after a figure in the row of this figure', (t) => {
  const figures = rowsOf(section(read('docs/conformance.md'), '## Figures'));
  const named = globSync('features/*/fig-*.feature', { cwd: root });
  t.true(named.length > 15, 'the pattern finds no features');
  for (const file of named) {
    const [, name = '', figure] = /^features\/(.*\/fig-(\d+)-.*)\.feature$/.exec(file) ?? [];
    const row = figures.find(([number]) => Number(number) === Number(figure));
    t.true(
      row?.[4]?.split(', ').some((pattern) => matchesGlob(name, pattern)),
      file,
    );
  }
});

test('docs/security.md names features that carry the requirements beside them', (t) => {
  const carriedBy = new Map(
    globSync('features/**/*.feature', { cwd: root }).map((file) => [
      file.replace(/^features\/(.*)\.feature$/, '$1'),
      new Set(parseFeature(file, read(file)).flatMap((scenario) => [...scenario.tags])),
    ]),
  );
  const rows = rowsOf(read('docs/security.md')).filter(([head = '']) => !/^(cannot|who has|what fails|-+)/.test(head));
  t.true(rows.length > 30, 'the tables have no rows');
  for (const row of rows) {
    const [requirements = '', features = ''] = row.slice(-2);
    const ids = requirements.match(/[A-Z]+-\d{2,}/g) ?? [];
    t.true(ids.length > 0, row.join(' | '));
    const carried = features.split(', ').map((name) => carriedBy.get(name));
    t.false(carried.includes(undefined), features);
    t.deepEqual(
      ids.filter((id) => !carried.some((found) => found?.has(id))),
      [],
      row.join(' | '),
    );
    const idle = features.split(', ').filter((name) => !ids.some((id) => carriedBy.get(name)?.has(id)));
    t.deepEqual(idle, [], row.join(' | '));
  }
});

test('docs/protocol.md has the timers with their defaults, and docs/iut.md their names', (t) => {
  const milliseconds = (text: string): number => Number.parseInt(text, 10) * (text.endsWith('ms') ? 1 : 1000);
  const table = rowsOf(section(read('docs/protocol.md'), '## 10. Timers, expiry, refusals')).slice(2);
  const timers = table.flatMap(([names = '', defaults = '']) => {
    const times = defaults.split(', ');
    return names.split(', ').map((name, index) => [name, milliseconds(times[index] ?? '')]);
  });
  t.deepEqual(Object.fromEntries(timers), defaultTimers);
  const [, names = ''] = /The timers are ([^;]*);/.exec(read('docs/iut.md')) ?? [];
  t.deepEqual(
    [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    Object.keys(defaultTimers),
  );
});

test('docs/protocol.md and the vectors have the status codes with their names', (t) => {
  const wanted = Object.values(Status).map((status) => [status, statusName(status)]);
  const table = rowsOf(section(read('docs/protocol.md'), '### 3.4 Status codes of CLOSE')).slice(2);
  t.deepEqual(
    table.map(([status, name]) => [Number(status), name]),
    wanted,
  );
  const vectors = load('close').flatMap(({ tests }) => tests.filter(({ result }) => result === 'valid'));
  const named = vectors.flatMap(({ fields }) => (fields.statusName ? [[fields.status, fields.statusName]] : []));
  t.deepEqual(Object.fromEntries(named), Object.fromEntries(wanted));
});

test('docs/iut.md or docs/operating.md names every key of a configuration', async (t) => {
  const keysOf = (schema: object): string[] =>
    Object.entries(schema).flatMap(([word, value]) => {
      const own = word === 'properties' ? Object.keys(value) : [];
      return typeof value === 'object' && value !== null ? [...own, ...keysOf(value)] : own;
    });
  const text = read('docs/iut.md') + read('docs/operating.md');
  const named = new Set([...text.matchAll(/(?:`(?:\w+\.)*|")(\w+)[`"]/g)].map(([, name]) => name));
  const schemas = await Promise.all((['client', 'server', 'relay'] as const).map(configSchema));
  const keys = new Set(schemas.flatMap(keysOf));
  t.true(keys.size > 50, 'the schemas have no keys');
  t.deepEqual(
    [...keys].filter((key) => !named.has(key)),
    ['$schema'],
  );
});
