/** Runs the operator's program for each tunnel client that comes or goes, to announce a route to it for instance. */
import { type HookResult, runHook } from '../../linux/programs/hook.ts';
import type { Log } from '../log.ts';
import { messageOf } from '../reporting.ts';

/** Programs at a time: many tunnel clients may come at once. */
const AT_ONCE = 8;

/** Runs the program with further words. */
export type Hook = (words: readonly string[]) => Promise<HookResult>;

/** Runs at most 8 programs at a time, and one after the other for each prefix. Their failures are lines of the log. */
export class RouteHook {
  readonly #argv: readonly string[];
  readonly #execute: Hook;
  readonly #log: Log;
  readonly #waiting: { readonly prefix: string; readonly words: readonly string[] }[] = [];
  /** The prefixes of the programs that run. */
  readonly #running = new Map<string, Promise<void>>();

  /**
   * @param argv a program and its arguments; no shell sees them.
   * @param execute runs it with further words; by default this process does
   */
  constructor(argv: readonly string[], log: Log, execute: Hook = (words) => runHook(argv, words)) {
    this.#argv = argv;
    this.#log = log;
    this.#execute = execute;
  }

  /**
   * Runs for one prefix follow one another in the order in which they were asked for.
   * @param prefix such as 10.8.0.10/32
   */
  run(change: 'add' | 'remove', prefix: string, name: string): void {
    this.#waiting.push({ prefix, words: [change, prefix, name] });
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
    const ended = this.#report(words).then(() => {
      this.#running.delete(prefix);
      this.#begin();
    });
    this.#running.set(prefix, ended);
  }

  async #report(words: readonly string[]): Promise<void> {
    const { output, fault } = await this.#execute(words).catch((error: unknown) => ({
      output: '',
      fault: `could not be run (${messageOf(error)})`,
    }));
    if (output !== '') this.#log.info(`traffic.routeHook: ${output}`);
    if (fault !== undefined) this.#log.warn(`traffic.routeHook: ${[...this.#argv, ...words].join(' ')}: ${fault}`);
  }
}
