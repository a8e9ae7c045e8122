/** The way that leads to a host by the kernel's main routing table. */
import { bitsOf, contains, hostPrefix } from '../../packets/prefix.ts';
import type { Hop, KernelRoute } from '../programs/iproute2.ts';

/**
 * Who laid a route, for the kernel and for administrators (<linux/rtnetlink.h>, rtm_protocol). Above RTPROT_STATIC the
 * kernel leaves the numbers to whoever wants them; 80, P for pseudo, is none of those in that header or in rt_protos.
 */
export const ROUTE_PROTOCOL = '80';

/** Whether this project laid the route, to one host alone: /32 or /128. */
export function isPin({ prefix, protocol }: KernelRoute): boolean {
  return protocol === ROUTE_PROTOCOL && prefix.length === bitsOf(prefix.address);
}

/**
 * The way that packets to a host would take without any tunnel: longest prefix, then lowest metric.
 * @param table the whole one of the host's family
 * @param device the adapter, whose routes do not count, whoever laid them
 * @returns words for `ip route`; undefined when there is no way
 */
export function wayTo(address: string, table: readonly KernelRoute[], device: string): readonly string[] | undefined {
  const host = hostPrefix(address);
  let best: KernelRoute | undefined;
  for (const route of table) {
    if (route.protocol === ROUTE_PROTOCOL || route.dev === device || route.flags?.includes('dead')) continue;
    if (!contains(route.prefix, host)) continue;
    const ahead = best === undefined ? 1 : route.prefix.length - best.prefix.length;
    if (ahead > 0 || (ahead === 0 && (route.metric ?? 0) < (best?.metric ?? 0))) best = route;
  }
  return best === undefined || best.type !== undefined ? undefined : wordsOf(best);
}

/** Words for `ip route` that lay the same route again; of several paths the first that is not dead. */
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
