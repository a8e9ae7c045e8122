/** What a wrong implementation loads instead of the reference's modules: written once, by whoever tries it. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Change,
  type ChangeOfModule,
  changed,
  changesOf,
  dataPathOf,
  exampleFolder,
  isOfExample,
  root,
  sourceOf,
} from './fault.ts';

/** What a configuration without the key says: the other form of the data path would do right what is wrong in this one. */
const defaultPath = (path: 'fast' | 'readable'): ChangeOfModule => ({
  file: 'reference/tunnel/config/shared-keys.ts',
  change: ["  ),\n  'auto',\n", `  ),\n  '${path}',\n`],
});

/** Writes ID.json for each: the changed modules, URL → source in JavaScript, so that no start has to parse TypeScript. */
export function writeChanges(all: Iterable<Change>, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const one of all)
    if (!isOfExample(one)) writeFileSync(join(folder, `${one.id}.json`), JSON.stringify(changedModules(one)));
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

function changedModules(one: Change): Readonly<Record<string, string>> {
  const modules = Map.groupBy([...changesOf(one), defaultPath(dataPathOf(one))], ({ file }) => file);
  return Object.fromEntries(
    [...modules].map(([file, changes]) => {
      const path = join(root, file);
      const source = changes.reduce((text, { change }) => changed(text, change, file), sourceOf(file));
      return [pathToFileURL(path).href, stripTypeScriptTypes(source)];
    }),
  );
}
