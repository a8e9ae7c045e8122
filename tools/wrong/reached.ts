/**
 * A fault whose place is never reached says nothing about the scenarios: the code around it has changed. So each change marks
 * that it is executed, by a call of what hook.ts provides.
 */
import { type Node, parse } from 'acorn';
import { fullAncestor } from 'acorn-walk';

/** Calls once what tells it, and costs little from then on. */
const call = 'globalThis.reachedWrong?.()';

/** Where a call goes: octets before and after a stretch of the source. */
interface Spot {
  readonly start: number;
  readonly end: number;
  readonly before: string;
  readonly after: string;
}

/** Whose statements stand one after the other, and by which name. */
const lists: Readonly<Record<string, 'body' | 'consequent'>> = {
  BlockStatement: 'body',
  StaticBlock: 'body',
  SwitchCase: 'consequent',
};
const loops = new Set(['ForStatement', 'ForInStatement', 'ForOfStatement', 'WhileStatement', 'DoWhileStatement']);
const functions = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** What is read of any node. */
interface AnyNode extends Node {
  readonly body?: AnyNode | readonly AnyNode[];
  readonly consequent?: AnyNode | readonly AnyNode[];
  readonly alternate?: AnyNode | null;
}

/**
 * @param source JavaScript, a module
 * @param places offsets of changed text
 * @returns the source with a mark at each that isn't executed as soon as the module is loaded, and whether there is any
 */
export function marked(
  source: string,
  places: readonly number[],
): { readonly source: string; readonly marks: boolean } {
  const program = parse(source, { ecmaVersion: 'latest', sourceType: 'module' });
  const found = places.map((place) => spotOf(program, place)).filter((spot) => spot !== undefined);
  const insertions = [...new Map(found.map((spot) => [`${spot.start} ${spot.end}`, spot])).values()]
    .flatMap(({ start, end, before, after }) => [
      { at: start, text: before },
      { at: end, text: after },
    ])
    .toSorted((one, other) => other.at - one.at);
  const text = insertions.reduce((all, { at, text: more }) => all.slice(0, at) + more + all.slice(at), source);
  return { source: text, marks: insertions.length > 0 };
}

/** Of the nodes around a place the innermost that can take a call. Undefined outside of functions. */
function spotOf(program: Node, place: number): Spot | undefined {
  let around: readonly AnyNode[] = [];
  fullAncestor(program, (node, _state, ancestors) => {
    const isInside = node.start <= place && place < node.end;
    if (isInside && ancestors.length > around.length) around = [...ancestors] as AnyNode[];
  });
  const inFunction = around.findLastIndex(({ type }) => functions.has(type));
  for (let index = around.length - 1; index >= 0 && index >= inFunction; index -= 1) {
    const spot = inFunction < 0 ? undefined : spotAt(around[index]!, around[index - 1], place);
    if (spot !== undefined) return spot;
  }
  return undefined;
}

function spotAt(node: AnyNode, parent: AnyNode | undefined, place: number): Spot | undefined {
  const { type, body } = node;
  const list = lists[type];
  if (list !== undefined) {
    const statements = node[list] as readonly AnyNode[];
    const next = statements.find(({ end }) => end > place);
    return before(next?.start ?? (type === 'SwitchCase' ? node.end : node.end - 1));
  }
  const isBranch = parent?.type === 'IfStatement' && (parent.consequent === node || parent.alternate === node);
  const isLoop = parent !== undefined && loops.has(parent.type) && parent.body === node;
  if (isBranch || isLoop) return { start: node.start, end: node.end, before: `{${call};`, after: '}' };
  if (!functions.has(type) || body === undefined || 'length' in body) return undefined;
  if (body.type === 'BlockStatement') return before(body.start + 1);
  return { start: body.start, end: body.end, before: `(${call},`, after: ')' };
}

const before = (at: number): Spot => ({ start: at, end: at, before: `${call};`, after: '' });
