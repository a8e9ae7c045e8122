import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { type Fault, root } from './fault.ts';
import { attemptsFor, type Scenario, tagged, writeFeatures } from './plan.ts';

const fault: Fault = {
  id: 'no-tag',
  breaks: ['DATA-07'],
  roles: ['client', 'server'],
  does: 'Nothing is verified.',
  file: 'reference/errors.ts',
  change: ['a', 'b'],
};

const scenario = (tags: readonly string[]): Scenario => ({
  uri: 'features/frames/framing.feature',
  line: 9,
  name: 'one',
  tags,
});

test('a fault is tried once in each role, with the scenarios of its requirements in that role', (t) => {
  const scenarios = [
    scenario(['@iut:client', '@DATA-07']),
    scenario(['@iut:server', '@DATA-07']),
    scenario(['@iut:server', '@DATA-08']),
  ];
  const count = (whole: boolean) =>
    attemptsFor([fault], scenarios, whole).map(({ role, scenarios: own }) => [role, own.length]);
  t.deepEqual(count(false), [
    ['client', 1],
    ['server', 1],
  ]);
  t.deepEqual(count(true), [
    ['client', 1],
    ['server', 2],
  ]);
});

test('a feature gets the tag of its fault, before tags of its own or above', (t) => {
  t.deepEqual(tagged('# x\n@lab @x\nFeature: F', '@wrong:a'), { text: '# x\n@wrong:a @lab @x\nFeature: F', moved: 0 });
  t.deepEqual(tagged('Feature: F\n  @x', '@wrong:a'), { text: '@wrong:a\nFeature: F\n  @x', moved: 1 });
  t.throws(() => tagged('Rule: R', '@wrong:a'), { message: /Feature/ });
});

test('the copies name the lines of the scenarios that were chosen', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plan-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const [path = ''] = writeFeatures([{ fault, role: 'server', scenarios: [scenario([])] }], root, folder, false);
  const [file = '', line] = path.split(':');
  const [first] = readFileSync(file, 'utf8').split('\n');
  t.true(first?.includes('@wrong:server:no-tag'));
  t.true(line === '9' || line === '10');
});
