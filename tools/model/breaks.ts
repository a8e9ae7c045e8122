/** Tables with one fault each, and the property that finds it: a property that nothing can break shows nothing. */
import type { Machine } from '../../reference/machines/machine.ts';
import type { Search } from './properties.ts';
import { type Setup, setups } from './setups.ts';
import { broken, type Row, type Tables, tables } from './tables.ts';

export interface Break {
  readonly does: string;
  /** The name of the property that finds it. */
  readonly finds: string;
  readonly setup: Setup;
  readonly search: Search;
  readonly tables: Tables;
}

const changed = (key: string, change: Partial<Row>): Tables => broken(tables, key, (row) => ({ ...row, ...change }));

/** The tables with other properties of a state. */
function restated(which: keyof Tables, state: string, change: Partial<Machine['states'][string]>): Tables {
  const machine = tables[which];
  const states = { ...machine.states, [state]: { ...machine.states[state], ...change } } as Machine['states'];
  return { ...tables, [which]: { ...machine, states } };
}

const timerless = (which: keyof Tables, state: string): Tables => {
  const { timer: _, ...others } = tables[which].states[state] ?? {};
  const machine = tables[which];
  return { ...tables, [which]: { ...machine, states: { ...machine.states, [state]: others } as Machine['states'] } };
};

const { direct, 'direct-harmed': harmed, 'relay-harmed': relayed, 'relay-harmed-twice': cutOff } = setups;

export const breaks: readonly Break[] = [
  {
    does: 'fig. 12: nothing answers an initiator that is not confirmed in time',
    finds: 'answered',
    setup: harmed,
    search: 'safety',
    tables: broken(tables, 'fig. 12 Authorized: timeout'),
  },
  {
    does: 'fig. 13: a relay goes on after one of its connections has broken',
    finds: 'answered',
    setup: relayed,
    search: 'safety',
    tables: broken(tables, 'fig. 13 Forward: network error'),
  },
  {
    does: 'fig. 11: an initiator answers CLOSE with CLOSE',
    finds: 'unretorted',
    setup: direct,
    search: 'safety',
    tables: changed('fig. 11 Authorized: close received', { actions: ['send CLOSE'], next: 'Close' }),
  },
  {
    does: 'fig. 12: a server delivers before it has confirmed',
    finds: 'delivered',
    setup: direct,
    search: 'safety',
    tables: changed('fig. 12 Authorized: data', { actions: ['deliver', 'confirm'] }),
  },
  {
    does: 'fig. 12: a server sends DATA as soon as it is keyed',
    finds: 'confirmed',
    setup: direct,
    search: 'safety',
    tables: restated('server', 'Authorized', { sendsAfter: 'key the connection' }),
  },
  {
    does: 'fig. 11: an initiator sends DATA right behind its REQUEST',
    finds: 'order',
    setup: direct,
    search: 'safety',
    tables: changed('fig. 11 Connect: request sent', { actions: ['send empty DATA'] }),
  },
  {
    does: 'fig. 12: a server sends its CLOSE twice',
    finds: 'order',
    setup: direct,
    search: 'safety',
    tables: changed('fig. 12 Connect Wait: timeout', { actions: ['send CLOSE', 'send CLOSE'] }),
  },
  {
    does: 'fig. 12: the refusal is delayed in a state that has no such deadline',
    finds: 'timers',
    setup: direct,
    search: 'safety',
    tables: changed('fig. 12 Connect Wait: request refused', { next: 'Connect Wait' }),
  },
  {
    does: 'fig. 11: an initiator connects again before its connection is closed',
    finds: 'alone',
    setup: direct,
    search: 'safety',
    tables: changed('fig. 11 Reconnect: timeout', { actions: ['open'], next: 'TCP Open' }),
  },
  {
    does: 'fig. 12: a server sends RESPONSE twice',
    finds: 'harmony',
    setup: direct,
    search: 'safety',
    tables: changed('fig. 12 Connect Wait: request authorized', {
      actions: ['send RESPONSE 224', 'send RESPONSE 224', 'key the connection'],
    }),
  },
  {
    does: 'fig. 12: a server waits for REQUEST without end',
    finds: 'deadlock',
    setup: harmed,
    search: 'safety',
    tables: timerless('server', 'Connect Wait'),
  },
  {
    does: 'fig. 13: a relay that is cut off at both sides never learns of it (without RLY-27)',
    finds: 'deadlock',
    setup: { ...cutOff, unasked: true },
    search: 'safety',
    tables,
  },
  {
    does: 'fig. 12: a server that is disconnected goes on dying',
    finds: 'settled',
    setup: direct,
    search: 'settled',
    tables: changed('fig. 12 Dying: disconnected', { actions: ['disconnect'], next: 'Dying' }),
  },
  {
    does: 'fig. 11: an initiator that is disconnected stays in Reconnect',
    finds: 'renewed',
    setup: direct,
    search: 'renewed',
    tables: changed('fig. 11 Reconnect: disconnected', { actions: ['disconnect'], next: 'Reconnect' }),
  },
  {
    does: 'fig. 11: an initiator that is disconnected goes on dying',
    finds: 'rests',
    setup: direct,
    search: 'rests',
    tables: changed('fig. 11 Dying: disconnected', { actions: ['disconnect'], next: 'Dying' }),
  },
];
