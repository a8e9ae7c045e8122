/** Runs Spin on a model: spin makes a checker in C, gcc compiles it, the checker visits every state. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Search } from './properties.ts';

export interface Outcome {
  /** `unfinished`: it ran out of memory or depth, and says nothing. */
  readonly verdict: 'holds' | 'fails' | 'unfinished';
  readonly states: number;
  readonly transitions: number;
  readonly depth: number;
  /** Mebioctets. */
  readonly memory: number;
  /** The search alone, without making the checker. */
  readonly seconds: number;
  /** How often each row was taken, by its number in the model. */
  readonly taken: ReadonlyMap<number, number>;
  /** What the model printed on the way to the fault. */
  readonly trace?: readonly string[];
  /** What Spin says of the fault, or why it did not finish. */
  readonly message?: string;
}

/** Mebioctets. */
const memoryLimit = 6_000;
/** Steps, of a search that goes into the depth. */
const depthLimit = 3_000_000;

/** A folder with the checkers of one model. */
export class Checker {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pna-model-'));
  readonly #made = new Map<string, Promise<void>>();
  readonly #optimisation: number;
  readonly #children = new Set<ChildProcess>();
  readonly #leave = (): void => this[Symbol.dispose]();

  /** @param optimisation of gcc: 0 for a small model, as compiling takes longer than the search */
  constructor(promela: string, optimisation = 1) {
    this.#optimisation = optimisation;
    writeFileSync(join(this.#folder, 'model.pml'), promela);
    process.once('exit', this.#leave);
  }

  [Symbol.dispose](): void {
    process.off('exit', this.#leave);
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /**
   * @param progress gets states seen so far, now and then
   * @throws Error when Spin or gcc refuse the model, or a bound of the model itself is exceeded
   */
  async run(search: Search, progress: (states: number) => void = () => {}): Promise<Outcome> {
    await this.#once('spin', () => this.#command('spin', ['-a', 'model.pml']));
    const safety = search === 'safety';
    const program = safety ? 'safety' : 'liveness';
    // Breadth first finds the shortest way to a fault. What has to come some day needs a search for cycles.
    const flags = safety ? ['-DBFS', '-DSAFETY', '-DNOCLAIM'] : ['-DNFAIR=4', '-DCOLLAPSE'];
    await this.#once(program, () =>
      this.#command('gcc', [
        `-O${this.#optimisation}`,
        '-w',
        `-DMEMLIM=${memoryLimit}`,
        '-DVECTORSZ=2048',
        ...flags,
        '-o',
        program,
        'pan.c',
      ]),
    );
    rmSync(join(this.#folder, 'model.pml.trail'), { force: true });
    const options = safety ? [] : ['-a', '-f', '-N', search, `-m${depthLimit}`];
    const clock = performance.now();
    const text = await this.#command(`./${program}`, ['-n', ...options], (chunk) => {
      const states = Number([...chunk.matchAll(/States=\s*([\d.e+]+)/g)].at(-1)?.[1] ?? 0);
      if (states >= 1_000_000) progress(states);
    });
    const seconds = (performance.now() - clock) / 1000;
    const outcome = parse(text, seconds);
    if (outcome.verdict !== 'fails') return outcome;
    const replay = await this.#command(`./${program}`, ['-r', '-n', ...(safety ? [] : ['-N', search])]);
    const trace = replay.split('\n').flatMap((line) => /(?:@(?!taken)|<<<<<START OF CYCLE).*/.exec(line)?.[0] ?? []);
    if (outcome.message?.startsWith('assertion') && !trace.some((line) => line.startsWith('@fail')))
      throw new Error(`the model is at fault, not the tables: ${outcome.message}`);
    return { ...outcome, trace };
  }

  #once(name: string, make: () => Promise<unknown>): Promise<void> {
    const made = this.#made.get(name) ?? make().then(() => {});
    this.#made.set(name, made);
    return made;
  }

  /** Checkers exit with other statuses than 0 when they find faults, and say all that matters on their output. */
  #command(command: string, args: readonly string[], progress: (chunk: string) => void = () => {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd: this.#folder, stdio: ['ignore', 'pipe', 'pipe'] });
      this.#children.add(child);
      let text = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          progress(chunk);
        });
      child.on('error', (error) => reject(new Error(`${command}: ${error.message}`)));
      child.on('close', (status, signal) => {
        this.#children.delete(child);
        const own = command.startsWith('./');
        if (signal !== null || (!own && status !== 0))
          reject(new Error(`${command} ended with ${signal ?? status}:\n${text.trimEnd()}`));
        else resolve(text);
      });
    });
  }
}

function parse(text: string, seconds: number): Outcome {
  const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? Number.NaN);
  const errors = number(/errors: (\d+)/);
  const message = /^pan:\d+: (.*)/m.exec(text)?.[1];
  const cutShort = /^(?:error: max search depth too small|pan: reached -DMEMLIM.*|pan: out of memory.*)/m.exec(
    text,
  )?.[0];
  const taken = [...text.matchAll(/@taken (\d+) (\d+)/g)].map(([, row, times]): [number, number] => [
    Number(row),
    Number(times),
  ]);
  const figures = {
    states: number(/(\d+) states, stored/),
    transitions: number(/(\d+) transitions/),
    depth: number(/depth reached (\d+)/),
    memory: number(/([\d.]+)\ttotal actual memory usage/),
    seconds,
    taken: new Map(taken),
  };
  if (errors > 0) return { verdict: 'fails', ...figures, message: message ?? '' };
  if (errors === 0 && cutShort === undefined) return { verdict: 'holds', ...figures };
  return { verdict: 'unfinished', ...figures, message: cutShort ?? text.trimEnd().split('\n').at(-1) ?? '' };
}
