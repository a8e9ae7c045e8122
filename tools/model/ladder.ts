/** A counterexample as a ladder: a line for each step, the nodes at the left, rows of the tables at the right. */
import { type Assertion, assertions, deadlock, liveness, numberOf, type Property, type Search } from './properties.ts';
import { nodeCount, ownerOf, range, type Setup } from './setups.ts';
import { rowsOf, type Tables } from './tables.ts';
import { frameText } from './transport.ts';

/** Columns from one lifeline to the next. */
const gap = 17;

/** Headings of the nodes in their order, `relay 2 of 1` for the second relay of the first of two connections. */
function nodeNames({ relays, chains }: Setup): string[] {
  const names = range(chains).flatMap((chain) => {
    const which = chains > 1 ? ` ${chain + 1}` : '';
    return [...range(relays).map((index) => `relay${relays > 1 ? ` ${index + 1}` : ''}${which}`), `server${which}`];
  });
  return ['initiator', ...names];
}

/** @param trace lines that the model printed */
export function ladder(setup: Setup, tables: Tables, trace: readonly string[]): string {
  const names = nodeNames(setup);
  const rows = [...rowsOf(tables)];
  const states = names.map((_, node) => initialOf(setup, tables, node));
  const lines = [
    names
      .map((name) => name.padEnd(gap))
      .join('')
      .trimEnd(),
  ];
  const draw = (text: string, marks: ReadonlyMap<number, string> = new Map(), over = ''): void => {
    const cells = names.map((_, node) => (marks.get(node) ?? '│').padEnd(gap)).join('');
    const picture = over === '' ? cells : over;
    lines.push(`    ${picture.slice(0, gap * (names.length - 1) + 1)}    ${text}`.trimEnd());
  };
  const at = (node: number, mark: string): ReadonlyMap<number, string> => new Map([[node, mark]]);
  let cause: string[] = [];
  for (const line of trace) {
    const [word = '', ...values] = line.split(' ');
    const node = Number(values[0]);
    const [, one = 0, two = 0, three = 0] = values.map(Number);
    const because = cause.length === 0 ? '' : `   (${cause.join(', ')})`;
    if (word === '@row') {
      const [key = '', row] = rows[one] ?? [];
      if (row !== undefined) states[node] = row.next;
      const actions = row === undefined || row.actions.length === 0 ? '' : `: ${row.actions.join(', ')}`;
      draw(`${key} → ${row?.next}${actions}${because}`, at(node, '●'));
      cause = [];
    } else if (word === '@read') cause.push(`${frameText(two)} came`);
    else if (word === '@why') cause.push(values.slice(1).join(' '));
    else if (word === '@harm')
      draw(`somebody on the wire, at the ${names[node]}: ${values.slice(1).join(' ')}`, at(node, '!'));
    else if (word === '@send') draw('', undefined, arrow(setup, names.length, node, one, frameText(two), three === 1));
    else if (word === '@reset') draw('', undefined, arrow(setup, names.length, node, one, 'RST', two === 1));
    else if (word === '@deliver') draw('a datagram is delivered', at(node, '●'));
    else if (word === '@unanswered') {
      const [state, event] = values.slice(1).join(' ').split('|');
      draw(`no row answers ${event} in ${state}${because}`, at(node, '?'));
      cause = [];
    } else if (word === '@fail') draw(`here it fails: ${brokenProperty('safety', trace).name}${because}`);
    else if (word.startsWith('<<<<<')) draw('from here on the same again and again, or nothing at all');
  }
  lines.push(`    at the end: ${names.map((name, node) => `${name} ${states[node]}`).join(', ')}`);
  return lines.join('\n');
}

function initialOf({ relays }: Setup, { initiator, server, relay }: Tables, node: number): string {
  if (node === 0) return initiator.initial;
  return node % (relays + 1) === 0 ? server.initial : relay.initial;
}

/** A frame from a node to its neighbour; it ends in a cross where nobody reads it any more. */
function arrow(setup: Setup, nodes: number, from: number, end: number, text: string, arrives: boolean): string {
  const cells = [
    ...range(nodes)
      .map(() => '│'.padEnd(gap))
      .join(''),
  ];
  // A connection that is gone leads nowhere: its frame is shown at the node alone.
  const known = end < 2 * (nodeCount(setup) - 1);
  const to = known ? ownerOf(setup, end ^ 1) : Math.max(0, from - 1);
  const [left, right] = [Math.min(from, to) * gap + 1, Math.max(from, to) * gap];
  const label = ` ${text} `;
  const line = label.padStart(Math.ceil((right - left + label.length) / 2), '─').padEnd(right - left, '─');
  for (const [index, sign] of [...line].entries()) cells[left + index] = sign;
  if (to > from) cells[right - 1] = arrives ? '▶' : '✕';
  else if (to < from) cells[left] = arrives ? '◀' : '✕';
  return cells.join('');
}

/** The property that a counterexample breaks. A search for what has to come may meet a failed assertion, too. */
export function brokenProperty(search: Search, trace: readonly string[]): Property {
  const failed = Number(trace.flatMap((line) => /^@fail (\d+)/.exec(line)?.[1] ?? [])[0]);
  const found = (Object.keys(assertions) as Assertion[]).find((name) => numberOf(name) === failed);
  if (found !== undefined) return assertions[found];
  return search === 'safety' ? deadlock : liveness[search];
}
