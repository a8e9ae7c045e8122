/** Packets kept in tools/fuzz/corpus: hexadecimal, one a line; a line that begins with # says what the next one is. */
import { globSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';

export interface Kept {
  readonly file: string;
  readonly line: number;
  readonly comment: string;
  readonly packet: Uint8Array;
}

const folder = resolve(import.meta.dirname, 'corpus');

/** @throws SyntaxError with file and line for what is no hexadecimal */
export function corpus(): Kept[] {
  return globSync(`${folder}/*.hex`)
    .sort()
    .flatMap((file) => readCorpus(basename(file), readFileSync(file, 'utf8')));
}

export function readCorpus(file: string, text: string): Kept[] {
  let comment = '';
  const kept: Kept[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.startsWith('#')) comment = line.slice(1).trim();
    else if (line !== '') kept.push({ file, line: index + 1, comment, packet: octetsOf(line, `${file}:${index + 1}`) });
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
