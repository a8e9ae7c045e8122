/** One keyed tunnel connection at an end point: DATA both ways, the keyed CLOSE, and whether the keys are used up. */
import { closeDigest, verifyClose } from '../crypto/close.ts';
import { Counter, maximumFrames, maximumOctets } from '../crypto/counter.ts';
import type { SessionSecrets } from '../crypto/handshake.ts';
import { type DirectionKeys, deriveDirection, eraseDirection } from '../crypto/keys.ts';
import { aeadOf, createOpener, createSealer, type Opener, type Sealer } from '../crypto/transforms.ts';
import type { Offload } from '../packets/offload.ts';
import { longestBundle, partIntoBundles } from '../wire/bundle.ts';
import { closeFixedLength, decodeClose, encodeClose, encodeCloseHeader } from '../wire/close.ts';
import { DataOption } from '../wire/identifiers.ts';
import type { Lifetimes } from '../wire/key-exchange-data.ts';
import { flagsOf } from '../wire/offload.ts';
import type { SessionLoan, Used } from './loan.ts';

const empty = new Uint8Array(0);

export interface SessionOptions {
  readonly role: 'initiator' | 'server';
  /** Its two keys are erased. */
  readonly secrets: SessionSecrets;
  readonly transform: number;
  readonly lifetimes: Lifetimes;
  /** How much of a lifetime may be used, in hundredths. */
  readonly percent: number;
  readonly padding: () => number;
  /** Option bits that were negotiated; none with a transform that is no AEAD. */
  readonly dataOptions: number;
}

/**
 * @param key 32 octets, `close` of the sender's direction.
 * @param n DATA frames sent before.
 */
export function keyedClose(key: Uint8Array, status: number, n: number): Uint8Array {
  const header = encodeCloseHeader(status, true);
  return encodeClose({ type: 'CLOSE', status, digest: closeDigest(key, header, n) });
}

/**
 * Seals and opens with counters n of its own for each direction, both from 0 (KEY-02). Ends with the tunnel connection.
 */
export class Session {
  /** Milliseconds after which the keys are used up by time alone. */
  readonly duration: number;
  readonly #frames: number;
  readonly #octets: number;
  readonly #own: DirectionKeys;
  readonly #peer: DirectionKeys;
  readonly #transform: number;
  readonly #sent = new Counter();
  readonly #received = new Counter();
  readonly #sealer: Sealer;
  readonly #opener: Opener;

  readonly #dataOptions: number;

  constructor({ role, secrets, transform, lifetimes, percent, padding, dataOptions }: SessionOptions) {
    const { initiatorKey, serverKey, handshakeHash } = secrets;
    const initiator = deriveDirection(initiatorKey, transform, handshakeHash);
    const server = deriveDirection(serverKey, transform, handshakeHash);
    [this.#own, this.#peer] = role === 'initiator' ? [initiator, server] : [server, initiator];
    this.#sealer = createSealer(transform, this.#own, { padding, counter: this.#sent, dataOptions });
    this.#opener = createOpener(transform, this.#peer, { counter: this.#received, dataOptions });
    this.#transform = transform;
    this.#dataOptions = dataOptions;
    // The hard bounds of a key are far below 2^53: numbers are exact, and faster to compare for each datagram.
    const share = (agreed: bigint, hard: number): number =>
      Math.floor((Math.min(Number(agreed), hard) * percent) / 100);
    this.duration = lifetimes.seconds * 10 * percent;
    this.#frames = share(lifetimes.frames, maximumFrames);
    this.#octets = share(lifetimes.octets, maximumOctets);
  }

  /** Whether a bound of either direction's use is reached. */
  get usedUp(): boolean {
    const [sent, received, frames, octets] = [this.#sealer, this.#opener, this.#frames, this.#octets];
    return sent.frames >= frames || received.frames >= frames || sent.octets >= octets || received.octets >= octets;
  }

  /** Whether frames of several datagrams were negotiated. */
  get bundles(): boolean {
    return (this.#dataOptions & DataOption.bundle) !== 0;
  }

  /** Whether the peer takes datagrams that lack this. */
  takes(offload: Offload): boolean {
    return (flagsOf(offload) & ~this.#dataOptions) === 0;
  }

  /** Datagrams that wait together, in their order, as each DATA frame takes them: one, or several. */
  part(datagrams: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
    return this.bundles ? partIntoBundles(datagrams, longestBundle) : datagrams.map((datagram) => [datagram]);
  }

  /**
   * @param datagrams none for a keep-alive
   * @param offload what the only datagram lacks
   * @throws Misuse for what is no IP datagram.
   */
  seal(datagrams: readonly Uint8Array[], offload?: Offload): Uint8Array {
    const [datagram = empty, ...others] = datagrams;
    if (offload !== undefined) return this.#sealer.sealUnfinished(datagram, offload);
    return others.length === 0 ? this.#sealer.seal(datagram) : this.#sealer.sealBundle(datagrams);
  }

  /** @returns the datagrams, none for a keep-alive. @throws IntegrityFailure */
  open(frame: Uint8Array): readonly Uint8Array[] {
    return this.#opener.openAll(frame);
  }

  /** What the datagram of the last frame that was opened lacks. */
  get offload(): Offload | undefined {
    return this.#opener.offload;
  }

  /** What seals and opens in this session's place needs; undefined where only this session can, or its keys are used up. */
  lend(): SessionLoan | undefined {
    const aead = aeadOf(this.#transform);
    if (aead === undefined || this.usedUp) return undefined;
    const used = ({ frames, octets }: Counter): Used => ({ frames, octets });
    return {
      aead,
      sent: { ...this.#own, ...used(this.#sent) },
      received: { ...this.#peer, ...used(this.#received) },
      bounds: { frames: this.#frames, octets: this.#octets },
      dataOptions: this.#dataOptions,
    };
  }

  /** Goes on where the counters are now. */
  resume(sent: Used, received: Used): void {
    this.#sent.resume(sent.frames, sent.octets);
    this.#received.resume(received.frames, received.octets);
  }

  /** The CLOSE frame that ends this direction, 40 octets. */
  close(status: number): Uint8Array {
    return keyedClose(this.#own.close, status, this.#sealer.frames);
  }

  /** Overwrites the keys: nothing is sealed or opened any more. */
  erase(): void {
    for (const keys of [this.#own, this.#peer]) eraseDirection(keys);
  }

  /**
   * The status of a CLOSE frame that the peer made after all its DATA frames; undefined for any other.
   * @throws Malformed
   */
  verifyClose(frame: Uint8Array): number | undefined {
    const { status, digest } = decodeClose(frame);
    if (digest === undefined) return undefined;
    const header = frame.subarray(0, closeFixedLength);
    return verifyClose(this.#peer.close, header, this.#opener.frames, digest) ? status : undefined;
  }
}
