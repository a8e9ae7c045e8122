/** Ethernet II: what the local stack hands to the adapter ([EP] fig. 17, 320 and 322). */
import { Malformed, Misuse } from '../errors.ts';
import { concat, u16 } from '../octets.ts';

export const EtherType = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const;

/** Destination, source, EtherType: octets. */
export const ethernetHeaderLength = 14;

/** ff:ff:ff:ff:ff:ff */
export const broadcastPhysical: Uint8Array = new Uint8Array(6).fill(0xff);

interface EthernetFrame {
  /** Physical addresses, 6 octets each. */
  readonly destination: Uint8Array;
  readonly source: Uint8Array;
  readonly etherType: number;
  /** A view of the frame's octets after the header. */
  readonly payload: Uint8Array;
}

/** Of a frame, read in place; 0, which is no EtherType, where the header is cut. */
export const etherTypeOf = (frame: Uint8Array): number =>
  frame.length < ethernetHeaderLength ? 0 : (frame[12]! << 8) | frame[13]!;

/** @throws Malformed when the header is cut */
export function decodeEthernet(octets: Uint8Array): EthernetFrame {
  if (octets.length < ethernetHeaderLength) throw new Malformed(`Ethernet: ${octets.length} octets, at least 14`);
  return {
    destination: octets.subarray(0, 6),
    source: octets.subarray(6, 12),
    etherType: etherTypeOf(octets),
    payload: octets.subarray(ethernetHeaderLength),
  };
}

/** 14 octets of header and the payload. @throws Misuse for a physical address that has not 6 octets */
export function encodeEthernet({ destination, source, etherType, payload }: EthernetFrame): Uint8Array {
  if (destination.length !== 6 || source.length !== 6) throw new Misuse('Ethernet: a physical address has 6 octets');
  return concat(destination, source, u16(etherType), payload);
}
