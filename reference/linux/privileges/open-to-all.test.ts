import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { isOpenToAll } from './open-to-all.ts';

test('a file is open to all if its mode says so, and that of each folder above it', (t) => {
  const top = mkdtempSync(join(tmpdir(), 'pna-open-'));
  t.teardown(() => rmSync(top, { recursive: true }));
  const folder = join(top, 'folder');
  const file = join(folder, 'file');
  mkdirSync(folder);
  writeFileSync(file, '');
  const judged = (modes: readonly [top: number, folder: number, file: number]): boolean => {
    [top, folder, file].forEach((path, index) => {
      chmodSync(path, modes[index] ?? 0);
    });
    return isOpenToAll(file);
  };
  t.true(judged([0o755, 0o711, 0o644]));
  t.true(judged([0o701, 0o701, 0o604]));
  t.false(judged([0o755, 0o755, 0o640]));
  t.false(judged([0o755, 0o750, 0o644]));
  t.false(judged([0o700, 0o755, 0o644]));
});
