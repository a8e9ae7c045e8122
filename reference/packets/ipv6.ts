/** IPv6 (RFC 8200 §3). Extension headers are left in the payload. */
import { Malformed, Misuse } from '../errors.ts';
import { concat, u16, u32, viewOf } from '../octets.ts';

interface Ipv6Datagram {
  readonly trafficClass: number;
  readonly flowLabel: number;
  readonly nextHeader: number;
  readonly hopLimit: number;
  /** 16 octets each. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** A view of the octets after the header, up to the payload length. */
  readonly payload: Uint8Array;
}

const ipv6HeaderLength = 40;

/** @param octets a datagram, which padding of Ethernet may follow @throws Malformed when inconsistent */
export function decodeIpv6(octets: Uint8Array): Ipv6Datagram {
  if (octets.length < ipv6HeaderLength) throw new Malformed(`IPv6: ${octets.length} octets, at least 40`);
  const view = viewOf(octets);
  const first = view.getUint32(0);
  const end = ipv6HeaderLength + view.getUint16(4);
  if (first >>> 28 !== 6) throw new Malformed(`IPv6: version ${first >>> 28}, not 6`);
  if (end > octets.length) throw new Malformed(`IPv6: payload length ${end - ipv6HeaderLength} is more than is there`);
  return {
    trafficClass: (first >>> 20) & 0xff,
    flowLabel: first & 0xfffff,
    nextHeader: octets[6]!,
    hopLimit: octets[7]!,
    source: octets.slice(8, 24),
    destination: octets.slice(24, 40),
    payload: octets.subarray(ipv6HeaderLength, end),
  };
}

/** @throws Misuse when the parts do not fit */
export function encodeIpv6(datagram: Ipv6Datagram): Uint8Array {
  const { source, destination, payload } = datagram;
  if (source.length !== 16 || destination.length !== 16 || payload.length > 0xffff)
    throw new Misuse('IPv6: does not fit');
  const first = u32((6 << 28) | (datagram.trafficClass << 20) | datagram.flowLabel);
  const hops = Uint8Array.of(datagram.nextHeader, datagram.hopLimit);
  return concat(first, u16(payload.length), hops, source, destination, payload);
}
