/** ICMPv6 (RFC 4443) as far as neighbour discovery (RFC 4861) uses it. */
import { Malformed, Misuse } from '../errors.ts';
import { concat, viewOf } from '../octets.ts';
import { addOctets, checksumOf, pseudoHeaderSum } from './checksum.ts';
import { IpProtocol } from './ipv4.ts';
import type { PseudoHeader } from './udp.ts';

export const Icmpv6Type = {
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighbourSolicitation: 135,
  neighbourAdvertisement: 136,
} as const;

/** RFC 4861 §4.6, RFC 4191 §2.3, RFC 8106 §5. */
export const NeighbourOptionType = {
  sourcePhysical: 1,
  targetPhysical: 2,
  prefix: 3,
  mtu: 5,
  route: 24,
  dnsServer: 25,
  dnsSearch: 31,
} as const;

export interface Icmpv6Message {
  readonly type: number;
  readonly code: number;
  /** What follows the checksum; for neighbour discovery a fixed part, then options. */
  readonly body: Uint8Array;
}

export interface NeighbourOptionField {
  readonly type: number;
  /** What follows type and length: 8 n - 2 octets. */
  readonly value: Uint8Array;
}

/** @throws Malformed when cut or with a wrong checksum */
export function decodeIcmpv6(octets: Uint8Array, pseudo: PseudoHeader): Icmpv6Message {
  if (octets.length < 4) throw new Malformed(`ICMPv6: ${octets.length} octets, at least 4`);
  if (checksumWith(pseudo, octets) !== 0) throw new Malformed('ICMPv6: checksum');
  return { type: octets[0]!, code: octets[1]!, body: octets.subarray(4) };
}

/** Computes the checksum. */
export function encodeIcmpv6({ type, code, body }: Icmpv6Message, pseudo: PseudoHeader): Uint8Array {
  const octets = concat(Uint8Array.of(type, code, 0, 0), body);
  viewOf(octets).setUint16(2, checksumWith(pseudo, octets));
  return octets;
}

/** @throws Malformed when an option has length 0 or runs over (RFC 4861 §4.6) */
export function decodeNeighbourOptions(octets: Uint8Array): NeighbourOptionField[] {
  const options: NeighbourOptionField[] = [];
  for (let offset = 0; offset < octets.length; ) {
    const type = octets[offset]!;
    const length = 8 * (octets[offset + 1] ?? 0);
    if (length === 0 || offset + length > octets.length) throw new Malformed(`neighbour option ${type}: wrong length`);
    options.push({ type, value: octets.slice(offset + 2, offset + length) });
    offset += length;
  }
  return options;
}

export function encodeNeighbourOptions(options: readonly NeighbourOptionField[]): Uint8Array {
  return concat(
    ...options.map(({ type, value }) => {
      const units = (value.length + 2) / 8;
      if (!Number.isInteger(units) || units > 255)
        throw new Misuse(`neighbour option ${type}: not a multiple of 8 octets`);
      return concat(Uint8Array.of(type, units), value);
    }),
  );
}

const checksumWith = ({ source, destination }: PseudoHeader, octets: Uint8Array): number =>
  checksumOf(addOctets(pseudoHeaderSum(source, destination, IpProtocol.icmpv6, octets.length), octets));
