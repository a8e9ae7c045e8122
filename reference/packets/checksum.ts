/** The internet checksum (RFC 1071): the complement of the one's complement sum of 16-bit words. */
import { viewOf } from '../octets.ts';

/** Adds octets to a sum; an odd one at the end counts as the high octet of a word. */
export function addOctets(sum: number, octets: Uint8Array): number {
  const view = viewOf(octets);
  let total = sum;
  const even = octets.length & ~1;
  for (let offset = 0; offset < even; offset += 2) total += view.getUint16(offset);
  if (even < octets.length) total += octets[even]! << 8;
  return total;
}

/** The 16-bit checksum of a sum; of octets that hold a right checksum it is 0. */
export function checksumOf(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return ~folded & 0xffff;
}

export const checksum = (octets: Uint8Array): number => checksumOf(addOctets(0, octets));

/** Sum of the pseudo-header (RFC 768; RFC 8200 §8.1): both addresses, the protocol, the upper layer's length. */
export function pseudoHeaderSum(
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  upperLayerLength: number,
): number {
  return addOctets(addOctets(protocol + upperLayerLength, source), destination);
}
