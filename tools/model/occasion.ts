/** A table's rows as Promela: what can happen to a node in a state becomes an alternative that takes the row. */
import { type Machine, type State, step } from '../../reference/machines/machine.ts';
import type { DeadlineName } from '../../reference/machines/timers.ts';
import type { Assertion } from './properties.ts';
import { rowKey } from './tables.ts';

/** Something that can happen to a node in a state. Guards and statements are Promela. */
export interface Occasion {
  readonly event: string;
  /** The event instead, where the state has no row for `event`. */
  readonly instead?: string;
  /** Events of which the first that has a row is raised after `event`, in the same step. */
  readonly after?: readonly string[];
  readonly guard: string;
  /** What is done before the row is taken: a frame is read, a timer is used up. */
  readonly before?: string;
  /** The condition under which a row has to be there. If it is absent, no row is needed. */
  readonly needsRow?: string;
  /** Somebody wants it: an order, a limit of the operator's, a network that refuses. It stops once all is calm. */
  readonly wanted?: boolean;
  /** It is somebody's harm on the wire. It stops once all is calm, too. */
  readonly harm?: boolean;
}

/** What a node does, or is done to it, that is no event of its machine. */
export interface Doing {
  readonly guard: string;
  readonly statements: string;
}

export interface Role {
  /** Of the process: `Server`. */
  readonly name: string;
  /** Parameters of the process. */
  readonly parameters: string;
  /** Declarations. */
  readonly locals?: string;
  /** @param resting it has not begun, or is Dead for good: a connection may come */
  occasions(name: string, state: State, resting: boolean): readonly Occasion[];
  doings(name: string, state: State): readonly Doing[];
  /** Statements for the moment when the state is entered from another one. */
  enter?(state: State): string;
  /** @param next the state in which it is performed. @throws Error for an action that the model doesn't know */
  action(name: string, next: State): string;
}

/** Fails unless the condition holds. */
export const must = (condition: string, assertion: Assertion): string => `must(${condition}, ${assertion})`;

/** It may come at any time until all is calm: an order, or a limit of the operator's. */
export const order = (event: string): Occasion => ({ event, guard: 'true', wanted: true });

/** A row's action without a case here: the model would be another machine. */
export const unknownAction = (name: string): Error =>
  new Error(`the model does not know the action "${name}": tools/model/ needs a case for it`);

type Deadline = Exclude<DeadlineName, 'state'>;

/** Deadlines that run out in the model. Two of them don't need to: it sends DATA, and spoils DATA, at any time. */
const deadlineBits: Readonly<Record<Deadline, number>> = {
  keepAlive: 0,
  stalledFrame: 0,
  silence: 1,
  expiry: 2,
  refusal: 4,
  backOff: 8,
};

/** Sets a deadline, or fails where the state has none of this name. */
export function arm(name: Deadline, state: State): string {
  if (!state.deadlines?.includes(name)) return must('false', 'TIMER');
  const bit = deadlineBits[name];
  return bit === 0 ? 'skip' : `due[me] = due[me] | ${bit}`;
}

/** The deadline is set. */
export const isDue = (name: Deadline): string => `(due[me] & ${deadlineBits[name]})`;
/** It has come, or is not waited for any more. */
export const unset = (name: Deadline): string => `due[me] = due[me] & ~${deadlineBits[name]}`;

/** A deadline that is set may come at any time. */
export const deadline = (name: Deadline, event: string, condition = 'true', statements = 'skip'): Occasion => ({
  event,
  guard: `${isDue(name)} && ${condition}`,
  before: `${statements}; ${unset(name)}`,
  needsRow: 'true',
});

const label = (state: string): string => state.replaceAll(' ', '_');

/** A machine whose rows can be taken, for one role. */
interface Source {
  readonly machine: Machine;
  readonly role: Role;
  /** The number of a row, for counting how often it is taken. */
  numberOf(key: string): number;
}

/** One proctype, with a label for each state. */
export function process(source: Source): string {
  const { machine, role } = source;
  const names = Object.keys(machine.states);
  const bodies = names.map((name) => {
    const state = machine.states[name] as State;
    const resting = rests(machine, name);
    const occasions = role.occasions(name, state, resting);
    const doings = role.doings(name, state);
    const unforeseen = machine.events.filter((event) => !foreseen(role, machine).has(event)).map(order);
    const lines = [
      ...[...occasions, ...unforeseen].flatMap((occasion) => alternative(source, name, occasion)),
      ...doings.map(({ guard, statements }) => choice(guard, statements, entry(machine, name))),
    ];
    return `${entry(machine, name)}:\n  if\n  ${lines.length === 0 ? ':: false' : lines.join('\n  ')}\n  fi;`;
  });
  const numbers = names.map((name, index) => `#define ${role.name}_${label(name)} ${index}`).join('\n');
  return `${numbers}\n\nproctype ${role.name}(${role.parameters}) {\n${role.locals ?? ''}\n${bodies.join('\n')}\n  skip\n}\n`;
}

/** Events that some occasion of the role raises. Any other event of its table is taken for an order. */
function foreseen(role: Role, machine: Machine): ReadonlySet<string> {
  const all = Object.entries(machine.states).flatMap(([name, state]) =>
    [true, false].flatMap((resting) => role.occasions(name, state, resting)),
  );
  return new Set(
    all.flatMap(({ event, instead, after = [] }) => [event, instead, ...after].filter((one) => one !== undefined)),
  );
}

/** A node may stay for ever before its first event, and where no row leaves. */
export const rests = (machine: Machine, state: string): boolean =>
  state === machine.initial || !machine.rows.some((row) => row.state === state);

const entry = (machine: Machine, state: string): string =>
  rests(machine, state) ? `end_${label(state)}` : label(state);

/** One step: nothing else happens while it lasts. */
function choice(guard: string, statements: string, to: string): string {
  const forgetting = statements.includes('take(') ? '; f = 0' : '';
  return `:: d_step { ${guard} -> ${statements}${forgetting} }; goto ${to}`;
}

function alternative(source: Source, name: string, occasion: Occasion): string[] {
  const { machine } = source;
  const { event, instead, after, guard, before, needsRow, wanted, harm } = occasion;
  // A node that is Dead for good gives its place to a new one, which begins in the initial state.
  const from = rests(machine, name) ? machine.initial : name;
  const row = step(machine, from, event) ?? (instead === undefined ? undefined : step(machine, from, instead));
  const condition = [wanted && '!calm', harm && 'HARM', `(${guard})`].filter(Boolean).join(' && ');
  const first = [harm && 'harm = harm - 1', before].filter((text) => typeof text === 'string');
  if (row === undefined) {
    const needed = needsRow ?? (wanted && goesOn(machine, name) && event === 'end session' ? 'true' : undefined);
    if (needed === undefined) return [];
    return [
      choice(`${condition} && (${needed})`, [...first, unanswered(from, event)].join('; '), entry(machine, name)),
    ];
  }
  const steps = [...first, taken(source, row)];
  let at = row.next;
  if (after !== undefined) {
    const following = after.map((one) => step(machine, at, one)).find((one) => one !== undefined);
    if (following === undefined) steps.push(unanswered(at, after[0] ?? event));
    else {
      steps.push(taken(source, following));
      at = following.next;
    }
  }
  return [choice(condition, steps.join('; '), entry(machine, at))];
}

const unanswered = (state: string, event: string): string =>
  `printf("@unanswered %d ${state}|${event}\\n", me); ${must('false', 'ANSWER')}`;

/** Whether datagrams may still pass, or pass again, unless the connection ends: then an order to end needs a row. */
function goesOn(machine: Machine, state: string): boolean {
  const reached = new Set(rests(machine, state) ? [] : [state]);
  for (const from of reached)
    for (const { next } of machine.rows.filter((row) => row.state === from))
      if (next !== machine.initial) reached.add(next);
  return [...reached].some((name) => ['authorized', 'forwarding'].includes(machine.states[name]?.phase ?? ''));
}

type Row = NonNullable<ReturnType<typeof step<string, string, string>>>;

/** Enters the next state, then performs the actions, as RunningMachine does. */
function taken({ machine, role, numberOf }: Source, row: Row): string {
  const next = machine.states[row.next] as State;
  const enter =
    row.next === row.state
      ? []
      : [
          `st[me] = ${role.name}_${label(row.next)}`,
          `timer[me] = ${next.timer === undefined ? 0 : 1}`,
          'due[me] = 0; raised[me] = 0; sends[me] = 0; disc[me] = 0',
          ...(role.enter === undefined ? [] : [role.enter(next)]),
        ];
  const actions = row.actions.flatMap((action) => [
    ...(action === next.sendsAfter ? ['sends[me] = 1'] : []),
    role.action(action, next),
  ]);
  const number = numberOf(rowKey(machine, row));
  return [`printf("@row %d ${number}\\n", me); c_code { rows[${number}]++; }`, ...enter, ...actions].join('; ');
}
