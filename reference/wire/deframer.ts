/** Octets in, frames out: TCP may cut the stream of frames anywhere ([EP] fig. 6). */
import { frameStartLength, judgeStart } from './frame-start.ts';
import type { FrameTypeName } from './identifiers.ts';

export interface RawFrame {
  readonly type: FrameTypeName;
  /** The whole frame. */
  readonly octets: Uint8Array;
}

/** So many chunks are joined to one: a peer that sends single octets must not cost an object for each. */
const manyChunks = 64;

/** Holds at most the largest frame of its type, and never more than the octets that came. */
export class Deframer {
  /** The chunks that came and are not used up. Of the first one `#offset` octets are. */
  #chunks: Uint8Array[] = [];
  #offset = 0;
  #available = 0;
  #judged: { readonly length: number; readonly type: FrameTypeName } | undefined;

  /** Takes over the chunk: the caller must not write to it afterwards. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    if (this.#chunks.length === manyChunks) this.#merge();
    this.#chunks.push(chunk);
    this.#available += chunk.length;
  }

  /** Whether a frame has begun and is not whole. */
  get partial(): boolean {
    return this.#available > 0;
  }

  /** The frame that has begun, once its first 6 octets have come. */
  get begun(): { readonly length: number; readonly type: FrameTypeName } | undefined {
    return this.#judged;
  }

  /** The next 6 octets, once they have come; also those that `next` has refused. */
  get start(): Uint8Array | undefined {
    return this.#available < frameStartLength ? undefined : this.#peek(frameStartLength);
  }

  /**
   * The next whole frame, as a view of the chunk where it lies in one; undefined until more octets come.
   * @throws Malformed as soon as the first 6 octets of a frame are impossible
   */
  next(): RawFrame | undefined {
    if (this.#judged === undefined) {
      if (this.#available < frameStartLength) return undefined;
      this.#judged = judgeStart(this.#peek(frameStartLength));
    }
    const { length, type } = this.#judged;
    if (this.#available < length) return undefined;
    const octets = this.#peek(length);
    this.#drop(length);
    this.#judged = undefined;
    return { type, octets };
  }

  /** All octets that were not taken as frames: a relay passes on what follows the RELAY frame. */
  takeUnread(): Uint8Array {
    if (this.#available === 0) return new Uint8Array(0);
    const octets = this.#peek(this.#available);
    this.#drop(this.#available);
    this.#judged = undefined;
    return octets;
  }

  #peek(count: number): Uint8Array {
    const first = this.#chunks[0]!;
    if (first.length - this.#offset >= count) return first.subarray(this.#offset, this.#offset + count);
    const octets = new Uint8Array(count);
    let filled = 0;
    let offset = this.#offset;
    for (const chunk of this.#chunks) {
      const part = chunk.subarray(offset, offset + count - filled);
      octets.set(part, filled);
      filled += part.length;
      offset = 0;
      if (filled === count) break;
    }
    return octets;
  }

  #merge(): void {
    this.#chunks = [this.#peek(this.#available).slice()];
    this.#offset = 0;
  }

  #drop(count: number): void {
    this.#available -= count;
    let used = this.#offset + count;
    let whole = 0;
    while (whole < this.#chunks.length && used >= this.#chunks[whole]!.length) used -= this.#chunks[whole++]!.length;
    this.#chunks.splice(0, whole);
    this.#offset = used;
  }
}
