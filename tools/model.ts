/** `npm run model`: the three state machines with their timers, made from the tables, put to the model checker Spin. */
import { suggestion } from '../steps/support/peers/nearest.ts';
import { parseWords, statusOf, UsageError } from './command-line.ts';
import { breaks } from './model/breaks.ts';
import { Checker, type Outcome } from './model/checker.ts';
import { brokenProperty, ladder } from './model/ladder.ts';
import { promela } from './model/promela.ts';
import { properties, type Search, searches } from './model/properties.ts';
import { type Setup, setups } from './model/setups.ts';
import { broken, rowsOf, type Tables, tables } from './model/tables.ts';

const help = `npm run model -- [OPTION …] [CONFIGURATION …]

Makes a model of initiator, relays and server from the tables of figs. 11 to 13, and has Spin visit every state that it can
reach: whatever order frames, timers, orders and harm come in. docs/model.md says what is modelled, and what is not.

${Object.entries(setups)
  .map(([name, setup]) => `  ${name.padEnd(18)} ${described(setup)}`)
  .join('\n')}

  --search NAME    ${searches.join(', ')}; may be repeated (default: all, or those in parentheses)
  --without ROW    the tables without a row: 'fig. 12 Connect Wait: timeout'
  --breaks         tries tables with one fault each: every property finds the one that it is there for
  --each-row WHAT  removes each row whose name begins so in turn ('fig. 12 Dying', 'fig.'), and says which property finds
                   it: some minutes for a figure
  --promela        prints the model of a configuration, and checks nothing
  --list           prints the properties with their requirements
  --help           prints this

What fails is shown as a ladder of rows. Exit status: 0 every property holds, 1 one does not, or a row is never taken (with
--breaks: a fault is not found), 2 usage, 3 Spin or gcc failed, or a search did not end.
`;

// The folder of a checker is removed, and its search ended, when this process exits.
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
process.exit(await statusOf('npm run model --', main));

async function main(): Promise<number> {
  const { values, positionals } = parse();
  if (values.help) return print(help);
  if (values.list) return print(listing());
  for (const name of positionals) checkKnown('configuration', name, Object.keys(setups));
  for (const name of values.search ?? []) checkKnown('search', name, searches);
  const checked = (values.without ?? []).reduce(without, tables);
  const chosen = Object.entries<Setup>(setups).filter(([name, { onlyNamed }]) =>
    positionals.length === 0 ? !onlyNamed : positionals.includes(name),
  );
  const wanted = values.search === undefined ? undefined : searches.filter((name) => values.search?.includes(name));
  try {
    if (values.promela) return print(chosen.map(([, setup]) => promela(setup, checked)).join('\n'));
    if (values.breaks) return await eachBreak();
    if (values['each-row'] !== undefined) return await eachRow(values['each-row']);
    return await check(chosen, wanted, checked, positionals.length === 0 && wanted === undefined);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    return 3;
  }
}

function parse() {
  return parseWords({
    allowPositionals: true,
    options: {
      search: { type: 'string', multiple: true },
      without: { type: 'string', multiple: true },
      breaks: { type: 'boolean' },
      'each-row': { type: 'string' },
      promela: { type: 'boolean' },
      list: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
}

/** @throws UsageError */
function checkKnown(kind: string, name: string, known: readonly string[]): void {
  if (!known.includes(name)) throw new UsageError(`there is no ${kind} ${name}${suggestion(name, known)}`);
}

/** @throws UsageError for a row that no table has */
function without(all: Tables, row: string): Tables {
  try {
    return broken(all, row);
  } catch (error) {
    throw new UsageError(`--without: ${(error as Error).message}`);
  }
}

function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

function described({ relays, chains, harm, searches: some, onlyNamed }: Setup): string {
  const path = ['no relay', 'one relay', `${relays} relays`][Math.min(relays, 2)] ?? '';
  const connections = chains === 1 ? '' : `, ${chains} tunnel connections at a time`;
  const harms = ['nobody does harm', 'one harm', `${harm} harms`][Math.min(harm, 2)];
  const limits = [...(onlyNamed ? ['only when named'] : []), ...(some ?? [])];
  return `${path}${connections}, ${harms}${limits.length === 0 ? '' : ` (${limits.join(', ')})`}`;
}

function listing(): string {
  const lines = properties.map(
    ({ name, sentence, source }) => `${name.padEnd(12)} ${sentence}\n${' '.repeat(13)}${source}\n`,
  );
  return lines.join('');
}

/** Checks the configurations one after the other. @param whole they take every row together */
async function check(
  chosen: readonly (readonly [string, Setup])[],
  wanted: readonly Search[] | undefined,
  checked: Tables,
  whole: boolean,
): Promise<number> {
  const verdicts: Outcome['verdict'][] = [];
  const taken = new Set<number>();
  for (const [name, setup] of chosen) {
    using checker = new Checker(promela(setup, checked));
    for (const search of wanted ?? setup.searches ?? searches) {
      const outcome = await checker.run(search, (states) =>
        process.stdout.write(`        ${name} ${search}: ${count(states)} states so far\n`),
      );
      verdicts.push(outcome.verdict);
      for (const [row, times] of outcome.taken) if (times > 0) taken.add(row);
      process.stdout.write(`${line(name, search, outcome)}\n${fault(setup, checked, search, outcome)}`);
    }
  }
  const rows = [...rowsOf(checked).keys()];
  const untaken = rows.filter((_, row) => !taken.has(row));
  process.stdout.write(`\n${rows.length - untaken.length} of ${rows.length} rows were taken\n`);
  if (verdicts.includes('fails')) return 1;
  // Of a row that is never taken the properties say nothing.
  if (whole && untaken.length > 0) {
    for (const key of untaken) process.stdout.write(`  never: ${key}\n`);
    return 1;
  }
  return verdicts.includes('unfinished') ? 3 : 0;
}

function count(number: number): string {
  return number.toLocaleString('en');
}

function line(name: string, search: Search, outcome: Outcome): string {
  const { verdict, states, transitions, depth, memory, seconds } = outcome;
  const word = { holds: '    ok', fails: 'not ok', unfinished: 'NOT ENDED' }[verdict];
  const figures = [
    `${count(states).padStart(11)} states`,
    `${count(transitions).padStart(12)} transitions`,
    `depth ${count(depth).padStart(7)}`,
    `${count(Math.ceil(memory)).padStart(6)} MiB`,
    `${seconds.toFixed(1).padStart(6)} s`,
  ];
  return `${word}  ${name.padEnd(18)} ${search.padEnd(9)} ${figures.join('  ')}`;
}

function fault(setup: Setup, checked: Tables, search: Search, { message, trace }: Outcome): string {
  if (trace === undefined) return message === undefined ? '' : `        ${message}\n`;
  const { name, sentence, source } = brokenProperty(search, trace);
  return `\n${name}: ${sentence}\n  ${source}\n\n${ladder(setup, checked, trace)}\n\n`;
}

/** Tables with a fault each. */
async function eachBreak(): Promise<number> {
  let missed = 0;
  for (const { does, finds, setup, search, tables: faulty } of breaks) {
    const found = await finder(setup, faulty, [search]);
    if (found !== finds) missed += 1;
    process.stdout.write(
      `${found === finds ? 'found ' : 'MISSED'}  ${finds.padEnd(12)} ${does}${found === finds ? '' : `: ${found}`}\n`,
    );
  }
  return missed > 0 ? 1 : 0;
}

/** Removes each row in turn: first where the search is short. */
async function eachRow(beginning: string): Promise<number> {
  const keys = [...rowsOf(tables).keys()].filter((key) => key.startsWith(beginning));
  if (keys.length === 0)
    throw new UsageError(`--each-row ${beginning}: no row begins so; one is "fig. 12 Connect Wait: timeout"`);
  let missed = 0;
  for (const key of keys) {
    const faulty = broken(tables, key);
    const found = key.startsWith('fig. 13')
      ? await finder(setups['relay-harmed'], faulty, searches)
      : ((await finder(setups['direct-harmed'], faulty, searches)) ??
        (await finder(setups['direct-twice'], faulty, ['safety'])));
    if (found === undefined) missed += 1;
    process.stdout.write(`${found === undefined ? 'missed' : 'found '}  ${(found ?? '').padEnd(10)} ${key}\n`);
  }
  process.stdout.write(`\nwithout ${keys.length - missed} of ${keys.length} rows a property fails\n`);
  return 0;
}

/** The first property that fails. Small models: compiling takes longer than the search. */
async function finder(setup: Setup, faulty: Tables, wanted: readonly Search[]): Promise<string | undefined> {
  using checker = new Checker(promela(setup, faulty), 0);
  for (const search of wanted) {
    const { trace } = await checker.run(search);
    if (trace !== undefined) return brokenProperty(search, trace).name;
  }
  return undefined;
}
