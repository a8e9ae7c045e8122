/** Neighbour solicitations and advertisements (RFC 4861 §4.3, §4.4) as whole Ethernet frames. */
import { Malformed } from '../errors.ts';
import { concat } from '../octets.ts';
import { decodeEthernet, EtherType, encodeEthernet } from './ethernet.ts';
import {
  decodeIcmpv6,
  decodeNeighbourOptions,
  encodeIcmpv6,
  encodeNeighbourOptions,
  Icmpv6Type,
  type NeighbourOptionField,
  NeighbourOptionType,
} from './icmpv6.ts';
import { IpProtocol } from './ipv4.ts';
import { decodeIpv6, encodeIpv6 } from './ipv6.ts';

/** Of the first octet after an advertisement's checksum. */
export const NeighbourFlag = { router: 0x80, solicited: 0x40, override: 0x20 } as const;

/** RFC 4861 §7.1: a lower one shows that the packet was forwarded. */
const HOP_LIMIT = 255;

export interface NeighbourMessage {
  readonly type: typeof Icmpv6Type.neighbourSolicitation | typeof Icmpv6Type.neighbourAdvertisement;
  /** From and to which physical address: 6 octets. */
  readonly physical: { readonly source: Uint8Array; readonly destination: Uint8Array };
  /** IPv6 addresses, 16 octets each; the source of a solicitation may be `::`. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly target: Uint8Array;
  /** Of an advertisement; 0 in a solicitation. */
  readonly flags: number;
  /** What the option says for the type: the sender's in a solicitation, the target's in an advertisement. */
  readonly option?: Uint8Array | undefined;
}

/** @returns undefined for another valid packet @throws Malformed where RFC 4861 §7.1.1 or §7.1.2 is not met */
export function decodeNeighbour(frame: Uint8Array): NeighbourMessage | undefined {
  const { etherType, payload, ...physical } = decodeEthernet(frame);
  if (etherType !== EtherType.ipv6) return undefined;
  const { nextHeader, hopLimit, source, destination, payload: octets } = decodeIpv6(payload);
  if (nextHeader !== IpProtocol.icmpv6) return undefined;
  const { type, code, body } = decodeIcmpv6(octets, { source, destination });
  if (type !== Icmpv6Type.neighbourSolicitation && type !== Icmpv6Type.neighbourAdvertisement) return undefined;
  const flags = type === Icmpv6Type.neighbourAdvertisement ? (body[0] ?? 0) : 0;
  const target = body.slice(4, 20);
  if (hopLimit !== HOP_LIMIT || code !== 0 || target.length < 16 || isMulticast(source) || isMulticast(target))
    throw new Malformed(`neighbour discovery: hop limit ${hopLimit}, code ${code}, ${body.length} octets`);
  if ((physical.source[0]! & 1) === 1) throw new Malformed('neighbour discovery: from a group of physical addresses');
  if (isMulticast(destination) && (flags & NeighbourFlag.solicited) !== 0)
    throw new Malformed('neighbour advertisement: solicited by all');
  const options = decodeNeighbourOptions(body.subarray(20));
  const option = options.find((each) => each.type === optionOf(type))?.value;
  if (option !== undefined && type === Icmpv6Type.neighbourSolicitation && isUnspecified(source))
    throw new Malformed('neighbour solicitation: a source physical address from ::');
  return { type, physical, source, destination, target, flags, option };
}

export function encodeNeighbour(message: NeighbourMessage): Uint8Array {
  const { type, physical, source, destination, target, flags, option } = message;
  const options: NeighbourOptionField[] = option === undefined ? [] : [{ type: optionOf(type), value: option }];
  const body = concat(Uint8Array.of(flags, 0, 0, 0), target, encodeNeighbourOptions(options));
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

export const isUnspecified = (address: Uint8Array): boolean => address.every((octet) => octet === 0);

const isMulticast = (address: Uint8Array): boolean => address[0] === 0xff;

const optionOf = (type: NeighbourMessage['type']): number =>
  type === Icmpv6Type.neighbourSolicitation ? NeighbourOptionType.sourcePhysical : NeighbourOptionType.targetPhysical;
