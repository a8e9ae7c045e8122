import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import test from 'ava';
import { capabilities } from '../../steps/support/peers/declaration.ts';
import { staleSchemas } from './schemas.ts';

const root = resolve(import.meta.dirname, '../..');

test('the published schemas and the table of capabilities are those of the code', (t) => {
  t.deepEqual(staleSchemas(), [], 'run: node tools/conformance/schemas.ts');
  const guide = readFileSync(resolve(root, 'docs/iut.md'), 'utf8');
  for (const [name, meaning] of Object.entries(capabilities))
    t.true(guide.includes(`| \`${name}\` | ${meaning} |`), name);
});
