/** The tables of figs. 11 to 13 as the model takes them, and the names of their rows: `fig. 12 Connect Wait: timeout`. */
import { initiatorMachine } from '../../reference/machines/initiator.ts';
import type { Machine } from '../../reference/machines/machine.ts';
import { relayMachine } from '../../reference/machines/relay.ts';
import { serverMachine } from '../../reference/machines/server.ts';

export interface Tables {
  readonly initiator: Machine;
  readonly server: Machine;
  readonly relay: Machine;
}

export type Row = Machine['rows'][number];

export const tables: Tables = {
  initiator: initiatorMachine as Machine,
  server: serverMachine as Machine,
  relay: relayMachine as Machine,
};

const figures: Readonly<Record<string, string>> = {
  [initiatorMachine.title]: 'fig. 11',
  [serverMachine.title]: 'fig. 12',
  [relayMachine.title]: 'fig. 13',
};

/** As comments of features name a row. */
export const rowKey = ({ title }: Machine, { state, event }: Pick<Row, 'state' | 'event'>): string =>
  `${figures[title]} ${state}: ${event}`;

/** Every row by its key, in the order of the tables. */
export const rowsOf = (all: Tables): ReadonlyMap<string, Row> =>
  new Map(
    [all.initiator, all.server, all.relay].flatMap((machine) => machine.rows.map((row) => [rowKey(machine, row), row])),
  );

/** The machine with other rows. */
export function withRows(machine: Machine, rows: readonly Row[]): Machine {
  const index = new Map(
    [...Map.groupBy(rows, ({ state }) => state)].map(([state, some]) => [
      state,
      new Map(some.map((row) => [row.event, row])),
    ]),
  );
  return { ...machine, events: [...new Set(rows.map(({ event }) => event))], rows, index };
}

/**
 * The tables with one row changed, or without it.
 * @param change what takes the row's place, if anything
 * @throws Error when there is no such row
 */
export function broken(all: Tables, key: string, change: (row: Row) => Row | undefined = () => undefined): Tables {
  if (!rowsOf(all).has(key))
    throw new Error(`no table has the row "${key}"; they are named as in "fig. 12 Connect Wait: timeout"`);
  const changed = (machine: Machine): Machine =>
    withRows(
      machine,
      machine.rows.flatMap((row) => (rowKey(machine, row) === key ? (change(row) ?? []) : [row])),
    );
  return { initiator: changed(all.initiator), server: changed(all.server), relay: changed(all.relay) };
}
