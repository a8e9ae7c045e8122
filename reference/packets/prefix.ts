/** Prefixes of both families: an address and how many of its bits count. Addresses are text, as in `addresses.ts`. */
import { addressOctets, addressText, isIpv6 } from './addresses.ts';

export interface Prefix {
  /** Dotted quad, or RFC 5952 text. */
  readonly address: string;
  /** In bits, 0 to 32 or 0 to 128. */
  readonly length: number;
}

/** Packets to a prefix go to the gateway, an address of the same family. */
export interface Route extends Prefix {
  readonly gateway: string;
}

/** Reads "10.9.0.0/24" or "fd00::/64"; an address without length is the prefix that holds only this address. */
export function parsePrefix(text: string): Prefix {
  const [address = '', length] = text.split('/');
  return length === undefined ? hostPrefix(address) : { address, length: Number(length) };
}

/** As `ip route` writes it: `10.8.0.0/24`. */
export const prefixText = ({ address, length }: Prefix): string => `${address}/${length}`;

/** The prefix that holds only this address. */
export const hostPrefix = (address: string): Prefix => ({ address, length: bitsOf(address) });

/** Bits of an address of the same family. */
export const bitsOf = (address: string): number => (isIpv6(address) ? 128 : 32);

/** Whether `inner` is wholly inside `outer`; never across families. */
export function contains(outer: Prefix, inner: Prefix): boolean {
  const [mine, theirs] = [addressOctets(outer.address), addressOctets(inner.address)];
  return mine.length === theirs.length && inner.length >= outer.length && sameStart(mine, theirs, outer.length);
}

/** Whether the two share an address. */
export function overlaps(one: Prefix, other: Prefix): boolean {
  return one.length <= other.length ? contains(one, other) : contains(other, one);
}

/** The same prefix with its first address: every bit beyond the length is zero. */
export function networkOf({ address, length }: Prefix): Prefix {
  const octets = addressOctets(address);
  return { address: addressText(octets.map((octet, index) => octet & maskAt(index, length))), length };
}

/** The last address of a prefix: in IPv4 the broadcast address of a subnet. */
export const lastAddressOf = ({ address, length }: Prefix): string =>
  addressText(addressOctets(address).map((octet, index) => octet | ~maskAt(index, length)));

/** Whether the address has bits set beyond the length. */
export const hasBitsBeyond = ({ address, length }: Prefix): boolean =>
  addressOctets(address).some((octet, index) => (octet & ~maskAt(index, length)) !== 0);

/** The mask of a prefix length, 4 octets, or 16 in IPv6: 255.255.255.0 for 24. */
export const maskOctets = (length: number, octets: 4 | 16 = 4): Uint8Array =>
  Uint8Array.from({ length: octets }, (_, index) => maskAt(index, length));

/** Which bits of the octet with an index are inside a prefix. */
export const maskAt = (index: number, length: number): number =>
  (0xff00 >> Math.min(8, Math.max(0, length - 8 * index))) & 0xff;

/**
 * Whether the octets from an offset on begin with the first `length` bits of `start`: read in place, for each datagram.
 * @param start 4 or 16 octets
 */
export function sameStart(start: Uint8Array, octets: Uint8Array, length: number, offset = 0): boolean {
  for (let index = 0; 8 * index < length; index += 1)
    if (((start[index]! ^ (octets[offset + index] ?? 0)) & maskAt(index, length)) !== 0) return false;
  return true;
}
