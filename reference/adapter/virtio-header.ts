/**
 * `struct virtio_net_hdr` of <linux/virtio_net.h>: ten octets before each frame of a TAP that was opened with IFF_VNET_HDR.
 * They say what the sender of the frame left to be done. Offsets count from the Ethernet header, in the machine's own order
 * of octets, which is the low one first wherever this program runs.
 */
import { ethernetHeaderLength } from '../packets/ethernet.ts';
import {
  canBeSegmented,
  complete,
  completeInPlace,
  type Offload,
  segment,
  upperLayerToFinish,
} from '../packets/offload.ts';

export const virtioHeaderLength = 10;

const NEEDS_CHECKSUM = 1;
const [GSO_NONE, GSO_TCPV4, GSO_TCPV6, GSO_ECN] = [0, 1, 4, 0x80];

/** What the local stack left to do about a datagram. */
export interface Left {
  /** VIRTIO_NET_HDR_GSO_*, without the bit for ECN. */
  readonly type: number;
  /** 0 where the datagram is not to be cut. */
  readonly segmentSize: number;
  /** Offsets in the datagram: of what the checksum is of, and of its field. */
  readonly start: number;
  readonly checksum: number;
}

/** @param at where the header begins. @returns undefined where nothing is left to do */
export function readVirtioHeader(octets: Uint8Array, at = 0): Left | undefined {
  const type = octets[at + 1]! & ~GSO_ECN;
  if ((octets[at]! & NEEDS_CHECKSUM) === 0 && type === GSO_NONE) return undefined;
  const start = wordAt(octets, at + 6) - ethernetHeaderLength;
  const checksum = start + wordAt(octets, at + 8);
  return { type, segmentSize: type === GSO_NONE ? 0 : wordAt(octets, at + 4), start, checksum };
}

/**
 * What a peer is told in place of the header.
 * @returns undefined where the datagram alone does not say the same as the header: then `finishLeft` has to do the work
 */
export function offloadOf({ segmentSize, type, start, checksum }: Left, datagram: Uint8Array): Offload | undefined {
  const upper = upperLayerToFinish(datagram, segmentSize);
  const isKnown = segmentSize === 0 ? type === GSO_NONE : isTcp(type);
  return isKnown && upper?.start === start && upper.checksum === checksum ? { segmentSize } : undefined;
}

/** Does what the local stack left. @returns datagrams that lack nothing; none if the header makes no sense */
export function finishLeft(left: Left, datagram: Uint8Array): Uint8Array[] {
  const { segmentSize, type, start } = left;
  if (!isInside(left, datagram)) return [];
  if (type === GSO_NONE) return [complete(datagram, left)];
  return isTcp(type) && segmentSize > 0 && canBeSegmented(datagram, start) ? segment(datagram, start, segmentSize) : [];
}

/** As `finishLeft`, in the datagram itself. @returns false where a checksum is not all that is left: it is as it was then */
export function completeLeft(left: Left, datagram: Uint8Array): boolean {
  const isAll = left.type === GSO_NONE && isInside(left, datagram);
  if (isAll) completeInPlace(datagram, left);
  return isAll;
}

const isInside = ({ start, checksum }: Left, datagram: Uint8Array): boolean =>
  start >= 0 && checksum + 2 <= datagram.length;

const isTcp = (type: number): boolean => type === GSO_TCPV4 || type === GSO_TCPV6;

/**
 * Says to the local stack what a datagram lacks.
 * @param octets the header is written among them
 * @param offload undefined: nothing
 * @param at where the header begins
 * @returns false where the datagram cannot lack this: it has to be dropped
 */
export function writeVirtioHeader(
  octets: Uint8Array,
  datagram: Uint8Array,
  offload: Offload | undefined,
  at = 0,
): boolean {
  // `fill` takes longer for so few.
  for (let index = 0; index < virtioHeaderLength; index += 1) octets[at + index] = 0;
  if (offload === undefined) return true;
  const { segmentSize } = offload;
  const upper = upperLayerToFinish(datagram, segmentSize);
  if (upper === undefined) return false;
  octets[at] = NEEDS_CHECKSUM;
  if (segmentSize > 0) octets[at + 1] = typeOf(datagram, upper.start);
  setWord(octets, at + 2, ethernetHeaderLength + upper.payload);
  setWord(octets, at + 4, segmentSize);
  setWord(octets, at + 6, ethernetHeaderLength + upper.start);
  setWord(octets, at + 8, upper.checksum - upper.start);
  return true;
}

const wordAt = (octets: Uint8Array, at: number): number => octets[at]! | (octets[at + 1]! << 8);

function setWord(octets: Uint8Array, at: number, value: number): void {
  octets[at] = value & 0xff;
  octets[at + 1] = value >> 8;
}

/** The kernel is told of CWR (RFC 3168 §6.1.2), which the first segment alone has. */
function typeOf(datagram: Uint8Array, tcp: number): number {
  const isReduced = (datagram[tcp + 13]! & 0x80) !== 0;
  return (datagram[0]! >> 4 === 6 ? GSO_TCPV6 : GSO_TCPV4) | (isReduced ? GSO_ECN : 0);
}
