/**
 * steps/ mirrors features/: a phrase that one feature uses stands in the steps file of the feature's name, a phrase that
 * several use in steps/support/, and there is none that nobody uses. Found by a dry run of Cucumber.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api';
import test from 'ava';

const root = join(import.meta.dirname, '../..');

interface Phrase {
  readonly file: string;
  readonly line: number;
  readonly text: string;
  readonly features: Set<string>;
}

/** Every phrase with the features that use it, and the features' steps that no phrase matches. */
async function phrases(): Promise<{ readonly all: readonly Phrase[]; readonly undefinedIn: readonly string[] }> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const provided = { paths: ['features/**/*.feature'], import: ['steps/*/!(*.test|*.d).ts'], dryRun: true };
  const { runConfiguration } = await loadConfiguration({ file: false, provided }, { cwd: root });
  const found = new Map<string, Phrase>();
  const featureOf = new Map<string, string>();
  const lineOf = new Map<string, string>();
  const undefinedIn: string[] = [];
  await runCucumber(runConfiguration, { cwd: root, stdout: silent, stderr: silent }, (envelope) => {
    const { stepDefinition, pickle, testCase } = envelope;
    if (stepDefinition) {
      const { uri = '', location } = stepDefinition.sourceReference;
      const text = stepDefinition.pattern.source;
      found.set(stepDefinition.id, { file: uri, line: location?.line ?? 0, text, features: new Set() });
    }
    if (pickle) featureOf.set(pickle.id, pickle.uri);
    for (const { id, text } of pickle?.steps ?? []) lineOf.set(id, text);
    const feature = featureOf.get(testCase?.pickleId ?? '') ?? '';
    for (const { pickleStepId, stepDefinitionIds = [] } of testCase?.testSteps ?? []) {
      if (pickleStepId !== undefined && stepDefinitionIds.length !== 1)
        undefinedIn.push(`${feature}: ${lineOf.get(pickleStepId)}`);
      for (const id of stepDefinitionIds) found.get(id)?.features.add(feature);
    }
  });
  return { all: [...found.values()], undefinedIn };
}

/** Phrases of the suite's own tests, which write features for themselves. */
const ownTests = globSync('tools/**/*.test.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));

/** What is wrong about where a phrase stands; undefined if nothing is. */
function misplaced({ file, text, features }: Phrase): string | undefined {
  const [one = ''] = features;
  if (features.size === 0)
    return ownTests.some((source) => source.includes(`'${text}'`)) ? undefined : 'nobody uses it';
  const own = one.replace(/^features\//, 'steps/').replace(/\.feature$/, '.ts');
  if (features.size === 1) return file === own ? undefined : `only ${one} uses it: ${own}`;
  return file.startsWith('steps/support/') ? undefined : `${[...features].join(', ')} use it: steps/support/`;
}

test('a phrase is found from its feature, and the feature from the phrase', async (t) => {
  const { all, undefinedIn } = await phrases();
  t.true(all.length > 100, 'the dry run finds no phrases');
  t.deepEqual(undefinedIn, [], 'steps that no phrase matches, or several');
  const faults = all.flatMap((phrase) => {
    const fault = misplaced(phrase);
    return fault === undefined ? [] : [`${phrase.file}:${phrase.line} ${phrase.text}\n      ${fault}`];
  });
  t.deepEqual(faults, []);
});
