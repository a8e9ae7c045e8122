/** The options that the DHCP server emulator hands out ([EP] fig. 23, 508 and 512). */

import { concat, viewOf } from '../octets.ts';
import { ipv4Octets } from '../packets/addresses.ts';
import type { DhcpOptionField } from '../packets/dhcp.ts';
import { splitDhcpOption } from '../wire/client-data.ts';
import type { NetworkSettings } from '../wire/network-settings.ts';

/** What the client data says about the network ([EP] fig. 8, 162), as far as DHCP tells it on. */
export type DhcpSettings = Omit<NetworkSettings, 'clientPhysical'>;

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
export function configuration(settings: DhcpSettings, asked: readonly number[]): DhcpOptionField[] {
  const { prefixLength, routes, dns, domain, search, mtu } = settings;
  const mask = prefixLength === 0 ? 0 : (0xffff_ffff << (32 - prefixLength)) >>> 0;
  const whole = routes.find((route) => route.prefixLength === 0);
  const text = (words: string) => new TextEncoder().encode(words);
  return [
    { code: Code.subnetMask, value: u32(mask) },
    ...(whole ? [{ code: Code.router, value: ipv4Octets(whole.gateway) }] : []),
    ...routeOptions(Code.classlessRoutes, routes),
    ...(mtu === undefined ? [] : [{ code: Code.interfaceMtu, value: Uint8Array.of(mtu >> 8, mtu & 0xff) }]),
    ...(dns.length === 0 ? [] : splitDhcpOption(Code.domainNameServer, concat(...dns.map(ipv4Octets)))),
    ...(domain === undefined ? [] : [{ code: Code.domainName, value: text(domain) }]),
    ...(search.length === 0 ? [] : splitDhcpOption(Code.domainSearch, searchList(search))),
    ...(asked.includes(Code.classlessRoutesMicrosoft) ? routeOptions(Code.classlessRoutesMicrosoft, routes) : []),
  ];
}

/** RFC 3442: width, the octets of the destination that count, gateway. No route is torn apart, so each option reads alone. */
function routeOptions(code: number, routes: DhcpSettings['routes']): DhcpOptionField[] {
  const options: DhcpOptionField[] = [];
  let value: Uint8Array = new Uint8Array(0);
  for (const { destination, prefixLength, gateway } of routes) {
    const significant = ipv4Octets(destination).subarray(0, Math.ceil(prefixLength / 8));
    const route = Uint8Array.of(prefixLength, ...significant, ...ipv4Octets(gateway));
    if (value.length + route.length > LONGEST) {
      options.push({ code, value });
      value = new Uint8Array(0);
    }
    value = concat(value, route);
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

/** 4 octets, big-endian. */
export function u32(number: number): Uint8Array {
  const octets = new Uint8Array(4);
  viewOf(octets).setUint32(0, number);
  return octets;
}
