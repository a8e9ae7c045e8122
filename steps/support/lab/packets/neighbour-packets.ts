/** Packets of neighbour discovery (RFC 4861) by their offsets: what each is, and how one is spoilt by hand. */
import { ipv6Text } from '../../../../reference/packets/addresses.ts';
import { cat, u16, u32, zeros } from '../../../../vectors/generate/octets.ts';
import { checksum } from '../../../../vectors/generate/packets.ts';
import { Nonconformance } from '../failure.ts';

export const type = {
  routerSolicitation: 133,
  routerAdvertisement: 134,
  solicitation: 135,
  advertisement: 136,
} as const;

const icmpv6Protocol = 58;
/** Octets before the ICMPv6 message in an Ethernet packet, and where its parts are. */
const start = 54;
const at = { etherType: 12, payloadLength: 18, nextHeader: 20, source: 22, destination: 38, sum: start + 2 } as const;

/** A copy whose IPv6 payload length and ICMPv6 checksum are right. */
export function summed(frame: Uint8Array): Uint8Array {
  const copy = frame.slice();
  copy.set(u16(frame.length - start), at.payloadLength);
  copy.set(zeros(2), at.sum);
  const message = copy.subarray(start);
  const pseudo = cat(copy.subarray(at.source, start), u32(message.length), u32(icmpv6Protocol));
  copy.set(u16(checksum(cat(pseudo, message))), at.sum);
  return copy;
}

/** The type of an ICMPv6 message, or undefined for any other frame. */
export function typeOf(frame: Uint8Array): number | undefined {
  const isIpv6 = frame[at.etherType] === 0x86 && frame[at.etherType + 1] === 0xdd;
  return isIpv6 && frame[at.nextHeader] === icmpv6Protocol ? frame[start] : undefined;
}

/** Whether it is ICMPv6 of this type, without extension headers. @param frame an Ethernet frame */
export const isDiscovery = (frame: Uint8Array, messageType: number): boolean => typeOf(frame) === messageType;

/** RFC 5952 text. */
export const destinationOf = (frame: Uint8Array): string => ipv6Text(frame.subarray(at.destination, start));
/** Of a neighbour solicitation or advertisement. */
export const targetOf = (frame: Uint8Array): string => ipv6Text(frame.subarray(start + 8, start + 24));

/** Offsets of the options of a type in a router advertisement, whose fixed part is 16 octets. */
export function optionsAt(advertisement: Uint8Array, optionType: number): readonly number[] {
  const found: number[] = [];
  for (let offset = start + 16; offset < advertisement.length; offset += 8 * (advertisement[offset + 1] || 1))
    if (advertisement[offset] === optionType) found.push(offset);
  return found;
}

/** @returns the first of these @throws Nonconformance without one */
export function optionAt(advertisement: Uint8Array, optionType: number): number {
  const [first] = optionsAt(advertisement, optionType);
  if (first === undefined) throw new Nonconformance(`the router advertisement has no option ${optionType}`);
  return first;
}
