import test from 'ava';
import type { Fault } from './fault.ts';
import { after, finderOf } from './finders.ts';
import { attemptsFor, inOrder, limitedTo, parseSlice, type Scenario, sliced, type Trial, tagged } from './plan.ts';

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

test('the likeliest scenario of each fault comes first, then the second of each, and slow ones last', (t) => {
  const at = (uri: string, line: number, ...tags: string[]): Scenario => ({ uri, line, name: `${line}`, tags });
  const scenarios = [
    at('features/tunnel/names.feature', 1, '@DATA-07'),
    at('features/frames/framing.feature', 2, '@DATA-08'),
    at('features/frames/framing.feature', 3, '@DATA-07'),
  ];
  const order = (finders: readonly Scenario[] = []): string[] => {
    const attempts = [
      { fault, role: 'client' as const, scenarios, finders: [] },
      { fault, role: 'server' as const, scenarios, finders },
    ];
    return inOrder(attempts).map(({ tag, scenario: { line } }) => `${tag.split(':')[1]} ${line}`);
  };
  t.deepEqual(order(), ['client 3', 'server 3', 'client 2', 'server 2', 'client 1', 'server 1']);
  t.deepEqual(order(scenarios.slice(0, 1)), ['client 3', 'server 1', 'server 3', 'client 2', 'server 2', 'client 1']);
});

test('a scenario is copied for each fault, with its tag', (t) => {
  const pickle = { id: 'p', uri: 'x.feature', name: 'one', language: 'en', astNodeIds: [], steps: [], tags: [] };
  const planned = [{ pickle, gherkinDocument: { comments: [] }, location: { line: 9 } }];
  const trial = (line: number, tag: string): Trial => ({
    tag,
    scenario: { uri: 'x.feature', line, name: 'one', tags: [] },
  });
  const copies = tagged([trial(9, '@wrong:server:a'), trial(9, '@wrong:server:b')], planned);
  t.deepEqual(
    copies.map((copy) => copy.pickle.tags.map(({ name }) => name)),
    [['@wrong:server:a'], ['@wrong:server:b']],
  );
  t.is(new Set(copies.map((copy) => copy.pickle.id)).size, 2);
  t.throws(() => tagged([trial(8, '@wrong:server:a')], planned), { message: /x\.feature:8/ });
});

test('what found a fault last time is known by feature and name', (t) => {
  const tags = ['@iut:server', '@DATA-07'];
  const scenarios: Scenario[] = [scenario(tags), { ...scenario(tags), line: 20, name: 'two' }];
  const known = { 'server:no-tag': finderOf('features/frames/framing.feature', 'two') };
  const [attempt] = attemptsFor([{ ...fault, roles: ['server'] }], scenarios, false, known);
  t.deepEqual(attempt?.finders, scenarios.slice(1));
});

test('a run adds what it found, forgets what it did not find and what the registry lost', (t) => {
  const known = { 'server:no-tag': 'a', 'client:no-tag': 'b', 'relay:gone': 'c' };
  t.deepEqual(after(known, { 'server:no-tag': 'd' }, ['client:no-tag'], [fault]), { 'server:no-tag': 'd' });
});

test('slices share the scenarios of an attempt among them', (t) => {
  const scenarios = [1, 2, 3, 4, 5].map((line) => ({ ...scenario([]), line }));
  const attempt = { fault, role: 'server' as const, scenarios, finders: [] };
  const lines = (slice?: string): number[] => sliced(attempt, parseSlice(slice)).scenarios.map(({ line }) => line);
  t.deepEqual(
    [lines('1/2'), lines('2/2'), lines()],
    [
      [1, 3, 5],
      [2, 4],
      [1, 2, 3, 4, 5],
    ],
  );
  for (const wrong of ['0/2', '3/2', '2', 'a/b']) t.throws(() => lines(wrong), { message: /K\/N/ }, wrong);
});

test('a run may be limited to scenarios by their ids', (t) => {
  const attempt = {
    fault,
    role: 'server' as const,
    scenarios: [scenario([]), { ...scenario([]), name: 'two' }],
    finders: [],
  };
  const names = (ids?: string[]): string[] => limitedTo(attempt, ids).scenarios.map(({ name }) => name);
  t.deepEqual([names(), names(['framing/two']), names(['framing/three'])], [['one', 'two'], ['two'], []]);
});
