/** Datagrams that carry what a step names: messages of ICMP and UDP, also behind options and extension headers. */
import { isIpv6 } from '../../../../reference/packets/addresses.ts';
import { cat, u8, u16, u32, zeros } from '../../../../vectors/generate/octets.ts';
import { address, address6, checksum, icmp6, ipv4, udp4 } from '../../../../vectors/generate/packets.ts';
import { LabFailure } from '../failure.ts';
import { echoReply } from './echo-reply.ts';

const nothing = Uint8Array.of(1, 4, 0, 0, 0, 0);

/** Puts an extension header before what an IPv6 datagram carries. @param rest of it, behind the type of the next header */
function behind(datagram: Uint8Array, type: number, rest: Uint8Array): Uint8Array {
  const next = datagram[6] ?? 0;
  const carried = datagram.subarray(40);
  const length = u16(carried.length + 1 + rest.length);
  return cat(datagram.subarray(0, 4), length, [type], datagram.subarray(7, 40), [next], rest, carried);
}

/** Puts four octets of options, none of which says anything, into the header of an IPv4 datagram. */
function withOptions(datagram: Uint8Array): Uint8Array {
  const long = cat([0x46], datagram.subarray(1, 20), [1, 1, 1, 0], datagram.subarray(20));
  long.set(u16(long.length), 2);
  long.set(zeros(2), 10);
  long.set(u16(checksum(long.subarray(0, 24))), 10);
  return long;
}

/** The first of two fragments in IPv4. */
function first4(datagram: Uint8Array): Uint8Array {
  const first = datagram.slice();
  first.set([0x20, 0, ...first.subarray(8, 10), 0, 0], 6);
  first.set(u16(checksum(first.subarray(0, 20))), 10);
  return first;
}

/** Another code of ICMP in IPv4. */
function withCode(datagram: Uint8Array, code: number): Uint8Array {
  const message = datagram.slice(20).with(1, code);
  message.set(zeros(2), 2);
  message.set(u16(checksum(message)), 2);
  return cat(datagram.subarray(0, 20), message);
}

/** Nothing but the length of the datagram grows: what it carries says itself how long it is. */
function longer(datagram: Uint8Array): Uint8Array {
  const long = cat(datagram, zeros(9000 - datagram.length));
  if (!isFour(datagram)) return cat(long.subarray(0, 4), u16(long.length - 40), long.subarray(6));
  long.set(u16(long.length), 2);
  long.set(zeros(2), 10);
  long.set(u16(checksum(long.subarray(0, 20))), 10);
  return long;
}

/** RFC 4302 §2: its length counts words of 4 octets, less 2. */
const authentication = cat(u8(4), zeros(2), u32(256), u32(1), zeros(12));
const isFour = (datagram: Uint8Array): boolean => datagram[0]! >> 4 === 4;

const placements: Readonly<Record<string, (datagram: Uint8Array) => Uint8Array>> = {
  'behind options': withOptions,
  'behind hop-by-hop options': (datagram) => behind(datagram, 0, cat(u8(0), nothing)),
  'behind destination options': (datagram) => behind(datagram, 60, cat(u8(0), nothing)),
  'behind a routing header': (datagram) => behind(datagram, 43, cat(u8(0), zeros(6))),
  'behind an authentication header': (datagram) => behind(datagram, 51, authentication),
  'behind two extension headers': (datagram) =>
    behind(behind(datagram, 60, cat(u8(1), [1, 12], zeros(12))), 0, cat(u8(0), nothing)),
  'behind three extension headers': (datagram) =>
    [60, 60, 0].reduce((inner, type) => behind(inner, type, cat(u8(0), nothing)), datagram),
  'with a code of 9': (datagram) => withCode(datagram, 9),
  'in 9000 octets': longer,
  'in a first fragment': (datagram) =>
    isFour(datagram) ? first4(datagram) : behind(datagram, 44, cat(u8(0), u16(1), u32(7))),
};

function udp6(source: string, destination: string, ports: readonly [number, number], data: Uint8Array): Uint8Array {
  const length = 8 + data.length;
  const addresses = cat(address6(source), address6(destination));
  const segment = (sum: number): Uint8Array => cat(...ports.map(u16), u16(length), u16(sum), data);
  const sum = checksum(cat(addresses, u32(length), [0, 0, 0, 17], segment(0)));
  return cat(u32(0x60000000), u16(length), [17, 64], addresses, segment(sum === 0 ? 0xffff : sum));
}

/** RFC 9293 §3.1. */
const flags = { SYN: 2, RST: 4 } as const;

/** Of TCP, with its data. */
function tcp(
  { source, destination }: { readonly source: string; readonly destination: string },
  { port, flag, mark }: { readonly port: number; readonly flag: keyof typeof flags; readonly mark: number },
  data: Uint8Array,
): Uint8Array {
  const six = isIpv6(source);
  const addresses = six ? cat(address6(source), address6(destination)) : cat(address(source), address(destination));
  const segment = (sum: number): Uint8Array =>
    cat(u16(40000), u16(port), u32(mark), u32(0), [0x50, flags[flag]], u16(1024), u16(sum), zeros(2), data);
  const { length } = segment(0);
  const payload = segment(checksum(cat(addresses, u32(length), u32(6), segment(0))));
  if (!six) return ipv4({ source, destination, protocol: 6, payload });
  return cat(u32(0x60000000), u16(length), [6, 64], addresses, payload);
}

/** A reset of a connection that there never was, which no stack answers (RFC 9293 §3.10.7.1). @param mark its sequence number */
export const tcpReset = (source: string, destination: string, mark: number): Uint8Array =>
  tcp({ source, destination }, { port: 9, flag: 'RST', mark }, zeros(0));

/** Makes a datagram that nobody answers. @param mark makes it recognisable */
export type Unanswered = (source: string, destination: string, mark: number) => Uint8Array;

/** What carries an echo reply carries TCP: no rule about addresses tells them apart. */
export const unanswered: readonly Unanswered[] = [echoReply, tcpReset];

/** @param what `ICMP 5`, `ICMPv6 134`, `UDP to 68`, and how or where it is; an echo reply if absent. @param mark makes it recognisable */
export function datagramOf(source: string, destination: string, what: string | undefined, mark: number): Uint8Array {
  if (what === undefined) return echoReply(source, destination, mark);
  const [, kind = '', number = '', place] = /^(ICMP|ICMPv6|UDP to|UDP from|TCP to) (\d+)(?: (.+))?$/.exec(what) ?? [];
  const datagram = carrying(source, destination, kind, Number(number), mark);
  if (place === undefined) return datagram;
  const placed = placements[place];
  if (placed === undefined) throw new LabFailure(`no step knows what is "${place}"`);
  return placed(datagram);
}

function carrying(source: string, destination: string, kind: string, number: number, mark: number): Uint8Array {
  const six = isIpv6(source);
  const body = cat(u32(mark), zeros(16));
  if (kind === 'TCP to') return tcp({ source, destination }, { port: number, flag: 'SYN', mark: 1 }, body);
  if (kind === 'UDP to' || kind === 'UDP from') {
    const server = six ? 547 : 67;
    const [from, to]: [number, number] = kind === 'UDP to' ? [server, number] : [number, server];
    if (six) return udp6(source, destination, [from, to], body);
    return ipv4({ source, destination, protocol: 17, payload: udp4(source, from, destination, to, body) });
  }
  if (kind === 'ICMPv6') return icmp6({ source, destination, type: number, body });
  if (kind !== 'ICMP') throw new LabFailure(`no step knows what "${kind}" is`);
  const message = (sum: number): Uint8Array => cat([number, 0], u16(sum), body);
  return ipv4({ source, destination, protocol: 1, payload: message(checksum(message(0))) });
}
