/** [EP] fig. 9: DATA frames made and opened where they lie, for AEAD transforms. `crypto/data-frame.ts` is the readable twin. */
import { maximumFrames, maximumOctets } from '../crypto/counter.ts';
import { type Evp, type Message, tagLength } from '../libc/evp.ts';
import { addressOf } from '../libc/native.ts';
import { viewOf } from '../octets.ts';
import { EtherType } from '../packets/ethernet.ts';
import type { Offload } from '../packets/offload.ts';
import { dataHeaderLength, noDatagram } from '../wire/data.ts';
import { FrameType, protocolVersion } from '../wire/identifiers.ts';
import { flagsOf, readOffload } from '../wire/offload.ts';
import type { Direction } from './shared.ts';

/** Octets of a frame before its datagram: header and tag. */
export const lead = dataHeaderLength + tagLength;

/** Octets that stay where they are. */
export class Slab {
  readonly octets: Uint8Array;
  readonly view: DataView;
  readonly address: number;

  constructor(length: number) {
    this.octets = new Uint8Array(length);
    this.view = viewOf(this.octets);
    this.address = addressOf(this.octets);
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

/** @param frame where it begins. @param length octets that are encrypted */
const messageAt = (nonce: number, frame: number, length: number): Message => ({
  nonce,
  header: frame,
  headerLength: dataHeaderLength,
  text: frame + lead,
  length,
  tag: frame + dataHeaderLength,
});

const allows = ({ frames, octets }: Direction, more: number): boolean =>
  frames < maximumFrames && octets + more <= maximumOctets;

/**
 * Seals the datagram `lead` octets after `at`, without padding.
 * @param offload what it lacks
 * @returns octets of the frame, which begins at `at`; 0 if the key may not be used for it
 */
export function sealRecord(cipher: Cipher, slab: Slab, at: number, length: number, offload?: Offload): number {
  const { evp, context, direction, nonceAddress } = cipher;
  if (!allows(direction, length)) return 0;
  const { view, address, octets } = slab;
  view.setUint32(at, lead + length);
  view.setUint8(at + 4, FrameType.DATA);
  view.setUint8(at + 5, protocolVersion);
  view.setUint16(at + 6, octets[at + lead]! >> 4 === 4 ? EtherType.ipv4 : EtherType.ipv6);
  view.setUint16(at + 8, length);
  view.setUint16(at + 10, offload === undefined ? 0 : flagsOf(offload));
  view.setUint16(at + 12, offload?.segmentSize ?? 0);
  view.setUint8(at + 14, 0);
  view.setUint8(at + 15, tagLength);
  direction.setNonce();
  evp.seal(context, messageAt(nonceAddress, address + at, length));
  direction.advance(length);
  return lead + length;
}

/** What the first octets say, if they are those of a DATA frame that is as it should be as far as one can see. */
interface Start {
  /** Octets of the whole frame. */
  readonly length: number;
  readonly datagramLength: number;
  /** What the datagram lacks. */
  readonly offload: Offload | undefined;
}

/**
 * @param dataOptions option bits that were negotiated
 * @returns undefined for any other frame: whoever reads it says what is wrong with it, if anything is
 */
export function startOf({ view }: Slab, at: number, dataOptions: number): Start | undefined {
  const length = view.getUint32(at);
  const datagramLength = view.getUint16(at + 8);
  const [flags, segmentSize] = [view.getUint16(at + 10), view.getUint16(at + 12)];
  const offload = readOffload({ flags, segmentSize, datagramLength }, dataOptions);
  const plain =
    view.getUint8(at + 4) === FrameType.DATA &&
    view.getUint8(at + 5) === protocolVersion &&
    (offload !== undefined || (flags | segmentSize) === 0) &&
    view.getUint8(at + 15) === tagLength &&
    length === lead + datagramLength + view.getUint8(at + 14);
  return plain ? { length, datagramLength, offload } : undefined;
}

/**
 * Opens a whole frame: its datagram is `lead` octets after `at` then.
 * @returns false if anything is wrong with it: then it is spoilt, and nobody can open it any more
 */
export function openRecord(cipher: Cipher, slab: Slab, at: number, { length, datagramLength }: Start): boolean {
  const { evp, context, direction, nonceAddress } = cipher;
  const { view, address, octets } = slab;
  const sealed = length - lead;
  if (!allows(direction, sealed)) return false;
  direction.setNonce();
  if (!evp.open(context, messageAt(nonceAddress, address + at, sealed))) return false;
  const end = at + lead + datagramLength;
  for (let index = end; index < at + length; index += 1) if (octets[index] !== 0) return false;
  const version = datagramLength === 0 ? undefined : octets[at + lead]! >> 4;
  const protocol = version === undefined ? noDatagram : version === 4 ? EtherType.ipv4 : EtherType.ipv6;
  if (version !== undefined && version !== 4 && version !== 6) return false;
  if (view.getUint16(at + 6) !== protocol) return false;
  direction.advance(sealed);
  return true;
}
