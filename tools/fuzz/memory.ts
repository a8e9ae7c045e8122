/** Whether memory stays as it is while packets pass: what is left after collecting garbage, and what the process holds. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** MiB. */
export interface Sample {
  /** Of JavaScript, after collecting garbage. */
  readonly heap: number;
  readonly resident: number;
}

/** MiB by which each may grow after the first samples, in which code is compiled and buffers find their size. */
const limit: Sample = { heap: 16, resident: 96 };
const settling = 5;

/** Samples in MiB, after a collection. The first ones do not count: until then the runtime still grows. */
export class Memory {
  readonly #collect: () => void;
  readonly #samples: Sample[] = [];

  constructor() {
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc') as () => void;
  }

  sample(): Sample {
    this.#collect();
    const { heapUsed, rss } = process.memoryUsage();
    const now = { heap: heapUsed / 2 ** 20, resident: rss / 2 ** 20 };
    this.#samples.push(now);
    return now;
  }

  /** @returns how much it grew, or undefined while there are too few samples to tell */
  growth(): { readonly heap: number; readonly resident: number; readonly flat: boolean } | undefined {
    const [first, last] = [this.#samples[settling - 1], this.#samples.at(-1)];
    if (first === undefined || last === undefined || this.#samples.length < 2 * settling) return undefined;
    const [heap, resident] = [last.heap - first.heap, last.resident - first.resident];
    return { heap, resident, flat: heap <= limit.heap && resident <= limit.resident };
  }
}
