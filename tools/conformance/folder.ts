/** Where runs leave what they have to show. */
import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../command-line.ts';

/** RUNS/TIME. @throws UsageError where nothing can be written */
export function makeFolder(started: Date, runs: string): string {
  try {
    return madeFolder(started, runs);
  } catch (error) {
    const { code = (error as Error).message } = error as NodeJS.ErrnoException;
    throw new UsageError(`${runs} cannot be made or written (${code}): name another folder by --output`);
  }
}

function madeFolder(started: Date, runs: string): string {
  mkdirSync(runs, { recursive: true });
  const time = started
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  for (let n = 1; ; n++) {
    const folder = join(runs, n === 1 ? time : `${time}-${n}`);
    try {
      mkdirSync(folder);
      return folder;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** RUNS/latest points to the folder: for a run that has something to show. */
export function pointToLatest(folder: string): void {
  const link = join(dirname(folder), `latest-${basename(folder)}`);
  rmSync(link, { force: true });
  symlinkSync(basename(folder), link);
  renameSync(link, join(dirname(folder), 'latest'));
}
