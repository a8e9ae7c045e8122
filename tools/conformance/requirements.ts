/** The requirements of docs/protocol.md, for a run. */
import { readFileSync } from 'node:fs';
import { byId, parseRequirements, type Requirement } from '../requirements/parse.ts';

/** By id. @param file docs/protocol.md; without it there are no requirements */
export function readRequirements(file: string): ReadonlyMap<string, Requirement> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return new Map();
  }
  return byId(parseRequirements(file, text).requirements);
}
