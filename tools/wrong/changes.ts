/** What a wrong implementation loads instead of the reference's modules: written once, by whoever tries it. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Change,
  type ChangeOfModule,
  changed,
  changedAt,
  changesOf,
  dataPathOf,
  exampleFolder,
  isOfExample,
  root,
  sourceOf,
} from './fault.ts';
import { marked } from './reached.ts';

/** What a configuration without the key says: the other form of the data path would do right what is wrong in this one. */
const defaultPath = (path: 'fast' | 'readable'): ChangeOfModule => ({
  file: 'reference/tunnel/config/shared-keys.ts',
  change: ["  ),\n  'auto',\n", `  ),\n  '${path}',\n`],
});

/**
 * Writes ID.json for each: the changed modules, URL → source in JavaScript, so that no start has to parse TypeScript.
 * @returns ids of those that mark when a changed place is reached
 */
export function writeChanges(all: Iterable<Change>, folder: string): ReadonlySet<string> {
  mkdirSync(folder, { recursive: true });
  const marking = new Set<string>();
  for (const one of all) {
    if (isOfExample(one)) continue;
    const { modules, marks } = changedModules(one);
    writeFileSync(join(folder, `${one.id}.json`), JSON.stringify(modules));
    if (marks) marking.add(one.id);
  }
  return marking;
}

/** A copy of the example with the change. @returns the file of its declaration */
export function writeExample(one: Change, folder: string): string {
  cpSync(join(root, exampleFolder), folder, { recursive: true });
  for (const { file, change } of changesOf(one)) {
    const copy = join(folder, relative(exampleFolder, file));
    writeFileSync(copy, changed(readFileSync(copy, 'utf8'), change, file));
  }
  return join(folder, 'iut.json');
}

/** Its modules in JavaScript, by URL, and whether they mark that a changed place is reached. */
export function changedModules(one: Change): {
  readonly modules: Readonly<Record<string, string>>;
  readonly marks: boolean;
} {
  const own = new Set(changesOf(one));
  const files = Map.groupBy([...own, defaultPath(dataPathOf(one))], ({ file }) => file);
  let marks = false;
  const modules = [...files].map(([file, changes]): [string, string] => {
    let source = sourceOf(file);
    let places: readonly number[] = [];
    for (const each of changes) {
      const next = changedAt(source, each.change, file);
      const longer = next.source.length - source.length;
      source = next.source;
      places = places.map((place) => (place > next.at ? place + longer : place));
      if (own.has(each)) places = [...places, next.at];
    }
    const javascript = stripTypeScriptTypes(source);
    const result = javascript.length === source.length ? marked(javascript, places) : { source: javascript, marks };
    marks ||= result.marks;
    return [pathToFileURL(join(root, file)).href, result.source];
  });
  return { modules: Object.fromEntries(modules), marks };
}
