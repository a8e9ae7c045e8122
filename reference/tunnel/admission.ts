/** How many connections a node has at once. One source leaves room for the others (docs/protocol.md §10.3). */
import { Tally } from './limits.ts';

/** A connection that was let in. Half-open at first. */
export interface Admitted {
  /** No longer half-open: the next node has answered a relay, or a session of a server is confirmed. */
  readonly opened: () => void;
  /** The connection has ended. */
  readonly release: () => void;
}

interface Limits {
  readonly halfOpen: number;
  readonly halfOpenPerSource: number;
  /** Of a relay. */
  readonly connections?: number;
  readonly connectionsPerSource?: number;
}

export class Admission {
  readonly #limits: Limits;
  readonly #all = new Tally();
  readonly #halfOpen = new Tally();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get connections(): number {
    return this.#all.total;
  }

  get halfOpen(): number {
    return this.#halfOpen.total;
  }

  /** @returns undefined beyond a limit: then it counts towards none. */
  admit(source: string): Admitted | undefined {
    const { connections = Infinity, connectionsPerSource = Infinity, halfOpen, halfOpenPerSource } = this.#limits;
    const [all, half] = [this.#all, this.#halfOpen];
    if (all.total >= connections || all.of(source) >= connectionsPerSource) return undefined;
    if (half.total >= halfOpen || half.of(source) >= halfOpenPerSource) return undefined;
    all.add(source);
    half.add(source);
    let state: 'half-open' | 'open' | 'over' = 'half-open';
    const opened = (): void => {
      if (state === 'half-open') half.remove(source);
      if (state === 'half-open') state = 'open';
    };
    const release = (): void => {
      opened();
      if (state === 'open') all.remove(source);
      state = 'over';
    };
    return { opened, release };
  }
}
