/** Client data as what it means: the settings of the client's pseudo network adapter ([EP] fig. 23, 502 to 520; claim 15). */
import { Malformed, Misuse } from '../errors.ts';
import { ascii, concat, fromAscii, viewOf } from '../octets.ts';
import { type ClientData, type DhcpOption, dhcpOption, splitDhcpOption } from './client-data.ts';
import { decodeDomain, encodeDomain } from './domains.ts';
import { fromIpv6Settings, type Ipv6Settings, toIpv6Settings } from './ipv6-settings.ts';

/** A route to the private network behind the tunnel server (RFC 3442). */
export interface Route {
  /** Dotted quad; no bits set beyond the prefix. */
  readonly destination: string;
  /** 0 to 32. */
  readonly prefixLength: number;
  /** The tunnel server's adapter, dotted quad. */
  readonly gateway: string;
}

/** Addresses are IPv4, dotted quads, but for `ipv6`. */
export interface NetworkSettings {
  /** Of the client's pseudo network adapter. */
  readonly address: string;
  /** Of the virtual LAN, 1 to 32. */
  readonly prefixLength: number;
  /** Of the server's pseudo network adapter. */
  readonly serverAddress: string;
  readonly leaseSeconds: number;
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

/** RFC 2132, 3397 and 3442. */
const Option = {
  subnetMask: 1,
  router: 3,
  domainNameServer: 6,
  domainName: 15,
  interfaceMtu: 26,
  vendorSpecific: 43,
  requestedAddress: 50,
  leaseTime: 51,
  serverIdentifier: 54,
  domainSearch: 119,
  classlessRoutes: 121,
} as const;

/** Of any link that carries IPv4 (RFC 2132 §5.1). */
const leastMtu = 68;

/** Sub-options of option 43: the reserved physical addresses. */
const Reserved = { client: 1, server: 2 } as const;

/** The client data that says these settings. @throws Misuse naming what cannot be said */
export function fromNetworkSettings(settings: NetworkSettings): ClientData {
  const { routes, dns, domain, search, mtu } = settings;
  checkRange('prefix length', settings.prefixLength, 1, 32);
  checkRange('lease time', settings.leaseSeconds, 1, 0xffff_ffff);
  if (mtu !== undefined) checkRange('MTU', mtu, leastMtu, 0xffff);
  const whole = routes.find(({ prefixLength }) => prefixLength === 0);
  const values: (readonly [number, Uint8Array] | undefined)[] = [
    [Option.requestedAddress, encodeAddress(settings.address)],
    [Option.subnetMask, mask(settings.prefixLength)],
    [Option.serverIdentifier, encodeAddress(settings.serverAddress)],
    [Option.leaseTime, u32(settings.leaseSeconds)],
    whole && [Option.router, encodeAddress(whole.gateway)],
    routes.length > 0 ? [Option.classlessRoutes, concat(...routes.map(encodeRoute))] : undefined,
    dns.length > 0 ? [Option.domainNameServer, concat(...dns.map(encodeAddress))] : undefined,
    domain === undefined ? undefined : [Option.domainName, ascii(domain)],
    search.length > 0 ? [Option.domainSearch, concat(...search.map(encodeDomain))] : undefined,
    mtu === undefined ? undefined : [Option.interfaceMtu, u32(mtu).slice(2)],
    [
      Option.vendorSpecific,
      concat(reserved(Reserved.client, settings.clientPhysical), reserved(Reserved.server, settings.serverPhysical)),
    ],
  ];
  const dhcp = values.flatMap((entry): DhcpOption[] => (entry === undefined ? [] : splitDhcpOption(...entry)));
  return { dhcp, neighbour: settings.ipv6 === undefined ? [] : fromIpv6Settings(settings.ipv6) };
}

/** @throws Malformed naming the option that is missing or makes no sense */
export function toNetworkSettings(data: ClientData): NetworkSettings {
  const optional = (code: number) => dhcpOption(data, code);
  const needed = (code: number): Uint8Array => {
    const value = optional(code);
    if (value === undefined) throw new Malformed(`client data: DHCP option ${code} is missing`);
    return value;
  };
  const reservedAddresses = decodeReserved(needed(Option.vendorSpecific));
  const domain = optional(Option.domainName);
  const mtu = optional(Option.interfaceMtu);
  const ipv6 = toIpv6Settings(data.neighbour);
  return {
    address: decodeAddress(Option.requestedAddress, needed(Option.requestedAddress)),
    prefixLength: decodeMask(needed(Option.subnetMask)),
    serverAddress: decodeAddress(Option.serverIdentifier, needed(Option.serverIdentifier)),
    leaseSeconds: number(Option.leaseTime, needed(Option.leaseTime), 4, 1),
    routes: decodeRoutes(optional(Option.classlessRoutes), optional(Option.router)),
    dns: decodeAddresses(Option.domainNameServer, optional(Option.domainNameServer)),
    ...(domain !== undefined && { domain: decodeText(Option.domainName, domain) }),
    search: decodeDomains(optional(Option.domainSearch)),
    ...(mtu !== undefined && { mtu: number(Option.interfaceMtu, mtu, 2, leastMtu) }),
    ...reservedAddresses,
    ...(ipv6 !== undefined && { ipv6 }),
  };
}

function checkRange(what: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new Misuse(`${what} ${value}: ${least} to ${most}`);
}

function encodeAddress(text: string): Uint8Array {
  const words = text.split('.');
  const parts = words.map(Number);
  if (parts.length !== 4 || parts.some((part, index) => part > 255 || words[index] !== String(part & 0xff))) {
    throw new Misuse(`${JSON.stringify(text)} is not an IPv4 address`);
  }
  return Uint8Array.from(parts);
}

function decodeAddress(code: number, value: Uint8Array): string {
  if (value.length !== 4) throw new Malformed(`client data: DHCP option ${code}: ${value.length} octets, not 4`);
  return value.join('.');
}

function decodeAddresses(code: number, value: Uint8Array | undefined): string[] {
  if (value === undefined) return [];
  if (value.length === 0 || value.length % 4 !== 0) {
    throw new Malformed(`client data: DHCP option ${code}: ${value.length} octets, not one or more times 4`);
  }
  return Array.from({ length: value.length / 4 }, (_, index) => value.subarray(4 * index, 4 * index + 4).join('.'));
}

const mask = (prefixLength: number): Uint8Array =>
  u32(prefixLength === 0 ? 0 : (0xffff_ffff << (32 - prefixLength)) >>> 0);

function decodeMask(value: Uint8Array): number {
  const code = Option.subnetMask;
  const bits = number(code, value, 4, 0);
  const prefixLength = Math.clz32(~bits >>> 0);
  if (prefixLength === 0 || number(code, mask(prefixLength), 4, 0) !== bits) {
    throw new Malformed(`client data: DHCP option ${code}: not a subnet mask`);
  }
  return prefixLength;
}

/** Bits beyond the prefix are sent as zero: RFC 3442 wants the subnet number. */
function encodeRoute({ destination, prefixLength, gateway }: Route): Uint8Array {
  checkRange('prefix length', prefixLength, 0, 32);
  const kept = mask(prefixLength);
  const network = encodeAddress(destination).map((octet, index) => octet & kept[index]!);
  const significant = network.subarray(0, Math.ceil(prefixLength / 8));
  return concat(Uint8Array.of(prefixLength), significant, encodeAddress(gateway));
}

/** RFC 3442: option 121 takes the place of option 3. */
function decodeRoutes(classless: Uint8Array | undefined, router: Uint8Array | undefined): Route[] {
  const code = Option.classlessRoutes;
  if (classless === undefined) {
    const [gateway] = decodeAddresses(Option.router, router);
    return gateway === undefined ? [] : [{ destination: '0.0.0.0', prefixLength: 0, gateway }];
  }
  const routes: Route[] = [];
  for (let offset = 0; offset < classless.length; ) {
    const prefixLength = classless[offset]!;
    const significant = Math.ceil(prefixLength / 8);
    const end = offset + 1 + significant + 4;
    if (prefixLength > 32 || end > classless.length)
      throw new Malformed(`client data: DHCP option ${code}: broken route`);
    const destination = new Uint8Array(4);
    destination.set(classless.subarray(offset + 1, offset + 1 + significant));
    const bits = viewOf(destination).getUint32(0);
    if ((bits & viewOf(mask(prefixLength)).getUint32(0)) >>> 0 !== bits) {
      throw new Malformed(`client data: DHCP option ${code}: bits beyond the prefix`);
    }
    routes.push({
      destination: destination.join('.'),
      prefixLength,
      gateway: classless.subarray(end - 4, end).join('.'),
    });
    offset = end;
  }
  if (routes.length === 0) throw new Malformed(`client data: DHCP option ${code}: no route`);
  return routes;
}

function reserved(code: number, address: Uint8Array): Uint8Array {
  if (!isReservable(address)) throw new Misuse('a reserved physical address is 6 octets, locally administered unicast');
  return concat(Uint8Array.of(code, 6), address);
}

function decodeReserved(value: Uint8Array): Pick<NetworkSettings, 'clientPhysical' | 'serverPhysical'> {
  const found = new Map<number, Uint8Array>();
  for (let offset = 0; offset < value.length; ) {
    const code = value[offset]!;
    const end = offset + 2 + (value[offset + 1] ?? 0);
    if (end > value.length || offset + 2 > value.length) throw new Malformed('client data: DHCP option 43 is cut');
    found.set(code, value.slice(offset + 2, end));
    offset = end;
  }
  const take = (code: number): Uint8Array => {
    const address = found.get(code);
    if (address === undefined || !isReservable(address)) {
      throw new Malformed(
        `client data: DHCP option 43, sub-option ${code}: not a locally administered unicast address`,
      );
    }
    return address;
  };
  const clientPhysical = take(Reserved.client);
  const serverPhysical = take(Reserved.server);
  if (clientPhysical.every((octet, index) => octet === serverPhysical[index])) {
    throw new Malformed('client data: DHCP option 43: both adapters have the same physical address');
  }
  return { clientPhysical, serverPhysical };
}

/** IEEE 802: bit 1 of the first octet is set (local), bit 0 is not (unicast). */
const isReservable = (address: Uint8Array): boolean => address.length === 6 && (address[0]! & 0b11) === 0b10;

function decodeDomains(value: Uint8Array | undefined): string[] {
  const domains: string[] = [];
  for (let offset = 0; offset < (value?.length ?? 0); ) {
    const found = decodeDomain(value!, offset, true);
    if (found === undefined || found.name === '')
      throw new Malformed(`client data: DHCP option ${Option.domainSearch}: broken name`);
    domains.push(found.name);
    offset = found.end;
  }
  return domains;
}

function decodeText(code: number, value: Uint8Array): string {
  const text = fromAscii(value);
  if (!/^[A-Za-z0-9._-]+$/.test(text)) throw new Malformed(`client data: DHCP option ${code}: not a domain name`);
  return text;
}

function u32(value: number): Uint8Array {
  const octets = new Uint8Array(4);
  viewOf(octets).setUint32(0, value);
  return octets;
}

function number(code: number, value: Uint8Array, size: 2 | 4, least: number): number {
  if (value.length !== size)
    throw new Malformed(`client data: DHCP option ${code}: ${value.length} octets, not ${size}`);
  const view = viewOf(value);
  const result = size === 2 ? view.getUint16(0) : view.getUint32(0);
  if (result < least) throw new Malformed(`client data: DHCP option ${code}: ${result}, at least ${least}`);
  return result;
}
