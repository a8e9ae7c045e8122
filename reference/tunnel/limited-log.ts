/**
 * Lines about what strangers do. Anyone can connect as often as he likes, so only the first lines of a cause are written;
 * the others are counted, and the count is written once a minute.
 */
import type { Log } from './log.ts';

/** Lines of one cause within a period that are written as they are. */
const shown = 10;
/** Milliseconds. */
const period = 60_000;
/** A peer may choose words of a cause: beyond so many, all are one. */
const mostCauses = 50;
const others = 'other causes';

/** A *cause* is a text that lines of one kind share; the line that tells the count names it. */
export class LimitedLog {
  readonly #log: Pick<Log, 'info' | 'warn'>;
  /** How many lines of each cause came in this period. */
  readonly #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Pick<Log, 'info' | 'warn'>) {
    this.#log = log;
  }

  /** @returns whether the line was written */
  info(cause: string, line: string): boolean {
    const isShown = this.#isShown(cause);
    if (isShown) this.#log.info(line);
    return isShown;
  }

  /** @returns whether the line was written */
  warn(cause: string, line: string): boolean {
    const isShown = this.#isShown(cause);
    if (isShown) this.#log.warn(line);
    return isShown;
  }

  /** Writes the counts of what was left out so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [cause, count] of this.#counts)
      if (count > shown) this.#log.info(`${count - shown} more lines were left out: ${cause}`);
    this.#counts.clear();
  }

  #isShown(cause: string): boolean {
    this.#timer ??= setTimeout(() => this.flush(), period).unref();
    const key = this.#counts.has(cause) || this.#counts.size < mostCauses ? cause : others;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count <= shown;
  }
}
