/** One direction through a relay: follows frame boundaries while the octets pass, and keeps none of a frame's body. */

import { viewOf } from '../octets.ts';
import { frameStartLength } from '../wire/frame-start.ts';
import { FrameType } from '../wire/identifiers.ts';

export interface FrameStart {
  /** Octets of the whole frame. */
  readonly length: number;
  readonly type: number;
}

/** Where a direction is, between two frames or within one; can be handed to another thread. */
export interface Position {
  /** The first octets of a frame that did not pass yet, 0 to 5. */
  readonly start: Uint8Array;
  /** Octets still to come of the frame that is passing. */
  readonly left: number;
  readonly type: number;
}

/** What became of some octets: all passed, a CLOSE frame ended, or a frame was not admitted. */
export type Outcome = 'passed' | 'close frame' | 'refused';

/** Judges each frame by its first 6 octets: `length` u32, `type` u8 (docs/protocol.md, sections 2 and 15). */
export class Flow {
  /** The first octets of a frame wait here until there are 6: no octet passes before its frame is judged. */
  readonly #start = new Uint8Array(frameStartLength);
  #filled = 0;
  #type = 0;
  #left = 0;

  constructor(position?: Position) {
    if (position === undefined) return;
    this.#start.set(position.start);
    this.#filled = position.start.length;
    this.#type = position.type;
    this.#left = position.left;
  }

  get position(): Position {
    return { start: this.#start.slice(0, this.#filled), left: this.#left, type: this.#type };
  }

  /** Whether a frame has passed in part. */
  get within(): boolean {
    return this.#left > 0;
  }

  /** Takes out the first octets of a frame that will not become whole. */
  takeStart(): Uint8Array {
    const octets = this.#start.slice(0, this.#filled);
    this.#filled = 0;
    return octets;
  }

  /**
   * @param admit judges a frame by its start.
   * @param pass gets octets in order, views of the chunk where possible.
   */
  take(chunk: Uint8Array, admit: (start: FrameStart) => boolean, pass: (octets: Uint8Array) => void): Outcome {
    let from = 0;
    let at = 0;
    const flush = (): void => {
      if (at > from) pass(chunk.subarray(from, at));
      from = at;
    };
    while (at < chunk.length) {
      if (this.#left === 0) {
        const held = this.#filled;
        const part = chunk.subarray(at, at + frameStartLength - held);
        this.#start.set(part, held);
        this.#filled += part.length;
        if (this.#filled === frameStartLength) {
          const length = viewOf(this.#start).getUint32(0);
          this.#type = this.#start[4] ?? 0;
          if (length < frameStartLength || !admit({ length, type: this.#type })) {
            flush();
            return 'refused';
          }
          if (held > 0) pass(this.#start.slice(0, held));
          this.#filled = 0;
          this.#left = length - frameStartLength;
          at += part.length;
        } else {
          flush();
          return 'passed';
        }
      } else {
        const step = Math.min(this.#left, chunk.length - at);
        this.#left -= step;
        at += step;
      }
      if (this.#left === 0 && this.#type === FrameType.CLOSE) {
        flush();
        return 'close frame';
      }
    }
    flush();
    return 'passed';
  }
}
