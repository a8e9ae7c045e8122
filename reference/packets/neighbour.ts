/** Neighbour solicitations and advertisements (RFC 4861 §4.3, §4.4) with the meaning of their parts. */
import { Malformed } from '../errors.ts';
import { concat } from '../octets.ts';
import { type DiscoveryMessage, decodeDiscovery, encodeDiscovery, isMulticast } from './discovery.ts';
import { Icmpv6Type } from './icmpv6.ts';
import { NeighbourOptionType } from './neighbour-options.ts';

/** Bits of the first octet after an advertisement's checksum. */
export const NeighbourFlag = { router: 0x80, solicited: 0x40, override: 0x20 } as const;

export interface NeighbourMessage extends Omit<DiscoveryMessage, 'fixedPart' | 'options'> {
  readonly type: typeof Icmpv6Type.neighbourSolicitation | typeof Icmpv6Type.neighbourAdvertisement;
  /** 16 octets. */
  readonly target: Uint8Array;
  /** NeighbourFlag bits of an advertisement; 0 in a solicitation. */
  readonly flags: number;
  /** The physical address in the option: in a solicitation the sender's, in an advertisement the target's. */
  readonly option?: Uint8Array | undefined;
}

/** @returns undefined for another valid packet @throws Malformed where RFC 4861 §7.1.1 or §7.1.2 is not met */
export function decodeNeighbour(frame: Uint8Array): NeighbourMessage | undefined {
  const message = decodeDiscovery(frame);
  if (message === undefined) return undefined;
  const { fixedPart, options, type, ...addresses } = message;
  if (type !== Icmpv6Type.neighbourSolicitation && type !== Icmpv6Type.neighbourAdvertisement) return undefined;
  const flags = type === Icmpv6Type.neighbourAdvertisement ? fixedPart[0]! : 0;
  const target = fixedPart.subarray(4);
  if (isMulticast(target)) throw new Malformed('neighbour discovery: the target is a group');
  if (isMulticast(message.destination) && (flags & NeighbourFlag.solicited) !== 0)
    throw new Malformed('neighbour advertisement: solicited, but to a group');
  const option = options.find((each) => each.type === optionOf(type))?.value;
  return { ...addresses, type, target, flags, option };
}

/** A whole Ethernet frame (RFC 4861 §4.3, §4.4): flags 1, zeros 3, target 16; the option has 8 octets. */
export function encodeNeighbour({ target, flags, option, ...message }: NeighbourMessage): Uint8Array {
  const fixedPart = concat(Uint8Array.of(flags, 0, 0, 0), target);
  const options = option === undefined ? [] : [{ type: optionOf(message.type), value: option }];
  return encodeDiscovery({ ...message, fixedPart, options });
}

const optionOf = (type: NeighbourMessage['type']): number =>
  type === Icmpv6Type.neighbourSolicitation ? NeighbourOptionType.sourcePhysical : NeighbourOptionType.targetPhysical;
