/**
 * What is not mutated, since a changed one is no fault: the words of an error (whose class and status tell the peer what
 * happened; tests ask for these), and the branch that the types close with `satisfies never`.
 */
import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';

/** What is read of a node of Babel's syntax tree. */
interface Node {
  readonly type: string;
  readonly callee?: { readonly name?: string };
  readonly arguments?: readonly Node[];
  readonly expression?: Node | null;
  readonly argument?: Node | null;
  readonly typeAnnotation?: Node;
  readonly consequent?: readonly Node[];
}
interface Path {
  readonly node: Node;
  readonly parent?: Node;
}

const errors = new Set(['Malformed', 'Unexpected', 'IntegrityFailure', 'Misuse', 'Error', 'TypeError', 'RangeError']);

/** @public Stryker reads it. */
export const strykerPlugins = [
  declareValuePlugin(PluginKind.Ignore, 'words', {
    shouldIgnore(path) {
      const { node, parent } = path as Path;
      if (parent?.type === 'NewExpression' && errors.has(parent.callee?.name ?? '') && parent.arguments?.[0] === node)
        return 'words of an error';
      const statements = node.type === 'SwitchCase' ? (node.consequent ?? []) : [node];
      return statements.some(isNever) ? 'closed by the types' : undefined;
    },
  }),
];

/** `x satisfies never;`, returned or not. */
function isNever(statement: Node): boolean {
  const value =
    statement.type === 'ReturnStatement'
      ? statement.argument
      : statement.type === 'ExpressionStatement'
        ? statement.expression
        : undefined;
  return value?.type === 'TSSatisfiesExpression' && value.typeAnnotation?.type === 'TSNeverKeyword';
}
