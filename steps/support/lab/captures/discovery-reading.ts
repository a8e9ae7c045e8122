/** What Wireshark's dissectors read in advertisements of neighbour discovery, and what they have to read. */
import type { Ipv6Settings } from '../../../../reference/wire/ipv6-settings.ts';
import { virtualLan, virtualLan6 } from '../networks/virtual-lan.ts';
import { type } from '../packets/neighbour-packets.ts';
import { readFields } from './dissector.ts';

/** Lists are in order of the packet; addresses are text. */
export interface Reading {
  readonly ends: readonly string[];
  readonly hopLimit: string;
  /** Type and code. */
  readonly message: string;
  /** Of a neighbour advertisement: flags and target. */
  readonly neighbour: readonly string[];
  /** Of a router advertisement: router lifetime in seconds. */
  readonly routerLifetime: string;
  /** Types, sorted as text. */
  readonly options: readonly string[];
  /** Source or target link-layer address. */
  readonly physical: string;
  /** The /64, then the routes, sorted as text: their order is free. What is before the slash of a default route is not written. */
  readonly prefixes: readonly string[];
  readonly prefixFlags: string;
  /** Seconds, of all options that have one. */
  readonly lifetimes: readonly string[];
  readonly mtu: string;
  readonly servers: readonly string[];
  readonly search: readonly string[];
}

const option = 'icmpv6.opt';
const lifetimes = ['prefix.valid_lifetime', 'prefix.preferred_lifetime', 'route_lifetime', 'rdnss.lifetime'];
const fields = [
  ...['eth.src', 'eth.dst', 'ipv6.src', 'ipv6.dst', 'ipv6.hlim', 'icmpv6.type', 'icmpv6.code'],
  ...['icmpv6.nd.na.flag', 'icmpv6.nd.na.target_address', 'icmpv6.nd.ra.router_lifetime'],
  ...['type', 'linkaddr', 'prefix', 'prefix.length', 'prefix.flag', 'mtu', 'rdnss', 'dnssl', 'dnssl.lifetime'].map(
    (name) => `${option}.${name}`,
  ),
  ...lifetimes.map((name) => `${option}.${name}`),
];
const infinity = String(0xffff_ffff);

/** @returns one reading for each packet of the file */
export async function readings(file: string): Promise<Reading[]> {
  return (await readFields(file, fields)).map((values) => {
    const of = (name: string): string => values[fields.indexOf(name)] ?? '';
    const list = (name: string): string[] => of(`${option}.${name}`).split('|').filter(Boolean);
    return {
      ends: ['eth.src', 'eth.dst', 'ipv6.src', 'ipv6.dst'].map(of),
      hopLimit: of('ipv6.hlim'),
      message: `${of('icmpv6.type')} ${of('icmpv6.code')}`,
      neighbour: [of('icmpv6.nd.na.flag'), of('icmpv6.nd.na.target_address')],
      routerLifetime: of('icmpv6.nd.ra.router_lifetime'),
      options: list('type').toSorted(),
      physical: of(`${option}.linkaddr`),
      prefixes: prefixesOf(list('type'), list('prefix'), list('prefix.length')),
      prefixFlags: of(`${option}.prefix.flag`),
      lifetimes: [...lifetimes, 'dnssl.lifetime'].flatMap(list),
      mtu: of(`${option}.mtu`),
      servers: list('rdnss'),
      search: list('dnssl'),
    };
  });
}

const prefixInformation = '3';
const routeInformation = '24';

/** @param lists each in order of the packet: types of all options, prefixes that are written out, lengths */
function prefixesOf(types: readonly string[], prefixes: readonly string[], lengths: readonly string[]): string[] {
  const written = [...prefixes];
  const entries = lengths.map((length) => {
    if (length !== '0') return `${written.shift() ?? '?'}/${length}`;
    // It may have an address nevertheless: RFC 4191 §2.3.
    if (written[0] === '::') written.shift();
    return '/0';
  });
  const owners = types.filter((type) => type === prefixInformation || type === routeInformation);
  const of = (wanted: string): string[] => entries.filter((_, index) => owners[index] === wanted).toSorted();
  return [...of(prefixInformation), ...of(routeInformation), ...entries.slice(owners.length), ...written];
}

/** A route as a reading has it. */
export const readingOfRoute = ({ address, length }: Ipv6Settings['routes'][number]): string =>
  `${length === 0 ? '' : address}/${length}`;

/** To the stack that asked, or to all nodes. */
export type To = 'stack' | 'all';

const head = (to: To, message: number) => ({
  ends: [
    virtualLan.serverPhysical,
    ...(to === 'stack' ? [virtualLan.clientPhysical] : ['33:33:00:00:00:01']),
    virtualLan6.serverLinkLocal,
    ...(to === 'stack' ? [virtualLan6.clientLinkLocal] : ['ff02::1']),
  ],
  hopLimit: '255',
  message: `${message} 0`,
  physical: virtualLan.serverPhysical,
});

/** RFC 4861 §4.4: solicited, override, and from a router. */
export function neighbourAdvertisement(): Reading {
  return {
    ...head('stack', type.advertisement),
    neighbour: ['0xe0000000', virtualLan6.serverLinkLocal],
    routerLifetime: '',
    options: ['2'],
    prefixes: [],
    prefixFlags: '',
    lifetimes: [],
    mtu: '',
    servers: [],
    search: [],
  };
}

/**
 * RFC 4861 §4.2. What does not fit is left out, so `settings` has to be what fits.
 * @param read for a default router any lifetime above 0 will do, the router's physical address may be left out, and the
 *   servers, like the names of the search list, may share an option or have one each
 */
export function routerAdvertisement(settings: Ipv6Settings, to: To, read: Reading): Reading {
  const { prefix, routes, dns, search, mtu } = settings;
  const routed = routes.filter(({ length }) => length > 0);
  const { routerLifetime } = read;
  const hasPhysical = read.options.includes('1');
  const types = [...(hasPhysical ? [1] : []), 3, ...(mtu === undefined ? [] : [5]), ...routes.map(() => 24)];
  const shared = (of: string, values: readonly string[]): string[] => {
    const count = read.options.filter((one) => one === of).length;
    return values.slice(0, Math.max(count, 1)).map(() => of);
  };
  const dnsTypes = [...shared('25', dns), ...shared('31', search)];
  // Two lifetimes of the prefix, one of each other option.
  const timed = 2 + routes.length + dnsTypes.length;
  return {
    ...head(to, type.routerAdvertisement),
    ...(hasPhysical ? {} : { physical: '' }),
    neighbour: ['', ''],
    routerLifetime: routed.length === routes.length ? '0' : Number(routerLifetime) > 0 ? routerLifetime : 'above 0',
    options: [...types.map(String), ...dnsTypes].toSorted(),
    prefixes: [`${prefix}/64`, ...routes.map(readingOfRoute).toSorted()],
    prefixFlags: '0x40',
    lifetimes: Array<string>(timed).fill(infinity),
    mtu: mtu === undefined ? '' : String(mtu),
    servers: dns,
    search,
  };
}
