/** `npm run vectors`: writes vectors/*.json and their schemas anew, from a path that shares no code with reference/. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listing } from './document.ts';
import { files } from './model.ts';
import { subjects } from './subjects.ts';

const usage = `npm run vectors [-- --check]

Writes the golden vectors of vectors/, the JSON Schemas of vectors/schema/, and the list of both in docs/vectors.md.

  --check   write nothing; exit 1 and name the files that are not current
  --help    this text
`;

const folder = join(import.meta.dirname, '..');

/** The document is written by hand up to this heading, and made from there on. */
const heading = '\n## Every file\n';
const document = '../docs/vectors.md';
function documented(): string {
  const text = readFileSync(join(folder, document), 'utf8');
  return text.slice(0, text.indexOf(heading)) + heading + listing(subjects);
}
const present = (under: string): string[] =>
  existsSync(join(folder, under)) ? readdirSync(join(folder, under)).filter((name) => name.endsWith('.json')) : [];

function main(args: readonly string[]): number {
  const unknown = args.filter((arg) => arg !== '--check' && arg !== '--help');
  if (args.includes('--help') || unknown.length > 0) {
    (unknown.length > 0 ? process.stderr : process.stdout).write(usage);
    return unknown.length > 0 ? 2 : 0;
  }
  const check = args.includes('--check');
  const made = new Map(subjects.flatMap((subject) => [...files(subject)]));
  made.set(document, documented());
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

process.exitCode = main(process.argv.slice(2));
