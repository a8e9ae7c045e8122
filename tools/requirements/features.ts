/** The scenarios of a feature file with their tags, explanations and rows of examples. Text in, facts out. */

export interface Scenario {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** Tags without their sign, those of feature, rule, scenario and every table of examples together. */
  readonly tags: ReadonlySet<string>;
  /** What runs: the scenario itself, or each row of its examples. */
  readonly cases: readonly Case[];
  /** The comments before the scenario, its tables, its rule and its feature, and the free text behind these keywords. */
  readonly explanation: string;
}

interface Case {
  readonly line: number;
  /** With the cells of its row in place. */
  readonly name: string;
  readonly tags: ReadonlySet<string>;
}

const step = /^(Given|When|Then|And|But|\*) /;
const keyword =
  /^(Feature|Rule|Background|Scenario Outline|Scenario Template|Scenario|Example|Examples|Scenarios):\s*(.*)$/;

/** What is being read. */
interface Draft {
  name: string;
  line: number;
  explanation: string;
  /** Its own, with those of feature and rule. */
  tags: readonly string[];
  cases: Case[];
  tagsOfTables: string[];
  /** Tags of the present table, and its first row. */
  table: { tags: string[]; head: string[] | undefined } | undefined;
}

/** Reads the scenarios of a feature file; it skips steps, their tables, and doc strings. */
export function parseFeature(file: string, text: string): Scenario[] {
  const drafts: Draft[] = [];
  let [tags, feature, rule]: [string[], string[], string[]] = [[], [], []];
  let [comments, featureComments, ruleComments] = ['', '', ''];
  /** Takes free text for what stands above it. */
  let explained: (text: string) => void = () => {};
  let fence: string | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    const mark = /^("""|```)/.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || fence === mark)) {
      fence = fence === undefined ? mark : undefined;
      continue;
    }
    if (fence !== undefined || line === '') continue;
    if (line.startsWith('#')) {
      comments += `${line}\n`;
      continue;
    }
    if (line.startsWith('@')) {
      tags.push(
        ...line
          .replace(/\s#.*$/, '')
          .split(/\s+/)
          .map((tag) => tag.slice(1)),
      );
      continue;
    }
    const draft = drafts.at(-1);
    const [, kind, name = ''] = keyword.exec(line) ?? [];
    if (kind === undefined) {
      if (line.startsWith('|')) {
        if (draft?.table !== undefined) addRow(draft, cellsOf(line), index + 1);
      } else if (!step.test(line)) explained(`${line}\n`);
      continue;
    }
    if (kind === 'Feature') {
      [feature, featureComments] = [tags, comments];
      explained = (text) => (featureComments += text);
    } else if (kind === 'Rule') {
      [rule, ruleComments] = [tags, comments];
      explained = (text) => (ruleComments += text);
    } else if (kind === 'Examples' || kind === 'Scenarios') {
      if (draft !== undefined) {
        draft.table = { tags, head: undefined };
        draft.tagsOfTables.push(...tags);
        draft.explanation += comments;
      }
    } else if (kind !== 'Background') {
      const begun: Draft = {
        name,
        line: index + 1,
        explanation: featureComments + ruleComments + comments,
        tags: [...feature, ...rule, ...tags],
        cases: [],
        tagsOfTables: [],
        table: undefined,
      };
      drafts.push(begun);
      explained = (text) => (begun.explanation += text);
    }
    [tags, comments] = [[], ''];
  }
  return drafts.map(({ name, line, explanation, tags: own, cases, tagsOfTables, table }) => ({
    name,
    file,
    line,
    explanation,
    tags: new Set([...own, ...tagsOfTables]),
    cases: table === undefined ? [{ line, name, tags: new Set(own) }] : cases,
  }));
}

function cellsOf(line: string): string[] {
  const inner = line.replace(/^\||\|$/g, '');
  return inner
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)));
}

function addRow({ name, tags, table, cases }: Draft, cells: string[], line: number): void {
  if (table === undefined) return;
  if (table.head === undefined) {
    table.head = cells;
    return;
  }
  const inPlace = table.head.reduce((text, column, index) => text.replaceAll(`<${column}>`, cells[index] ?? ''), name);
  cases.push({ line, name: inPlace, tags: new Set([...tags, ...table.tags]) });
}
