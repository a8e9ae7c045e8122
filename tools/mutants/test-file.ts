/** A test file of AVA, run in this process by AVA's own runner: one test after the other. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadAnew } from './generations.ts';

export interface Test {
  readonly id: string;
  readonly milliseconds: number;
  readonly failure: string | undefined;
}

/** `late`: the deadline came before the end. `error`: the file could not be loaded. */
export type Results = { readonly tests: readonly Test[]; readonly late: boolean } | { readonly error: string };

/** What is used of AVA's runner (ava/lib/runner.js), which AVA doesn't export. */
interface Runner {
  readonly chain: unknown;
  readonly tasks: Record<'serial' | 'concurrent', Task[]>;
  start(): Promise<void>;
  interrupt(): void;
  on(event: 'stateChange', listener: (event: { data: Change }) => void): void;
}
interface Task {
  readonly title: string;
  implementation: (this: unknown, ...args: unknown[]) => unknown;
}
interface Change {
  readonly type: string;
  readonly title: string;
  readonly duration: number;
  readonly err?: { readonly message?: string; readonly formattedDetails?: unknown };
}

const ava = dirname(createRequire(import.meta.url).resolve('ava'));
const { default: AvaRunner } = (await import(pathToFileURL(join(ava, '../lib/runner.js')).href)) as {
  default: new (options: object) => Runner;
};

export interface RunOptions {
  /** Ids of the tests to run, in this order; all by default. */
  readonly wanted?: readonly string[];
  /** Called before each test with its id. */
  readonly before?: (id: string) => void;
  readonly failFast?: boolean;
  /** By `performance.now()`. */
  readonly deadline?: number;
}

/** They look at the text of a source, which is another in the copy that Stryker made. */
const ofTheText = /: the drawing at the head of /;

/** Rejects if the file itself fails. @param options which tests, and when to give up */
export async function runFile(file: string, options: RunOptions = {}): Promise<Results> {
  const { wanted, before, failFast = false, deadline = Infinity } = options;
  const id = (title: string): string => `${file}: ${title}`;
  const runner: Runner = new AvaRunner({ file, projectDir: process.cwd(), serial: true, failFast });
  const tests: Test[] = [];
  runner.on('stateChange', ({ data: { type, title, duration, err } }) => {
    if (type === 'test-passed') tests.push({ id: id(title), milliseconds: duration, failure: undefined });
    if (type === 'test-failed' || type === 'hook-failed')
      tests.push({ id: id(title), milliseconds: duration, failure: err?.message || JSON.stringify(err) });
  });
  // AVA starts by itself after the first test is declared; here it waits until the file is loaded.
  const start = runner.start.bind(runner);
  runner.start = async () => {};
  const stray = Promise.withResolvers<{ error: string }>();
  const onStray = (error: unknown): void => stray.resolve({ error: String(error) });
  process.on('uncaughtException', onStray).on('unhandledRejection', onStray);
  try {
    await loadAnew(file, runner.chain);
    for (const kind of ['serial', 'concurrent'] as const) {
      const tasks = runner.tasks[kind].filter(({ title }) => !ofTheText.test(title));
      runner.tasks[kind] = wanted === undefined ? tasks : inOrder(tasks, ({ title }) => wanted.indexOf(id(title)));
      for (const task of runner.tasks[kind]) {
        const { implementation } = task;
        task.implementation = function (...args) {
          before?.(id(task.title));
          return implementation.apply(this, args);
        };
      }
    }
    const ended = await Promise.race([start().then(() => ({ late: false })), stray.promise, until(deadline)]);
    runner.interrupt();
    return 'error' in ended ? ended : { tests, late: ended.late };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  } finally {
    process.off('uncaughtException', onStray).off('unhandledRejection', onStray);
  }
}

/** The wanted ones, by their place among what is wanted. */
const inOrder = (tasks: readonly Task[], place: (task: Task) => number): Task[] =>
  tasks.filter((task) => place(task) >= 0).toSorted((one, other) => place(one) - place(other));

const until = (deadline: number): Promise<{ late: boolean }> =>
  new Promise((resolve) => {
    if (deadline !== Infinity) setTimeout(resolve, Math.max(0, deadline - performance.now()), { late: true }).unref();
  });
