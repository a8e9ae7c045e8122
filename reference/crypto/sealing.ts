/** What every transform offers, fast or plain: the two halves of a direction ([EP] fig. 9). */
import type { Offload } from '../packets/offload.ts';
import type { Counter } from './counter.ts';
import type { DirectionKeys } from './keys.ts';

/** Makes DATA frames of datagrams. */
export interface Sealer {
  /** DATA frames sealed so far, n of the next one. */
  readonly frames: number;
  /** Octets put through the cipher so far. */
  readonly octets: number;
  /**
   * @param datagram a whole IP datagram, or nothing (a keep-alive).
   * @returns the whole DATA frame.
   * @throws Misuse when the datagram is no IP datagram, is too long, or a hard bound of the key is reached.
   */
  seal(datagram: Uint8Array): Uint8Array;
  /**
   * @param datagrams two or more whole IP datagrams
   * @returns the whole DATA frame.
   * @throws Misuse where bundles were not negotiated, for what is no bundle, and as above.
   */
  sealBundle(datagrams: readonly Uint8Array[]): Uint8Array;
  /**
   * @param datagram lacks what `offload` says
   * @returns the whole DATA frame.
   * @throws Misuse where this was not negotiated, for a segment size that cannot be, and as above.
   */
  sealUnfinished(datagram: Uint8Array, offload: Offload): Uint8Array;
}

/** Makes datagrams of DATA frames. */
export interface Opener {
  readonly frames: number;
  readonly octets: number;
  /**
   * @param frame a whole DATA frame.
   * @returns the datagram, may be empty.
   * @throws IntegrityFailure on any fault, and ever after.
   */
  open(frame: Uint8Array): Uint8Array;
  /** The same where the frame may be a bundle. @returns the datagrams, none for a keep-alive */
  openAll(frame: Uint8Array): readonly Uint8Array[];
  /** What the datagram of the last frame that was opened lacks; undefined: nothing. */
  readonly offload: Offload | undefined;
}

interface OpenerOptions {
  /** Starts at zero unless given. */
  readonly counter?: Counter;
  /** Option bits that were negotiated; none by default. */
  readonly dataOptions?: number;
}

interface SealerOptions extends OpenerOptions {
  /** Zero octets to add to each AEAD frame, 0 to 255. */
  readonly padding?: () => number;
}

export type CreateSealer = (transform: number, keys: DirectionKeys, options?: SealerOptions) => Sealer;
export type CreateOpener = (transform: number, keys: DirectionKeys, options?: OpenerOptions) => Opener;
