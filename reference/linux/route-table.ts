/** The kernel's main routing table, as `ip` prints it, and the way that leads to a host. */

import { isIpv6 } from '../packets/addresses.ts';
import { contains, hostPrefix, type Prefix, parsePrefix } from '../packets/prefix.ts';
import { family, ip } from './iproute2.ts';

/**
 * Who laid a route, for the kernel and for administrators (<linux/rtnetlink.h>, rtm_protocol). Above RTPROT_STATIC the
 * kernel leaves the numbers to whoever wants them; 80, P for pseudo, is none of those in that header or in rt_protos.
 */
export const ROUTE_PROTOCOL = '80';

/** One path of a route. */
interface Hop {
  readonly dev?: string;
  readonly gateway?: string;
  /** A gateway of the other family. */
  readonly via?: { readonly family: string; readonly host: string };
  readonly flags?: readonly string[];
}

/** A line of `ip -N -j route show`. */
export interface KernelRoute extends Hop {
  /** `default`, a prefix, or an address without length. */
  readonly dst: string;
  /** Absent at a route that leads somewhere; otherwise it is unreachable, prohibited and so on. */
  readonly type?: string;
  /** A number as text. */
  readonly protocol?: string;
  readonly metric?: number;
  readonly prefsrc?: string;
  readonly nexthops?: readonly Hop[];
}

/** @param filter more words for `ip route show`, such as dev, pna0 */
export async function readTable(six: boolean, ...filter: readonly string[]): Promise<readonly KernelRoute[]> {
  return (await ip('-N', six ? '-6' : '-4', 'route', 'show', 'table', 'main', ...filter)) as KernelRoute[];
}

export function prefixOf(destination: string, six: boolean): Prefix {
  return parsePrefix(destination === 'default' ? (six ? '::/0' : '0.0.0.0/0') : destination);
}

export function isPin({ dst, protocol }: KernelRoute): boolean {
  return protocol === ROUTE_PROTOCOL && dst !== 'default' && !dst.includes('/');
}

/**
 * The way that packets to a host would take without any tunnel: longest prefix, then lowest metric.
 * @param table the whole one of the host's family
 * @param device the adapter, whose routes do not count, whoever laid them
 * @returns words for `ip route`; undefined when there is no way
 */
export function wayTo(address: string, table: readonly KernelRoute[], device: string): readonly string[] | undefined {
  const six = isIpv6(address);
  const host = hostPrefix(address);
  let best: KernelRoute | undefined;
  for (const route of table) {
    if (route.protocol === ROUTE_PROTOCOL || route.dev === device || route.flags?.includes('dead')) continue;
    const prefix = prefixOf(route.dst, six);
    if (!contains(prefix, host)) continue;
    const ahead = best === undefined ? 1 : prefix.length - prefixOf(best.dst, six).length;
    if (ahead > 0 || (ahead === 0 && (route.metric ?? 0) < (best?.metric ?? 0))) best = route;
  }
  return best === undefined || best.type !== undefined ? undefined : wordsOf(best);
}

/** How a route that leads somewhere was laid; the first path that lives where it has several. */
export function wordsOf(route: KernelRoute): readonly string[] {
  const {
    dev,
    gateway,
    via,
    flags = [],
  } = route.nexthops?.find((hop) => !hop.flags?.includes('dead')) ?? (route as Hop);
  return [
    ...(gateway === undefined ? [] : ['via', gateway]),
    ...(via === undefined ? [] : ['via', via.family, via.host]),
    ...(dev === undefined ? [] : ['dev', dev]),
    ...(route.prefsrc === undefined ? [] : ['src', route.prefsrc]),
    ...(flags.includes('onlink') ? ['onlink'] : []),
  ];
}

/** @param words without `ip -4 route` */
export async function changeRoute(address: string, ...words: readonly string[]): Promise<void> {
  await ip(...family(address), 'route', ...words);
}
