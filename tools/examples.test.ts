import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';

const root = join(import.meta.dirname, '..');

test('the example in Python does what each vector says', (t) => {
  const vectors = globSync(join(root, 'vectors/*.json'));
  t.true(vectors.length > 20);
  const output = execFileSync(join(root, 'examples/python/vectors.py'), vectors, { encoding: 'utf8' });
  t.regex(output, /^[1-9]\d{3} vectors, 0 wrong$/m);
});

test('its files are short', (t) => {
  const files = globSync(join(root, 'examples/python/**/*.py'));
  t.true(files.length > 20);
  for (const file of files) t.true(readFileSync(file, 'utf8').split('\n').length <= 350, file);
});
