import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { freshness } from './freshness.ts';

/** Gives these times one after the other. */
const clock = (...times: bigint[]) => {
  const left = [...times];
  return () => left.shift() ?? 0n;
};
const failed = (): void => {};

function folderOf(t: { teardown: (end: () => void) => void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'pna-freshness-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('it is the time, and one more than before where the clock stands still or jumps back', (t) => {
  const next = freshness({ now: clock(100n, 100n, 7n, 101n, 200n), failed });
  t.deepEqual(Array.from({ length: 5 }, next), [100n, 101n, 102n, 103n, 200n]);
});

test('without a clock of its own it is microseconds since 1970', (t) => {
  const before = BigInt(Date.now()) * 1_000n;
  const value = freshness({ failed })();
  t.true(value >= before && value <= BigInt(Date.now()) * 1_000n);
});

test('a folder keeps it across runs, also where the clock was set back between them', (t) => {
  const folder = folderOf(t);
  t.is(freshness({ now: clock(500n), folder, failed })(), 500n);
  const next = freshness({ now: clock(3n, 2n), folder, failed });
  t.deepEqual([next(), next()], [501n, 502n]);
  t.is(readFileSync(join(folder, 'freshness'), 'utf8'), '502\n');
});

test('what the folder holds and is no value is told and written anew', (t) => {
  const folder = folderOf(t);
  for (const text of ['', 'x', '-1', '18446744073709551616']) {
    writeFileSync(join(folder, 'freshness'), text);
    const faults: string[] = [];
    t.is(freshness({ now: clock(9n), folder, failed: (fault) => faults.push(fault) })(), 9n, text);
    t.is(faults.length, 1, text);
    t.is(readFileSync(join(folder, 'freshness'), 'utf8'), '9\n');
  }
});

test('a folder that is gone is told, and costs no value', (t) => {
  const faults: string[] = [];
  const next = freshness({ now: clock(9n, 9n), folder: '/nowhere/at/all', failed: (fault) => faults.push(fault) });
  t.deepEqual([next(), next()], [9n, 10n]);
  t.is(faults.length, 2);
});

test('at its greatest it stays', (t) => {
  const next = freshness({ now: clock(2n ** 64n - 1n, 5n), failed });
  t.deepEqual([next(), next()], [2n ** 64n - 1n, 2n ** 64n - 1n]);
});
