/** What the suite needs of docs/protocol.md: each requirement's id, level and text. */
import { readFileSync } from 'node:fs';

export interface Requirement {
  readonly id: string;
  readonly level: 'MUST' | 'SHOULD';
  readonly testable: boolean;
  readonly text: string;
}

const item = /^- \*\*([A-Z]+-\d+)\*\* \((MUST|SHOULD)(, untestable[^)]*)?\)\s*(.*(?:\n {2,}\S.*)*)/gm;

/** @param file docs/protocol.md; without it there are no requirements */
export function readRequirements(file: string): ReadonlyMap<string, Requirement> {
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return new Map();
  }
  return parseRequirements(text);
}

export function parseRequirements(text: string): ReadonlyMap<string, Requirement> {
  const found = [...text.matchAll(item)].map(([, id = '', level, untestable, words = '']): [string, Requirement] => [
    id,
    {
      id,
      level: level === 'SHOULD' ? 'SHOULD' : 'MUST',
      testable: untestable === undefined,
      text: words.replace(/\s+/g, ' ').trim(),
    },
  ]);
  return new Map(found);
}
