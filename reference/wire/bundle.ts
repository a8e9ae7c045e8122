/** [EP] fig. 9 with flag 3: a bundle, several whole IP datagrams back to back in one data frame. */
import { Misuse } from '../errors.ts';
import { concat, u16At } from '../octets.ts';
import { datagramLength } from '../packets/datagram.ts';

/** A bundle of one would be a second encoding of a lone datagram. */
export const leastOfBundle = 2;

/**
 * Octets of datagrams that share a frame at most. Beyond, a bundle saves little, and the peer waits for the last of them before
 * it opens the first: 16,384 octets take 7 ms at 20 Mbit/s.
 */
export const longestBundle = 0x4000;

/** @returns octets of the datagram that is there from `at`, by its own length field; undefined when it says no such thing */
export function lengthInBundle(octets: Uint8Array, at: number, end: number): number | undefined {
  const left = end - at;
  const version = octets[at]! >> 4;
  if (version === 4 && left >= 20) {
    const total = u16At(octets, at + 2);
    return total >= 20 ? total : undefined;
  }
  return version === 6 && left >= 40 ? 40 + u16At(octets, at + 4) : undefined;
}

/** @returns the datagrams, views of the octets; undefined when these are not two or more, one behind the other */
export function cutBundle(octets: Uint8Array): readonly Uint8Array[] | undefined {
  const datagrams: Uint8Array[] = [];
  for (let at = 0; at < octets.length; ) {
    const length = lengthInBundle(octets, at, octets.length);
    if (length === undefined || length > octets.length - at) return undefined;
    datagrams.push(octets.subarray(at, at + length));
    at += length;
  }
  return datagrams.length < leastOfBundle ? undefined : datagrams;
}

/** @throws Misuse for fewer than two, and for one that is not as long as its own length field says */
export function joinBundle(datagrams: readonly Uint8Array[]): Uint8Array {
  if (datagrams.length < leastOfBundle)
    throw new Misuse(`bundle: ${datagrams.length} datagrams, at least ${leastOfBundle}`);
  if (!datagrams.every(isWhole)) throw new Misuse('bundle: a datagram that is not whole');
  return concat(...datagrams);
}

/**
 * Parts datagrams, in their order, into those that share a frame.
 * @param longest octets of a bundle; a datagram that is longer, or that is not whole, goes alone
 */
export function partIntoBundles(datagrams: readonly Uint8Array[], longest: number): Uint8Array[][] {
  const parts: Uint8Array[][] = [];
  let room = 0;
  for (const datagram of datagrams) {
    const whole = isWhole(datagram);
    if (whole && datagram.length <= room) parts.at(-1)?.push(datagram);
    else {
      parts.push([datagram]);
      room = whole ? longest : 0;
    }
    room -= datagram.length;
  }
  return parts;
}

const isWhole = (datagram: Uint8Array): boolean => datagramLength(datagram) === datagram.length;
