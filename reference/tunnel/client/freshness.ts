/** The freshness of REQUESTs: each above every one before it, whatever the clock does (docs/protocol.md, section 5.2). */
import { join } from 'node:path';
import { temporaryIn } from '../config/shared-folder.ts';
import { messageOf } from '../reporting.ts';

const { readFileSync, renameSync, rmSync, writeFileSync } = process.getBuiltinModule('node:fs');

interface Options {
  /** Microseconds since 1970 UTC. */
  readonly now?: () => bigint;
  /** A folder that outlives the program. Without it only this run's values are known. */
  readonly folder?: string | undefined;
  /** Gets the reason when the last value can't be read or kept: there is a tunnel nevertheless. */
  readonly failed: (reason: string) => void;
}

const timeOfDay = (): bigint => BigInt(Date.now()) * 1_000n;
const largest = 2n ** 64n - 1n;

/** @returns what gives a REQUEST its value: the time of day, or the last value and 1 where the clock is not above it. */
export function freshness({ now = timeOfDay, folder, failed }: Options): () => bigint {
  const file = folder && join(folder, 'freshness');
  let last = -1n;
  const read = (path: string): void => {
    try {
      const text = readFileSync(path, 'latin1').trim();
      if (!/^\d{1,20}$/.test(text) || BigInt(text) > largest) failed(`${path} holds no number: it is written anew`);
      else if (BigInt(text) > last) last = BigInt(text);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') failed(messageOf(error));
    }
  };
  return () => {
    if (file !== undefined) read(file);
    const time = now();
    last = time > last ? time : last < largest ? last + 1n : largest;
    if (folder !== undefined && file !== undefined) keep(folder, file, last, failed);
    return last;
  };
}

/** Whole or not at all: a crash leaves the value of before. */
function keep(folder: string, file: string, value: bigint, failed: Options['failed']): void {
  const temporary = temporaryIn(folder);
  try {
    writeFileSync(temporary, `${value}\n`, { flag: 'wx', mode: 0o600, flush: true });
    renameSync(temporary, file);
  } catch (error) {
    failed(messageOf(error));
    rmSync(temporary, { force: true });
  }
}
