/** The operator's own program, told which addresses this member of a group has: it announces their routes. */
import { execFile } from 'node:child_process';
import type { Log } from './log.ts';

/** Milliseconds after which it is ended. */
const patience = 30_000;

export class RouteHook {
  readonly #program: string;
  readonly #words: readonly string[];
  readonly #log: Log;
  /** Of one prefix, one call after the other; different ones side by side. */
  readonly #turns = new Map<string, Promise<void>>();

  /** @param argv program and first arguments; no shell sees them */
  constructor(argv: readonly string[], log: Log) {
    const [program = '', ...words] = argv;
    this.#program = program;
    this.#words = words;
    this.#log = log;
  }

  /** @param prefix such as 10.8.0.10/32. @param name of the initiator whose it is */
  call(action: 'add' | 'remove', prefix: string, name: string): Promise<void> {
    const before = this.#turns.get(prefix) ?? Promise.resolve();
    const turn = before.then(() => this.#run([...this.#words, action, prefix, name]));
    this.#turns.set(prefix, turn);
    return turn.then(() => {
      if (this.#turns.get(prefix) === turn) this.#turns.delete(prefix);
    });
  }

  #run(words: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      execFile(this.#program, words, { timeout: patience, maxBuffer: 64 * 1024 }, (error, stdout, stderr) => {
        const said = `${stdout}${stderr}`.trim();
        const call = `traffic.routeHook: ${[this.#program, ...words].join(' ')}`;
        if (error !== null) this.#log.warn(`${call}: ${error.code ?? error.signal ?? error.message}: ${said}`);
        else if (said !== '') this.#log.info(`${call}: ${said}`);
        resolve();
      });
    });
  }
}
