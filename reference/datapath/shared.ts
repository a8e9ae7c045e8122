/** What the thread of the data path and the rest of the process both see. Only one of them writes at a time. */

/** The counter and the nonces of one direction of a tunnel. */
const directionLength = 48;
const [framesAt, octetsAt, ivAt, nonceAt] = [0, 1, 16, 32];
/** Octets of an AEAD's nonce; the counter is in the last eight of them. */
const nonceLength = 12;

/** One direction ([EP] fig. 9): n of its next DATA frame, and the nonce that goes with it. */
export class Direction {
  readonly #counts: Float64Array;
  readonly #octets: Uint8Array;
  readonly nonce: Uint8Array;

  constructor(buffer: SharedArrayBuffer, start: number) {
    this.#counts = new Float64Array(buffer, start, 2);
    this.#octets = new Uint8Array(buffer, start, directionLength);
    this.nonce = this.#octets.subarray(nonceAt, nonceAt + nonceLength);
  }

  /** DATA frames so far: exact, as the bounds of a key are below 2^53. */
  get frames(): number {
    return this.#counts[framesAt]!;
  }

  /** Octets through the cipher so far. */
  get octets(): number {
    return this.#counts[octetsAt]!;
  }

  /** @param iv 12 octets */
  begin(iv: Uint8Array, frames: number, octets: number): void {
    this.#octets.set(iv, ivAt);
    this.nonce.set(iv);
    this.#counts.set([frames, octets]);
  }

  /** Writes iv ⊕ (0⁴ ‖ n) to `nonce` (docs/protocol.md, section 7.3). */
  setNonce(): void {
    const { frames } = this;
    this.#setWord(4, Math.floor(frames / 2 ** 32));
    this.#setWord(8, frames % 2 ** 32);
  }

  /** Four octets of the nonce: those of iv ⊕ n. */
  #setWord(at: number, n: number): void {
    const octets = this.#octets;
    const iv = ivAt + at;
    const nonce = nonceAt + at;
    octets[nonce] = octets[iv]! ^ (n >>> 24);
    octets[nonce + 1] = octets[iv + 1]! ^ (n >>> 16);
    octets[nonce + 2] = octets[iv + 2]! ^ (n >>> 8);
    octets[nonce + 3] = octets[iv + 3]! ^ n;
  }

  advance(octets: number): void {
    this.#counts[framesAt]! += 1;
    this.#counts[octetsAt]! += octets;
  }
}

/** What passed and what was dropped, as `adapter/counters.ts` has it; frames come before octets. */
const passedNames = [
  'transmittedFrames',
  'transmittedOctets',
  'receivedFrames',
  'receivedOctets',
  'full',
  'noTunnel',
  'malformed',
  'policy',
  'refused',
  'pauses',
] as const;
export type Passed = Record<(typeof passedNames)[number], number>;

/** Counts that the thread writes and the rest of the process reads whenever it likes. */
export class SharedCounts {
  readonly #values: Float64Array;

  constructor(buffer: SharedArrayBuffer, start = 0) {
    this.#values = new Float64Array(buffer, start, passedNames.length);
  }

  add(name: keyof Passed, amount = 1): void {
    this.#values[passedNames.indexOf(name)]! += amount;
  }

  /** A whole datagram. */
  pass(way: 'transmitted' | 'received', octets: number): void {
    const index = way === 'transmitted' ? 0 : 2;
    this.#values[index]! += 1;
    this.#values[index + 1]! += octets;
  }

  read(): Passed {
    return Object.fromEntries(passedNames.map((name, index) => [name, this.#values[index]])) as Passed;
  }
}

export const countsLength = passedNames.length * Float64Array.BYTES_PER_ELEMENT;

/** Both directions of a tunnel, and what passed. */
export class TunnelState {
  readonly buffer: SharedArrayBuffer;
  readonly sent: Direction;
  readonly received: Direction;
  readonly counts: SharedCounts;

  constructor(buffer = new SharedArrayBuffer(2 * directionLength + countsLength)) {
    this.buffer = buffer;
    this.sent = new Direction(buffer, 0);
    this.received = new Direction(buffer, directionLength);
    this.counts = new SharedCounts(buffer, 2 * directionLength);
  }

  /** Overwrites what only the keys' holders may know. */
  erase(): void {
    new Uint8Array(this.buffer, 0, 2 * directionLength).fill(0);
  }
}
