/**
 * How many workers a run has, and how they end.
 *
 * Cucumber ends its worker threads one after the other and waits for each. A thread of Node that is blocked in a call of the
 * system, or whose loop turns without anything left to wait for, never ends, and by then every verdict is known.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';

let stuck = 0;
let isBounded = false;

/** Threads that were told to end, and did not. */
export const stuckWorkers = (): number => stuck;

/** From now on nobody waits longer for the end of a worker thread than so many milliseconds. */
export function boundTermination(milliseconds = 10_000): void {
  if (isBounded) return;
  isBounded = true;
  const { terminate } = Worker.prototype;
  Worker.prototype.terminate = function (this: Worker): Promise<number> {
    const given = new AbortController();
    const late = pause(milliseconds, 1, { signal: given.signal }).then((status) => {
      stuck += 1;
      return status;
    });
    const ended = terminate.call(this).finally(() => given.abort());
    return Promise.race([ended, late.catch(() => ended)]);
  };
}

/**
 * Workers for so many scenarios. Each loads the suite before the first scenario begins, which takes as long as a few
 * scenarios do.
 */
export const workersFor = (scenarios: number, most: number): number =>
  Math.max(1, Math.min(most, scenarios, 2 + Math.ceil(scenarios / 4)));
