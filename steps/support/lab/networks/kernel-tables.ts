/** What the kernel of a namespace knows of a device, of the ways to a network and of its neighbours, as `ip` tells it. */
import { isIpv6 } from '../../../../reference/packets/addresses.ts';
import { physicalOctets } from '../../../../reference/packets/physical.ts';
import { run } from '../programs/command.ts';
import { ipJson } from './iproute2.ts';

export type Family = 'IPv4' | 'IPv6';

const flags = { IPv4: '-4', IPv6: '-6' } as const;
const flagOf = (text: string): string => (isIpv6(text) ? flags.IPv6 : flags.IPv4);

export interface Link {
  readonly ifindex: number;
  readonly link_type: string;
  /** The physical address, lower case, with colons. */
  readonly address: string;
  readonly mtu: number;
}

/** @throws LabFailure where there is no such device */
export async function linkOf(namespace: string, device: string): Promise<Link> {
  const [link] = await ipJson<Link>(namespace, 'link', 'show', 'dev', device);
  return link as Link;
}

/** 6 octets. */
export const physicalOf = async (namespace: string, device: string): Promise<Uint8Array> =>
  physicalOctets((await linkOf(namespace, device)).address);

/** An address of a device; the flags are there only where they are true. */
export interface DeviceAddress {
  readonly local: string;
  readonly prefixlen: number;
  readonly dynamic?: boolean;
  readonly tentative?: boolean;
  readonly dadfailed?: boolean;
  readonly deprecated?: boolean;
}

/** @param words of `ip address show` besides, such as scope, global */
export async function addressesOf(
  namespace: string,
  family: Family,
  device: string,
  ...words: readonly string[]
): Promise<DeviceAddress[]> {
  const command = [flags[family], 'address', 'show', 'dev', device, ...words];
  const links = await ipJson<{ addr_info?: readonly DeviceAddress[] }>(namespace, ...command);
  // The filter leaves empty objects where it left something out.
  return links.flatMap(({ addr_info = [] }) => addr_info).filter(({ local }) => local !== undefined);
}

export interface KernelRoute {
  readonly dst: string;
  readonly dev: string;
  readonly gateway?: string;
  readonly protocol?: string;
  readonly metrics?: readonly { readonly mtu?: number }[];
  /** The source address of what takes this route. */
  readonly prefsrc?: string;
}

/** @param words of `ip route show`: a prefix, or dev and a device */
export const routesOf = (
  namespace: string,
  family: Family,
  ...words: readonly string[]
): Promise<readonly KernelRoute[]> => ipJson(namespace, flags[family], 'route', 'show', ...words);

/** Routes to exactly this network. */
export const routesTo = (namespace: string, network: string): Promise<readonly KernelRoute[]> =>
  ipJson(namespace, flagOf(network), 'route', 'show', network);

/** The networks behind a gateway that a device leads to, sorted: not those that an address of the device is in. */
export async function networksBehind(namespace: string, family: Family, device: string): Promise<string[]> {
  const routes = await routesOf(namespace, family, 'dev', device);
  return routes.flatMap(({ dst, gateway }) => (gateway === undefined ? [] : [dst])).sort();
}

/** The route that the kernel takes to an address; undefined if it has none. */
export async function routeTaken(namespace: string, address: string): Promise<KernelRoute | undefined> {
  try {
    return (await ipJson<KernelRoute>(namespace, 'route', 'get', address))[0];
  } catch (error) {
    if (error instanceof Error && error.message.includes('Network is unreachable')) return undefined;
    throw error;
  }
}

/** The physical address that a neighbour's address was resolved to. */
export async function neighbourOf(namespace: string, device: string, address: string): Promise<string | undefined> {
  const [neighbour] = await ipJson<{ lladdr?: string }>(namespace, 'neighbour', 'show', address, 'dev', device);
  return neighbour?.lladdr;
}

/** TCP connections that are established at a port of the namespace, in either family. */
export async function establishedAt(namespace: string, port: number): Promise<number> {
  const text = await run(['cat', '/proc/net/tcp', '/proc/net/tcp6'], { namespace });
  const local = port.toString(16).toUpperCase().padStart(4, '0');
  return text.split('\n').filter((line) => new RegExp(`^ *\\d+: [0-9A-F]+:${local} \\S+ 01 `).test(line)).length;
}

/** How many TCP connections are established in a namespace, and on how many of them the timer of keep-alive runs. */
export async function keptAlive(namespace: string): Promise<{ readonly established: number; readonly asked: number }> {
  const text = await run(['cat', '/proc/net/tcp', '/proc/net/tcp6'], { namespace });
  // State 01, and timer 02 unless octets are unacknowledged for the moment.
  const timers = [...text.matchAll(/^ *\d+: \S+ \S+ 01 \S+ (\d\d):/gm)].map(([, timer]) => timer);
  return { established: timers.length, asked: timers.filter((timer) => timer === '02').length };
}

/** Octets that have passed through a device, both ways. */
export async function octetsThrough(namespace: string, device: string): Promise<number> {
  interface Counts {
    readonly stats64: { readonly rx: { readonly bytes: number }; readonly tx: { readonly bytes: number } };
  }
  const [link] = await ipJson<Counts>(namespace, '-stats', 'link', 'show', 'dev', device);
  return (link?.stats64.rx.bytes ?? 0) + (link?.stats64.tx.bytes ?? 0);
}
