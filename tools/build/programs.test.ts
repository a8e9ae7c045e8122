/** The reference as built programs: each is there, they run, and no program is named that was not built. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import test from 'ava';
import { buildPrograms, currentProgram } from './programs.ts';
import { builtReference } from './reference.ts';

const root = resolve(import.meta.dirname, '../..');
const pna = join(root, 'bin/pna');
const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;

test('every program that one of them starts is built, and no module is left to be looked for', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'programs-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  await buildPrograms(folder);
  const files = readdirSync(join(folder, 'reference/programs'));
  const texts = files.map((file) => readFileSync(join(folder, 'reference/programs', file), 'utf8'));
  const started = texts.flatMap((text) => [...text.matchAll(/"\.\/([\w-]+\.js)"/g)].map(([, file]) => file));
  t.deepEqual([...new Set([...started, 'pna.js'])].sort(), files.sort());
  for (const text of texts) t.notRegex(text, /["']\.{1,2}\/[^"']*\.ts["']/);
});

test('the command runs what was built of this tree, unless Node has options or the program is another tree’s', async (t) => {
  const program = await currentProgram();
  t.is(await currentProgram(), program);
  t.deepEqual(await builtReference(), { PNA_BUILT: program });
  const main = (env: Record<string, string>): string => {
    const bare = { PATH: process.env['PATH'] ?? '', ...env };
    return execFileSync('sh', ['-x', pna, '--version'], {
      env: bare,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };
  t.is(main({ PNA_BUILT: program }).trim(), version);
  t.is(main({}).trim(), version);
  // It is not there: so whoever runs it fails.
  const absent = join(dirname(program), 'absent.js');
  t.throws(() => main({ PNA_BUILT: absent }), { message: /absent\.js/ });
  t.is(main({ PNA_BUILT: absent, NODE_OPTIONS: '--no-warnings' }).trim(), version);
  t.is(main({ PNA_BUILT: absent.replace(root, '/elsewhere') }).trim(), version);
});
