/** The IPv6 part of client data, n6, as what it means: a /64, routes and DNS in options of neighbour discovery. */
import { Malformed, Misuse } from '../errors.ts';
import { concat, viewOf } from '../octets.ts';
import { ipv6Octets, ipv6Text } from '../packets/addresses.ts';
import { NeighbourOptionType as Type } from '../packets/icmpv6.ts';
import type { NeighbourOption } from './client-data.ts';
import { decodeDomain, encodeDomain } from './domains.ts';

/** A route to the private network behind the tunnel server (RFC 4191 §2.3); its gateway follows from option 43. */
export interface Ipv6Route {
  /** RFC 5952 text; no bits set beyond the prefix. */
  readonly destination: string;
  /** 0 to 128. */
  readonly prefixLength: number;
}

/** IPv6 addresses are RFC 5952 text. */
export interface Ipv6Settings {
  /** The tunnel client's own /64. */
  readonly prefix: string;
  readonly routes: readonly Ipv6Route[];
  readonly dns: readonly string[];
  readonly search: readonly string[];
  /** Octets; at least 1280 is for policy to ask. */
  readonly mtu?: number;
}

const ownLength = 64;
const autonomous = 0x40;
const onLink = 0x80;
const infinity = 0xffff_ffff;
/** Octets of an option's value: its length field counts units of 8 octets, type and length included, and ends at 255. */
const longestValue = 255 * 8 - 2;
/** DNS servers that fit into one option. */
const mostServers = 127;

/** @throws Misuse naming what cannot be said */
export function fromIpv6Settings({ prefix, routes, dns, search, mtu }: Ipv6Settings): NeighbourOption[] {
  return [
    { type: Type.prefix, value: encodePrefix(prefix) },
    ...(mtu === undefined ? [] : [{ type: Type.mtu, value: concat(new Uint8Array(2), u32(mtu)) }]),
    ...routes.map((route) => ({ type: Type.route, value: encodeRoute(route) })),
    ...chunks(dns, mostServers).map((servers) => ({
      type: Type.dnsServer,
      value: concat(new Uint8Array(2), u32(infinity), ...servers.map(ipv6Octets)),
    })),
    ...searchValues(search).map((value) => ({ type: Type.dnsSearch, value })),
  ];
}

/**
 * Options of other types are ignored (RFC 4861 §4.6).
 * @returns undefined where IPv6 is not offered
 * @throws Malformed naming the option that is missing or makes no sense
 */
export function toIpv6Settings(options: readonly NeighbourOption[]): Ipv6Settings | undefined {
  if (options.length === 0) return undefined;
  const of = (type: number): Uint8Array[] => options.filter((one) => one.type === type).map(({ value }) => value);
  const [prefix, ...prefixes] = of(Type.prefix);
  const [mtu, ...mtus] = of(Type.mtu);
  if (prefix === undefined || prefixes.length > 0) throw fault(Type.prefix, `${of(Type.prefix).length} of them, not 1`);
  if (mtus.length > 0) throw fault(Type.mtu, `${mtus.length + 1} of them, at most 1`);
  return {
    prefix: decodePrefix(prefix),
    routes: of(Type.route).map(decodeRoute),
    dns: of(Type.dnsServer).flatMap(decodeServers),
    search: of(Type.dnsSearch).flatMap(decodeSearch),
    ...(mtu !== undefined && { mtu: decodeMtu(mtu) }),
  };
}

function fault(type: number, what: string): Malformed {
  return new Malformed(`client data: neighbour option ${type}: ${what}`);
}

/** RFC 4861 §4.6.2, from the prefix length on: length, flags, two lifetimes, a reserved field, the prefix. */
function encodePrefix(prefix: string): Uint8Array {
  const octets = ipv6Octets(prefix);
  if (hasBitsBeyond(octets, ownLength)) throw new Misuse(`${prefix} has bits beyond its /64`);
  return concat(Uint8Array.of(ownLength, autonomous), u32(infinity), u32(infinity), u32(0), octets);
}

function decodePrefix(value: Uint8Array): string {
  checkLength(Type.prefix, value, 30);
  const [length = 0, flags = 0] = value;
  const prefix = value.subarray(14);
  if (length !== ownLength) throw fault(Type.prefix, `a prefix of ${length} bits, not ${ownLength}`);
  if ((flags & (onLink | autonomous)) !== autonomous) throw fault(Type.prefix, 'not autonomous, or on-link');
  checkLifetime(Type.prefix, value, 2);
  checkLifetime(Type.prefix, value, 6);
  checkBits(Type.prefix, prefix, length);
  return ipv6Text(prefix);
}

/**
 * RFC 4191 §2.3: prefix length, preference (0 is medium), lifetime, and as much of the prefix as there is; bits beyond it
 * are not sent.
 */
function encodeRoute({ destination, prefixLength }: Ipv6Route): Uint8Array {
  if (!Number.isInteger(prefixLength) || prefixLength < 0 || prefixLength > 128)
    throw new Misuse(`prefix length ${prefixLength}: 0 to 128`);
  const octets = ipv6Octets(destination).map((octet, index) => octet & ~beyond(index, prefixLength));
  return concat(Uint8Array.of(prefixLength, 0), u32(infinity), octets.subarray(0, 8 * Math.ceil(prefixLength / 64)));
}

function decodeRoute(value: Uint8Array): Ipv6Route {
  const prefixLength = value[0]!;
  const there = value.length - 6;
  if (prefixLength > 128 || there > 16 || 8 * there < prefixLength) throw fault(Type.route, 'does not fit its prefix');
  checkLifetime(Type.route, value, 2);
  const octets = new Uint8Array(16);
  octets.set(value.subarray(6));
  checkBits(Type.route, octets, prefixLength);
  return { destination: ipv6Text(octets), prefixLength };
}

function decodeMtu(value: Uint8Array): number {
  checkLength(Type.mtu, value, 6);
  return viewOf(value).getUint32(2);
}

/** RFC 8106 §5.1: a reserved field, a lifetime, then addresses. */
function decodeServers(value: Uint8Array): string[] {
  const count = (value.length - 6) / 16;
  if (!Number.isInteger(count) || count < 1) throw fault(Type.dnsServer, 'not one or more times 16 octets');
  checkLifetime(Type.dnsServer, value, 2);
  return Array.from({ length: count }, (_, index) => ipv6Text(value.subarray(6 + 16 * index, 22 + 16 * index)));
}

/** RFC 8106 §5.2: a reserved field, a lifetime, names without compression, then zeros. */
function searchValues(search: readonly string[]): Uint8Array[] {
  const fills: Uint8Array[] = [];
  for (const name of search.map(encodeDomain)) {
    const last = fills.at(-1);
    if (last === undefined || 6 + last.length + name.length > longestValue) fills.push(name);
    else fills[fills.length - 1] = concat(last, name);
  }
  return fills.map((names) => concat(new Uint8Array(2), u32(infinity), names, new Uint8Array(-names.length & 7)));
}

function decodeSearch(value: Uint8Array): string[] {
  checkLifetime(Type.dnsSearch, value, 2);
  const names = value.subarray(6);
  const domains: string[] = [];
  for (let offset = 0; offset < names.length; ) {
    const found = decodeDomain(names, offset, false);
    if (found === undefined) throw fault(Type.dnsSearch, 'broken name');
    if (found.name === '') {
      if (names.subarray(offset).some((octet) => octet !== 0)) throw fault(Type.dnsSearch, 'a name behind the padding');
      break;
    }
    domains.push(found.name);
    offset = found.end;
  }
  if (domains.length === 0) throw fault(Type.dnsSearch, 'no name');
  return domains;
}

function checkLength(type: number, value: Uint8Array, length: number): void {
  if (value.length !== length) throw fault(type, `${value.length + 2} octets, not ${length + 2}`);
}

function checkLifetime(type: number, value: Uint8Array, offset: number): void {
  if (viewOf(value).getUint32(offset) !== infinity) throw fault(type, 'a lifetime that is not infinite');
}

function checkBits(type: number, octets: Uint8Array, length: number): void {
  if (hasBitsBeyond(octets, length)) throw fault(type, 'bits beyond the prefix');
}

/** @param length of the prefix in bits */
function hasBitsBeyond(octets: Uint8Array, length: number): boolean {
  return octets.some((octet, index) => (octet & beyond(index, length)) !== 0);
}

/** Which bits of the octet with an index are beyond a prefix. */
function beyond(index: number, length: number): number {
  return 0xff >> Math.min(8, Math.max(0, length - 8 * index));
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function u32(value: number): Uint8Array {
  const octets = new Uint8Array(4);
  viewOf(octets).setUint32(0, value);
  return octets;
}
