/**
 * Inputs that are kept in tools/fuzz/corpus, in a folder for each target: hexadecimal, one a line; a line that begins with #
 * says what the next ones are.
 */
import { appendFileSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';

export interface Kept {
  readonly file: string;
  readonly line: number;
  readonly comment: string;
  readonly input: Uint8Array;
}

const folder = resolve(import.meta.dirname, 'corpus');
const root = resolve(import.meta.dirname, '../..');
/** What was wrong once. */
const findings = 'found.hex';
/** What together visits all that was visited. */
const reaching = 'reaching.hex';

/** @throws SyntaxError with file and line for what is no hexadecimal */
export function keptOf(target: string): Kept[] {
  return globSync(`${folder}/${target}/*.hex`)
    .sort()
    .flatMap((file) => readCorpus(`${target}/${basename(file)}`, readFileSync(file, 'utf8')));
}

export function readCorpus(file: string, text: string): Kept[] {
  let comment = '';
  const kept: Kept[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('#')) comment = line.slice(1).trim();
    else if (line !== '') kept.push({ file, line: index + 1, comment, input: octetsOf(line, `${file}:${index + 1}`) });
  }
  return kept;
}

/** @param where named by the error. @throws SyntaxError for what is no hexadecimal */
export function octetsOf(hex: string, where: string): Uint8Array {
  try {
    return Uint8Array.fromHex(hex);
  } catch {
    throw new SyntaxError(`${where}: not octets in hexadecimal: two digits each, nothing between them`);
  }
}

/** @returns the file, from the root of the project */
export function keepFinding(target: string, input: Uint8Array, fault: string): string {
  const file = fileOf(target, findings);
  appendFileSync(file, `# ${fault.split('\n', 1)[0]}\n${input.toHex()}\n`);
  return relative(root, file);
}

/** In the place of those that were kept before. */
export function keepInputs(target: string, inputs: readonly Uint8Array[]): void {
  const lines = inputs.filter(({ length }) => length > 0).map((input) => input.toHex());
  writeFileSync(
    fileOf(target, reaching),
    ['# written by --keep: visits what no shorter one does', ...lines, ''].join('\n'),
  );
}

function fileOf(target: string, name: string): string {
  mkdirSync(resolve(folder, target), { recursive: true });
  return resolve(folder, target, name);
}
