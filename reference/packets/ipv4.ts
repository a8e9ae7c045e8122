/** IPv4 (RFC 791). */
import { Malformed, Misuse } from '../errors.ts';
import { concat, u16, viewOf } from '../octets.ts';
import { ipv4Octets, ipv4Text } from './addresses.ts';
import { checksum } from './checksum.ts';

export const IpProtocol = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 } as const;

export interface Ipv4Datagram {
  readonly typeOfService: number;
  readonly identification: number;
  /** Bit 1: don't fragment; bit 0: more fragments. */
  readonly flags: number;
  /** In units of 8 octets. */
  readonly fragmentOffset: number;
  readonly timeToLive: number;
  readonly protocol: number;
  /** Dotted quads. */
  readonly source: string;
  readonly destination: string;
  /** 0 to 40 octets, a multiple of 4. */
  readonly options: Uint8Array;
  /** A view of the octets after the header, up to the total length. */
  readonly payload: Uint8Array;
}

/** Octets of a header without options. */
export const ipv4HeaderLength = 20;

/** @param octets a datagram, which padding of Ethernet may follow @throws Malformed when inconsistent */
export function decodeIpv4(octets: Uint8Array): Ipv4Datagram {
  if (octets.length < ipv4HeaderLength) throw new Malformed(`IPv4: ${octets.length} octets, at least 20`);
  const view = viewOf(octets);
  const headerLength = 4 * (octets[0]! & 15);
  const totalLength = view.getUint16(2);
  if (octets[0]! >> 4 !== 4) throw new Malformed(`IPv4: version ${octets[0]! >> 4}, not 4`);
  if (headerLength < ipv4HeaderLength || headerLength > totalLength || totalLength > octets.length) {
    throw new Malformed(`IPv4: header ${headerLength}, total length ${totalLength}, ${octets.length} octets there`);
  }
  if (checksum(octets.subarray(0, headerLength)) !== 0) throw new Malformed('IPv4: header checksum');
  const fragment = view.getUint16(6);
  return {
    typeOfService: octets[1]!,
    identification: view.getUint16(4),
    flags: fragment >> 13,
    fragmentOffset: fragment & 0x1fff,
    timeToLive: octets[8]!,
    protocol: octets[9]!,
    source: ipv4Text(octets.subarray(12, 16)),
    destination: ipv4Text(octets.subarray(16, 20)),
    options: octets.subarray(ipv4HeaderLength, headerLength),
    payload: octets.subarray(headerLength, totalLength),
  };
}

type Needed = 'protocol' | 'source' | 'destination' | 'payload';

/**
 * Computes lengths and checksum. A field that is left out is 0, or 64 for the time to live.
 * @throws Misuse when the parts do not fit
 */
export function encodeIpv4(datagram: Pick<Ipv4Datagram, Needed> & Partial<Ipv4Datagram>): Uint8Array {
  const { typeOfService = 0, identification = 0, flags = 0, fragmentOffset = 0, timeToLive = 64 } = datagram;
  const { protocol, source, destination, options = new Uint8Array(0), payload } = datagram;
  const headerLength = ipv4HeaderLength + options.length;
  const totalLength = headerLength + payload.length;
  if (options.length % 4 !== 0 || headerLength > 60 || totalLength > 0xffff) throw new Misuse('IPv4: does not fit');
  const header = concat(
    Uint8Array.of(0x40 | (headerLength / 4), typeOfService),
    u16(totalLength, identification, (flags << 13) | fragmentOffset),
    Uint8Array.of(timeToLive, protocol, 0, 0),
    ipv4Octets(source),
    ipv4Octets(destination),
    options,
  );
  viewOf(header).setUint16(10, checksum(header));
  return concat(header, payload);
}

/** Whether the datagram is a piece of a larger one. */
export const isFragment = ({ flags, fragmentOffset }: Ipv4Datagram): boolean =>
  (flags & 1) !== 0 || fragmentOffset !== 0;
