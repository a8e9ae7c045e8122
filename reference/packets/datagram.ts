/** What the two paths need to know of an IP datagram: its version, its end, its addresses. All is read in place. */
import { EtherType } from './ethernet.ts';

/** The EtherType that goes with a datagram's version, its first nibble; undefined when it is no IP datagram. */
export function etherTypeFor(datagram: Uint8Array): number | undefined {
  const version = (datagram[0] ?? 0) >> 4;
  return version === 4 ? EtherType.ipv4 : version === 6 ? EtherType.ipv6 : undefined;
}

/**
 * @param octets have an IP datagram at `at`; an Ethernet frame's padding may follow, up to `end`
 * @returns octets of the datagram by its own length field (RFC 791 §3.1, RFC 8200 §3), or undefined when it is not whole
 */
export function datagramLength(octets: Uint8Array, at = 0, end = octets.length): number | undefined {
  const available = end - at;
  const version = available > 0 ? octets[at]! >> 4 : 0;
  if (version === 4 && available >= 20) {
    const header = (octets[at]! & 0x0f) * 4;
    const total = (octets[at + 2]! << 8) | octets[at + 3]!;
    return header >= 20 && total >= header && total <= available ? total : undefined;
  }
  if (version === 6 && available >= 40) {
    const total = 40 + ((octets[at + 4]! << 8) | octets[at + 5]!);
    return total <= available ? total : undefined;
  }
  return undefined;
}

/** @returns the source, 4 or 16 octets, of a whole datagram */
export function sourceOf(datagram: Uint8Array): Uint8Array {
  return datagram[0]! >> 4 === 4 ? datagram.subarray(12, 16) : datagram.subarray(8, 24);
}

/** @returns the destination, 4 or 16 octets, of a whole datagram */
export function destinationOf(datagram: Uint8Array): Uint8Array {
  return datagram[0]! >> 4 === 4 ? datagram.subarray(16, 20) : datagram.subarray(24, 40);
}
