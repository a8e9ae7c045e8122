/** `npm run vectors`: writes vectors/*.json and their schemas anew, from a path that shares no code with reference/. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const usage = `npm run vectors [-- --check]

Writes the golden vectors of vectors/, the JSON Schemas of vectors/schema/, and the list of both in docs/vectors.md.

  --check   writes nothing, and names the files that are not current
  --help    prints this

Exit status: 0 written, or current; 1 with --check, something is not current; 2 usage.
`;

const folder = join(import.meta.dirname, '..');

/** The document is written by hand up to this heading, and made from there on. */
const heading = '\n## Every file\n';
const document = '../docs/vectors.md';
function documented(listing: string): string {
  const text = readFileSync(join(folder, document), 'utf8');
  return text.slice(0, text.indexOf(heading)) + heading + listing;
}
const present = (under: string): string[] =>
  existsSync(join(folder, under)) ? readdirSync(join(folder, under)).filter((name) => name.endsWith('.json')) : [];

/** The command line, or what is wrong with it. */
function parse(): { check?: boolean; help?: boolean } | string {
  try {
    return parseArgs({ options: { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } }).values;
  } catch (error) {
    const [, kind, word] = /^(Unknown option|Unexpected argument) '([^']+)'/.exec((error as Error).message) ?? [];
    if (kind === undefined) return (error as Error).message;
    return `${word}: ${kind === 'Unknown option' ? 'no such option' : 'only options are taken here'}`;
  }
}

async function main(): Promise<number> {
  const values = parse();
  if (typeof values === 'string') {
    process.stderr.write(`${values}\nnpm run vectors -- --help lists the options\n`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const check = values.check ?? false;
  // Loading them computes them, which takes seconds.
  const [{ listing }, { files }, { subjects }] = await Promise.all([
    import('./document.ts'),
    import('./model.ts'),
    import('./subjects.ts'),
  ]);
  const made = new Map(subjects.flatMap((subject) => [...files(subject)]));
  made.set(document, documented(listing(subjects)));
  const stale: string[] = [];
  for (const [path, text] of made) {
    const file = join(folder, path);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    stale.push(path);
    if (check) continue;
    mkdirSync(join(folder, 'schema'), { recursive: true });
    writeFileSync(file, text);
  }
  const orphans = [...present('.'), ...present('schema').map((name) => `schema/${name}`)].filter((p) => !made.has(p));
  for (const path of stale) process.stdout.write(`vectors/${path}: ${check ? 'not current' : 'written'}\n`);
  for (const path of orphans) process.stdout.write(`vectors/${path}: no generator makes it\n`);
  const count = made.size - stale.length;
  process.stdout.write(`${count} of ${made.size} files ${check ? 'are current' : 'were current'}\n`);
  return orphans.length > 0 || (check && stale.length > 0) ? 1 : 0;
}

process.exitCode = await main();
