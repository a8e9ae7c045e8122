/** [EP] claim 5: the counter of DATA frames sent before in one direction, and the bounds of one key. */
import { Misuse } from '../errors.ts';

/** DATA frames under one key. */
export const maximumFrames = 2 ** 32;
/** Octets through the cipher under one key, padding included. */
export const maximumOctets = 2 ** 40;

/** Both bounds are below 2^53, so the counts are exact as numbers. */
export class Counter {
  #frames: number;
  #octets: number;
  readonly #encoded = new Uint8Array(8);
  readonly #view = new DataView(this.#encoded.buffer);

  /** Starts at zero; anything else is for tests of the bounds. */
  constructor(frames = 0, octets = 0) {
    this.#frames = frames;
    this.#octets = octets;
  }

  get frames(): number {
    return this.#frames;
  }

  get octets(): number {
    return this.#octets;
  }

  /** n as u64, big-endian: 8 octets, valid until the next call. It is never transmitted. */
  encode(): Uint8Array {
    this.#view.setUint32(0, Math.floor(this.#frames / 2 ** 32));
    this.#view.setUint32(4, this.#frames % 2 ** 32);
    return this.#encoded;
  }

  /** Whether one more frame of so many octets stays within the bounds. */
  allows(octets: number): boolean {
    return this.#frames < maximumFrames && this.#octets + octets <= maximumOctets;
  }

  /** Goes on where somebody else has counted to. */
  resume(frames: number, octets: number): void {
    this.#frames = frames;
    this.#octets = octets;
  }

  advance(octets: number): void {
    if (!this.allows(octets)) throw new Misuse('the key has reached its bound');
    this.#frames++;
    this.#octets += octets;
  }
}
