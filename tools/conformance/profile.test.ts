/** From what scenarios cost to the table of `--profile`. */
import test from 'ava';
import { Profile } from './profile.ts';
import type { Envelope } from './results.ts';

const time = (seconds: number) => ({ seconds, nanos: 0 });

function scenario(id: string, uri: string, from: number, to: number, costs?: object): Envelope[] {
  const body = JSON.stringify(costs);
  return [
    { pickle: { id, uri, name: `name of ${id}`, language: 'en', astNodeIds: [], steps: [], tags: [] } },
    { testCase: { id: `case ${id}`, pickleId: id, testSteps: [] } },
    { testCaseStarted: { id: `run ${id}`, testCaseId: `case ${id}`, attempt: 0, timestamp: time(from) } },
    ...(costs === undefined
      ? []
      : [{ attachment: { mediaType: 'text/x.pna.costs', testCaseStartedId: `run ${id}`, body } }]),
    { testCaseFinished: { testCaseStartedId: `run ${id}`, timestamp: time(to), willBeRetried: false } },
  ] as Envelope[];
}

test('a feature has a line with the sums of its scenarios, the dearest first', (t) => {
  const cost = (count: number, milliseconds: number) => ({ count, milliseconds });
  const kinds = {
    laboratory: cost(1, 100),
    capture: cost(1, 200),
    start: cost(2, 3000),
    release: cost(1, 400),
  };
  const profile = new Profile();
  const messages = [
    ...scenario('a', 'features/x/short.feature', 0, 1),
    ...scenario('b', 'features/x/dear.feature', 0, 5, { kinds, worker: 700, programs: { pna: 500, ip: 300 } }),
    ...scenario('c', 'features/x/dear.feature', 5, 7, { kinds, worker: 700, programs: { pna: 800 } }),
  ];
  for (const message of messages) profile.take(message);
  const lines = profile.table(4, 2).split('\n');
  const cells = (of: string) =>
    lines
      .find((line) => line.trimStart().startsWith(of))
      ?.trim()
      .split(/\s+/);
  t.deepEqual(cells('x/dear'), ['x/dear', '2', '7.0', '0.2', '0.4', '6.0', '0.8', '4', '1.4', '1.6']);
  t.deepEqual(cells('x/short')?.slice(0, 3), ['x/short', '1', '1.0']);
  t.true(lines.findIndex((line) => line.includes('x/dear')) < lines.findIndex((line) => line.includes('x/short')));
  t.true(lines.some((line) => line.includes('100 % of 2 were in a scenario')));
  t.true(lines.some((line) => line.includes('pna 1.3 s, ip 0.3 s')));
  t.true(lines.some((line) => line.includes('5.0 s      name of b (features/x/dear.feature)')));
});
