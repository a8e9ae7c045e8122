/** Neighbour discovery (RFC 4861): router and neighbour solicitations and advertisements as whole Ethernet frames. */
import { Malformed } from '../errors.ts';
import { concat } from '../octets.ts';
import { datagramLength } from './datagram.ts';
import { decodeEthernet, EtherType, encodeEthernet, ethernetHeaderLength, etherTypeOf } from './ethernet.ts';
import { decodeIcmpv6, encodeIcmpv6, Icmpv6Type } from './icmpv6.ts';
import { IpProtocol } from './ipv4.ts';
import { decodeIpv6, encodeIpv6 } from './ipv6.ts';
import {
  decodeNeighbourOptions,
  encodeNeighbourOptions,
  type NeighbourOption,
  NeighbourOptionType,
} from './neighbour-options.ts';
import { carriesDiscovery } from './upper-layer.ts';

export interface DiscoveryMessage {
  /** 133 to 136. */
  readonly type: number;
  /** Physical addresses, 6 octets each. */
  readonly physical: { readonly source: Uint8Array; readonly destination: Uint8Array };
  /** IPv6 addresses, 16 octets each; the source of a solicitation may be `::`. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  /** Octets between checksum and options: 4 or 12 in router messages; 20 in neighbour messages, the target last. */
  readonly fixedPart: Uint8Array;
  readonly options: readonly NeighbourOption[];
}

/** ff02::1 (RFC 4291 §2.7.1), 16 octets, and its physical address (RFC 2464 §7), 6 octets. */
export const allNodes = Uint8Array.of(0xff, 0x02, ...new Uint8Array(13), 1);
export const allNodesPhysical = Uint8Array.of(0x33, 0x33, 0, 0, 0, 1);

/** RFC 4861 §6.1 and §7.1: a lower one shows that the packet was forwarded. */
const HOP_LIMIT = 255;
/** Octets of the fixed part: RFC 4861 §4.1 to §4.4. */
const FIXED_PART: ReadonlyMap<number, number> = new Map([
  [Icmpv6Type.routerSolicitation, 4],
  [Icmpv6Type.routerAdvertisement, 12],
  [Icmpv6Type.neighbourSolicitation, 20],
  [Icmpv6Type.neighbourAdvertisement, 20],
]);
const SOLICITATIONS: ReadonlySet<number> = new Set([Icmpv6Type.routerSolicitation, Icmpv6Type.neighbourSolicitation]);

/** Whether a frame carries neighbour discovery, types 133 to 137, valid or not; also after extension headers. */
export function isDiscovery(frame: Uint8Array): boolean {
  if (frame.length < 55 || etherTypeOf(frame) !== EtherType.ipv6) return false;
  // Of few packets the padding is asked for, which may look like a type.
  return carriesDiscovery(frame, ethernetHeaderLength) && carriesDiscovery(withoutPadding(frame), ethernetHeaderLength);
}

/** A packet that is cut has none. */
const withoutPadding = (frame: Uint8Array): Uint8Array =>
  frame.subarray(0, ethernetHeaderLength + (datagramLength(frame.subarray(ethernetHeaderLength)) ?? frame.length));

/**
 * @returns undefined for another valid packet
 * @throws Malformed where a check fails that RFC 4861 §6.1.1, §6.1.2, §7.1.1 and §7.1.2 have in common
 */
export function decodeDiscovery(frame: Uint8Array): DiscoveryMessage | undefined {
  const { etherType, payload, ...physical } = decodeEthernet(frame);
  if (etherType !== EtherType.ipv6) return undefined;
  const datagram = decodeIpv6(payload);
  const { nextHeader, hopLimit, source, destination } = datagram;
  if (nextHeader !== IpProtocol.icmpv6) return undefined;
  const { type, code, body } = decodeIcmpv6(datagram.payload, datagram);
  const length = FIXED_PART.get(type);
  if (length === undefined) return undefined;
  if (hopLimit !== HOP_LIMIT || code !== 0 || body.length < length || isMulticast(source))
    throw new Malformed(`neighbour discovery: hop limit ${hopLimit}, code ${code}, ${body.length} octets`);
  if ((physical.source[0]! & 1) === 1) throw new Malformed('neighbour discovery: from a group of physical addresses');
  const options = decodeNeighbourOptions(body.subarray(length));
  const saysPhysical = options.some((option) => option.type === NeighbourOptionType.sourcePhysical);
  if (saysPhysical && SOLICITATIONS.has(type) && isUnspecified(source))
    throw new Malformed('neighbour discovery: a source physical address from ::');
  return { type, physical, source, destination, fixedPart: body.slice(0, length), options };
}

/** A whole Ethernet frame: 14 octets, IPv6 40, ICMPv6 with its checksum; hop limit 255 (RFC 4861 §4). */
export function encodeDiscovery({
  type,
  physical,
  source,
  destination,
  fixedPart,
  options,
}: DiscoveryMessage): Uint8Array {
  const body = concat(fixedPart, encodeNeighbourOptions(options));
  const payload = encodeIpv6({
    trafficClass: 0,
    flowLabel: 0,
    nextHeader: IpProtocol.icmpv6,
    hopLimit: HOP_LIMIT,
    source,
    destination,
    payload: encodeIcmpv6({ type, code: 0, body }, { source, destination }),
  });
  return encodeEthernet({ ...physical, etherType: EtherType.ipv6, payload });
}

/** `::`. @param address 16 octets */
export const isUnspecified = (address: Uint8Array): boolean => address.every((octet) => octet === 0);

/** `ff00::/8` (RFC 4291 §2.7). @param address 16 octets */
export const isMulticast = (address: Uint8Array): boolean => address[0] === 0xff;
