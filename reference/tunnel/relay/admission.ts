/** How many connections a relay has at once. One source leaves room for the others (docs/protocol.md §10.3). */

import type { RelayFile } from '../config/schemas.ts';
import { Tally } from '../limits.ts';

/** A connection that was let in. Half-open at first. */
export interface Admitted {
  /** The next node has answered: no longer half-open. */
  readonly answered: () => void;
  /** The connection has ended. */
  readonly release: () => void;
}

export class Admission {
  readonly #limits: RelayFile['limits'];
  readonly #all = new Tally();
  readonly #halfOpen = new Tally();

  constructor(limits: RelayFile['limits']) {
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
    const { connections, connectionsPerSource, halfOpen, halfOpenPerSource } = this.#limits;
    const [all, half] = [this.#all, this.#halfOpen];
    if (all.total >= connections || all.of(source) >= connectionsPerSource) return undefined;
    if (half.total >= halfOpen || half.of(source) >= halfOpenPerSource) return undefined;
    all.add(source);
    half.add(source);
    let state: 'half-open' | 'open' | 'over' = 'half-open';
    const answered = (): void => {
      if (state === 'half-open') half.remove(source);
      if (state === 'half-open') state = 'open';
    };
    const release = (): void => {
      answered();
      if (state === 'open') all.remove(source);
      state = 'over';
    };
    return { answered, release };
  }
}
