/** [EP] figs. 11 to 13: a state machine is a table of rows; what has no row is refused. */
import { Misuse } from '../errors.ts';
import type { TimerName } from './timers.ts';

/** `[EP] fig. n` where the figure or its description has the transition, `binding` where reality needs it. */
export type Source = '[EP] fig. 11' | '[EP] fig. 12' | '[EP] fig. 13' | 'binding';

/** One row as a table file writes it: state, event with its numeral where the figure has one, actions, next state. */
export type Line<S extends string, E extends string, A extends string> = readonly [
  state: S,
  event: E | `${E} ${number}`,
  actions: readonly A[],
  next: S,
  source: Source,
];

export interface Row<S extends string = string, E extends string = string, A extends string = string> {
  readonly state: S;
  readonly event: E;
  /** The event's numeral in the figure. */
  readonly numeral: number | undefined;
  /** Performed in this order, before the next state is entered. */
  readonly actions: readonly A[];
  readonly next: S;
  readonly source: Source;
}

export interface Definition<S extends string, E extends string, A extends string> {
  readonly title: string;
  readonly initial: S;
  /** State → its numeral in the figure. */
  readonly states: Readonly<Record<S, number>>;
  readonly events: readonly E[];
  /** The deadline that entering a state sets. */
  readonly deadlines: Readonly<Partial<Record<S, TimerName>>>;
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
  const { lines, ...rest } = definition;
  const rows = lines.map(([state, text, actions, next, source]): Row<S, E, A> => {
    const [, event, numeral] = /^(.*?)(?: (\d+))?$/.exec(text) as unknown as [string, E, string | undefined];
    return { state, event, numeral: numeral === undefined ? undefined : Number(numeral), actions, next, source };
  });
  const index = new Map<S, Map<E, Row<S, E, A>>>();
  for (const row of rows) {
    const answers = index.get(row.state) ?? new Map<E, Row<S, E, A>>();
    if (answers.has(row.event)) throw new Misuse(`${rest.title}: two rows for ${row.state} and ${row.event}`);
    index.set(row.state, answers.set(row.event, row));
  }
  return { ...rest, rows, index };
}

/** The row that answers `event` in `state`, or nothing: the event is refused there. */
export function step<S extends string, E extends string, A extends string>(
  machine: Machine<S, E, A>,
  state: S,
  event: E,
): Row<S, E, A> | undefined {
  return machine.index.get(state)?.get(event);
}

/** The machine as docs/protocol.md prints it: a Markdown table. */
export function table(machine: Machine): string {
  const cells = machine.rows.map((row) => [
    `${row.state} ${machine.states[row.state]}`,
    row.numeral === undefined ? row.event : `${row.event} ${row.numeral}`,
    row.actions.join(', ') || '—',
    `${row.next} ${machine.states[row.next]}`,
    row.source,
  ]);
  return [['State', 'Event', 'Actions', 'Next state', 'Source'], Array(5).fill('---'), ...cells]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n');
}

/** The machine as a drawing, for comparison with the figure: a Mermaid state diagram. */
export function drawing(machine: Machine): string {
  const node = (state: string): string => `s${machine.states[state]}`;
  return [
    'stateDiagram-v2',
    ...Object.entries(machine.states).map(([state, numeral]) => `  s${numeral}: ${state} ${numeral}`),
    `  [*] --> ${node(machine.initial)}`,
    ...machine.rows.map((row) =>
      `  ${node(row.state)} --> ${node(row.next)}: ${row.event} ${row.numeral ?? ''}`.trimEnd(),
    ),
  ].join('\n');
}
