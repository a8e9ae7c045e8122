/** From the command line to the scenarios that it selects. */
import { globSync, statSync } from 'node:fs';
import { roles } from '../../steps/support/peers/declaration.ts';
import { suggestion } from '../../steps/support/peers/nearest.ts';
import { UsageError } from '../command-line.ts';
import type { Requirement } from '../requirements/parse.ts';
import type { Options } from './options.ts';
import { isLong } from './order.ts';
import { readScenarios, type Scenario } from './scenarios.ts';

export interface Selection {
  readonly chosen: readonly Scenario[];
  /** Every scenario of the suite. */
  readonly all: readonly Scenario[];
  /** What of the command line selects: `--only SRV-03`. Empty for the whole suite. */
  readonly words: readonly string[];
}

/** No scenario is selected: exit status 3. */
export class NothingMatches extends UsageError {
  override readonly status = 3;
}

type Test = (scenario: Scenario) => boolean;

/**
 * @param suite its scenarios
 * @throws NothingMatches, also if one word of several selects nothing; UsageError
 */
export async function select(
  options: Options,
  requirements: ReadonlyMap<string, Requirement> = new Map(),
  suite: Promise<readonly Scenario[]> = readScenarios(),
): Promise<Selection> {
  const { skip, name, role, shard, again } = options;
  const all = await suite;
  const [paths, words] = pathsAndWords(options.paths);
  const given = paths.length === 0 ? all : await readScenarios(paths);
  if (given.length === 0) throw new NothingMatches(`${paths.join(' ')}: no scenario is there`);
  const every = [...all, ...given];
  const tests = (option: string, list: readonly string[]): Promise<Test[]> =>
    Promise.all(list.map((word) => testOf(option, word, every, paths, requirements)));
  const only = [...(await tests('--only', options.only)), ...(await tests('', words))];
  const unwanted = await tests('--skip', skip);
  const names = name.map((text) => new RegExp(text));
  const earlier = new Set(again);
  const matching = given.filter(
    (one) =>
      (only.length === 0 || only.some((test) => test(one))) &&
      !unwanted.some((test) => test(one)) &&
      (names.length === 0 || names.some((pattern) => pattern.test(one.name))) &&
      (role.length === 0 || playsOnly(one, role)) &&
      (earlier.size === 0 || earlier.has(one.id)),
  );
  const chosen = shard === undefined ? matching : shardOf(matching, shard);
  const selecting = wordsOf(options);
  if (chosen.length === 0) throw new NothingMatches(`${selecting.join(' ')}: no scenario matches`);
  return { chosen, all, words: selecting };
}

/** A word that is no file may be the name of a folder of features, a feature, or what `--only` takes. */
function pathsAndWords(given: readonly string[]): [paths: string[], words: string[]] {
  const isPath = (path: string): boolean => {
    const found = statSync(path.replace(/(:\d+)+$/, ''), { throwIfNoEntry: false });
    // A folder without features has the name of something else, such as vectors.
    if (found?.isDirectory()) return globSync('**/*.feature', { cwd: path }).length > 0;
    return found !== undefined || /[*?]/.test(path);
  };
  return [given.filter(isPath), given.filter((path) => !isPath(path))];
}

function wordsOf({ paths, only, skip, name, role, rerun, shard, remote }: Options): string[] {
  const each = (option: string, list: readonly string[]): string[] => list.map((word) => `${option} ${word}`);
  return [
    ...paths,
    ...each('--only', only),
    ...each('--skip', skip),
    ...each('--name', name),
    ...each('--role', role),
    ...(rerun === undefined ? [] : [`--rerun ${rerun}`]),
    // What the wire alone can show is a part, too.
    ...(remote === undefined ? [] : [`--${remote.role === 'server' ? 'server' : 'listen'} ${remote.at}`]),
    ...(shard === undefined ? [] : [`--shard ${shard.index}/${shard.of}`]),
  ];
}

const roomOf = ({ feature }: Scenario): string => feature.split('/').at(-2) ?? '';
const fileOf = ({ feature }: Scenario): string =>
  feature
    .split('/')
    .at(-1)
    ?.replace(/\.feature$/, '') ?? '';
/** As a run prints it: `machines/fig-12-server`. */
const printed = (scenario: Scenario): string => `${roomOf(scenario)}/${fileOf(scenario)}`;
const isOfArea = (area: string): Test => {
  const prefix = `${area.toUpperCase()}-`;
  return ({ requirements }) => requirements.some((id) => id.startsWith(prefix));
};

/** How a word may name scenarios; the first way in which it names some is taken. */
const ways: readonly ((word: string) => Test)[] = [
  (word) => {
    const id = word.toUpperCase();
    return ({ requirements }) => requirements.includes(id);
  },
  (word) => (word === word.toUpperCase() ? isOfArea(word) : () => false),
  (word) => (one) => one.id === word.toLowerCase(),
  (word) => {
    const name = word.toLowerCase().replace(/^features\/|\.feature$|\/$/g, '');
    return (one) => [roomOf(one), fileOf(one), printed(one)].includes(name);
  },
  (word) => (one) => one.tags.includes(`@${word}`),
  (word) => isOfArea(word),
];

/** Which scenarios a word of `--only` or `--skip` names. */
async function testOf(
  option: string,
  word: string,
  all: readonly Scenario[],
  paths: readonly string[],
  requirements: ReadonlyMap<string, Requirement>,
): Promise<Test> {
  const about = `${option} ${word}`.trim();
  if (/[\s()]/.test(word)) {
    const [own, given] = [await readScenarios([], word), paths.length === 0 ? [] : await readScenarios(paths, word)];
    const places = new Set([...own, ...given].map(({ place }) => place));
    return ({ place }) => places.has(place);
  }
  const bare = word.replace(/^@/, '');
  const test = ways.map((way) => way(bare)).find((one) => all.some(one));
  if (test !== undefined) return test;
  const untestable = requirements.get(bare.toUpperCase())?.untestable;
  if (untestable !== undefined) throw new NothingMatches(`${about}: no scenario can decide it: ${untestable}`);
  throw new NothingMatches(`${about}: no scenario carries this requirement, area, name or tag${meant(bare, all)}`);
}

function meant(word: string, all: readonly Scenario[]): string {
  const areas = all.flatMap(({ requirements }) => requirements.map((id) => id.replace(/-\d+$/, '')));
  const kinds: readonly ReadonlySet<string>[] = [
    new Set(all.flatMap(({ requirements }) => requirements)),
    new Set([...areas, ...all.flatMap((one) => [roomOf(one), fileOf(one), printed(one)])]),
    new Set(all.map(({ id }) => id)),
    new Set(all.flatMap(({ tags }) => tags.map((tag) => tag.slice(1)))),
  ];
  for (const known of kinds) {
    const text = suggestion(word, known);
    if (text !== '') return text;
  }
  return '';
}

/** The scenarios of one of several machines: long ones are dealt first, so that each gets its share of them. */
function shardOf(scenarios: readonly Scenario[], { index, of }: NonNullable<Options['shard']>): Scenario[] {
  const sorted = scenarios.toSorted((one, other) => (one.place < other.place ? -1 : 1));
  const { long = [], short = [] } = Object.groupBy(sorted, ({ tags }) =>
    isLong({ tags: tags.map((name) => ({ name })) }) ? 'long' : 'short',
  );
  return [...long, ...short].filter((_, at) => at % of === index - 1);
}

/** Whether the implementation plays some of these roles, and no other. */
function playsOnly(scenario: Scenario, some: Options['role']): boolean {
  const played = rolesOfScenarios([scenario]);
  return played.length > 0 && played.every((role) => some.includes(role));
}

/** Roles whose programs the scenarios start. */
export const rolesOfScenarios = (scenarios: readonly Scenario[]) =>
  roles.filter((role) => scenarios.some(({ tags }) => tags.includes(`@iut:${role}`)));
