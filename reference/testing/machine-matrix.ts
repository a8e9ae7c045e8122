/** For tests: an expected state × event matrix, written as a grid of the figure's numerals. */
import type { ExecutionContext } from 'ava';
import { type Machine, step } from '../machines/machine.ts';

/**
 * Holds a machine to a grid: head line the states' numerals, then an event a line with the numeral of the next state
 * under each state, or a dot where the event is refused. Every state and every event of the machine must be in it.
 */
export function expectMatrix(t: ExecutionContext, machine: Machine, grid: string): void {
  const [head, ...lines] = grid
    .trim()
    .split('\n')
    .map((line) => line.trim());
  const numerals = head!.split(/\s+/).map(Number);
  const stateOf = new Map(Object.entries(machine.states).map(([state, { numeral }]) => [numeral, state]));
  t.deepEqual([...numerals].sort(), [...stateOf.keys()].sort(), 'every state has a column');
  const events: string[] = [];
  for (const line of lines) {
    const cells = line.split(/\s+/).slice(-numerals.length);
    const event = line.split(/\s+/).slice(0, -numerals.length).join(' ');
    events.push(event);
    numerals.forEach((numeral, column) => {
      const state = stateOf.get(numeral)!;
      const next = step(machine, state, event)?.next;
      t.is(next === undefined ? '.' : String(machine.states[next]?.numeral), cells[column]!, `${state} + ${event}`);
    });
  }
  t.deepEqual([...events].sort(), [...machine.events].sort(), 'every event has a line');
}

/** Holds a machine to a list: a state's numeral a line, what the node does with octets there, and what runs there. */
export function expectStates(t: ExecutionContext, machine: Machine, list: string): void {
  const lines = Object.values(machine.states).map(({ numeral, phase, timer, deadlines = [] }) =>
    [numeral, phase, timer ?? '-', ...deadlines].join(' '),
  );
  t.deepEqual(lines, list.trim().split(/\s*\n\s*/));
}
