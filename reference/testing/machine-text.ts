/** For tests: a state machine as text, to be compared with the documents and with the head of its file. */
import type { Machine } from '../machines/machine.ts';

/** The machine as docs/protocol.md prints it: a Markdown table with a line for each event in each state. */
export function table(machine: Machine): string {
  const cells = machine.rows.map((row) => [
    name(machine, row.state),
    row.numeral === undefined ? row.event : `${row.event} ${row.numeral}`,
    row.actions.join(', ') || '—',
    name(machine, row.next),
    row.source,
  ]);
  return [['State', 'Event', 'Actions', 'Next state', 'Source'], Array(5).fill('---'), ...cells]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n');
}

/** The machine for comparison with the figure: an arrow a line of its table, with the events that take it. */
export function drawing(machine: Machine): string {
  const states = Object.keys(machine.states);
  const [from, to] = [
    Math.max(...states.map((state) => name(machine, state).length)),
    Math.max(...states.map((state) => state.length)),
  ];
  return states
    .flatMap((state) => {
      const arrows = new Map<string, string[]>();
      for (const { event, numeral, actions, next, source } of machine.rows.filter((row) => row.state === state)) {
        const arrow = `${source === 'binding' ? '┄┄▷' : '──▶'} ${next.padEnd(to)}`;
        const key = `${arrow} ${actions}`;
        arrows.set(key, [...(arrows.get(key) ?? [arrow]), `${event} ${numeral ?? ''}`.trimEnd()]);
      }
      const lines = [...arrows.values()].map(([arrow, ...events]) => `${arrow}  ${events.join(', ')}`);
      return (lines.length > 0 ? lines : ['']).map((line, index) =>
        `${(index === 0 ? name(machine, state) : '').padEnd(from)} ${line}`.trimEnd(),
      );
    })
    .join('\n');
}

function name(machine: Machine, state: string): string {
  return `${state} ${machine.states[state]?.numeral}`;
}
