/** [EP] fig. 9: DATA frames made and opened where they lie, for AEAD transforms. `crypto/data-frame.ts` is the readable twin. */
import { maximumFrames, maximumOctets } from '../crypto/counter.ts';
import { type Evp, tagLength } from '../libc/evp.ts';
import { addressOf } from '../libc/native.ts';
import { setU16, u16At, wordAt } from '../octets.ts';
import { EtherType } from '../packets/ethernet.ts';
import type { Offload } from '../packets/offload.ts';
import { leastOfBundle, lengthInBundle } from '../wire/bundle.ts';
import { dataHeaderLength, noDatagram } from '../wire/data.ts';
import { bounds } from '../wire/frame-start.ts';
import { DataOption, FrameType, protocolVersion } from '../wire/identifiers.ts';
import { flagsOf, readOffload } from '../wire/offload.ts';
import type { Direction } from './shared.ts';

/** Octets of a frame before its datagram or datagrams: header and tag. */
export const lead = dataHeaderLength + tagLength;

/** Octets that stay where they are. */
export class Slab {
  readonly octets: Uint8Array;
  readonly address: number;
  readonly #buffer: ArrayBuffer;

  constructor(length: number) {
    this.#buffer = new ArrayBuffer(length);
    this.octets = new Uint8Array(this.#buffer);
    this.address = addressOf(this.octets);
  }

  /** A view of some of them: `subarray` of all would take twice as long. */
  part(at: number, length: number): Uint8Array {
    return new Uint8Array(this.#buffer, at, length);
  }
}

/** One direction of a tunnel at work. */
export interface Cipher {
  readonly evp: Evp;
  readonly context: number;
  readonly direction: Direction;
  readonly nonceAddress: number;
}

export const cipherOf = (evp: Evp, context: number, direction: Direction): Cipher => ({
  evp,
  context,
  direction,
  nonceAddress: addressOf(direction.nonce),
});

/** Whether a key may be used for another frame, of so many octets through the cipher. */
export const allows = ({ direction: { frames, octets } }: Cipher, more: number): boolean =>
  frames < maximumFrames && octets + more <= maximumOctets;

/** A frame that is to be sealed: whole datagrams, one behind the other. */
export interface Unsealed {
  /** Where the frame begins: the datagrams begin `lead` octets later. */
  readonly at: number;
  /** Octets of the datagrams, and how many these are: 1, or more in a bundle. */
  readonly length: number;
  readonly count: number;
  /** What the only one lacks. */
  readonly offload?: Offload | undefined;
}

/** Seals a frame without padding. @throws Error if the key may not be used for it, as `allows` says */
export function sealRecord(cipher: Cipher, slab: Slab, { at, length, count, offload }: Unsealed): void {
  if (!allows(cipher, length)) throw new Error('the key has reached its bound');
  const { evp, context, direction, nonceAddress } = cipher;
  const { address, octets } = slab;
  const bundled = count >= leastOfBundle;
  setU16(octets, at, (lead + length) >>> 16);
  setU16(octets, at + 2, lead + length);
  octets[at + 4] = FrameType.DATA;
  octets[at + 5] = protocolVersion;
  setU16(octets, at + 6, octets[at + lead]! >> 4 === 4 ? EtherType.ipv4 : EtherType.ipv6);
  setU16(octets, at + 8, bundled ? 0 : length);
  setU16(octets, at + 10, bundled ? DataOption.bundle : offload === undefined ? 0 : flagsOf(offload));
  setU16(octets, at + 12, offload?.segmentSize ?? 0);
  octets[at + 14] = 0;
  octets[at + 15] = tagLength;
  direction.setNonce();
  const frame = address + at;
  evp.begin(context, nonceAddress, frame, dataHeaderLength);
  evp.replace(context, frame + lead, length);
  evp.writeTag(context, frame + dataHeaderLength);
  direction.advance(length);
}

/** What the first octets say, if they are those of a DATA frame that is as it should be as far as one can see. */
interface Start {
  /** Octets of the whole frame. */
  readonly length: number;
  /** Octets of its datagram, or of all datagrams of a bundle. */
  readonly datagramLength: number;
  readonly bundled: boolean;
  /** What the only datagram lacks. */
  readonly offload: Offload | undefined;
}

/**
 * @param dataOptions option bits that were negotiated
 * @returns undefined for any other frame: whoever reads it says what is wrong with it, if anything is
 */
export function startOf({ octets }: Slab, at: number, dataOptions: number): Start | undefined {
  const length = wordAt(octets, at);
  const flags = u16At(octets, at + 10);
  const segmentSize = u16At(octets, at + 12);
  const lone = (flags | segmentSize) === 0;
  const bundled = flags === DataOption.bundle && segmentSize === 0 && (dataOptions & flags) !== 0;
  const left = length - lead - octets[at + 14]!;
  const offload = lone ? undefined : readOffload({ flags, segmentSize, datagramLength: left }, dataOptions);
  const plain =
    octets[at + 4] === FrameType.DATA &&
    octets[at + 5] === protocolVersion &&
    (lone || bundled || offload !== undefined) &&
    octets[at + 15] === tagLength &&
    u16At(octets, at + 8) === (bundled ? 0 : left) &&
    left >= 0 &&
    length <= bounds.DATA.max;
  return plain ? { length, datagramLength: left, bundled, offload } : undefined;
}

/**
 * Opens a whole frame: its datagram, or the first one of a bundle, is `lead` octets after `at` then.
 * @returns false if anything is wrong with it: then it is spoilt, and nobody can open it any more
 */
export function openRecord(cipher: Cipher, slab: Slab, at: number, start: Start): boolean {
  const { length, datagramLength, bundled } = start;
  const { evp, context, direction, nonceAddress } = cipher;
  const { address, octets } = slab;
  const sealed = length - lead;
  if (!allows(cipher, sealed)) return false;
  direction.setNonce();
  const frame = address + at;
  evp.begin(context, nonceAddress, frame, dataHeaderLength);
  evp.replace(context, frame + lead, sealed);
  if (!evp.verifies(context, frame + dataHeaderLength)) return false;
  const end = at + lead + datagramLength;
  for (let index = end; index < at + length; index += 1) if (octets[index] !== 0) return false;
  const version = datagramLength === 0 ? undefined : octets[at + lead]! >> 4;
  const protocol = version === undefined ? noDatagram : version === 4 ? EtherType.ipv4 : EtherType.ipv6;
  if (version !== undefined && version !== 4 && version !== 6) return false;
  if (u16At(octets, at + 6) !== protocol) return false;
  if (bundled && !isBundle(octets, at + lead, end)) return false;
  direction.advance(sealed);
  return true;
}

/** Whether these are whole datagrams one behind the other, enough of them. */
function isBundle(octets: Uint8Array, at: number, end: number): boolean {
  let count = 0;
  for (let from = at; from < end; count += 1) {
    const length = lengthInBundle(octets, from, end);
    if (length === undefined || length > end - from) return false;
    from += length;
  }
  return count >= leastOfBundle;
}
