/** The options that the DHCP server emulator hands out ([EP] fig. 23, 508 and 512). */
import { numberOf } from './reach.ts';

/** What the client data says about the network ([EP] fig. 8, 162), as far as DHCP tells it on. */
export interface DhcpSettings {
  readonly address: string;
  /** Of the virtual LAN, 0 to 32. */
  readonly prefixLength: number;
  readonly serverAddress: string;
  readonly leaseSeconds: number;
  readonly routes: readonly { readonly destination: string; readonly prefixLength: number; readonly gateway: string }[];
  readonly dns: readonly string[];
  readonly domain?: string | undefined;
  readonly search: readonly string[];
  readonly mtu?: number | undefined;
  /** The reserved physical address of the server's adapter, 6 octets. */
  readonly serverPhysical: Uint8Array;
}

export interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

/** RFC 2132, 3397, 3442, 4039; 249 is what Microsoft's clients asked for before 121 existed. */
export const Code = {
  subnetMask: 1,
  router: 3,
  domainNameServer: 6,
  domainName: 15,
  interfaceMtu: 26,
  requestedAddress: 50,
  leaseTime: 51,
  messageType: 53,
  serverIdentifier: 54,
  parameterRequestList: 55,
  maximumMessageSize: 57,
  clientIdentifier: 61,
  rapidCommit: 80,
  domainSearch: 119,
  classlessRoutes: 121,
  classlessRoutesMicrosoft: 249,
} as const;

/** Octets of value that one option holds. */
const LONGEST = 255;

/**
 * The configuration, most needed first.
 * @param asked the codes in the client's parameter request list
 */
export function configuration(settings: DhcpSettings, asked: readonly number[]): Option[] {
  const { prefixLength, routes, dns, domain, search, mtu } = settings;
  const mask = prefixLength === 0 ? 0 : (0xffff_ffff << (32 - prefixLength)) >>> 0;
  const whole = routes.find((route) => route.prefixLength === 0);
  const text = (words: string) => new TextEncoder().encode(words);
  return [
    { code: Code.subnetMask, value: u32(mask) },
    ...(whole ? [{ code: Code.router, value: octetsOf(whole.gateway) }] : []),
    ...routeOptions(Code.classlessRoutes, routes),
    ...(mtu === undefined ? [] : [{ code: Code.interfaceMtu, value: Uint8Array.of(mtu >> 8, mtu & 0xff) }]),
    ...(dns.length === 0 ? [] : split(Code.domainNameServer, joined(dns.map(octetsOf)))),
    ...(domain === undefined ? [] : [{ code: Code.domainName, value: text(domain) }]),
    ...(search.length === 0 ? [] : split(Code.domainSearch, searchList(search))),
    ...(asked.includes(Code.classlessRoutesMicrosoft) ? routeOptions(Code.classlessRoutesMicrosoft, routes) : []),
  ];
}

/** RFC 3442: width, the octets of the destination that count, gateway. No route is torn apart, so each option reads alone. */
function routeOptions(code: number, routes: DhcpSettings['routes']): Option[] {
  const options: Option[] = [];
  let value = new Uint8Array(0);
  for (const { destination, prefixLength, gateway } of routes) {
    const significant = octetsOf(destination).subarray(0, Math.ceil(prefixLength / 8));
    const route = Uint8Array.of(prefixLength, ...significant, ...octetsOf(gateway));
    if (value.length + route.length > LONGEST) {
      options.push({ code, value });
      value = new Uint8Array(0);
    }
    value = Uint8Array.of(...value, ...route);
  }
  return value.length === 0 ? options : [...options, { code, value }];
}

/** RFC 3397 §2: names as in RFC 1035 §4.1.4, a suffix that stood before replaced by a pointer to it. */
function searchList(names: readonly string[]): Uint8Array {
  const seen = new Map<string, number>();
  const octets: number[] = [];
  for (const name of names) {
    let labels = name.split('.');
    for (; labels.length > 0; labels = labels.slice(1)) {
      const before = seen.get(labels.join('.'));
      if (before !== undefined) {
        octets.push(0xc0 | (before >> 8), before & 0xff);
        break;
      }
      if (octets.length < 0x4000) seen.set(labels.join('.'), octets.length);
      const label = new TextEncoder().encode(labels[0]);
      octets.push(label.length, ...label);
    }
    if (labels.length === 0) octets.push(0);
  }
  return Uint8Array.from(octets);
}

/** RFC 3396: a value too long for one option continues in the next of the same code. */
function split(code: number, value: Uint8Array): Option[] {
  const options: Option[] = [];
  for (let offset = 0; offset < value.length; offset += LONGEST)
    options.push({ code, value: value.subarray(offset, offset + LONGEST) });
  return options;
}

export function octetsOf(address: string): Uint8Array {
  return u32(numberOf(address));
}

export function u32(number: number): Uint8Array {
  return Uint8Array.of(number >>> 24, (number >>> 16) & 0xff, (number >>> 8) & 0xff, number & 0xff);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
