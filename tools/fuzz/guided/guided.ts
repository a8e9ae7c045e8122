/** Explores targets one after the other, each in a thread, for a time that they share. */
import { Worker } from 'node:worker_threads';
import { keepFinding, keepInputs, keptOf } from '../corpus.ts';
import type { Target } from '../targets/target.ts';
import type { Explored, Finding } from './explore.ts';
import type { Report, Task } from './worker.ts';

interface Options {
  readonly targets: readonly Target[];
  readonly minutes: number;
  readonly seed: number;
  /** Whether the inputs that reach most become the corpus. */
  readonly keep: boolean;
  readonly say: (text: string) => void;
}

/** A run that takes longer, in milliseconds, hangs. */
const patience = 10_000;
const memory = { maxOldGenerationSizeMb: 768 };
const longestInput = 1 << 17;

/** @returns whether nothing was found */
export async function guided({ targets, minutes, seed, keep, say }: Options): Promise<boolean> {
  const milliseconds = (minutes * 60_000) / targets.length;
  say(`seed ${seed}, ${targets.length} targets, ${(milliseconds / 1_000).toFixed(0)} s each`);
  say(row('target', 'executions', 'a second', 'kept', 'visited', 'of'));
  let executions = 0;
  let clean = true;
  for (const target of targets) {
    const { findings, explored } = await exploreInThread(target, { seed, milliseconds });
    for (const finding of findings) sayFinding(target, finding, say);
    clean &&= findings.length === 0;
    if (explored === undefined) continue;
    executions += explored.executions;
    const { visited, all } = coverageOf(target, explored);
    const share = `${((100 * visited) / Math.max(1, all)).toFixed(1)} %`;
    const rate = (explored.executions / explored.seconds).toFixed(0);
    say(row(target.name, explored.executions, rate, explored.kept.length, share, all));
    if (keep) keepInputs(target.name, explored.kept);
  }
  say(`${executions} executions; ${clean ? 'nothing found' : 'see the faults above'}`);
  return clean;
}

const row = (name: string, ...figures: readonly (string | number)[]): string =>
  name.padEnd(20) + figures.map((figure) => String(figure).padStart(12)).join('');

/** Statements and branches of the files that the target is about. */
function coverageOf({ covers }: Target, { visited }: Explored): { visited: number; all: number } {
  const own = visited.filter(({ file }) => covers.some((path) => file === path || file.startsWith(`${path}/`)));
  return own.reduce((sum, one) => ({ visited: sum.visited + one.visited, all: sum.all + one.all }), {
    visited: 0,
    all: 0,
  });
}

function sayFinding({ name }: Target, { input, fault }: Finding, say: (text: string) => void): void {
  const file = keepFinding(name, input, fault);
  say(`FAULT of ${name}: ${fault}`);
  say(`kept in ${file}; again: npm run fuzz -- --target ${name} --input ${input.toHex()}`);
}

interface Outcome {
  readonly findings: readonly Finding[];
  /** Undefined when the thread came to a bad end. */
  readonly explored: Explored | undefined;
}

interface Bounds {
  readonly seed: number;
  readonly milliseconds: number;
  /** Findings after which the rest is not worth the time. */
  readonly enough?: number;
  /** Milliseconds in which each run has to end. */
  readonly within?: number;
}

/** Ends the thread if an input takes longer than `within` milliseconds: that is a finding, too. */
export function exploreInThread(
  target: Target,
  { seed, milliseconds, enough = 5, within = patience }: Bounds,
): Promise<Outcome> {
  const task: Task = {
    target: target.name,
    kept: keptOf(target.name).map(({ input }) => input),
    seed,
    milliseconds,
    enough,
    head: new Int32Array(new SharedArrayBuffer(8)),
    input: new Uint8Array(new SharedArrayBuffer(longestInput)),
  };
  const running = (): Uint8Array => task.input.slice(0, Atomics.load(task.head, 1));
  const findings: Finding[] = [];
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: task,
    resourceLimits: memory,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  return new Promise((resolve) => {
    let last = -1;
    const end = (explored?: Explored, fault?: string): void => {
      clearInterval(watch);
      if (fault !== undefined) findings.push({ input: running(), fault });
      void worker.terminate().then(() => resolve({ findings, explored }));
    };
    const watch = setInterval(() => {
      const now = Atomics.load(task.head, 0);
      // Before the first run modules are loaded, which takes its time.
      if (now === last && now > 0) end(undefined, `it takes longer than ${within} ms`);
      last = now;
    }, within);
    worker.on('message', (report: Report) => {
      if (report.type === 'found') findings.push(report.finding);
      else end(report.explored);
    });
    worker.once('error', (error) =>
      end(undefined, error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
  });
}
