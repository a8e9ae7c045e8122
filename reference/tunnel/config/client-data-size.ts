/** How much client data a configuration makes: all of it has to fit into one RESPONSE frame. */
import { isIpv6 } from '../../packets/addresses.ts';
import type { Prefix } from '../../packets/prefix.ts';

/**
 * Octets of routes, DNS servers and names. A RESPONSE of 16384 octets with the suite hybrid leaves 15078 for client data,
 * of which the domain, the options that are always there and the heads of long ones (RFC 3396) take less than 500.
 */
export const largestClientData = 14_500;

interface Lists {
  readonly routes: readonly Prefix[];
  readonly dns: readonly string[];
  readonly search: readonly string[];
}

/** RFC 3442, 4191 and 8106: octets of what the lists say. @param six whether the search list is told in IPv6 too */
export function clientDataSize({ routes, dns, search }: Lists, six: boolean): number {
  const names = sum(search.map((name) => name.length + 2));
  return sum(routes.map(routeSize)) + sum(dns.map((address) => (isIpv6(address) ? 16 : 4))) + names * (six ? 2 : 1);
}

function routeSize({ address, length }: Prefix): number {
  return isIpv6(address) ? 8 + 8 * Math.ceil(length / 64) : 5 + Math.ceil(length / 8);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
