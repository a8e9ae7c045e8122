/** Who is blamed for what a step throws, by a run of Cucumber's: the implementation, or the suite. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import test from 'ava';
import { Results } from './results.ts';

const root = resolve(import.meta.dirname, '../..');

/** What a step does, and the verdict. */
const cases: Readonly<Record<string, readonly [act: string, verdict: string]>> = {
  'calls what is no function': ['nothing()', 'harness error'],
  'looks up what is not there': ['nothing.there', 'harness error'],
  'throws what is no error': ["throw 'a word'", 'harness error'],
  'throws an error of its own': ["throw new Error('unforeseen')", 'harness error'],
  'fails in the laboratory': ["throw new LabFailure('no namespace')", 'harness error'],
  'has no processor': ["throw new Starved('too late')", 'harness error'],
  'takes too long': ['return new Promise(() => {})', 'harness error'],
  'misuses the reference': ["throw new Misuse('no key')", 'harness error'],
  'sees the implementation fail': ["throw new Nonconformance('no answer')", 'failed'],
  'asserts in vain': ['assert.equal(1, 2)', 'failed'],
  'receives what does not decode': ["throw new Malformed('no frame')", 'failed'],
};

test('what a step throws unforeseen is the fault of the suite', async (t) => {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'blame-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const steps = Object.entries(cases).map(
    ([name, [act]]) => `When('a step ${name}', { timeout: 500 }, () => { ${act}; });`,
  );
  const scenarios = Object.keys(cases).map((name) => `  Scenario: ${name}\n    When a step ${name}\n`);
  writeFileSync(join(folder, 'blame.feature'), `Feature: Blame\n${scenarios.join('')}`);
  writeFileSync(
    join(folder, 'blame.mjs'),
    [
      "import assert from 'node:assert/strict';",
      "import { When } from '@cucumber/cucumber';",
      `import { Malformed, Misuse } from '${root}/reference/errors.ts';`,
      `import { LabFailure, Nonconformance, Starved } from '${root}/steps/support/lab/failure.ts';`,
      'let nothing;',
      ...steps,
    ].join('\n'),
  );
  const provided = { paths: [join(folder, 'blame.feature')], import: [join(folder, 'blame.mjs')] };
  const { runConfiguration } = await loadConfiguration({ file: false, provided }, { cwd: root });
  const results = new Results(new Map());
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  await runCucumber(runConfiguration, { cwd: root, stdout: silent, stderr: silent }, (envelope) =>
    results.take(envelope),
  );
  t.deepEqual(results.failures, []);
  t.deepEqual(
    Object.fromEntries(results.finished.map(({ name, verdict }) => [name, verdict])),
    Object.fromEntries(Object.entries(cases).map(([name, [, verdict]]) => [name, verdict])),
  );
});
