/**
 * Rows of the state machines in docs/protocol.md, section 9, and the scenarios that decide them. A comment before a scenario
 * names its rows: `# fig. 11 Response Wait: close received, timeout`. Text in, facts out.
 */
import type { Fault } from './parse.ts';

/** A state of a figure and an event: `fig. 11 Response Wait: close received`. */
export interface Row {
  readonly key: string;
  readonly file: string;
  readonly line: number;
}

export interface Rows {
  readonly rows: readonly Row[];
  /** Those that nothing shows from outside, as the document says with the reason. */
  readonly unseen: readonly Row[];
}

const figures: Readonly<Record<string, string>> = {
  '### Tunnel initiator': 'fig. 11',
  '### Tunnel server': 'fig. 12',
  '### Tunnel relay': 'fig. 13',
};

/** Rows as a comment or the document names them: one state, and its events. */
const named = /^(fig\. 1[123]) ([A-Z][A-Za-z ]+): (.+)$/;

function rowsNamed(words: string, file: string, line: number): Row[] {
  const [, figure, state, events = ''] = named.exec(words) ?? [];
  if (figure === undefined) return [];
  return events.split(', ').map((event) => ({ key: `${figure} ${state}: ${event}`, file, line }));
}

const withoutNumeral = (cell: string): string => cell.replace(/ \d+$/, '');

/** The three tables of transitions, and the table of rows that nothing shows. */
export function parseRows(file: string, text: string): Rows {
  const rows: Row[] = [];
  const unseen: Row[] = [];
  let figure: string | undefined;
  for (const [index, words] of text.split('\n').entries()) {
    if (words.startsWith('#')) figure = figures[words];
    const cells = words.split('|').map((cell) => cell.trim());
    const [, first = '', second = ''] = cells;
    unseen.push(...rowsNamed(first, file, index + 1));
    if (figure === undefined || cells.length !== 7 || first === 'State' || first.startsWith('---')) continue;
    const key = `${figure} ${withoutNumeral(first)}: ${withoutNumeral(second)}`;
    rows.push({ key, file, line: index + 1 });
  }
  return { rows, unseen };
}

/** Rows that the comments of a feature name. */
export const parseDecided = (file: string, text: string): Row[] =>
  text.split('\n').flatMap((words, index) => rowsNamed(words.replace(/^\s*# /, ''), file, index + 1));

/** A row that no scenario decides, that is named and isn't there, or that is seen though it can't be. */
export function judgeRows({ rows, unseen }: Rows, decided: readonly Row[]): Fault[] {
  const known = new Set(rows.map(({ key }) => key));
  const hidden = new Set(unseen.map(({ key }) => key));
  const seen = new Set(decided.map(({ key }) => key));
  const open = rows.filter(({ key }) => !seen.has(key) && !hidden.has(key));
  const fault = ({ key, file, line }: Row, message: string): Fault => ({ file, line, message: `"${key}" ${message}` });
  return [
    ...open.map((row) => fault(row, 'is decided by no scenario')),
    ...[...decided, ...unseen].filter(({ key }) => !known.has(key)).map((row) => fault(row, 'is no row of section 9')),
    ...decided.filter(({ key }) => hidden.has(key)).map((row) => fault(row, 'is a row that nothing shows')),
  ];
}
