/** Reads an answer of neighbour discovery by offsets, with no codec but its own, and judges it by a vector. */
import { isDeepStrictEqual } from 'node:util';
import { type Comparisons, differences } from './differences.ts';
import { checksum } from './generate/packets.ts';
import { hex6, meaningOf, networkOf, optionsIn } from './neighbour-options.ts';

const icmpAt = 14 + 40;
const physical = (octets: Uint8Array): string => octets.toHex().replaceAll(/(..)(?!$)/g, '$1:');

/** Ethernet, IPv6 and ICMPv6 header by RFC 8200 §3 and RFC 4443 §2.1; options by RFC 4861 §4.6. Addresses in hexadecimal. */
function readAnswer(packet: Uint8Array) {
  const length = (packet[18] ?? 0) * 256 + (packet[19] ?? 0);
  const message = packet.slice(icmpAt, icmpAt + length);
  const pseudo = Uint8Array.of(...packet.subarray(22, 54), 0, 0, ...packet.subarray(18, 20), 0, 0, 0, 58, ...message);
  const { options, rest } = optionsIn(message.slice(message[0] === 134 ? 16 : 24));
  return {
    message,
    options,
    isWhole: rest === 0 && packet.length >= icmpAt + length,
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
type Answer = ReturnType<typeof readAnswer>;

// biome-ignore lint/suspicious/noExplicitAny: what the JSON Schema of the vectors holds
type Wanted = any;

/** RFC 4861 §4.4. */
function neighbourAdvertisement(answer: Answer, wanted: Wanted): Comparisons {
  const flags = answer.message[4] ?? 0;
  return {
    router: [wanted.router === undefined ? undefined : (flags & 0x80) !== 0, wanted.router],
    solicited: [(flags & 0x40) !== 0, wanted.solicited],
    override: [(flags & 0x20) !== 0, wanted.override],
    target: [answer.message.subarray(8, 24).toHex(), hex6(wanted.target)],
    targetPhysical: [meaningOf(answer.options).targetPhysical.map(physical), [wanted.targetPhysical]],
  };
}

/** RFC 4861 §4.2. */
function routerAdvertisement({ message, octets, options }: Answer, wanted: Wanted): Comparisons {
  const { sourcePhysical, prefixes, mtus, routes, dns, search, lifetimes, types } = meaningOf(options);
  const all: string[] = wanted.routes.map(networkOf).toSorted();
  const isPart = routes.length >= wanted.leastRoutes && routes.every((one) => all.includes(one));
  return {
    octets: [octets <= wanted.mostOctets, true],
    defaultRouter: [(message[6] ?? 0) * 256 + (message[7] ?? 0) > 0, wanted.defaultRouter],
    sourcePhysical: [sourcePhysical.every((one) => physical(one) === wanted.sourcePhysical), true],
    prefixes: [prefixes, wanted.prefixes.map((one: Wanted) => ({ ...one, prefix: hex6(one.prefix) }))],
    mtu: [mtus, wanted.mtu === undefined ? [] : [wanted.mtu]],
    routes: wanted.leastRoutes === undefined ? [routes.toSorted(), all] : [isPart, true],
    dns: [dns, wanted.dns.map(hex6)],
    search: [search, wanted.search],
    lifetimes: [lifetimes.filter((lifetime) => lifetime !== wanted.lifetime), []],
    absent: [wanted.absent.filter((type: number) => types.includes(type)), []],
    'current hop limit': [message[4] === 0 || (message[4] ?? 0) >= 64, true],
    'M, O and what is reserved but for RFC 4191': [(message[5] ?? 0) & 0xe7, 0],
    'reachable time and retransmission timer': [message.subarray(8, 16).toHex(), '0'.repeat(16)],
    'preference of the router and of routes': [
      [message[5], ...options.filter((one) => one.type === 24).map(({ octets: [, , , flags] }) => flags)].map(
        (flags = 0) => flags & 0x18,
      ),
      Array.from({ length: 1 + routes.length }, () => 0),
    ],
  };
}

/**
 * @param wanted `reply` of a vector
 * @returns a line for each field that differs; none where the answer is right
 */
export function faultsOf(packet: Uint8Array, wanted: Wanted): string[] {
  const answer = readAnswer(packet);
  const { type, ethernetSource, ipSource, destinations } = wanted;
  const fixed = { etherType: '86dd', version: 6, nextHeader: 58, hopLimit: 255, code: 0, sum: 0 };
  const ends = destinations.map((one: Wanted) => ({ ...one, ip: hex6(one.ip) }));
  const isOneOf = ends.some((one: Wanted) => isDeepStrictEqual(one, answer.destination));
  return differences({
    header: [answer.header, { ...fixed, type, ethernetSource, ipSource: hex6(ipSource) }],
    destination: isOneOf ? [0, 0] : [answer.destination, ends],
    whole: [answer.isWhole, true],
    ...(type === 134 ? routerAdvertisement(answer, wanted) : neighbourAdvertisement(answer, wanted)),
  });
}
