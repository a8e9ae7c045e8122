/** Runs the operator's program for each tunnel client that comes or goes, to announce a route to it for instance. */
import { execFile } from 'node:child_process';
import type { Log } from '../log.ts';

/** Milliseconds after which a program that does not end is killed. */
const PATIENCE = 10_000;
/** Programs at a time: many tunnel clients may come at once. */
const AT_ONCE = 8;

export class RouteHook {
  readonly #program: string;
  readonly #words: readonly string[];
  readonly #log: Log;
  readonly #waiting: { readonly prefix: string; readonly words: readonly string[] }[] = [];
  /** The prefixes of the programs that run. */
  readonly #running = new Map<string, Promise<void>>();

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
  run(change: 'add' | 'remove', prefix: string, name: string): void {
    this.#waiting.push({ prefix, words: [...this.#words, change, prefix, name] });
    this.#begin();
  }

  /** Resolves when all that was asked for has ended. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  /** The first that waits and whose prefix has no program yet. */
  #begin(): void {
    const index = this.#waiting.findIndex(({ prefix }) => !this.#running.has(prefix));
    const [next] = index < 0 || this.#running.size >= AT_ONCE ? [] : this.#waiting.splice(index, 1);
    if (next === undefined) return;
    const { prefix, words } = next;
    const ended = this.#execute(words).then(() => {
      this.#running.delete(prefix);
      this.#begin();
    });
    this.#running.set(prefix, ended);
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
