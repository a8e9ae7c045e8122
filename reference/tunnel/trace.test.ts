import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openTrace } from './trace.ts';

function folderOf(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'pna-trace-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

const open = (t: ExecutionContext, folder: string) =>
  openTrace(
    folder,
    () => 1.5,
    (error) => t.fail(error.message),
  );

test('transitions and keys go to files of their own, and are added to what is there', (t) => {
  const folder = folderOf(t);
  for (const octet of [1, 2]) {
    const trace = open(t, folder);
    trace.write({ node: 'a' });
    trace.key('KEY', Uint8Array.of(octet));
    trace.close();
    trace.write({ node: 'after the end' });
  }
  t.is(readFileSync(join(folder, 'trace.ndjson'), 'utf8'), '{"time":1.5,"node":"a"}\n'.repeat(2));
  t.is(readFileSync(join(folder, 'keys.log'), 'utf8'), 'KEY 01\nKEY 02\n');
});

test('a key log that others could read is for its owner alone from now on', (t) => {
  const folder = folderOf(t);
  const file = join(folder, 'keys.log');
  writeFileSync(file, '');
  chmodSync(file, 0o666);
  open(t, folder).close();
  t.is(statSync(file).mode & 0o777, 0o600);
});

test('nothing is written through a link', (t) => {
  const folder = folderOf(t);
  const elsewhere = join(folder, 'elsewhere');
  symlinkSync(elsewhere, join(folder, 'keys.log'));
  t.throws(() => open(t, folder), { code: 'ELOOP' });
  t.throws(() => statSync(elsewhere));
});
