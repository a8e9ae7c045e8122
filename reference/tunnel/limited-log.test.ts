import test from 'ava';
import { LimitedLog } from './limited-log.ts';

/** A log that remembers its lines. */
function remembering() {
  const lines: string[] = [];
  const add = (text: string): void => {
    lines.push(text);
  };
  return { lines, log: new LimitedLog({ info: add, warn: add }) };
}

test('the first lines of each cause are written, and the others are counted', (t) => {
  const { lines, log } = remembering();
  for (let i = 0; i < 1_000; i++) log.info('timeout', `${i}: timeout`);
  log.warn('resource limit', 'refused');
  t.is(lines.length, 11);
  t.is(lines.at(-1), 'refused');
  log.flush();
  t.deepEqual(lines.slice(11), ['990 more lines were left out: timeout']);
});

test('after a period the first lines are written again', (t) => {
  const { lines, log } = remembering();
  for (let i = 0; i < 11; i++) log.info('timeout', 'line');
  log.flush();
  log.info('timeout', 'again');
  t.deepEqual(lines.slice(10), ['1 more lines were left out: timeout', 'again']);
  log.flush();
  t.is(lines.length, 12);
});

test('causes that a peer makes up do not add up', (t) => {
  const { lines, log } = remembering();
  for (let i = 0; i < 10_000; i++) log.info(`cause ${i}`, 'line');
  t.is(lines.length, 60);
  log.flush();
  t.is(lines.at(-1), '9940 more lines were left out: other causes');
});
