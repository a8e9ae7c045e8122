/** RFC 4861 §4.6, RFC 4191 §2.3, RFC 8106 §5: options of neighbour discovery, by hand. */
import { cat, u8, u16, u32, zeros } from './octets.ts';
import { address6, physical } from './packets.ts';

export const infinite = 0xffffffff;

/** RFC 4861 §4.6: type, length in units of 8 octets, body. */
export const ndOption = (type: number, body: Uint8Array): Uint8Array => cat(u8(type), u8((body.length + 2) / 8), body);

/** RFC 4861 §4.6.1. */
export const sourcePhysical = (text: string): Uint8Array => ndOption(1, physical(text));
/** RFC 4861 §4.6.1, type 2. @param text six octets with colons */
export const targetPhysical = (text: string): Uint8Array => ndOption(2, physical(text));

export interface PrefixFields {
  readonly length?: number;
  /** L is 80, A is 40; the others are reserved. */
  readonly flags?: number;
  readonly valid?: number;
  readonly preferred?: number;
  readonly reserved?: number;
}

/** RFC 4861 §4.6.2: what section 6 of the protocol wants, unless fields say otherwise. */
export function prefixInformation(prefix: string, fields: PrefixFields = {}): Uint8Array {
  const { length = 64, flags = 0x40, valid = infinite, preferred = infinite, reserved = 0 } = fields;
  return ndOption(3, cat([length, flags], u32(valid), u32(preferred), u32(reserved), address6(prefix)));
}

/** RFC 4861 §4.6.4. */
export const mtuOption = (mtu: number, reserved = 0): Uint8Array => ndOption(5, cat(u16(reserved), u32(mtu)));

export interface RouteFields {
  /** Octets of the prefix: 0, 8 or 16; as few as hold its length by default. */
  readonly octets?: number;
  /** Reserved bits and the preference. */
  readonly flags?: number;
  readonly lifetime?: number;
}

/** RFC 4191 §2.3. @param network like `fd00:9::/64` */
export function routeInformation(network: string, fields: RouteFields = {}): Uint8Array {
  const [prefix = '', text = ''] = network.split('/');
  const { octets = 8 * Math.ceil(Number(text) / 64), flags = 0, lifetime = infinite } = fields;
  const all = cat(address6(prefix), zeros(8));
  return ndOption(24, cat([Number(text), flags], u32(lifetime), all.slice(0, octets)));
}

/** RFC 8106 §5.1. */
export const recursiveDns = (servers: readonly string[], lifetime = infinite, reserved = 0): Uint8Array =>
  ndOption(25, cat(u16(reserved), u32(lifetime), ...servers.map(address6)));

/** RFC 1035 §3.1: labels behind their lengths, ended by a zero. */
export const domainName = (name: string): Uint8Array =>
  cat(...name.split('.').map((label) => cat([label.length], label)), [0]);

/** RFC 8106 §5.2: names, or whatever octets stand in their place, and zeros up to a multiple of 8. */
export function searchList(names: Uint8Array, lifetime = infinite, reserved = 0): Uint8Array {
  const padding = zeros((8 - (names.length % 8)) % 8);
  return ndOption(31, cat(u16(reserved), u32(lifetime), names, padding));
}

export interface Offer {
  readonly prefix: string;
  readonly routes: readonly string[];
  readonly dns: readonly string[];
  readonly search: readonly string[];
  readonly mtu?: number;
}

/** What a server sends in n6, in the order of section 6. */
export function neighbourOptions({ prefix, routes, dns, search, mtu }: Offer): Uint8Array[] {
  return [
    prefixInformation(prefix),
    ...(mtu === undefined ? [] : [mtuOption(mtu)]),
    ...routes.map((network) => routeInformation(network)),
    ...(dns.length === 0 ? [] : [recursiveDns(dns)]),
    ...(search.length === 0 ? [] : [searchList(cat(...search.map(domainName)))]),
  ];
}
