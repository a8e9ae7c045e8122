/** Requirements of docs/protocol.md and the scenarios that carry their ids. Text in, facts out. */

export interface Requirement {
  readonly id: string;
  readonly level: 'MUST' | 'SHOULD';
  /** Why no scenario can decide it; undefined if one can. */
  readonly untestable: string | undefined;
  readonly sentence: string;
  readonly source: string;
  readonly line: number;
}

export interface Scenario {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** Tags without their sign, those of feature, rule, scenario and every table of examples together. */
  readonly tags: ReadonlySet<string>;
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

const keyword =
  /^(Feature|Rule|Background|Scenario Outline|Scenario Template|Scenario|Example|Examples|Scenarios):\s*(.*)$/;

/** Reads the tags of a feature file; it skips steps, tables, doc strings and comments. */
export function parseFeature(file: string, text: string): Scenario[] {
  const scenarios: { name: string; file: string; line: number; tags: Set<string> }[] = [];
  let pending: string[] = [];
  let feature: string[] = [];
  let rule: string[] = [];
  let fence: string | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    const mark = /^("""|```)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark)) {
      fence = fence === undefined ? mark : undefined;
      continue;
    }
    if (fence !== undefined) continue;
    if (line.startsWith('@')) {
      pending.push(
        ...line
          .replace(/\s#.*$/, '')
          .split(/\s+/)
          .map((tag) => tag.slice(1)),
      );
      continue;
    }
    const [, kind, name = ''] = keyword.exec(line) ?? [];
    if (kind === undefined) continue;
    if (kind === 'Feature') feature = pending;
    else if (kind === 'Rule') rule = pending;
    else if (kind === 'Examples' || kind === 'Scenarios') for (const tag of pending) scenarios.at(-1)?.tags.add(tag);
    else if (kind !== 'Background') {
      scenarios.push({ name, file, line: index + 1, tags: new Set([...feature, ...rule, ...pending]) });
    }
    pending = [];
  }
  return scenarios;
}

/** Requirement ids among the tags of a scenario, each once. @param tags without their sign */
export const cited = (tags: Iterable<string>): string[] => [...new Set(tags)].filter((tag) => idPattern.test(tag));

export const byId = (requirements: readonly Requirement[]): ReadonlyMap<string, Requirement> =>
  new Map(requirements.map((requirement) => [requirement.id, requirement]));

/** A scenario that judges the laboratory and no implementation cites no requirement. */
const ofLaboratory = 'lab';

export function judge(requirements: readonly Requirement[], scenarios: readonly Scenario[]): Fault[] {
  const known = byId(requirements);
  return scenarios.flatMap((scenario) => {
    const { file, line, name, tags } = scenario;
    const ids = cited(tags);
    const faults = ids.filter((id) => !known.has(id)).map((id) => ({ file, line, message: `${id} is no requirement` }));
    if (ids.length === 0 && !tags.has(ofLaboratory)) {
      faults.push({ file, line, message: `scenario "${name}" cites no requirement` });
    }
    return faults;
  });
}

/** Requirement → the scenarios that cite it. */
export function coverage(
  requirements: readonly Requirement[],
  scenarios: readonly Scenario[],
): Map<string, Scenario[]> {
  const covered = new Map<string, Scenario[]>(requirements.map(({ id }) => [id, []]));
  for (const scenario of scenarios) for (const id of cited(scenario.tags)) covered.get(id)?.push(scenario);
  return covered;
}
