/** A fact of the World belongs to the file that declares it: nobody else sets it, and hardly ever in more than one place. */
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import test from 'ava';

const steps = join(import.meta.dirname, '..');
const mostPlaces = 2;

/** Names in the blocks `interface Facts { … }`. */
function declaredIn(source: string): string[] {
  return [...source.matchAll(/\binterface Facts \{\n(.*?)\n {2}\}/gs)].flatMap(([, block = '']) =>
    [...block.matchAll(/^ {4}(\w+): /gm)].map(([, name = '']) => name),
  );
}

test('each fact is declared once, and set by the file that declares it', (t) => {
  const owners = new Map<string, string>();
  const places = new Map<string, string[]>();
  const faults: string[] = [];
  for (const path of globSync('**/!(*.test).ts', { cwd: steps })) {
    const source = readFileSync(join(steps, path), 'utf8');
    for (const name of declaredIn(source)) {
      if (owners.has(name)) faults.push(`${name} is declared in ${owners.get(name)} and in ${path}`);
      owners.set(name, path);
    }
    for (const [, name = ''] of source.matchAll(/\b(?:this|world)\.set\(\s*'(\w+)'/g))
      places.set(name, [...(places.get(name) ?? []), path]);
  }
  t.true(owners.size > 20, 'the pattern finds no facts');
  for (const [name, owner] of owners) {
    const own = places.get(name) ?? [];
    if (own.length === 0) faults.push(`${name} of ${owner} is set nowhere`);
    if (own.length > mostPlaces) faults.push(`${name} of ${owner} is set in ${own.length} places: ${own.join(', ')}`);
    const strangers = own.filter((path) => path !== owner);
    if (strangers.length > 0) faults.push(`${name} of ${owner} is set in ${strangers.join(', ')}`);
  }
  t.deepEqual(faults.toSorted(), [], relative('.', steps));
});
