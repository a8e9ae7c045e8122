import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { parseFeature } from '../requirements/features.ts';
import { root } from './fault.ts';
import { finderOf, readFinders } from './finders.ts';

test('every scenario that found a wrong implementation last time is there under its name', (t) => {
  const names = new Set(
    globSync('features/**/*.feature', { cwd: root }).flatMap((file) =>
      parseFeature(file, readFileSync(join(root, file), 'utf8')).flatMap(({ cases }) =>
        cases.map(({ name }) => finderOf(file, name)),
      ),
    ),
  );
  const gone = Object.entries(readFinders()).filter(([, finder]) => !names.has(finder));
  t.deepEqual(gone, [], 'npm run wrong -- --only ID --remember finds the fault anew, and keeps by whom');
});
