/** Takes an answer of neighbour discovery apart by offsets, with no codec but its own, and judges it by a vector. */
import { isDeepStrictEqual } from 'node:util';
import { address6, checksum } from './generate/packets.ts';

const icmpAt = 14 + 40;
const physical = (octets: Uint8Array): string => octets.toHex().replaceAll(/(..)(?!$)/g, '$1:');
const u32 = (octets: Uint8Array, offset: number): number => Buffer.from(octets).readUInt32BE(offset);

interface Option {
  readonly type: number;
  /** The whole option. */
  readonly octets: Uint8Array;
}

/** Ethernet, IPv6 and ICMPv6 header by RFC 8200 §3 and RFC 4443 §2.1; options by RFC 4861 §4.6. Addresses in hexadecimal. */
function apart(packet: Uint8Array) {
  const length = (packet[18] ?? 0) * 256 + (packet[19] ?? 0);
  const message = packet.slice(icmpAt, icmpAt + length);
  const pseudo = Uint8Array.of(...packet.subarray(22, 54), 0, 0, ...packet.subarray(18, 20), 0, 0, 0, 58, ...message);
  const options: Option[] = [];
  let offset = message[0] === 134 ? 16 : 24;
  while (offset < message.length && message[offset + 1] !== 0) {
    const octets = message.slice(offset, offset + 8 * (message[offset + 1] ?? 0));
    options.push({ type: message[offset] ?? 0, octets });
    offset += 8 * (message[offset + 1] ?? 0);
  }
  return {
    message,
    options,
    isWhole: offset === message.length && packet.length >= icmpAt + length,
    octets: 40 + length,
    header: {
      etherType: packet.subarray(12, 14).toHex(),
      version: (packet[14] ?? 0) >> 4,
      nextHeader: packet[20],
      hopLimit: packet[21],
      code: message[1],
      sum: checksum(pseudo),
      type: message[0],
      ethernetSource: physical(packet.subarray(6, 12)),
      ipSource: packet.subarray(22, 38).toHex(),
    },
    destination: { ethernet: physical(packet.subarray(0, 6)), ip: packet.subarray(38, 54).toHex() },
  };
}
type Apart = ReturnType<typeof apart>;

const of = ({ options }: Apart, type: number): Uint8Array[] =>
  options.filter((option) => option.type === type).map(({ octets }) => octets);
const hex6 = (text: string): string => address6(text).toHex();

/** RFC 1035 §3.1, RFC 8106 §5.2: names until the padding. */
function searchDomains(octets: Uint8Array): string[] {
  const names: string[] = [];
  for (let at = 8; at < octets.length && octets[at] !== 0; at++) {
    const labels: string[] = [];
    for (; at < octets.length && octets[at] !== 0; at += 1 + (octets[at] ?? 0))
      labels.push(String.fromCharCode(...octets.subarray(at + 1, at + 1 + (octets[at] ?? 0))));
    names.push(labels.join('.'));
  }
  return names;
}

/** RFC 8106 §5.1. */
const servers = (octets: Uint8Array): string[] =>
  Array.from({ length: (octets.length - 8) / 16 }, (_, index) =>
    octets.subarray(8 + 16 * index, 24 + 16 * index).toHex(),
  );

/** RFC 4191 §2.3: prefix and length, as `networkOf` says them. */
const route = (octets: Uint8Array): string => `${octets.subarray(8).toHex().padEnd(32, '0')}/${octets[2]}`;
const networkOf = (text: string): string => `${hex6(text.replace(/\/.*/, ''))}/${text.replace(/.*\//, '')}`;

/** RFC 4861 §4.6.2. */
const prefixOf = (octets: Uint8Array) => ({
  prefix: octets.subarray(16).toHex(),
  prefixLength: octets[2],
  onLink: ((octets[3] ?? 0) & 0x80) !== 0,
  autonomous: ((octets[3] ?? 0) & 0x40) !== 0,
});

// biome-ignore lint/suspicious/noExplicitAny: what the JSON Schema of the vectors holds
type Wanted = any;
/** What is said, and what is wanted. */
type Comparisons = Readonly<Record<string, readonly [said: unknown, wanted: unknown]>>;

/** RFC 4861 §4.4. */
function advertised(said: Apart, wanted: Wanted): Comparisons {
  const flags = said.message[4] ?? 0;
  return {
    router: [wanted.router === undefined ? undefined : (flags & 0x80) !== 0, wanted.router],
    solicited: [(flags & 0x40) !== 0, wanted.solicited],
    override: [(flags & 0x20) !== 0, wanted.override],
    target: [said.message.subarray(8, 24).toHex(), hex6(wanted.target)],
    targetPhysical: [of(said, 2).map((octets) => physical(octets.subarray(2))), [wanted.targetPhysical]],
  };
}

/** RFC 4861 §4.2. */
function routed(said: Apart, wanted: Wanted): Comparisons {
  const lifetimes = [
    ...of(said, 3).flatMap((octets) => [u32(octets, 4), u32(octets, 8)]),
    ...[24, 25, 31].flatMap((type) => of(said, type)).map((octets) => u32(octets, 4)),
  ];
  const routes = of(said, 24).map(route).toSorted();
  const all: string[] = wanted.routes.map(networkOf).toSorted();
  const isPart = routes.length >= wanted.leastRoutes && routes.every((one) => all.includes(one));
  return {
    octets: [said.octets <= wanted.mostOctets, true],
    defaultRouter: [(said.message[6] ?? 0) * 256 + (said.message[7] ?? 0) > 0, wanted.defaultRouter],
    sourcePhysical: [of(said, 1).every((one) => physical(one.subarray(2)) === wanted.sourcePhysical), true],
    prefixes: [of(said, 3).map(prefixOf), wanted.prefixes.map((one: Wanted) => ({ ...one, prefix: hex6(one.prefix) }))],
    mtu: [of(said, 5).map((octets) => u32(octets, 4)), wanted.mtu === undefined ? [] : [wanted.mtu]],
    routes: wanted.leastRoutes === undefined ? [routes, all] : [isPart, true],
    dns: [of(said, 25).flatMap(servers), wanted.dns.map(hex6)],
    search: [of(said, 31).flatMap(searchDomains), wanted.search],
    lifetimes: [lifetimes.filter((lifetime) => lifetime !== wanted.lifetime), []],
    absent: [wanted.absent.filter((type: number) => of(said, type).length > 0), []],
  };
}

/**
 * @param wanted `reply` of a vector
 * @returns a line for each field that differs; none where the answer is right
 */
export function faultsOf(packet: Uint8Array, wanted: Wanted): string[] {
  const said = apart(packet);
  const { type, ethernetSource, ipSource, destinations } = wanted;
  const fixed = { etherType: '86dd', version: 6, nextHeader: 58, hopLimit: 255, code: 0, sum: 0 };
  const ends = destinations.map((one: Wanted) => ({ ...one, ip: hex6(one.ip) }));
  const isOneOf = ends.some((one: Wanted) => isDeepStrictEqual(one, said.destination));
  const comparisons: Comparisons = {
    header: [said.header, { ...fixed, type, ethernetSource, ipSource: hex6(ipSource) }],
    destination: isOneOf ? [0, 0] : [said.destination, ends],
    whole: [said.isWhole, true],
    ...(type === 134 ? routed(said, wanted) : advertised(said, wanted)),
  };
  return Object.entries(comparisons)
    .filter(([, [one, other]]) => !isDeepStrictEqual(one, other))
    .map(([field, [one, other]]) => `${field}: ${JSON.stringify(one)}, not ${JSON.stringify(other)}`);
}
