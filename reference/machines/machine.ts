/** [EP] figs. 11 to 13: a state machine is a table of rows; what has no row is refused. */
import { Misuse } from '../errors.ts';
import type { DeadlineName, TimerName } from './timers.ts';

/** `[EP] fig. n` where the figure or its description has the transition, `binding` where reality needs it. */
export type Source = '[EP] fig. 11' | '[EP] fig. 12' | '[EP] fig. 13' | 'binding';

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

export interface State<A extends string = string> {
  /** In the figure. */
  readonly numeral: number;
  readonly phase: Phase;
  /** Entering the state sets this timer; when it has run out the event *timeout* is raised. */
  readonly timer?: TimerName;
  /** Deadlines that actions set and that run in this state only: leaving it clears them. */
  readonly deadlines?: readonly DeadlineName[];
  /** DATA is sent only in states that have this, and there only once this action is done. */
  readonly sendsAfter?: A;
}

/** One line of a table file: state, events with their numerals in the figure, actions, next state. */
export type Line<S extends string, E extends string, A extends string> = readonly [
  state: S,
  events: readonly (E | `${E} ${number}`)[],
  actions: readonly A[],
  next: S,
  source: Source,
];

/** A line as it concerns one of its events. */
export interface Row<S extends string = string, E extends string = string, A extends string = string> {
  readonly state: S;
  readonly event: E;
  /** The event's numeral in the figure. */
  readonly numeral: number | undefined;
  /** Performed in this order, after the next state is entered. */
  readonly actions: readonly A[];
  readonly next: S;
  readonly source: Source;
}

export interface Definition<S extends string, E extends string, A extends string> {
  readonly title: string;
  readonly initial: S;
  readonly states: Readonly<Record<S, State<A>>>;
  readonly events: readonly E[];
  readonly lines: readonly Line<S, E, A>[];
}

export interface Machine<S extends string = string, E extends string = string, A extends string = string>
  extends Omit<Definition<S, E, A>, 'lines'> {
  readonly rows: readonly Row<S, E, A>[];
  readonly index: ReadonlyMap<S, ReadonlyMap<E, Row<S, E, A>>>;
}

/** @throws Misuse when two rows answer the same event in the same state. */
export function defineMachine<S extends string, E extends string, A extends string>(
  definition: Definition<S, E, A>,
): Machine<S, E, A> {
  const { lines, ...others } = definition;
  const rows = lines.flatMap(([state, events, actions, next, source]) =>
    events.map((text): Row<S, E, A> => {
      const [, event, numeral] = /^(.*?)(?: (\d+))?$/.exec(text) as unknown as [string, E, string | undefined];
      return { state, event, numeral: numeral === undefined ? undefined : Number(numeral), actions, next, source };
    }),
  );
  const index = new Map<S, Map<E, Row<S, E, A>>>();
  for (const row of rows) {
    const answers = index.get(row.state) ?? new Map<E, Row<S, E, A>>();
    if (answers.has(row.event)) throw new Misuse(`${definition.title}: two rows for ${row.state} and ${row.event}`);
    index.set(row.state, answers.set(row.event, row));
  }
  return { ...others, rows, index };
}

/** The row that answers `event` in `state`, or nothing: the event is refused there. */
export function step<S extends string, E extends string, A extends string>(
  machine: Machine<S, E, A>,
  state: S,
  event: E,
): Row<S, E, A> | undefined {
  return machine.index.get(state)?.get(event);
}
