/** Which implementations a run of `npm run wrong` is about. */
import { execFileSync } from 'node:child_process';
import { changesOf, type Fault, type FaultyRole, root } from './fault.ts';
import { registry, rightRegistry } from './registry.ts';
import { asFault } from './right.ts';
import { type Bundle, bundlesOf } from './together.ts';

interface Wish {
  /** Ids, requirements, areas, with `together` also ids of bundles; none: all. */
  readonly only?: readonly string[];
  readonly changed?: boolean;
  readonly right?: boolean;
  readonly together?: boolean;
}

const roles: readonly FaultyRole[] = ['client', 'server', 'relay'];

/** Wrong ones, with `right` right ones, with `together` bundles of these. An empty `only` is all. */
export function chosen({ only = [], changed = false, right = false, together = false }: Wish): Fault[] {
  if (together) return bundles(only, changed);
  return matching<Fault>(right ? rightRegistry.map(asFault) : registry, only, changed);
}

/** Those of all that match. What is named by its own id is one of those that all right implementations make. */
function bundles(only: readonly string[], changed: boolean): (Bundle & Fault)[] {
  const [named, others] = [only.filter(isBundle), only.filter((word) => !isBundle(word))];
  const rights = matching(rightRegistry.map(asFault), others, changed);
  const all = roles.flatMap((role) => bundlesOf(rights, role)).map(asFault);
  return named.length === 0 ? all : all.filter(({ id }) => named.includes(id));
}

const isBundle = (word: string): boolean => word.startsWith('together-');

function matching<F extends Fault>(known: readonly F[], only: readonly string[], changed: boolean): F[] {
  const matches = ({ id, breaks }: Fault): boolean =>
    only.length === 0 ||
    only.some((word) => id === word || breaks.some((req) => req === word || req.startsWith(`${word}-`)));
  const files = changed ? changedFiles() : undefined;
  return known.filter(
    (fault) => matches(fault) && (files === undefined || changesOf(fault).some(({ file }) => files.has(file))),
  );
}

/** Files that differ from the last commit. */
function changedFiles(): ReadonlySet<string> {
  const text = execFileSync('git', ['status', '--porcelain', '-uall'], { cwd: root, encoding: 'utf8' });
  return new Set(text.split('\n').map((line) => line.slice(3)));
}
