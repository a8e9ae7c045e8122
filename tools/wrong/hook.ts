/**
 * Loaded before the reference (`--import`) by a wrong implementation, or by a right but different one: puts the modules of
 * the file that PNA_WRONG names in the place of the reference's. Without them the process ends: it would be the reference.
 * What they call when a changed place is reached is here, too: it writes to the file that PNA_WRONG_REACHED names.
 */
import { openSync, readFileSync, writeSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { isMainThread } from 'node:worker_threads';

/** Opened at once: later the process may be a user who may not. Its threads have the same descriptor. */
const descriptor = 'PNA_WRONG_REACHED_DESCRIPTOR';
const file = process.env['PNA_WRONG_REACHED'];
if (isMainThread && file !== undefined) process.env[descriptor] = `${open(file)}`;
const reached = Number(process.env[descriptor] ?? -1);
const calls = globalThis as { reachedWrong?: (() => void) | undefined };
if (reached >= 0)
  calls.reachedWrong = () => {
    calls.reachedWrong = undefined;
    writeSync(reached, '.');
  };

const modules = read(process.env['PNA_WRONG'] ?? '');

registerHooks({
  load(url, context, next) {
    const source = modules[url.split('?')[0] ?? url];
    return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
  },
});

function read(file: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    process.stderr.write(`PNA_WRONG=${file}: ${(error as Error).message}\n`);
    process.exit(70);
  }
}

function open(path: string): number {
  try {
    return openSync(path, 'a');
  } catch {
    return -1;
  }
}
