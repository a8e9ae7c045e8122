/** The meaning of client data: the settings of the client's pseudo network adapter ([EP] fig. 23, 502 to 520; claim 15). */
import { Malformed, Misuse } from '../errors.ts';
import { ascii, concat, equalOctets, fromAscii, pieces, u16, u32, viewOf, wordAt } from '../octets.ts';
import { ipv4Octets, ipv4Text } from '../packets/addresses.ts';
import { decodeClasslessRoutes, encodeClasslessRoute } from '../packets/classless-routes.ts';
import {
  DhcpOptionCode,
  decodeDhcpAddress,
  dhcpOptionAt,
  dhcpOptions,
  encodeDhcpOptions,
  joinDhcpOptions,
} from '../packets/dhcp-options.ts';
import { decodeDomain, encodeDomain } from '../packets/domain-names.ts';
import { maskOctets, type Route } from '../packets/prefix.ts';
import { type ClientData, naming } from './client-data.ts';
import { fromIpv6Settings, type Ipv6Settings, toIpv6Settings } from './ipv6-settings.ts';

/** Addresses outside `ipv6` are IPv4, dotted quads. */
export interface NetworkSettings {
  /** Of the client's pseudo network adapter. */
  readonly address: string;
  /** Of the virtual LAN, 1 to 32. */
  readonly prefixLength: number;
  /** Of the server's pseudo network adapter. */
  readonly serverAddress: string;
  readonly leaseSeconds: number;
  /** To the private network behind the tunnel server, whose adapter is the gateway of each (RFC 3442). */
  readonly routes: readonly Route[];
  readonly dns: readonly string[];
  readonly domain?: string;
  readonly search: readonly string[];
  /** 68 to 65535 octets. */
  readonly mtu?: number;
  /** Reserved physical addresses, 6 octets each, locally administered unicast. */
  readonly clientPhysical: Uint8Array;
  readonly serverPhysical: Uint8Array;
  /** Absent where the server offers no IPv6. */
  readonly ipv6?: Ipv6Settings;
}

/** Octets that every link carries that carries IPv4 (RFC 2132 §5.1). */
const lowestMtu = 68;

/** Sub-options of option 43: the reserved physical addresses. */
const PhysicalCode = { client: 1, server: 2 } as const;

/** Client data with these settings. @throws Misuse naming the setting that does not fit */
export function fromNetworkSettings(settings: NetworkSettings): ClientData {
  const { routes, dns, domain, search, mtu, ipv6 } = settings;
  checkRange('prefix length', settings.prefixLength, 1, 32);
  checkRange('lease time', settings.leaseSeconds, 1, 0xffff_ffff);
  if (mtu !== undefined) checkRange('MTU', mtu, lowestMtu, 0xffff);
  for (const { length } of routes) checkRange('prefix length', length, 0, 32);
  const defaultRoute = routes.find(({ length }) => length === 0);
  const values: readonly (readonly [code: number, value: Uint8Array | undefined])[] = [
    [DhcpOptionCode.requestedAddress, ipv4Octets(settings.address)],
    [DhcpOptionCode.subnetMask, maskOctets(settings.prefixLength)],
    [DhcpOptionCode.serverIdentifier, ipv4Octets(settings.serverAddress)],
    [DhcpOptionCode.leaseTime, u32(settings.leaseSeconds)],
    [DhcpOptionCode.router, defaultRoute && ipv4Octets(defaultRoute.gateway)],
    [DhcpOptionCode.classlessRoutes, joined(routes.map(encodeClasslessRoute))],
    [DhcpOptionCode.domainNameServer, joined(dns.map(ipv4Octets))],
    [DhcpOptionCode.domainName, domain === undefined ? undefined : ascii(domain)],
    [DhcpOptionCode.domainSearch, joined(search.map(encodeDomain))],
    [DhcpOptionCode.interfaceMtu, mtu === undefined ? undefined : u16(mtu)],
    [DhcpOptionCode.vendorSpecific, encodePhysical(settings)],
  ];
  return {
    dhcp: values.flatMap(([code, value]) => dhcpOptions(code, value)),
    neighbour: ipv6 === undefined ? [] : fromIpv6Settings(ipv6),
  };
}

/** @throws Malformed naming the option that is missing or makes no sense */
export function toNetworkSettings({ dhcp, neighbour }: ClientData): NetworkSettings {
  const values = joinDhcpOptions(dhcp);
  const optional = <T>(code: number, decode: (value: Uint8Array) => T): T | undefined => {
    const value = values.get(code);
    return value && naming(`client data: DHCP option ${code}`, () => decode(value));
  };
  const needed = <T>(code: number, decode: (value: Uint8Array) => T): T => {
    const found = optional(code, decode);
    if (found === undefined) throw new Malformed(`client data: DHCP option ${code} is missing`);
    return found;
  };
  const domain = optional(DhcpOptionCode.domainName, decodeDomainName);
  const mtu = optional(DhcpOptionCode.interfaceMtu, decodeMtu);
  const ipv6 = toIpv6Settings(neighbour);
  const serverAddress = needed(DhcpOptionCode.serverIdentifier, decodeDhcpAddress);
  // RFC 3442: option 121 takes the place of option 3.
  const routes =
    optional(DhcpOptionCode.classlessRoutes, decodeClasslessRoutes) ??
    optional(DhcpOptionCode.router, decodeRouters) ??
    [];
  const stray = routes.find(({ gateway }) => gateway !== serverAddress);
  if (stray !== undefined)
    throw new Malformed(`client data: a route by ${stray.gateway}, and not by the server's adapter ${serverAddress}`);
  return {
    address: needed(DhcpOptionCode.requestedAddress, decodeDhcpAddress),
    prefixLength: needed(DhcpOptionCode.subnetMask, decodeMask),
    serverAddress,
    leaseSeconds: needed(DhcpOptionCode.leaseTime, decodeLease),
    routes,
    dns: optional(DhcpOptionCode.domainNameServer, decodeAddresses) ?? [],
    ...(domain !== undefined && { domain }),
    search: optional(DhcpOptionCode.domainSearch, decodeSearchList) ?? [],
    ...(mtu !== undefined && { mtu }),
    ...needed(DhcpOptionCode.vendorSpecific, decodePhysical),
    ...(ipv6 !== undefined && { ipv6 }),
  };
}

function checkRange(setting: string, value: number, lowest: number, highest: number): void {
  if (!Number.isInteger(value) || value < lowest || value > highest)
    throw new Misuse(`${setting} ${value}: ${lowest} to ${highest}`);
}

/** A list without items has no option. */
const joined = (parts: readonly Uint8Array[]): Uint8Array | undefined =>
  parts.length === 0 ? undefined : concat(...parts);

function decodeAddresses(value: Uint8Array): string[] {
  if (value.length === 0 || value.length % 4 !== 0)
    throw new Malformed(`${value.length} octets, not one or more times 4`);
  return pieces(value, 4).map(ipv4Text);
}

/** The first router is the one to use (RFC 2132 §3.5). */
function decodeRouters(value: Uint8Array): Route[] {
  const [gateway = ''] = decodeAddresses(value);
  return [{ address: '0.0.0.0', length: 0, gateway }];
}

function decodeMask(value: Uint8Array): number {
  checkLength(value, 4);
  const prefixLength = Math.clz32(~wordAt(value, 0));
  if (prefixLength === 0 || !equalOctets(maskOctets(prefixLength), value)) throw new Malformed('not a subnet mask');
  return prefixLength;
}

function decodeLease(value: Uint8Array): number {
  checkLength(value, 4);
  return checkLowest(wordAt(value, 0), 1);
}

function decodeMtu(value: Uint8Array): number {
  checkLength(value, 2);
  return checkLowest(viewOf(value).getUint16(0), lowestMtu);
}

function checkLength(value: Uint8Array, length: number): void {
  if (value.length !== length) throw new Malformed(`${value.length} octets, not ${length}`);
}

function checkLowest(value: number, lowest: number): number {
  if (value < lowest) throw new Malformed(`${value}, at least ${lowest}`);
  return value;
}

type PhysicalAddresses = Pick<NetworkSettings, 'clientPhysical' | 'serverPhysical'>;

function encodePhysical({ clientPhysical, serverPhysical }: PhysicalAddresses): Uint8Array {
  if (!isReservable(clientPhysical) || !isReservable(serverPhysical))
    throw new Misuse('a reserved physical address is 6 octets, locally administered unicast');
  return encodeDhcpOptions([
    { code: PhysicalCode.client, value: clientPhysical },
    { code: PhysicalCode.server, value: serverPhysical },
  ]);
}

/** Sub-options of other codes are ignored; of one code the last counts. */
function decodePhysical(value: Uint8Array): PhysicalAddresses {
  const addresses = new Map<number, Uint8Array>();
  for (let offset = 0; offset < value.length; ) {
    const found = dhcpOptionAt(value, offset);
    if (found === undefined) throw new Malformed('cut');
    addresses.set(found.option.code, found.option.value);
    offset = found.end;
  }
  const addressOf = (code: number): Uint8Array => {
    const address = addresses.get(code);
    if (address === undefined || !isReservable(address))
      throw new Malformed(`sub-option ${code}: not a locally administered unicast address`);
    return address;
  };
  const clientPhysical = addressOf(PhysicalCode.client);
  const serverPhysical = addressOf(PhysicalCode.server);
  if (equalOctets(clientPhysical, serverPhysical)) throw new Malformed('both adapters have the same physical address');
  return { clientPhysical, serverPhysical };
}

/** IEEE 802: bit 1 of the first octet is set (local), bit 0 is not (unicast). */
const isReservable = (address: Uint8Array): boolean => address.length === 6 && (address[0]! & 0b11) === 0b10;

function decodeSearchList(value: Uint8Array): string[] {
  const domains: string[] = [];
  for (let offset = 0; offset < value.length; ) {
    const found = decodeDomain(value, offset, true);
    if (found === undefined || found.name === '') throw new Malformed('broken name');
    domains.push(found.name);
    offset = found.end;
  }
  return domains;
}

function decodeDomainName(value: Uint8Array): string {
  const text = fromAscii(value);
  if (!/^[A-Za-z0-9._-]+$/.test(text)) throw new Malformed('not a domain name');
  return text;
}
