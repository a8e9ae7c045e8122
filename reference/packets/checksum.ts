/** The internet checksum (RFC 1071): the complement of the one's complement sum of 16-bit words. */
import { u16At } from '../octets.ts';

/** Adds octets, from one on, to a sum; an odd one at the end counts as the high octet of a word. */
function addOctets(sum: number, octets: Uint8Array, from = 0): number {
  let total = sum;
  let offset = from;
  for (; offset + 1 < octets.length; offset += 2) total += u16At(octets, offset);
  if (offset < octets.length) total += octets[offset]! << 8;
  return total;
}

/** The 16-bit checksum of a sum; of octets that hold a right checksum it is 0. */
function checksumOf(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}

/** Of the octets from one on; an odd last one is followed by a zero. @returns 16 bits; over octets that hold it, 0 */
export const checksum = (octets: Uint8Array, from = 0): number => checksumOf(addOctets(0, octets, from));

/** The addresses of the IP header, 4 or 16 octets each. */
export interface PseudoHeader {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
}

/**
 * The checksum of an upper layer's packet and its pseudo-header (RFC 768; RFC 8200 §8.1): both addresses, the protocol,
 * the packet's length.
 */
export function upperLayerChecksum(
  { source, destination }: PseudoHeader,
  protocol: number,
  octets: Uint8Array,
): number {
  const pseudoHeader = addOctets(addOctets(protocol + octets.length, source), destination);
  return checksumOf(addOctets(pseudoHeader, octets));
}
