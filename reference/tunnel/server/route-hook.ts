/** The operator's program that is told which tunnel clients this machine has, to announce routes to them for instance. */
import { execFile } from 'node:child_process';
import type { Log } from '../log.ts';

/** Milliseconds after which a program that does not end is killed. */
const PATIENCE = 10_000;
/** Programs at a time: many tunnel clients may come at once. */
const MOST = 8;

export class RouteHook {
  readonly #program: string;
  readonly #words: readonly string[];
  readonly #log: Log;
  /** For each prefix the last run, begun or not. */
  readonly #last = new Map<string, Promise<void>>();
  readonly #waiting: (() => void)[] = [];
  #free = MOST;

  /** @param argv a program and its arguments; no shell sees them. */
  constructor([program = '', ...words]: readonly string[], log: Log) {
    this.#program = program;
    this.#words = words;
    this.#log = log;
  }

  /**
   * Runs for one prefix follow one another in the order in which they were asked for.
   * @param prefix such as 10.8.0.10/32
   */
  run(what: 'add' | 'remove', prefix: string, name: string): void {
    const done = (this.#last.get(prefix) ?? Promise.resolve()).then(() => this.#run(what, prefix, name));
    this.#last.set(prefix, done);
    void done.then(() => {
      if (this.#last.get(prefix) === done) this.#last.delete(prefix);
    });
  }

  /** Resolves when all that was asked for has ended. */
  async idle(): Promise<void> {
    await Promise.all(this.#last.values());
  }

  async #run(what: string, prefix: string, name: string): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await this.#execute([...this.#words, what, prefix, name]);
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }

  #execute(words: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      execFile(this.#program, words, { timeout: PATIENCE, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
        const output = `${stdout}${stderr}`.trim();
        if (output !== '') this.#log.info(`traffic.routeHook: ${output}`);
        if (error !== null) this.#log.warn(`traffic.routeHook: ${[this.#program, ...words].join(' ')}: ${why(error)}`);
        resolve();
      });
    });
  }
}

function why({ code, killed }: { readonly code?: unknown; readonly killed?: boolean }): string {
  if (killed === true) return `did not end within ${PATIENCE / 1000} s and was killed`;
  return typeof code === 'number' ? `ended with ${code}` : `could not be run (${String(code)})`;
}
