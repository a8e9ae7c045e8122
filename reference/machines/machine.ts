/** [EP] figs. 11 to 13: a state machine is a table of rows; what has no row is refused. */
import { Misuse } from '../errors.ts';
import type { DeadlineName, TimerName } from './timers.ts';

/** `[EP] fig. n` where the figure or its description has the transition, `binding` where reality needs it. */
type Source = '[EP] fig. 11' | '[EP] fig. 12' | '[EP] fig. 13' | 'binding';

/** What a node does with the octets that come in a state. */
export type Phase =
  /** There is no connection to read from. */
  | 'unconnected'
  /** They are frames that open the tunnel connection: RELAY, REQUEST or RESPONSE. */
  | 'opening'
  /** They are DATA frames. */
  | 'authorized'
  /** Relay: they are passed on. */
  | 'forwarding'
  /** They are discarded. */
  | 'ending';

export interface State {
  /** In the figure. */
  readonly numeral: number;
  readonly phase: Phase;
  /** Entering the state sets this timer; when it has run out the event *timeout* is raised. */
  readonly timer?: TimerName;
  /** Deadlines that actions set and that run in this state only: leaving it clears them. */
  readonly deadlines?: readonly DeadlineName[];
  /** DATA is sent only in states that have this, and there only once this action is done. */
  readonly sendsAfter?: string;
}

/** One line of a table file. An event may have its numeral in the figure after it: `relay 220`. */
export type Line<S extends string> = readonly [
  state: S,
  events: readonly string[],
  actions: readonly string[],
  next: S,
  source: Source,
];

/** A line as it concerns one of its events. */
interface Row<S extends string = string, E extends string = string, A extends string = string> {
  readonly state: S;
  readonly event: E;
  /** The event's numeral in the figure. */
  readonly numeral: number | undefined;
  /** Performed in this order, after the next state is entered. */
  readonly actions: readonly A[];
  readonly next: S;
  readonly source: Source;
}

export interface Machine<S extends string = string, E extends string = string, A extends string = string> {
  readonly title: string;
  readonly initial: S;
  readonly states: Readonly<Record<S, State>>;
  readonly events: readonly E[];
  readonly rows: readonly Row<S, E, A>[];
  readonly index: ReadonlyMap<S, ReadonlyMap<E, Row<S, E, A>>>;
}

export type StateOf<M> = M extends Machine<infer S, string, string> ? S : never;
export type EventOf<M> = M extends Machine<string, infer E, string> ? E : never;

/** `relay` for `relay 220`. */
type WithoutNumeral<T extends string> = T extends `${infer Word} ${infer Others}`
  ? Others extends `${number}`
    ? Word
    : `${Word} ${WithoutNumeral<Others>}`
  : T;

/** @throws Misuse when two rows answer the same event in the same state. */
export function defineMachine<
  const States extends Readonly<Record<string, State>>,
  const Lines extends readonly Line<keyof States & string>[],
>(definition: {
  readonly title: string;
  readonly initial: keyof States & string;
  readonly states: States;
  readonly lines: Lines;
}): Machine<keyof States & string, WithoutNumeral<Lines[number][1][number]>, Lines[number][2][number]> {
  type E = WithoutNumeral<Lines[number][1][number]>;
  type R = Row<keyof States & string, E, Lines[number][2][number]>;
  const { title, initial, states, lines } = definition;
  const rows = lines.flatMap(([state, events, actions, next, source]) =>
    events.map((text): R => {
      const [, event, numeral] = /^(.*?)(?: (\d+))?$/.exec(text) as unknown as [string, E, string | undefined];
      return { state, event, numeral: numeral === undefined ? undefined : Number(numeral), actions, next, source };
    }),
  );
  const index = new Map<keyof States & string, Map<E, R>>();
  for (const row of rows) {
    const answers = index.get(row.state) ?? new Map<E, R>();
    if (answers.has(row.event)) throw new Misuse(`${title}: two rows for ${row.state} and ${row.event}`);
    index.set(row.state, answers.set(row.event, row));
  }
  return { title, initial, states, events: [...new Set(rows.map(({ event }) => event))], rows, index };
}

/** The row that answers `event` in `state`, or nothing: the event is refused there. */
export function step<S extends string, E extends string, A extends string>(
  machine: Machine<S, E, A>,
  state: S,
  event: E,
): Row<S, E, A> | undefined {
  return machine.index.get(state)?.get(event);
}
