/** One direction of a splice: octets in and out through one buffer, frames known by their starts alone. */

import { WOULD_BLOCK } from '../../../libc/native.ts';
import { receive, send } from '../../../libc/sockets.ts';
import { Flow, type FrameStart, type Position } from '../../../nodes/flow.ts';
import { frameStartLength } from '../../../wire/frame-start.ts';

/** A buffer that all copies of a thread share, and where it lies. */
export interface Slab {
  readonly octets: Uint8Array;
  readonly address: number;
}

/** Reads before the others get a turn. */
const readsInTurn = 8;

/** Why nothing more passes. */
type CopyEnd = 'close frame' | 'refused' | 'end of stream';

const admit = ({ length }: FrameStart): boolean => length >= frameStartLength;

/**
 * Copies between two sockets by their descriptors, in non-blocking system calls. Judges frames as `Flow` does (RLY-15).
 */
export class OneWayCopy {
  /** Set when nothing more will be read to pass; what was read before may still have to be sent. */
  end: CopyEnd | undefined;
  readonly #from: number;
  readonly #to: number;
  readonly #slab: Slab;
  readonly #flow: Flow;
  readonly #count: (octets: number) => void;
  #unsent: Uint8Array[] = [];
  #abandoned = false;

  /** @param count gets the octets that have passed */
  constructor(from: number, to: number, position: Position, slab: Slab, count: (octets: number) => void) {
    this.#from = from;
    this.#to = to;
    this.#slab = slab;
    this.#flow = new Flow(position);
    this.#count = count;
  }

  /** Whether something that was read waits for the receiver. */
  get blocked(): boolean {
    return this.#unsent.length > 0;
  }

  /** Whether a frame has passed in part. */
  get within(): boolean {
    return this.#flow.within;
  }

  /**
   * Passes what is there, at most `readsInTurn` times. Afterwards nothing is left to read, or it is blocked, or others
   * have their turn.
   * @throws SystemCallFailure of the side that `sending` names
   */
  run(): void {
    for (let turn = 0; turn < readsInTurn && this.flush() && this.end === undefined; turn++) if (!this.#step()) return;
  }

  /** During run() and flush(): whether it is the receiver that failed. */
  sending = false;

  /** @returns whether nothing waits any more */
  flush(): boolean {
    this.sending = true;
    for (let first = this.#unsent[0]; first !== undefined; first = this.#unsent[0]) {
      const count = this.#write(first);
      if (count < first.length) {
        this.#unsent[0] = first.subarray(count);
        return false;
      }
      this.#unsent.shift();
    }
    this.sending = false;
    return true;
  }

  /** A frame of the relay's own, after all that waits. */
  append(octets: Uint8Array): void {
    this.#unsent.push(octets);
  }

  /** Gives up what waits. */
  drop(): void {
    this.#unsent = [];
  }

  /** The receiver is closed: its descriptor may be another connection's by now, and nothing is written to it any more. */
  abandon(): void {
    this.drop();
    this.#abandoned = true;
  }

  /** @returns false when there is nothing to read. */
  #step(): boolean {
    const { octets, address } = this.#slab;
    const count = receive(this.#from, address, octets.length);
    if (count === WOULD_BLOCK) return false;
    if (count === 0) return this.#ended();
    const outcome = this.#flow.take(octets.subarray(0, count), admit, this.#pass);
    if (outcome !== 'passed') this.end = outcome;
    return outcome === 'passed';
  }

  readonly #pass = (part: Uint8Array): void => {
    if (this.#abandoned) return;
    this.#count(part.length);
    const count = this.#unsent.length > 0 ? 0 : this.#write(part);
    if (count < part.length) this.#unsent.push(part.slice(count));
  };

  /** @returns how much of it was taken */
  #write(octets: Uint8Array): number {
    this.sending = true;
    let sent = 0;
    while (sent < octets.length) {
      const count = send(this.#to, sent === 0 ? octets : octets.subarray(sent));
      if (count === WOULD_BLOCK) break;
      sent += count;
    }
    this.sending = false;
    return sent;
  }

  /** The first octets of a frame that nothing follows are passed, too. */
  #ended(): false {
    this.end = 'end of stream';
    const held = this.#flow.takeStart();
    if (held.length > 0) this.#pass(held);
    return false;
  }
}
