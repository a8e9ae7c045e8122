/** ICMPv6 (RFC 4443) as far as neighbour discovery (RFC 4861) uses it. */
import { Malformed } from '../errors.ts';
import { concat, viewOf } from '../octets.ts';
import { type PseudoHeader, upperLayerChecksum } from './checksum.ts';
import { IpProtocol } from './ipv4.ts';

export const Icmpv6Type = {
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighbourSolicitation: 135,
  neighbourAdvertisement: 136,
} as const;

interface Icmpv6Message {
  readonly type: number;
  readonly code: number;
  /** What follows the checksum; for neighbour discovery a fixed part, then options. */
  readonly body: Uint8Array;
}

/** @throws Malformed when cut or with a wrong checksum */
export function decodeIcmpv6(octets: Uint8Array, pseudo: PseudoHeader): Icmpv6Message {
  if (octets.length < 4) throw new Malformed(`ICMPv6: ${octets.length} octets, at least 4`);
  if (upperLayerChecksum(pseudo, IpProtocol.icmpv6, octets) !== 0) throw new Malformed('ICMPv6: checksum');
  return { type: octets[0]!, code: octets[1]!, body: octets.subarray(4) };
}

/** Computes the checksum. */
export function encodeIcmpv6({ type, code, body }: Icmpv6Message, pseudo: PseudoHeader): Uint8Array {
  const octets = concat(Uint8Array.of(type, code, 0, 0), body);
  viewOf(octets).setUint16(2, upperLayerChecksum(pseudo, IpProtocol.icmpv6, octets));
  return octets;
}
