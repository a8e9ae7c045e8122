/**
 * `npm pack` runs this first: what is published goes to dist/, which mirrors this tree. JavaScript for TypeScript; features,
 * vectors, captures and documents as they are; and of the libraries the files that are needed, so that an installed package
 * fetches nothing but Node and what is compiled for a machine.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type InputOptions, transformSync } from '@babel/core';
import { nodeFileTrace } from '@vercel/nft';
import { buildPrograms } from './build/programs.ts';
import { parseWords, statusOf } from './command-line.ts';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** Copied as they are. */
const assets = [
  'LICENSE',
  'captures/{README.md,golden}',
  'docs',
  'examples/**/*.{json,md,py}',
  'features',
  'iut.json',
  'tools/setup.sh',
  'tools/conformance/inside.sh',
  'tools/conformance/page/{page.css,in-browser.js}',
  'vectors/{README.md,schema}',
];
/** Types of libraries that ours are made of: no JavaScript leads there. */
const types = ['@noble/ciphers/utils.d.ts', 'koffi/index.d.ts', 'valibot/dist/index.d.mts'];
/** What npm installs beside it, for the machine that it is on. */
const installed = ['node_modules/@koromix/**'];
/** What is reached by name and never used: a second form of the same library, a formatter's browser part, other languages. */
const unused = [
  'node_modules/zod/**/*.cjs',
  'node_modules/zod/v4/locales/!(en|index).js',
  'node_modules/@cucumber/html-formatter/dist/main.js',
];

const command = 'node tools/package.ts';
const help = `${command} [OPTION …]

Writes dist/, what \`npm pack\` puts into the package; \`npm pack\` runs this itself.

  --help  prints this

Exit status: 0 it is written; 2 usage; 3 it could not be made.
`;

process.exitCode = await statusOf(command, main);

async function main(): Promise<number> {
  const { values } = parseWords({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) process.stdout.write(help);
  else await pack();
  return 0;
}

async function pack(): Promise<void> {
  rmSync(dist, { recursive: true, force: true });
  compile();
  for (const file of globSync('**/*.js', { cwd: dist })) pointToJavaScript(join(dist, file));
  await buildPrograms(dist);
  for (const file of globSync('{steps,tools,vectors}/**/*.d.ts', { cwd: dist })) rmSync(join(dist, file));
  for (const path of globSync(assets, { cwd: root })) copy(path, path);
  // Without white space they are 0.4 MB less.
  for (const path of globSync('vectors/*.json', { cwd: root })) {
    writeFileSync(join(dist, path), `${JSON.stringify(JSON.parse(readFileSync(join(root, path), 'utf8')))}\n`);
  }
  for (const name of ['pna', 'pna-conformance', 'find-node.sh']) copy(join('packaging/bin', name), join('bin', name));
  for (const name of ['pna', 'pna-conformance']) chmodSync(join(dist, 'bin', name), 0o755);
  const { name, version, license, type } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify({ name, version, license, type, private: true })}\n`);
  await copyLibraries();
  for (const file of globSync('node_modules/**/*.{js,cjs,mjs,d.ts,d.mts}', { cwd: dist })) compact(join(dist, file));
  // It names all languages.
  writeFileSync(join(dist, 'node_modules/zod/v4/locales/index.js'), "export { default as en } from './en.js';\n");
}

function compile(): void {
  const tsc = join(root, 'node_modules/.bin/tsc');
  execFileSync(tsc, ['--project', join(root, 'packaging/tsconfig.json')], { stdio: ['ignore', 'inherit', 'inherit'] });
}

/** The compiler renames what is imported. The programs of threads and processes have their names in text. */
function pointToJavaScript(file: string): void {
  const text = readFileSync(file, 'utf8');
  const renamed = text.replace(/(['"])((?:\.\/)?[\w-]+)\.ts\1/g, (whole, quote: string, name: string) =>
    existsSync(join(dirname(file), `${name}.js`)) ? `${quote}${name}.js${quote}` : whole,
  );
  if (renamed !== text) writeFileSync(file, renamed);
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(join(dist, to)), { recursive: true });
  // Nothing of ours may hide what the compiler wrote.
  cpSync(join(root, from), join(dist, to), { recursive: true, force: false, errorOnExist: from.startsWith('tools') });
}

/** The files that are reached from any file of ours, with the licence of each library. */
async function copyLibraries(): Promise<void> {
  const entries = globSync('**/*.js', { cwd: dist }).map((file) => join(dist, file));
  const { fileList, warnings } = await nodeFileTrace(entries, {
    base: root,
    ignore: [...installed, ...unused],
    conditions: ['node', 'import'],
  });
  // Those for machines of other kinds are not here.
  const missing = [...warnings].filter(({ message }) => !message.includes('"@koromix/'));
  for (const { message } of missing) process.stderr.write(`${message}\n`);
  const libraries = new Set<string>();
  for (const file of [...fileList, ...types.map((path) => join('node_modules', path))]) {
    if (!file.startsWith('node_modules/')) continue;
    copy(file, file);
    libraries.add(libraryOf(file));
  }
  for (const library of libraries)
    for (const path of globSync('{LICENSE,LICENCE,COPYING,NOTICE,package}*', { cwd: join(root, library) }))
      if (!/\.(map|lock)$/.test(path)) copy(join(library, path), join(library, basename(path)));
}

/** Of a library neither white space nor comments are needed: who reads it takes it from its authors. Licences stay. */
function compact(file: string): void {
  const options: InputOptions = {
    ...{ babelrc: false, configFile: false, compact: true, sourceType: 'unambiguous' },
    shouldPrintComment: (text) => /@license|@preserve|^!/.test(text),
    parserOpts: { plugins: /\.d\.m?ts$/.test(file) ? [['typescript', { dts: true }]] : [] },
  };
  const { code } = transformSync(readFileSync(file, 'utf8'), options) ?? {};
  if (code) writeFileSync(file, `${code}\n`);
}

/** node_modules/a/node_modules/@b/c of node_modules/a/node_modules/@b/c/lib/d.js. */
function libraryOf(file: string): string {
  const [, library = ''] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file) ?? [];
  return library;
}
