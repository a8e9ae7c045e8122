import test from 'ava';
import { Progress } from './progress.ts';
import type { ScenarioResult } from './results.ts';
import { rounded } from './terminal.ts';

const result = (more: Partial<ScenarioResult> = {}): ScenarioResult => ({
  id: 'x/a-name',
  feature: 'features/room/x.feature',
  line: 7,
  name: 'a name',
  requirements: [],
  tags: [],
  verdict: 'passed',
  reason: undefined,
  step: undefined,
  held: 0,
  attempt: 1,
  seconds: 1,
  measured: [],
  evidence: undefined,
  where: [],
  ...more,
});

function watched(isTerminal: boolean, planned = 4) {
  const written: string[] = [];
  let time = 0;
  const progress = new Progress({ write: (text) => written.push(text), isTerminal, now: () => time, folder: 'run' });
  for (let n = 0; n < planned; n++) progress.plan(n < 2 ? 'features/room/x.feature' : 'features/room/y.feature');
  return { progress, written, pass: (seconds: number) => (time += seconds * 1000) };
}

test('without a terminal: whole lines, and one after a minute of silence', (t) => {
  const { progress, written, pass } = watched(false);
  progress.tick();
  pass(30);
  progress.result(result());
  progress.tick();
  t.deepEqual(written, []);
  pass(60);
  progress.tick();
  progress.tick();
  t.deepEqual(written.splice(0), ['    …   1 of 4 scenarios, 4 min 30 s left\n']);
  progress.result(result());
  t.deepEqual(written, [`    ok  ${'room/x'.padEnd(44)} 2 passed\n`]);
});

test('a failure on a machine that was too busy is none yet', (t) => {
  const { progress, written } = watched(false, 2);
  progress.result(result());
  progress.result(result({ verdict: 'failed', reason: 'no answer', strained: 'busy' }));
  t.deepEqual(written.splice(0), [
    '  UNDECIDED x/a-name (features/room/x.feature:7): it comes again when the others are over\n    busy\n',
  ]);
  progress.again(1);
  progress.result(result({ measured: ['tried again: busy'] }));
  t.deepEqual(written, [
    '    …   one scenario again, for which the machine was too busy\n',
    `    ok  ${'room/x'.padEnd(44)} 2 passed\n`,
    '        tried again: busy\n',
  ]);
});

test('of too many to come again each verdict is told after all', (t) => {
  const { progress, written } = watched(false, 2);
  progress.result(result());
  progress.result(result({ verdict: 'failed', reason: 'no answer', strained: 'busy' }));
  written.splice(0);
  progress.tooMany(61);
  progress.result(result({ verdict: 'failed', reason: 'no answer' }));
  t.deepEqual(written, [
    '    …   the machine was too busy for 61 scenarios, too many to come again: their verdicts stand\n',
    '  FAILED x/a-name (features/room/x.feature:7)\n      no answer\n',
    `not ok  ${'room/x'.padEnd(44)} 1 passed, 1 NOT\n`,
  ]);
});

test('on a terminal: a line that is written again, and never stays', (t) => {
  const { progress, written, pass } = watched(true);
  pass(10);
  progress.tick();
  t.deepEqual(written.splice(0), ['\r\x1b[K  [....................] 0 of 4 scenarios']);
  progress.result(result());
  progress.result(result({ verdict: 'failed', reason: 'no answer', step: 'the step' }));
  const [failure, status, line, again] = written;
  t.regex(
    failure ?? '',
    /^\r.\[K {2}FAILED x\/a-name \(features\/room\/x.feature:7\)\n {4}the step\n {6}no answer\n$/u,
  );
  t.is(status, '\r\x1b[K  [##########..........] 2 of 4 scenarios, 1 not passed, 10 s left');
  t.regex(line ?? '', /^\r.\[Knot ok {2}room\/x/u);
  t.is(again, '\r\x1b[K  [##########..........] 2 of 4 scenarios, 1 not passed, 10 s left');
  progress.end();
  t.is(written.at(-1), '\r\x1b[K');
});

test('a failure like one before takes two lines', (t) => {
  const { progress, written } = watched(false);
  const failed = { verdict: 'failed', step: 'the step' } as const;
  progress.result(
    result({ ...failed, reason: 'port 3265: not within 10000 ms\nstderr: a word', evidence: 'scenarios/x/' }),
  );
  progress.result(result({ ...failed, id: 'x/other', reason: 'port 3266: not within 10042 ms\nstderr: a word' }));
  t.regex(written[0] ?? '', /stderr: a word\n {4}evidence: run\/scenarios\/x\//);
  t.is(written[1], '  FAILED x/other (features/room/x.feature:7)\n    like x/a-name: port 3266: not within 10042 ms\n');
});

test('a known failure does not make its feature bad', (t) => {
  const { progress, written } = watched(false);
  progress.result(result({ verdict: 'expected failure', reason: 'known' }));
  progress.result(result());
  t.is(written.at(-1), `    ok  ${'room/x'.padEnd(44)} 1 passed, 1 expected to fail\n`);
});

test('times are said as people say them', (t) => {
  t.deepEqual([0.4, 59.6, 89, 95, 179, 600, 655].map(rounded), [
    '0 s',
    '60 s',
    '89 s',
    '1 min 40 s',
    '3 min',
    '10 min',
    '11 min',
  ]);
});
