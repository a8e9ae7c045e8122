/** Imports of the suite point one way: lab/ ← peers/ ← what steps share ← the steps of a folder of features. */
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import test from 'ava';

const steps = join(import.meta.dirname, '..');
const rooms = ['support/lab/', 'support/peers/', 'support/', ''];
/** The index of its room, the lowest first. */
const levelOf = (path: string) => rooms.findIndex((room) => path.startsWith(room));

test('a room of the suite imports from no room above it', (t) => {
  const upward: string[] = [];
  let imports = 0;
  for (const file of globSync('**/*.ts', { cwd: steps })) {
    for (const [, specifier = ''] of readFileSync(join(steps, file), 'utf8').matchAll(/\bfrom '(\.[^']+)'/g)) {
      imports++;
      const target = relative(steps, join(steps, file, '..', specifier));
      if (!target.startsWith('..') && levelOf(target) > levelOf(file)) upward.push(`${file}: ${specifier}`);
    }
  }
  t.true(imports > 100, 'the pattern finds no imports');
  t.deepEqual(upward, []);
});
