/** Ethernet, ARP, IPv4, IPv6, UDP and ICMPv6 packets, concatenated by hand. */
import { cat, fixed, type Part, u8, u16, u32, zeros } from './octets.ts';

/** IPv4. @param text dotted quad */
export const address = (text: string): Uint8Array => Uint8Array.from(text.split('.'), Number);
/** RFC 4291 §2.2: groups of hexadecimal, `::` for as many zeros as are missing. */
export function address6(text: string): Uint8Array {
  const [head = [], tail = []] = text.split('::').map((part) => part.split(':').filter((group) => group !== ''));
  const groups = [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail];
  return cat(...groups.map((group) => u16(Number.parseInt(group, 16))));
}
/** @param text six octets with colons */
export const physical = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(':', ''));
export const broadcast = physical('ff:ff:ff:ff:ff:ff');

/** RFC 1071: the one's complement of the one's complement sum of 16-bit words. */
export function checksum(data: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < data.length; index += 2)
    sum += (data[index] ?? 0) * 256 + (index + 1 < data.length ? (data[index + 1] ?? 0) : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return ~sum & 0xffff;
}

/** Destination, source, EtherType, payload; no padding to 60 octets. */
export const ethernet = (to: Uint8Array, from: Uint8Array, type: number, payload: Part): Uint8Array =>
  cat(to, from, u16(type), payload);

export interface Ipv4 {
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly payload: Uint8Array;
  readonly typeOfService?: number;
  readonly identification?: number;
  /** Flags and fragment offset, 16 bits. */
  readonly fragment?: number;
  readonly timeToLive?: number;
}

/** RFC 791 §3.1, no options. */
export function ipv4(packet: Ipv4): Uint8Array {
  const header = (sum: number): Uint8Array =>
    cat(
      [0x45, packet.typeOfService ?? 0],
      u16(20 + packet.payload.length),
      u16(packet.identification ?? 0),
      u16(packet.fragment ?? 0),
      [packet.timeToLive ?? 64, packet.protocol],
      u16(sum),
      address(packet.source),
      address(packet.destination),
    );
  return cat(header(checksum(header(0))), packet.payload);
}

/** RFC 768, with the checksum over the pseudo header; `sum` overrides it. */
export function udp4(
  source: string,
  sourcePort: number,
  destination: string,
  destinationPort: number,
  data: Uint8Array,
  sum?: number,
): Uint8Array {
  const length = u16(8 + data.length);
  const pseudo = cat(address(source), address(destination), [0, 17], length);
  const segment = (value: number): Uint8Array => cat(u16(sourcePort), u16(destinationPort), length, u16(value), data);
  const computed = checksum(cat(pseudo, segment(0)));
  return segment(sum ?? (computed === 0 ? 0xffff : computed));
}

/** An IPv4 datagram of `length` octets (28 at least) that holds UDP: what a host would send. */
export function datagram4(source: string, destination: string, length: number, label: string): Uint8Array {
  const payload = udp4(source, 40000, destination, 7, fixed(label, length - 28));
  return ipv4({ source, destination, protocol: 17, payload });
}

/** An IPv6 datagram of `length` octets (40 at least), next header 59 (none). */
export function datagram6(length: number, label: string): Uint8Array {
  const site = (host: number): Uint8Array => cat([0xfd, 0x50, 0x4e, 0x41], zeros(10), u16(host));
  return cat(u32(0x60000000), u16(length - 40), u8(59), u8(64), site(0x10), site(1), fixed(label, length - 40));
}

export interface Icmp6 {
  readonly source: string;
  readonly destination: string;
  readonly type: number;
  readonly code?: number;
  /** What follows the checksum. */
  readonly body: Uint8Array;
  readonly hopLimit?: number;
  /** In place of the right one. */
  readonly sum?: number;
}

/** RFC 8200 §3 and RFC 4443 §2.1, §2.3: an IPv6 datagram that holds an ICMPv6 message. */
export function icmp6({ source, destination, type, code = 0, body, hopLimit = 255, sum }: Icmp6): Uint8Array {
  const addresses = cat(address6(source), address6(destination));
  const message = (value: number): Uint8Array => cat([type, code], u16(value), body);
  const { length } = message(0);
  const right = checksum(cat(addresses, u32(length), [0, 0, 0, 58], message(0)));
  return cat(u32(0x60000000), u16(length), [58, hopLimit], addresses, message(sum ?? right));
}
