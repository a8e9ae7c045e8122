/** [EP] fig. 8, 162; fig. 23: client data as a server writes it, by hand. */
import {
  classlessRoute,
  clientAddress,
  clientPhysical,
  option,
  seconds,
  serverAddress,
  serverPhysical,
} from './dhcp-packet.ts';
import { ascii, cat, u16, zeros } from './octets.ts';
import { address, physical } from './packets.ts';

export interface NetworkOptions {
  readonly routes?: readonly string[];
  readonly dns?: readonly string[];
  readonly domain?: string;
  readonly mtu?: number;
  readonly leaseSeconds?: number;
}

/** What a server sends for these settings, options in the order of the specification. */
export function dhcpOptions(settings: NetworkOptions): [code: number, value: Uint8Array][] {
  const { routes = [], dns = [], domain, mtu, leaseSeconds = 3600 } = settings;
  const reserved = cat(option(1, physical(clientPhysical)), option(2, physical(serverPhysical)));
  const each = routes.map((prefix) => classlessRoute(prefix, serverAddress));
  return [
    [50, address(clientAddress)],
    [1, address('255.255.255.0')],
    [54, address(serverAddress)],
    [51, seconds(leaseSeconds)],
    ...(routes.includes('0.0.0.0/0') ? ([[3, address(serverAddress)]] as [number, Uint8Array][]) : []),
    ...split(121, cat(...each)),
    ...(dns.length > 0 ? ([[6, cat(...dns.map(address))]] as [number, Uint8Array][]) : []),
    ...(domain === undefined ? [] : ([[15, ascii(domain)]] as [number, Uint8Array][])),
    ...(mtu === undefined ? [] : ([[26, u16(mtu)]] as [number, Uint8Array][])),
    [43, reserved],
  ];
}

/** RFC 3396: 255 octets of a value in each option of its code. */
function split(code: number, value: Uint8Array): [number, Uint8Array][] {
  const count = Math.ceil(value.length / 255);
  return [...Array(count).keys()].map((part) => [code, value.slice(part * 255, (part + 1) * 255)]);
}

/** n4, DHCP options ending in 255, n6, IPv6 options. */
export function clientData(
  dhcp: readonly (readonly [number, Uint8Array])[],
  ipv6: readonly Uint8Array[] = [],
): Uint8Array {
  const four = dhcp.length === 0 ? zeros(0) : cat(...dhcp.map(([code, value]) => option(code, value)), [255]);
  const six = cat(...ipv6);
  return cat(u16(four.length), four, u16(six.length), six);
}
export const noClientData = clientData([]);

export const exampleOptions = dhcpOptions({
  routes: ['10.9.0.0/24'],
  dns: ['10.9.0.53'],
  domain: 'corp.test',
  mtu: 1400,
});
export const exampleClientData = clientData(exampleOptions);
