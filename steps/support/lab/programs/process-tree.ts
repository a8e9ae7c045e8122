/**
 * All processes of a program under test: a wrapper may start the implementation as a child, and a child may outlive whoever
 * started it. They are known by a variable of their environment, and by who started whom.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { threadId } from 'node:worker_threads';
import { SystemCallFailure } from '../../../../reference/libc/failure.ts';
import { endingOf } from '../../../../reference/libc/spawn.ts';
import { Deadline } from '../deadlines/deadline.ts';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly isZombie: boolean;
}

const variable = 'PNA_PROGRAM';
/** Milliseconds from one look at processes that are about to end to the next. */
const haste = 10;

let made = 0;

/** Made before the program is started, which has to get `env`. */
export class ProcessTree {
  /** What the program has to get into its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly #mark: string;
  #root = 0;

  constructor() {
    const value = `${process.pid}-${threadId}-${++made}`;
    this.env = { [variable]: value };
    this.#mark = `\0${variable}=${value}\0`;
  }

  /** @param pid of the program */
  grow(pid: number): void {
    this.#root = pid;
  }

  /** Those that run, the program among them. */
  members(): readonly Process[] {
    return this.#all().filter(({ isZombie }) => !isZombie);
  }

  /** `sleep (process 17), sh (process 18)`: those that run besides the program. */
  others(): string {
    const others = this.members().filter(({ pid }) => pid !== this.#root);
    return others.map(({ pid, name }) => `${name} (process ${pid})`).join(', ');
  }

  /**
   * The process that gets a signal. A shell or an interpreter that waits for the one program that it has started, and does
   * nothing about the signal, would die of it and leave that program behind: there the program gets it.
   */
  receiver(signal: NodeJS.Signals): number {
    const all = this.members();
    for (let at = this.#root; ; ) {
      const [child, ...further] = all.filter(({ parent }) => parent === at);
      if (child === undefined || further.length > 0 || minds(at, signal)) return at;
      at = child.pid;
    }
  }

  /** SIGKILL to all of them, until none is left, and for two seconds at most. */
  async kill(): Promise<void> {
    const over = performance.now() + 2_000;
    for (let all = this.#all(); performance.now() < over; all = this.#all()) {
      // The program itself is waited for by whoever started it.
      const others = all.filter(({ pid }) => pid !== this.#root && !isReaped(pid));
      for (const { pid, isZombie } of all) if (!isZombie) send(pid, 'SIGKILL');
      if (others.length === 0) return;
      await new Promise((resolve) => setTimeout(resolve, haste));
    }
  }

  /** Resolves when only the program is left, if anything, or when the time is over. @returns `others` by then */
  async alone(milliseconds: number): Promise<string> {
    const deadline = new Deadline(milliseconds);
    for (let others = this.others(); ; others = this.others()) {
      if (others === '' || deadline.left <= 0) return others;
      await new Promise((resolve) => setTimeout(resolve, haste));
    }
  }

  /** Zombies among them. */
  #all(): readonly Process[] {
    const found = new Map<number, Process>();
    // Orphans become children of the first process of the enclosure.
    const orphans = childrenOf('1/task/1').filter((pid) => this.#isMarked(pid));
    for (const open = [this.#root, ...orphans]; open.length > 0; ) {
      const one = processOf(open.pop() as number);
      if (one === undefined || found.has(one.pid)) continue;
      found.set(one.pid, one);
      open.push(...threadsOf(one.pid).flatMap((thread) => childrenOf(`${one.pid}/task/${thread}`)));
    }
    return [...found.values()];
  }

  #isMarked(pid: number): boolean {
    try {
      return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(this.#mark);
    } catch {
      return false;
    }
  }
}

/** Does nothing if it has ended. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function childrenOf(thread: string): number[] {
  try {
    return readFileSync(`/proc/${thread}/children`, 'latin1').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function processOf(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is a name in parentheses.
    const [open, close] = [stat.indexOf('('), stat.lastIndexOf(')')];
    const [state, parent] = stat.slice(close + 2).split(' ');
    return {
      pid,
      parent: Number(parent),
      name: stat.slice(open + 1, close),
      isZombie: state === 'Z' || state === 'X',
    };
  } catch {
    return undefined;
  }
}

/** Whether a process catches, ignores or blocks a signal: by default it would die of it. */
function minds(pid: number, signal: NodeJS.Signals): boolean {
  const bit = 1n << BigInt(constants.signals[signal] - 1);
  for (let look = 1; ; look++) {
    const { isRunning, blocked, answered } = signalsOf(pid);
    if ((answered & bit) !== 0n || (blocked & bit) === 0n) return (answered & bit) !== 0n;
    // A shell blocks all signals between starting a program and waiting for it: a moment, however long it waits for a core.
    if (!isRunning || look === looks) return true;
    Atomics.wait(never, 0, 0, 1);
  }
}

/** One each millisecond, until a process that runs is taken to block a signal on purpose. */
const looks = 300;
const never = new Int32Array(new SharedArrayBuffer(4));

/** What `/proc/PID/status` says of signals: masks with one bit for each. One that has ended answers all of them. */
function signalsOf(pid: number): { readonly isRunning: boolean; readonly blocked: bigint; readonly answered: bigint } {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const mask = (name: string) =>
      BigInt(`0x${new RegExp(`^Sig${name}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? 0}`);
    return { isRunning: /^State:\s*R/m.test(status), blocked: mask('Blk'), answered: mask('Ign') | mask('Cgt') };
  } catch {
    return { isRunning: false, blocked: 0n, answered: -1n };
  }
}

/** An orphan becomes a child of the suite, the first process of the enclosure, and nobody else waits for it. */
function isReaped(pid: number): boolean {
  try {
    return endingOf(pid) !== undefined;
  } catch (error) {
    if (!(error instanceof SystemCallFailure)) throw error;
    return false;
  }
}
