import { join, resolve } from 'node:path';
import test from 'ava';
import { chooseTests } from './choice.ts';
import { runFile } from './test-file.ts';

const timers = resolve(import.meta.dirname, '../../reference/machines/timers.test.ts');

test('a test file of AVA runs in this process, again and again', async (t) => {
  for (const _ of [1, 2]) {
    const results = await runFile(timers);
    if ('error' in results) return t.fail(results.error);
    t.true(results.tests.length > 1);
    t.deepEqual(
      results.tests.filter(({ failure }) => failure !== undefined),
      [],
    );
  }
  return;
});

test('only the wanted tests run, in the order that is wanted', async (t) => {
  const all = await runFile(timers);
  if ('error' in all) return t.fail(all.error);
  const wanted = [all.tests[1]!.id, all.tests[0]!.id];
  const ran: string[] = [];
  const results = await runFile(timers, { wanted, before: (id) => ran.push(id) });
  t.deepEqual(ran, wanted);
  t.like(results, { late: false });
  return;
});

test('a file that can’t be loaded is an error, and no run without a failure', async (t) => {
  const results = await runFile(join(import.meta.dirname, 'missing.test.ts'));
  t.true('error' in results);
});

test('the mutant’s own tests come first, then its folder’s, then the cheapest others, within a budget', (t) => {
  const known = {
    far: { file: '/x/b/f.test.ts', milliseconds: 2 },
    cheap: { file: '/x/b/f.test.ts', milliseconds: 1 },
    dear: { file: '/x/b/g.test.ts', milliseconds: 5000 },
    folder: { file: '/x/a/other.test.ts', milliseconds: 50 },
    own: { file: '/x/a/mutated.test.ts', milliseconds: 100 },
  };
  const chosen = chooseTests(Object.keys(known), known, '/x/a/mutated.ts');
  t.deepEqual(
    [...chosen],
    [
      ['/x/a/mutated.test.ts', ['own']],
      ['/x/a/other.test.ts', ['folder']],
      ['/x/b/f.test.ts', ['cheap', 'far']],
    ],
  );
  t.deepEqual([...chooseTests(['dear'], known, '/x/a/mutated.ts')], [['/x/b/g.test.ts', ['dear']]]);
});
