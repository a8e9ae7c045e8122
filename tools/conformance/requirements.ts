/** What the suite needs of docs/protocol.md: each requirement's id, level and text. */
import { readFileSync } from 'node:fs';
import { parseRequirements as parse } from '../requirements/parse.ts';

export interface Requirement {
  readonly id: string;
  readonly level: 'MUST' | 'SHOULD';
  readonly testable: boolean;
  readonly text: string;
}

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
  const { requirements } = parse('docs/protocol.md', text);
  return new Map(
    requirements.map(({ id, level, untestable, sentence, source }) => [
      id,
      { id, level, testable: untestable === undefined, text: `${sentence} *${source}*` },
    ]),
  );
}
