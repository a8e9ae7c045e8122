/** One target in a thread of its own: the main thread sees it hang or run out of memory, and still knows the input. */
import { parentPort, workerData } from 'node:worker_threads';
import { Counters, instrument } from './counters.ts';
import type { Explored, Finding } from './explore.ts';

export interface Task {
  readonly target: string;
  readonly kept: readonly Uint8Array[];
  readonly seed: number;
  readonly milliseconds: number;
  /** Findings after which it ends. */
  readonly enough: number;
  /** The number of the run, and the octets of its input. */
  readonly head: Int32Array<SharedArrayBuffer>;
  /** The input that is running. */
  readonly input: Uint8Array<SharedArrayBuffer>;
}

export type Report =
  | { readonly type: 'found'; readonly finding: Finding }
  | { readonly type: 'done'; readonly explored: Explored };

const task = workerData as Task;
instrument((path) => path.startsWith('reference/') || path === 'tools/fuzz/targets/practice.ts');
// Only now: what is imported before the hook is there is not instrumented.
const { targets } = await import('../targets.ts');
const { Explorer } = await import('./explore.ts');
const target = targets.find(({ name }) => name === task.target);
if (target === undefined) throw new Error(`no target ${task.target}`);
const report = (message: Report): void => parentPort?.postMessage(message);
const explorer = new Explorer({
  target,
  counters: new Counters(),
  kept: task.kept,
  seed: task.seed,
  milliseconds: task.milliseconds,
  enough: task.enough,
  running: (input) => {
    task.input.set(input.subarray(0, task.input.length));
    Atomics.store(task.head, 1, Math.min(input.length, task.input.length));
    Atomics.add(task.head, 0, 1);
  },
  found: (finding) => report({ type: 'found', finding }),
});
report({ type: 'done', explored: await explorer.explore() });
