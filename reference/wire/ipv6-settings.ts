/** The meaning of the IPv6 part of client data, n6: a /64, routes and DNS in options of neighbour discovery. */
import { Malformed, Misuse } from '../errors.ts';
import { concat, pack, pieces, u32, wordAt } from '../octets.ts';
import { ipv6Octets, ipv6Text } from '../packets/addresses.ts';
import { decodeDomain, encodeDomain } from '../packets/domain-names.ts';
import { type NeighbourOption, NeighbourOptionType } from '../packets/neighbour-options.ts';
import { hasBitsBeyond, networkOf, type Prefix } from '../packets/prefix.ts';
import { naming } from './client-data.ts';

/** IPv6 addresses are RFC 5952 text. */
export interface Ipv6Settings {
  /** The tunnel client's own /64. */
  readonly prefix: string;
  /** To the private network behind the tunnel server (RFC 4191 §2.3); the gateway follows from option 43. */
  readonly routes: readonly Prefix[];
  readonly dns: readonly string[];
  readonly search: readonly string[];
  /** In octets. Policy asks for at least 1280, the codec does not. */
  readonly mtu?: number;
}

const ownLength = 64;
const autonomous = 0x40;
const onLink = 0x80;
/** A lifetime. */
const infinity = 0xffff_ffff;
/** Reserved field and lifetime of options 25 and 31. */
const dnsHeader = concat(new Uint8Array(2), u32(infinity));
/** Octets that follow it: the length field of an option counts units of 8 octets, type and length included, up to 255. */
const longestDns = 255 * 8 - 2 - dnsHeader.length;

/** @throws Misuse naming the setting that does not fit */
export function fromIpv6Settings({ prefix, routes, dns, search, mtu }: Ipv6Settings): NeighbourOption[] {
  const options = (type: number, values: readonly Uint8Array[]) => values.map((value) => ({ type, value }));
  const packed = (parts: readonly Uint8Array[]) => pack(parts, longestDns).map((part) => concat(dnsHeader, part));
  return [
    ...options(NeighbourOptionType.prefix, [encodePrefix(prefix)]),
    ...options(NeighbourOptionType.mtu, mtu === undefined ? [] : [concat(new Uint8Array(2), u32(mtu))]),
    ...options(NeighbourOptionType.route, routes.map(encodeRoute)),
    ...options(NeighbourOptionType.dnsServer, packed(dns.map(ipv6Octets))),
    ...options(NeighbourOptionType.dnsSearch, packed(search.map(encodeDomain)).map(padded)),
  ];
}

/**
 * Options of other types are ignored (RFC 4861 §4.6).
 * @returns undefined where IPv6 is not offered
 * @throws Malformed naming the option that is missing or makes no sense
 */
export function toIpv6Settings(options: readonly NeighbourOption[]): Ipv6Settings | undefined {
  if (options.length === 0) return undefined;
  const each = <T>(type: number, decode: (value: Uint8Array) => T): T[] =>
    naming(nameOf(type), () => options.filter((option) => option.type === type).map(({ value }) => decode(value)));
  const [prefix, ...prefixes] = each(NeighbourOptionType.prefix, decodePrefix);
  const [mtu, ...mtus] = each(NeighbourOptionType.mtu, decodeMtu);
  if (prefix === undefined) throw new Malformed(`${nameOf(NeighbourOptionType.prefix)}: 0 of them, not 1`);
  if (prefixes.length > 0)
    throw new Malformed(`${nameOf(NeighbourOptionType.prefix)}: ${prefixes.length + 1} of them, not 1`);
  if (mtus.length > 0) throw new Malformed(`${nameOf(NeighbourOptionType.mtu)}: ${mtus.length + 1} of them, at most 1`);
  return {
    prefix,
    routes: each(NeighbourOptionType.route, decodeRoute),
    dns: each(NeighbourOptionType.dnsServer, decodeServers).flat(),
    search: each(NeighbourOptionType.dnsSearch, decodeSearchList).flat(),
    ...(mtu !== undefined && { mtu }),
  };
}

const nameOf = (type: number): string => `client data: neighbour option ${type}`;

/** RFC 4861 §4.6.2, from the prefix length on: length, flags, two lifetimes, a reserved field, the prefix. */
function encodePrefix(prefix: string): Uint8Array {
  const octets = ipv6Octets(prefix);
  if (hasBitsBeyond({ address: prefix, length: ownLength })) throw new Misuse(`${prefix} has bits beyond its /64`);
  return concat(Uint8Array.of(ownLength, autonomous), u32(infinity), u32(infinity), u32(0), octets);
}

function decodePrefix(value: Uint8Array): string {
  checkLength(value, 30);
  const [length = 0, flags = 0] = value;
  if (length !== ownLength) throw new Malformed(`a prefix of ${length} bits, not ${ownLength}`);
  if ((flags & (onLink | autonomous)) !== autonomous) throw new Malformed('not autonomous, or on-link');
  checkLifetime(value, 2);
  checkLifetime(value, 6);
  return withoutBitsBeyond({ address: ipv6Text(value.subarray(14)), length }).address;
}

/**
 * RFC 4191 §2.3: prefix length, preference (0 is medium), lifetime, and 0, 8 or 16 octets of the prefix; bits beyond it
 * are not sent.
 */
function encodeRoute(route: Prefix): Uint8Array {
  const { length } = route;
  if (!Number.isInteger(length) || length < 0 || length > 128) throw new Misuse(`prefix length ${length}: 0 to 128`);
  const network = ipv6Octets(networkOf(route).address);
  return concat(Uint8Array.of(length, 0), u32(infinity), network.subarray(0, 8 * Math.ceil(length / 64)));
}

function decodeRoute(value: Uint8Array): Prefix {
  const length = value[0]!;
  const available = value.length - 6;
  if (length > 128 || available > 16 || 8 * available < length) throw new Malformed('does not fit its prefix');
  checkLifetime(value, 2);
  const octets = new Uint8Array(16);
  octets.set(value.subarray(6));
  return withoutBitsBeyond({ address: ipv6Text(octets), length });
}

function decodeMtu(value: Uint8Array): number {
  checkLength(value, 6);
  return wordAt(value, 2);
}

/** RFC 8106 §5.1: a reserved field, a lifetime, then addresses. */
function decodeServers(value: Uint8Array): string[] {
  const addresses = value.subarray(dnsHeader.length);
  if (addresses.length === 0 || addresses.length % 16 !== 0) throw new Malformed('not one or more times 16 octets');
  checkLifetime(value, 2);
  return pieces(addresses, 16).map(ipv6Text);
}

/** An option's length is a multiple of 8 octets, its type and length included. */
const padded = (value: Uint8Array): Uint8Array => concat(value, new Uint8Array(-(value.length + 2) & 7));

/** RFC 8106 §5.2: a reserved field, a lifetime, names without compression, then zeros. */
function decodeSearchList(value: Uint8Array): string[] {
  checkLifetime(value, 2);
  const names = value.subarray(dnsHeader.length);
  const domains: string[] = [];
  for (let offset = 0; offset < names.length; ) {
    const found = decodeDomain(names, offset, false);
    if (found === undefined) throw new Malformed('broken name');
    if (found.name === '') {
      if (names.subarray(offset).some((octet) => octet !== 0)) throw new Malformed('a name after the padding');
      break;
    }
    domains.push(found.name);
    offset = found.end;
  }
  if (domains.length === 0) throw new Malformed('no name');
  return domains;
}

function checkLength(value: Uint8Array, length: number): void {
  if (value.length !== length) throw new Malformed(`${value.length + 2} octets, not ${length + 2}`);
}

function checkLifetime(value: Uint8Array, offset: number): void {
  if (wordAt(value, offset) !== infinity) throw new Malformed('a lifetime that is not infinite');
}

function withoutBitsBeyond(prefix: Prefix): Prefix {
  if (hasBitsBeyond(prefix)) throw new Malformed('bits beyond the prefix');
  return prefix;
}
