/** What a run of mutation says: its survivors, and a table by folder. */
import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { MutantResult } from '@stryker-mutator/api/core';

const outlives = ({ status }: MutantResult): boolean => status === 'Survived' || status === 'NoCoverage';

/** FILE:LINE and the change, of each mutant that no test finds. */
export function survivorsText(results: readonly MutantResult[], root: string): string {
  const lines = results
    .filter(outlives)
    .toSorted(
      (one, other) => one.fileName.localeCompare(other.fileName) || one.location.start.line - other.location.start.line,
    )
    .map((mutant) => {
      const { start, end } = mutant.location;
      const source = readFileSync(mutant.fileName, 'utf8')
        .split('\n')
        .slice(start.line - 1, end.line);
      source[source.length - 1] = source.at(-1)!.slice(0, end.column - 1);
      source[0] = source[0]!.slice(start.column - 1);
      const note = mutant.status === 'NoCoverage' ? ' (no test runs it)' : '';
      const place = `${relative(root, mutant.fileName)}:${start.line}`;
      return `${place}${note} ${inOneLine(source.join('\n'))} → ${inOneLine(mutant.replacement ?? '')}`;
    });
  return lines.map((line) => `${line}\n`).join('');
}

const inOneLine = (text: string): string => {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 90 ? `${line.slice(0, 60)} … ${line.slice(-25)}` : line;
};

/** A row for each folder; `least` is the lowest score of a folder, in percent. */
export function table(results: readonly MutantResult[], root: string): { text: string; least: number } {
  const byFolder = Map.groupBy(results, ({ fileName }) => relative(root, dirname(fileName)));
  const rows = [...byFolder].toSorted(([one], [other]) => one.localeCompare(other));
  const cells = [...rows, ['all', results] as const].map(([name, mutants]) => [name, ...counts(mutants)]);
  const head = ['folder', 'killed', 'timeout', 'survived', 'no test', 'ignored', 'failed', 'score'];
  const text = [head, ...cells]
    .map((row) => row.map((cell, index) => (index === 0 ? cell.padEnd(24) : cell.padStart(10))).join(''))
    .join('\n');
  return { text, least: Math.min(...rows.map(([, mutants]) => score(mutants))) };
}

function counts(mutants: readonly MutantResult[]): string[] {
  const of = (...statuses: MutantResult['status'][]): string =>
    String(mutants.filter(({ status }) => statuses.includes(status)).length);
  return [
    of('Killed'),
    of('Timeout'),
    of('Survived'),
    of('NoCoverage'),
    of('Ignored'),
    of('RuntimeError', 'CompileError', 'Pending'),
    `${score(mutants).toFixed(1)} %`,
  ];
}

/** Found of those that count, in percent. */
function score(mutants: readonly MutantResult[]): number {
  const found = mutants.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
  const outliving = mutants.filter(outlives).length;
  return found + outliving === 0 ? 100 : (100 * found) / (found + outliving);
}
