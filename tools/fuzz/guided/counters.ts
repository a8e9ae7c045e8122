/**
 * What of reference/ a run has visited. The instrumenter puts a counter before each statement and into each function and
 * branch while the modules load; all counters lie in one array, so that a run costs no more than clearing and reading it.
 */
import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createInstrumenter } from 'istanbul-lib-instrument';

/** What istanbul's code keeps for a file, by numbers that stand in its maps. */
interface FileCounters {
  s: Counts;
  f: Counts;
  b: Record<string, Counts>;
}
type Counts = Record<string, number> | readonly number[] | Uint16Array;

const root = resolve(import.meta.dirname, '../../..');
const variable = '__visited__';
const files = (): Record<string, FileCounters> =>
  ((globalThis as Record<string, unknown>)[variable] ?? {}) as Record<string, FileCounters>;

/** Has modules instrumented that are loaded from now on. @param wanted of a path from the root of the project */
export function instrument(wanted: (path: string) => boolean): void {
  const instrumenter = createInstrumenter({ esModules: true, coverageVariable: variable, compact: false });
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      const path = url.startsWith('file:') ? relative(root, fileURLToPath(url)) : '';
      if (!wanted(path) || loaded.source === undefined || loaded.source === null) return loaded;
      const source =
        typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source as Uint8Array);
      const code = instrumenter.instrumentSync(stripTypeScriptTypes(source), path);
      return { format: 'module', source: code, shortCircuit: true };
    },
  });
}

/** How much of a file was visited. */
export interface Visited {
  readonly file: string;
  /** Statements and ways out of branches, and how many of them were visited. */
  readonly visited: number;
  readonly all: number;
}

/** A count as one of eight: twice is another way through the code than once, 17 times is the same as 16 times. */
const sizeOf = (count: number): number => {
  if (count < 4) return count - 1;
  if (count < 8) return 3;
  if (count < 16) return 4;
  if (count < 32) return 5;
  return count < 128 ? 6 : 7;
};

/** One for each process: all instrumented modules count in the same array. */
export class Counters {
  readonly #counts: Uint16Array;
  /** The same, four counters at once. */
  readonly #words: BigUint64Array;
  /** For each counter, a bit for each size of count that came. */
  readonly #seen: Uint8Array;
  /** What ran while the modules loaded. */
  readonly #loaded: Uint8Array;
  readonly #places: readonly { readonly file: string; readonly from: number; readonly to: number }[];

  /** Takes over the counters of all modules that are loaded by now. */
  constructor() {
    const places: { file: string; from: number; to: number }[] = [];
    const settle: ((counts: Uint16Array) => void)[] = [];
    const loaded: number[] = [];
    let end = 0;
    for (const [file, counters] of Object.entries(files())) {
      const from = end;
      const take = (counts: Counts, put: (own: Uint16Array) => void): void => {
        const before = Object.values(counts);
        const [start, length] = [end, before.length];
        end += length;
        loaded.push(...before.map((count) => (count > 0 ? 1 : 0)));
        settle.push((all) => put(all.subarray(start, start + length)));
      };
      take(counters.s, (own) => {
        counters.s = own;
      });
      for (const [number, ways] of Object.entries(counters.b))
        take(ways, (own) => {
          counters.b[number] = own;
        });
      places.push({ file, from, to: end });
      take(counters.f, (own) => {
        counters.f = own;
      });
    }
    this.#words = new BigUint64Array(Math.ceil(end / 4));
    this.#counts = new Uint16Array(this.#words.buffer);
    this.#seen = new Uint8Array(this.#counts.length);
    this.#loaded = Uint8Array.from(loaded);
    this.#places = places;
    for (const put of settle) put(this.#counts);
  }

  clear(): void {
    this.#counts.fill(0);
  }

  /** Whether the last run visited what no earlier one did, or as often as none did; it counts as seen from now on. */
  news(): boolean {
    let found = false;
    for (let word = 0; word < this.#words.length; word++) {
      if (this.#words[word] === 0n) continue;
      for (let at = 4 * word; at < 4 * word + 4; at++) {
        const count = this.#counts[at] ?? 0;
        if (count === 0) continue;
        const bit = 1 << sizeOf(count);
        if (((this.#seen[at] ?? 0) & bit) !== 0) continue;
        this.#seen[at] = (this.#seen[at] ?? 0) | bit;
        found = true;
      }
    }
    return found;
  }

  /** The counters that the last run moved. */
  moved(): number[] {
    return [...this.#counts.keys()].filter((at) => this.#counts[at] !== 0);
  }

  /** Of all runs so far, and while the modules loaded. */
  visited(): Visited[] {
    return this.#places.map(({ file, from, to }) => {
      let visited = 0;
      for (let at = from; at < to; at++) if ((this.#seen[at] ?? 0) + (this.#loaded[at] ?? 0) > 0) visited += 1;
      return { file, all: to - from, visited };
    });
  }
}
