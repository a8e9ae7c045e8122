/** `npm run wrong`: wrong implementations, each the reference with one fault, and whether the suite finds them. */
import { resolve } from 'node:path';
import { loadDeclaration, roles } from '../steps/support/peers/declaration.ts';
import { suggestion } from '../steps/support/peers/nearest.ts';
import { parseWords, statusOf, UsageError, wholeNumber } from './command-line.ts';
import { enclose, ended, obstacle } from './conformance/enclosure.ts';
import { defaultWorkers } from './conformance/options.ts';
import { exit } from './exit.ts';
import { chosen } from './wrong/choice.ts';
import { type Fault, faultsOfRegistry, root } from './wrong/fault.ts';
import { after, type Finders, finderOf, keyOf, readFinders, writeFinders } from './wrong/finders.ts';
import { type Attempt, attemptsFor, limitedTo, parseSlice, sliced } from './wrong/plan.ts';
import { registry } from './wrong/registry.ts';
import { allScenarios, type Outcome, tryAll } from './wrong/run.ts';
import { isBundle, judgedTogether } from './wrong/together.ts';

const help = `npm run wrong -- [OPTION …]

Puts wrong implementations to the suite: each is the reference with one fault. Says for each which scenario finds it, or
that it SURVIVES, or that its code was NEVER REACHED. By default the scenarios of the requirements that the fault breaks are
run.

  --only WHAT    an id of a fault, a requirement (DATA-07) or an area (DATA); may be repeated
  --changed      those whose code, entry or requirement's scenarios differ from the last commit
  --role ROLE    client, server or relay
  --whole        every scenario of the role
  --every        goes on after the first scenario that finds it
  --right        right but different implementations instead: none of their scenarios may fail
  --together     the right ones again, but in bundles: as many at once as don't clash. --only may name a bundle
  --scenario ID  this scenario alone, of those that would be tried; may be repeated
  --slice K/N    of the scenarios of each every Nth, beginning with the Kth: a long run in parts
  --iut FILE     declaration of the implementation that is made wrong (default: iut.json)
  --workers N    scenarios at a time
  --remember     keeps in tools/wrong/finders.json which scenario found each: it is tried first next time
  --list         prints the faults, and tries none
  --help         prints this

Exit status: 0 all found or argued to be equivalent, 1 one survives or a right one fails, 2 usage, 3 the suite itself failed.
`;

const mark = 'PNA_WRONG_INSIDE';
await exit(await statusOf('npm run wrong --', main));

async function main(): Promise<number> {
  const values = parse();
  if (values.help) {
    process.stdout.write(help);
    return 0;
  }
  const { role } = values;
  const faults = chosen(values).filter(({ roles }) => role === undefined || roles.some((one) => one === role));
  const broken = faultsOfRegistry(faults);
  if (broken.length > 0) {
    process.stderr.write(`${broken.join('\n')}\n`);
    return 3;
  }
  if (faults.length === 0) throw new UsageError(`no such implementation: ${described(values)}; --list has them all`);
  if (values.list) {
    for (const fault of faults) {
      const { id, breaks, roles, does } = fault;
      process.stdout.write(`${id.padEnd(44)} ${breaks.join(' ').padEnd(20)} ${roles.join(' ').padEnd(20)} ${does}\n`);
      if (isBundle(fault)) for (const member of fault.members) process.stdout.write(`    ${member.id}\n`);
    }
    return 0;
  }
  loadDeclaration(values.iut);
  if (process.env[mark] === undefined) {
    const problem = obstacle();
    if (problem !== undefined) {
      process.stderr.write(`${problem}\n`);
      return 3;
    }
    // Changed modules lose their types here, not at each start.
    const quiet = '--disable-warning=ExperimentalWarning';
    const command = [process.execPath, quiet, import.meta.filename, ...process.argv.slice(2)];
    return ended(enclose(command, { [mark]: '1', NODE_COMPILE_CACHE: resolve(root, 'node_modules/.cache/compile') }));
  }
  delete process.env[mark];
  return report(faults, values);
}

/** @throws UsageError */
function parse() {
  const { values } = parseWords({
    options: {
      only: { type: 'string', multiple: true },
      changed: { type: 'boolean' },
      role: { type: 'string' },
      whole: { type: 'boolean' },
      every: { type: 'boolean' },
      right: { type: 'boolean' },
      together: { type: 'boolean' },
      scenario: { type: 'string', multiple: true },
      slice: { type: 'string' },
      iut: { type: 'string', default: 'iut.json' },
      workers: { type: 'string' },
      remember: { type: 'boolean' },
      list: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.role !== undefined && !roles.some((role) => role === values.role))
    throw new UsageError(`--role ${values.role}: not one of ${roles.join(', ')}${suggestion(values.role, roles)}`);
  parseSlice(values.slice);
  return { ...values, workers: wholeNumber('--workers', values.workers, 1, 256) ?? defaultWorkers() };
}

/** The words that chose the implementations. */
function described({ only = [], role, changed }: ReturnType<typeof parse>): string {
  const words = [...only.map((word) => `--only ${word}`), role && `--role ${role}`, changed && '--changed'];
  return words.filter((word) => typeof word === 'string').join(' ');
}

async function report(faults: readonly Fault[], values: ReturnType<typeof parse>): Promise<number> {
  const clock = performance.now();
  const right = (values.right || values.together) ?? false;
  const scenarios = await allScenarios();
  const attempts = attemptsFor(faults, scenarios, values.whole ?? false, readFinders())
    .filter(({ role }) => values.role === undefined || role === values.role)
    .map((attempt) => limitedTo(attempt, values.scenario))
    .map((attempt) => sliced(attempt, parseSlice(values.slice)));
  const outcomes = new Map<Attempt, Outcome>();
  const { workers } = values;
  const total = attempts.length;
  const failures = await tryAll(
    attempts,
    {
      workers,
      iut: values.iut,
      every: (values.every || right) ?? false,
      right,
      // The verdict takes minutes.
      alarmed: ({ fault, role }, { id, reason = '' }) =>
        process.stderr.write(`alarm: ${fault.id} (${role}): ${id}: ${reason.split('\n')[0]}\n`),
    },
    (attempt, outcome) => {
      outcomes.set(attempt, outcome);
      process.stdout.write(
        `${String(outcomes.size).padStart(String(total).length)}/${total}  ${line(attempt, outcome)}\n`,
      );
    },
  );
  for (const text of failures) process.stdout.write(`outside any scenario: ${text}\n`);
  const seconds = (performance.now() - clock) / 1000;
  process.stdout.write(
    `\n${right ? judgedTogether([...outcomes]) : `${table([...outcomes])}\n`}${total} ${right ? 'right' : 'wrong'} implementations, ${seconds.toFixed(0)} s, ${workers} workers\n`,
  );
  if (values.remember && !right) remember(outcomes);
  const all = [...outcomes];
  if (all.some(([, outcome]) => outcome.kind === 'judged' && outcome.alarms.length > 0)) return 1;
  if (all.some(([{ fault }, { kind }]) => kind === 'survives' && fault.equivalent === undefined)) return 1;
  const undecided = all.some(([{ fault }, { kind }]) => kind === 'undecided' && fault.equivalent === undefined);
  return undecided || failures.length > 0 || outcomes.size < total ? 3 : 0;
}

function remember(outcomes: ReadonlyMap<Attempt, Outcome>): void {
  const found: Record<string, string> = {};
  const missed: string[] = [];
  for (const [attempt, outcome] of outcomes)
    if (outcome.kind === 'found') found[keyOf(attempt)] = finderOf(outcome.by.feature, outcome.by.name);
    else missed.push(keyOf(attempt));
  writeFinders(after(readFinders(), found satisfies Finders, missed, registry));
}

function line({ fault, role }: Attempt, outcome: Outcome): string {
  const name = `${fault.id} (${role}, ${fault.breaks.join(' ')})`;
  if (outcome.kind === 'judged') return judgement(`${fault.id} (${role})`, fault.does, outcome);
  if (outcome.kind === 'found') {
    const why = (outcome.by.reason ?? '').split('\n')[0];
    const chance = outcome.reached ? '' : ', though its code was NEVER REACHED';
    return `found     ${name} by ${outcome.by.id}${chance}: ${why}`;
  }
  if (fault.equivalent !== undefined) return `argued    ${name}: ${fault.equivalent}`;
  if (outcome.kind === 'survives' && !outcome.reached)
    return `NEVER REACHED ${name}: none of ${outcome.tried} scenarios executes the code that is changed`;
  if (outcome.kind === 'survives') return `SURVIVES  ${name}: ${fault.does} ${outcome.tried} scenarios passed`;
  return `UNDECIDED ${name}: ${outcome.why.split('\n')[0]}`;
}

/** Of a right implementation: every scenario that ought not to have failed. */
function judgement(
  name: string,
  does: string,
  { alarms, warnings, tried }: Extract<Outcome, { kind: 'judged' }>,
): string {
  const count = `${tried} scenarios${warnings > 0 ? `, ${warnings} of them warn of a SHOULD` : ''}`;
  if (alarms.length === 0) return `conformant  ${name}: ${count}`;
  const lines = alarms.map(
    ({ id, verdict, reason = '' }) => `        ${id}: ${verdict}: ${reason.split('\n').slice(0, 3).join(' | ')}`,
  );
  return [`FALSE ALARM ${name}: ${does} ${alarms.length} of ${count}`, ...lines].join('\n');
}

/** A line for each area of requirements: how many were tried, found, argued, survive. */
function table(all: readonly (readonly [Attempt, Outcome])[]): string {
  const area = ([{ fault }]: readonly [Attempt, Outcome]): string => fault.breaks[0]?.split('-')[0] ?? '';
  const rows = [...Map.groupBy(all, area)].toSorted(([one], [other]) => one.localeCompare(other));
  const count = (list: readonly (readonly [Attempt, Outcome])[]): string[] => {
    const of = (kind: Outcome['kind']): number =>
      list.filter(
        ([{ fault }, outcome]) => outcome.kind === kind && (kind === 'found' || fault.equivalent === undefined),
      ).length;
    const argued = list.filter(([{ fault }, { kind }]) => kind !== 'found' && fault.equivalent !== undefined).length;
    return [list.length, of('found'), argued, of('survives'), of('undecided')].map(String);
  };
  const head = ['area', 'tried', 'found', 'argued', 'survive', 'undecided'];
  const lines = [head, ...rows.map(([name, list]) => [name, ...count(list)]), ['all', ...count(all)]];
  return lines
    .map((cells) => cells.map((cell, index) => (index === 0 ? cell.padEnd(10) : cell.padStart(10))).join(''))
    .join('\n');
}
