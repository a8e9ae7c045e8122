/**
 * A wrong implementation: the reference with one fault. The fault is a change to the source of one module, applied when
 * the implementation under test loads it; nothing of it is in what ships. Right implementations: right.ts.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Capability } from '../../steps/support/peers/declaration.ts';

export type FaultyRole = 'client' | 'server' | 'relay';

/** The reference with a change, in one role. */
export interface Change {
  /** Permanent, in lower case with hyphens: `close-digest-16-octets`. */
  readonly id: string;
  /** Each is tried alone: a fault in code that roles share is one wrong implementation for each of them. */
  readonly roles: readonly FaultyRole[];
  /** What the implementation does, in a sentence: "The server verifies no tag." */
  readonly does: string;
  /** Module that is changed, counted from the root of the project. */
  readonly file: string;
  /** Text that stands in the module exactly once, and what takes its place. */
  readonly change: readonly [from: string, to: string];
  /** More changes of other modules, or of other places of the same one. */
  readonly more?: readonly { readonly file: string; readonly change: readonly [from: string, to: string] }[];
  /** Where the modules don't show it: the form of the data path that the change is in. */
  readonly dataPath?: 'fast' | 'readable';
  /** What it declares otherwise than the reference does. */
  readonly declares?: {
    readonly suites?: readonly string[];
    readonly transforms?: readonly string[];
    readonly capabilities?: readonly Capability[];
    /** Taken from those of the reference. */
    readonly lacks?: readonly Capability[];
  };
}

export interface Fault extends Change {
  /** The requirement that it breaks, and others whose scenarios may find it too. */
  readonly breaks: readonly string[];
  /** Why no scenario can find it: the implementation is a right one in all that can be observed. */
  readonly equivalent?: string;
}

export const root = resolve(import.meta.dirname, '../..');

/** The implementation in another language, which can be made wrong like the reference. */
export const exampleFolder = 'examples/python';

/** Whether it changes the implementation in Python, which is no module of the reference. */
export const isOfExample = ({ file }: Pick<Change, 'file'>): boolean => file.startsWith(`${exampleFolder}/`);

export type ChangeOfModule = Pick<Change, 'file' | 'change'>;

/** Every change of a fault. */
export function changesOf(fault: Change): readonly ChangeOfModule[] {
  return [{ file: fault.file, change: fault.change }, ...(fault.more ?? [])];
}

/** What only the thread of the data path uses, or lends it tunnels. */
const ofThread = /^reference\/(datapath\/|libc\/evp\.ts|tunnel\/data-path\.ts|tunnel\/\w+\/data-(path|thread)\.ts)/;

/** The form of the data path that the change is in: by its modules, unless it says so itself. */
export const dataPathOf = (one: Change): 'fast' | 'readable' =>
  one.dataPath ?? (changesOf(one).some(({ file }) => ofThread.test(file)) ? 'fast' : 'readable');

/** A module of the reference as it is. */
export const sourceOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** The source with the change. @throws Error when its place isn't there exactly once */
export const changed = (source: string, change: readonly [string, string], where: string): string =>
  changedAt(source, change, where).source;

/** @returns besides the source the offset in it at which it differs */
export function changedAt(
  source: string,
  [from, to]: readonly [string, string],
  where: string,
): { readonly source: string; readonly at: number } {
  const parts = source.split(from);
  if (parts.length !== 2)
    throw new Error(
      `${where}: the text to change stands there ${parts.length - 1} times, not once: ${JSON.stringify(from)}`,
    );
  const same = [...from].findIndex((letter, index) => letter !== [...to][index]);
  return { source: parts.join(to), at: parts[0]!.length + (same < 0 ? from.length : same) };
}

/**
 * The declaration of an implementation that is changed.
 * @param declaration iut.json, parsed; its programs are absolute paths
 */
export function declarationOf(
  { declares = {} }: Pick<Change, 'declares'>,
  declaration: { readonly capabilities?: readonly string[] },
): object {
  const { lacks = [], suites, transforms, capabilities } = declares;
  const left = capabilities ?? (declaration.capabilities ?? []).filter((one) => !lacks.some((lack) => lack === one));
  return { ...declaration, ...(suites && { suites }), ...(transforms && { transforms }), capabilities: left };
}

/** Requirements between spaces, what the implementation does, and the change. */
type Entry = readonly [breaks: string, does: string, from: string, to: string];

/** Faults of the same roles, each a change of the same module. */
export const inModule = (
  file: string,
  roles: readonly FaultyRole[],
  entries: Readonly<Record<string, Entry>>,
): readonly Fault[] =>
  Object.entries(entries).map(([id, [breaks, does, from, to]]) => ({
    id,
    breaks: breaks.split(' '),
    roles,
    does,
    file,
    change: [from, to],
  }));

/** Requirements and roles between spaces, what the implementation does, and each change: file, text, what takes its place. */
type EntryOfSeveral = readonly [
  breaks: string,
  roles: string,
  does: string,
  ...changes: [file: string, from: string, to: string][],
];

/** Faults that may be several changes each, of any modules. */
export const ofSeveral = (entries: Readonly<Record<string, EntryOfSeveral>>): readonly Fault[] =>
  Object.entries(entries).map(([id, [breaks, roles, does, ...changes]]) => {
    const [first, ...more] = changes.map(([file, from, to]): ChangeOfModule => ({ file, change: [from, to] }));
    if (first === undefined) throw new Error(`${id}: changes nothing`);
    return { id, breaks: breaks.split(' '), roles: roles.split(' ') as FaultyRole[], does, ...first, more };
  });

/** What is wrong with a registry: each a line. */
export function faultsOfRegistry(faults: readonly Fault[]): string[] {
  const lines: string[] = [];
  const seen = new Set<string>();
  for (const fault of faults) {
    if (seen.has(fault.id)) lines.push(`${fault.id}: stands there twice`);
    seen.add(fault.id);
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(fault.id)) lines.push(`${fault.id}: an id is in lower case with hyphens`);
    if (fault.roles.length === 0 || fault.breaks.length === 0)
      lines.push(`${fault.id}: names no role or no requirement`);
    const sources = new Map<string, string>();
    for (const { file, change } of changesOf(fault)) {
      try {
        const source = sources.get(file) ?? sourceOf(file);
        const result = changed(source, change, `${fault.id}: ${file}`);
        if (result === source) lines.push(`${fault.id}: ${file}: changes nothing`);
        sources.set(file, result);
      } catch (error) {
        lines.push((error as Error).message);
      }
    }
  }
  return lines;
}
