/** Runs a target on inputs, keeps those that reach what none reached before, and makes the next ones of them. */
import type { Target } from '../targets/target.ts';
import type { Counters, Visited } from './counters.ts';
import { drawing, mutated } from './mutate.ts';

export interface Finding {
  readonly input: Uint8Array;
  readonly fault: string;
}

export interface Explored {
  readonly executions: number;
  readonly seconds: number;
  /** Inputs that together visit all that was visited. */
  readonly kept: readonly Uint8Array[];
  readonly visited: readonly Visited[];
  readonly findings: readonly Finding[];
}

interface Options {
  readonly target: Target;
  readonly counters: Counters;
  /** From earlier runs. */
  readonly kept: readonly Uint8Array[];
  readonly seed: number;
  readonly milliseconds: number;
  /** Findings after which it ends. */
  readonly enough: number;
  /** Is told of each input before it runs. */
  readonly running: (input: Uint8Array) => void;
  /** As soon as one is found. */
  readonly found: (finding: Finding) => void;
}

/** Runs that go into making an input smaller. */
const shrinking = 400;
/** Runs between two looks at the clock, and at messages. */
const batch = 64;

/** What distinguishes one fault from another: its text without what differs from input to input. */
const kindOf = (fault: string): string => (fault.split('\n', 1)[0] ?? '').replace(/[0-9a-f]{6,}|\d+/g, '#');

const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);

/** @returns what is wrong, or undefined */
export async function faultOf(target: Target, input: Uint8Array): Promise<string | undefined> {
  const before = input.toHex();
  try {
    await target.run(input);
  } catch (error) {
    return textOf(error);
  }
  return input.toHex() === before ? undefined : 'the input was changed';
}

/** One target. A seed decides what is drawn; how many inputs there are depends on the machine. */
export class Explorer {
  readonly #options: Options;
  readonly #findings = new Map<string, Finding>();
  #executions = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  async explore(): Promise<Explored> {
    const { target, kept, seed, milliseconds, enough } = this.#options;
    const draw = drawing(seed);
    const begun = performance.now();
    const pool: Uint8Array[] = [];
    for (const input of [...target.seeds(), ...kept]) if (await this.#try(input)) pool.push(input);
    if (pool.length === 0) pool.push(new Uint8Array(1));
    while (performance.now() - begun < milliseconds && this.#findings.size < enough) {
      for (let left = batch; left > 0; left--) {
        // Half of the time from the newest: what has just been reached is least explored.
        const from = draw(2) === 0 ? Math.max(0, pool.length - 1 - draw(Math.min(pool.length, 16))) : draw(pool.length);
        const input = mutated(pool[from]!, draw, pool, target.longest);
        if (await this.#try(input)) pool.push(input);
      }
      await new Promise((resume) => setImmediate(resume));
    }
    return {
      executions: this.#executions,
      seconds: (performance.now() - begun) / 1_000,
      kept: await this.#fewest(pool),
      visited: this.#options.counters.visited(),
      findings: [...this.#findings.values()],
    };
  }

  /** @returns whether it reached something new */
  async #try(input: Uint8Array): Promise<boolean> {
    const fault = await this.#run(input);
    const news = this.#options.counters.news();
    if (fault === undefined) return news;
    const kind = kindOf(fault);
    if (!this.#findings.has(kind)) {
      this.#findings.set(kind, { input, fault });
      const smaller = await this.#shrunk(input, kind);
      const finding = { input: smaller, fault: (await this.#run(smaller)) ?? fault };
      this.#findings.set(kind, finding);
      this.#options.found(finding);
    }
    return false;
  }

  async #run(input: Uint8Array): Promise<string | undefined> {
    const { target, counters, running } = this.#options;
    running(input);
    counters.clear();
    this.#executions += 1;
    return faultOf(target, input);
  }

  async #shrunk(input: Uint8Array, kind: string): Promise<Uint8Array> {
    let smallest = input;
    let runs = 0;
    for (let size = input.length >> 1; size > 0 && runs < shrinking; size >>= 1)
      for (let at = 0; at + size <= smallest.length && runs < shrinking; ) {
        const shorter = Uint8Array.from([...smallest.subarray(0, at), ...smallest.subarray(at + size)]);
        const fault = await this.#run(shorter);
        runs += 1;
        if (fault !== undefined && kindOf(fault) === kind) smallest = shorter;
        else at += size;
      }
    return smallest;
  }

  /** Few of these inputs, the shortest first, which together visit what all of them do. */
  async #fewest(pool: readonly Uint8Array[]): Promise<Uint8Array[]> {
    const visited = new Set<number>();
    const few: Uint8Array[] = [];
    for (const input of pool.toSorted((one, other) => one.length - other.length)) {
      if ((await this.#run(input)) !== undefined) continue;
      const more = this.#options.counters.moved().filter((counter) => !visited.has(counter));
      if (more.length === 0) continue;
      few.push(input);
      for (const counter of more) visited.add(counter);
    }
    return few;
  }
}
