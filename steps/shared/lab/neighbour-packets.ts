/** Packets of neighbour discovery (RFC 4861), concatenated by hand: what a local stack asks, and what spoilt answers are. */
import { cat, type Part, u16, u32, zeros } from '../../../vectors/generate/octets.ts';
import { checksum, ethernet } from '../../../vectors/generate/packets.ts';
import { Nonconformance } from './failure.ts';

export const type = {
  routerSolicitation: 133,
  routerAdvertisement: 134,
  solicitation: 135,
  advertisement: 136,
} as const;

const etherType = 0x86dd;
const icmpv6Protocol = 58;
/** Octets before the ICMPv6 message in an Ethernet packet, and where its parts are. */
const start = 54;
const at = { etherType: 12, payloadLength: 18, source: 22, message: start, sum: start + 2, body: start + 4 } as const;

/** Addresses of 16 and 6 octets. */
export interface Ends {
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly sourcePhysical: Uint8Array;
  readonly destinationPhysical: Uint8Array;
}

/** Type, code 0, and what follows the checksum, in an Ethernet packet with hop limit 255 (RFC 4443 §2.3). */
export function discovery(ends: Ends, messageType: number, ...body: readonly Part[]): Uint8Array {
  const message = cat([messageType, 0], u16(0), ...body);
  const addresses = cat(ends.source, ends.destination);
  const header = cat(u32(0x6000_0000), u16(message.length), [icmpv6Protocol, 255], addresses);
  return summed(ethernet(ends.destinationPhysical, ends.sourcePhysical, etherType, cat(header, message)));
}

/** Source or target link-layer address, 6 octets. */
export const physicalOption = (optionType: 1 | 2, address: Uint8Array): Uint8Array => cat([optionType, 1], address);

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

export const isDiscovery = (frame: Uint8Array, messageType: number): boolean =>
  frame[at.etherType] === 0x86 &&
  frame[at.etherType + 1] === 0xdd &&
  frame[20] === icmpv6Protocol &&
  frame[at.message] === messageType;

/** Offset of the first option of a type in a router advertisement, whose fixed part is 16 octets. @throws Nonconformance without it */
export function optionAt(advertisement: Uint8Array, optionType: number): number {
  for (let offset = start + 16; offset < advertisement.length; offset += 8 * (advertisement[offset + 1] || 1))
    if (advertisement[offset] === optionType) return offset;
  throw new Nonconformance(`the router advertisement has no option ${optionType}`);
}
