import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { type Fault, root } from './fault.ts';
import { after, finderOf } from './finders.ts';
import { type Attempt, attemptsFor, type Scenario, tagged, writeFeatures } from './plan.ts';

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
  const attempt: Attempt = { fault, role: 'server', scenarios: [scenario([])], finders: [] };
  const [path = ''] = writeFeatures([attempt], root, folder);
  const [file = '', line] = path.split(':');
  const [first] = readFileSync(file, 'utf8').split('\n');
  t.true(first?.includes('@wrong:server:no-tag'));
  t.true(line === '9' || line === '10');
});

test('what found a fault last time comes first, and only once', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'plan-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const tags = ['@iut:server', '@DATA-07'];
  const scenarios: Scenario[] = [scenario(tags), { ...scenario(tags), line: 20, name: 'two' }];
  const known = { 'server:no-tag': finderOf('features/frames/framing.feature', 'two') };
  const attempts = attemptsFor([{ ...fault, roles: ['server'] }], scenarios, false, known);
  const lines = writeFeatures(attempts, root, folder).map((path) => path.split(':').slice(1).map(Number));
  t.is(lines.length, 2);
  const [[first = 0] = [], [second = 0] = []] = lines;
  t.is(first - second, 11);
});

test('a run adds what it found, forgets what it did not find and what the registry lost', (t) => {
  const known = { 'server:no-tag': 'a', 'client:no-tag': 'b', 'relay:gone': 'c' };
  t.deepEqual(after(known, { 'server:no-tag': 'd' }, ['client:no-tag'], [fault]), { 'server:no-tag': 'd' });
});
