/**
 * What must become of a packet that the local stack sends, decided by a decoder of its own: offsets of the RFCs, nothing of
 * the reference.
 */
import { checksum } from '../../vectors/generate/packets.ts';
import { lan, type Place } from './lan.ts';

/** A reply of one of the emulators, the packet's datagram in the tunnel, or nothing at all. */
export type Fate = 'arp' | 'dhcp' | 'neighbour' | 'tunnel' | 'nothing';

/** Octets beyond the end count as 0. */
export const u16 = (octets: Uint8Array, at: number): number => (octets[at] ?? 0) * 256 + (octets[at + 1] ?? 0);
const text = (octets: Uint8Array, at: number): string => octets.subarray(at, at + 4).join('.');
const isZero = (octets: Uint8Array): boolean => octets.every((octet) => octet === 0);
const unspecified = '0.0.0.0';

/** What must become of an Ethernet frame of the local stack. @param place the end of the tunnel */
export function fateOf(frame: Uint8Array, place: Place): Fate {
  const type = frame.length < 14 ? undefined : u16(frame, 12);
  const packet = frame.subarray(14);
  if (type === 0x0806) return asksArp(packet, place) ? 'arp' : 'nothing';
  if (type === 0x0800) {
    if (place === 'client' && isForDhcp(packet)) return asksDhcp(frame) ? 'dhcp' : 'nothing';
    return wholeIpv4(packet) ? 'tunnel' : 'nothing';
  }
  if (type === 0x86dd) {
    // Padding behind a whole datagram is no type, whatever it looks like.
    const datagram = wholeIpv6(packet) ? packet.subarray(0, 40 + u16(packet, 4)) : packet;
    if (isNeighbourDiscovery(datagram)) return solicits(frame, place) ? 'neighbour' : 'nothing';
    return wholeIpv6(packet) ? 'tunnel' : 'nothing';
  }
  return 'nothing';
}

/** RFC 826; RFC 5227 for probes and announcements. Padding may follow. */
function asksArp(packet: Uint8Array, place: Place): boolean {
  if (packet.length < 28 || packet.subarray(0, 8).toHex() !== '0001080006040001') return false;
  const physical = packet.subarray(8, 14);
  const [sender, target] = [text(packet, 14), text(packet, 24)];
  if (physical[0]! % 2 === 1 || isZero(physical) || sender === target) return false;
  if (place === 'server') return target === lan.client || target === lan.other;
  const [a, b, c, host = 0] = packet.subarray(24, 28);
  return a === 10 && b === 8 && c === 0 && host > 0 && host < 255 && target !== lan.client;
}

/** RFC 791 §3.1, but for the checksum, which the datagram's own receiver judges. */
function wholeIpv4(packet: Uint8Array): boolean {
  const [header, total] = [((packet[0] ?? 0) % 16) * 4, u16(packet, 2)];
  return packet.length >= 20 && packet[0]! >> 4 === 4 && header >= 20 && total >= header && total <= packet.length;
}

function wholeIpv6(packet: Uint8Array): boolean {
  return packet.length >= 40 && packet[0]! >> 4 === 6 && 40 + u16(packet, 4) <= packet.length;
}

/** Of UDP to port 67, by broadcast or to the emulator's own address, not counting later fragments: none of it may leave. */
function isForDhcp(packet: Uint8Array): boolean {
  const ports = ((packet[0] ?? 0) % 16) * 4;
  const isLater = u16(packet, 6) % 0x2000 !== 0;
  if (packet.length < 20 || packet[9] !== 17 || isLater || u16(packet, ports + 2) !== 67) return false;
  // The ports are of the datagram: padding behind its total length is not asked.
  if (u16(packet, 2) < ports + 4) return false;
  return [lan.server, '10.8.0.255', '255.255.255.255'].includes(text(packet, 16));
}

/** RFC 2131 §4.3 and table 5: a whole message of a client with an Ethernet address that wants an answer of this server. */
function asksDhcp(frame: Uint8Array): boolean {
  const packet = frame.subarray(14);
  if (frame[6]! % 2 === 1) return false;
  const header = (packet[0]! % 16) * 4;
  if (!wholeIpv4(packet) || checksum(packet.subarray(0, header)) !== 0 || u16(packet, 6) % 0x4000 !== 0) return false;
  const segment = packet.subarray(header, u16(packet, 2));
  const length = u16(segment, 4);
  if (segment.length < 8 || length < 8 || length > segment.length) return false;
  const message = segment.subarray(8, length);
  if (message.length < 240 || message.subarray(0, 3).toHex() !== '010106' || message[28]! % 2 === 1) return false;
  if (message.subarray(236, 240).toHex() !== '63825363') return false;
  const options = optionsOf(message);
  const [type, requested, server] = [options?.get(53), options?.get(50), options?.get(54)];
  if (type?.length !== 1 || (requested && requested.length !== 4) || (server && server.length !== 4)) return false;
  if (type[0] === 1 || type[0] === 8) return true;
  const isForAnother = server !== undefined && server.join('.') !== lan.server;
  return type[0] === 3 && !isForAnother && (text(message, 12) !== unspecified || requested !== undefined);
}

/** Options field, then file, then sname where option 52 says so; parts of one code joined. @returns undefined when cut */
export function optionsOf(message: Uint8Array): Map<number, number[]> | undefined {
  const found = new Map<number, number[]>();
  const read = (field: readonly number[]): boolean => {
    let at = 0;
    while (at < field.length && field[at] !== 255) {
      const code = field[at]!;
      if (code === 0) {
        at += 1;
        continue;
      }
      const length = field[at + 1];
      if (length === undefined || at + 2 + length > field.length) return false;
      found.set(code, [...(found.get(code) ?? []), ...field.slice(at + 2, at + 2 + length)]);
      at += 2 + length;
    }
    return true;
  };
  if (!read([...message.subarray(240)])) return undefined;
  const overload = found.get(52);
  if (overload === undefined) return found;
  const [where = 0] = overload;
  if (overload.length !== 1 || where < 1 || where > 3) return undefined;
  if (where !== 2 && !read([...message.subarray(108, 236)])) return undefined;
  if (where !== 1 && !read([...message.subarray(44, 108)])) return undefined;
  return found;
}

/** RFC 4861 §4: ICMPv6 of the types 133 to 137, valid or not, also behind extension headers (RFC 8200 §4). */
function isNeighbourDiscovery(packet: Uint8Array): boolean {
  const typeBehind = (header: number, at: number): number => {
    if (header === 58) return packet[at] ?? 0;
    if (header === 44 && u16(packet, at + 2) >> 3 !== 0) return 0;
    const field = packet[at + 1] ?? 0;
    const size = header === 44 ? 8 : header === 51 ? (field + 2) * 4 : (field + 1) * 8;
    return [0, 43, 44, 51, 60].includes(header) ? typeBehind(packet[at] ?? 255, at + size) : 0;
  };
  const type = packet.length > 40 ? typeBehind(packet[6]!, 40) : 0;
  return type >= 133 && type <= 137;
}

/** RFC 4861 §6.1.1: a router solicitation, valid at the client, where there is a router. */
export const asksRouter = (frame: Uint8Array): boolean => frame[54] === 133;

/**
 * RFC 4861 §6.1.1 and §7.1.1, and RFC 4862 §5.4.3 for a source of zeros: a solicitation for the adapter at the other end, at
 * the server one for an address in the client's /64, at the client one for a router.
 */
function solicits(frame: Uint8Array, place: Place): boolean {
  const packet = frame.subarray(14);
  if (frame[6]! % 2 === 1 || !wholeIpv6(packet) || packet[7] !== 255) return false;
  const source = packet.subarray(8, 24);
  if (packet[6] !== 58 || source[0] === 0xff) return false;
  const message = packet.subarray(40, 40 + u16(packet, 4));
  const start = asksRouter(frame) ? 8 : 24;
  if (message.length < start || message[1] !== 0 || icmpv6Sum(packet) !== 0) return false;
  for (let at = start; at < message.length; ) {
    const length = (message[at + 1] ?? 0) * 8;
    if (length === 0 || at + length > message.length || (message[at] === 1 && isZero(source))) return false;
    at += length;
  }
  if (asksRouter(frame)) return place === 'client';
  if (message[0] !== 135 || isZero(source)) return false;
  const target = message.subarray(8, 24).toHex();
  return (
    (place === 'server' && target.startsWith(lan.prefix)) ||
    target === linkLocal[place === 'client' ? 'server' : 'client']
  );
}

/** RFC 4291 appendix A, of the reserved physical addresses. */
export const linkLocal = {
  client: 'fe8000000000000004504efffe414300',
  server: 'fe8000000000000004504efffe415300',
} as const;

/** 0 when the checksum of a whole IPv6 datagram's ICMPv6 message is right (RFC 8200 §8.1). */
export function icmpv6Sum(packet: Uint8Array): number {
  const length = u16(packet, 4);
  const pseudo = [...packet.subarray(8, 40), 0, 0, length >> 8, length % 256, 0, 0, 0, 58];
  return checksum(Uint8Array.from([...pseudo, ...packet.subarray(40, 40 + length)]));
}
