/** Requirements of docs/protocol.md and the scenarios that carry their ids. Text in, facts out. */
import { idOf } from '../../steps/support/scenario-id.ts';
import type { Scenario } from './features.ts';

export interface Requirement {
  readonly id: string;
  readonly level: 'MUST' | 'SHOULD';
  /** Why no scenario can decide it; undefined if one can. */
  readonly untestable: string | undefined;
  readonly sentence: string;
  readonly source: string;
  readonly line: number;
}

export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

const idPattern = /^[A-Z]+-\d{2,}$/;

/** An item that looks like a requirement, by its bold id or by its level; and one in the right form. */
const candidate = /^\s*[-*+] (?:\*\*\s*[A-Z]+-?\d|.*\((?:MUST|SHOULD)\b)/;
const item = /^- \*\*([A-Z]+-\d{2,})\*\* \((MUST|SHOULD)(?:, untestable: ([^)]+))?\) (\S.*\.) \*(\S.*\.)\*$/;

/** Every list item that is a requirement or looks like one. @param file its name, for faults */
export function parseRequirements(file: string, text: string): { requirements: Requirement[]; faults: Fault[] } {
  const requirements: Requirement[] = [];
  const faults: Fault[] = [];
  for (const [index, words] of text.split('\n').entries()) {
    if (!candidate.test(words)) continue;
    const line = index + 1;
    const match = item.exec(words);
    if (match === null) {
      const form = '- **AREA-01** (MUST) One sentence. *Its source.*';
      faults.push({ file, line, message: `not of the form "${form}"` });
      continue;
    }
    const [, id = '', level, untestable, sentence = '', source = ''] = match;
    const twin = requirements.find((other) => other.id === id);
    if (twin !== undefined) faults.push({ file, line, message: `${id} is defined already in line ${twin.line}` });
    requirements.push({ id, level: level as 'MUST' | 'SHOULD', untestable, sentence, source, line });
  }
  return { requirements, faults };
}

/** Requirement ids among the tags of a scenario, each once. @param tags without their sign */
export const cited = (tags: Iterable<string>): string[] => [...new Set(tags)].filter((tag) => idPattern.test(tag));

/** The same, by their ids. */
export const byId = (requirements: readonly Requirement[]): ReadonlyMap<string, Requirement> =>
  new Map(requirements.map((requirement) => [requirement.id, requirement]));

/** A scenario that judges the laboratory and no implementation cites no requirement. */
const ofLaboratory = 'lab';

/** A scenario of more requirements says what of it decides each. */
const mostUnexplained = 3;

/** Ids that a text names; `AB-02 to AB-04` names three. */
function named(text: string): Set<string> {
  const ids = text.replaceAll(/\n# */g, ' ').matchAll(/([A-Z]+)-(\d{2,})(?: to \1-(\d{2,}))?/g);
  return new Set(
    [...ids].flatMap(([, area, from, to = from]) =>
      Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => {
        const number = String(Number(from) + index).padStart(from?.length ?? 0, '0');
        return `${area}-${number}`;
      }),
    ),
  );
}

/** What is wrong with the tags of scenarios, and with the comments that explain them. */
export function judge(requirements: readonly Requirement[], scenarios: readonly Scenario[]): Fault[] {
  const known = byId(requirements);
  const faults = scenarios.flatMap((scenario): Fault[] => {
    const { file, line, name, tags, cases, explanation } = scenario;
    const messages = cited(tags).flatMap((id) => (known.has(id) ? [] : [`${id} is no requirement`]));
    if (cited(tags).length === 0 && !tags.has(ofLaboratory)) messages.push(`scenario "${name}" cites no requirement`);
    const mixed = cases.find((one) => new Set(cited(one.tags).map((id) => known.get(id)?.level)).size > 1);
    if (mixed !== undefined) {
      const levels = cited(mixed.tags).map((id) => `${id} (${known.get(id)?.level ?? 'unknown'})`);
      messages.push(`scenario "${name}" cites ${levels.join(', ')}: its failure can't be both an error and a warning`);
    }
    const greatest = Math.max(0, ...cases.map((one) => cited(one.tags).length));
    const silent = cited(tags).filter((id) => !named(explanation).has(id));
    if (greatest > mostUnexplained && silent.length > 0)
      messages.push(
        `scenario "${name}" cites ${greatest} requirements: no comment says what decides ${silent.join(', ')}`,
      );
    return messages.map((message) => ({ file, line, message }));
  });
  return [...faults, ...twins(scenarios)];
}

/** Scenarios that have the same id, and ids that are too long for the name of a folder. */
function twins(scenarios: readonly Scenario[]): Fault[] {
  const all = scenarios.flatMap(({ file, cases }) => cases.map((one) => ({ ...one, file, id: idOf(file, one.name) })));
  const first = new Map<string, (typeof all)[number]>();
  return all.flatMap((one) => {
    const { file, line, id } = one;
    const other = first.get(id);
    if (other === undefined) first.set(id, one);
    const where = other && (other.file === file ? `line ${other.line}` : `${other.file}:${other.line}`);
    const messages = [
      ...(other === undefined ? [] : [`${id} is the id of ${where} too: its name has to differ`]),
      ...(id.length > longestId
        ? [`${id} has ${id.length} characters, ${longestId} at most: its name is too long`]
        : []),
    ];
    return messages.map((message) => ({ file, line, message }));
  });
}

const longestId = 200;

/** Requirement → the scenarios that cite it. */
export function coverage(
  requirements: readonly Requirement[],
  scenarios: readonly Scenario[],
): Map<string, Scenario[]> {
  const covered = new Map<string, Scenario[]>(requirements.map(({ id }) => [id, []]));
  for (const scenario of scenarios) for (const id of cited(scenario.tags)) covered.get(id)?.push(scenario);
  return covered;
}
