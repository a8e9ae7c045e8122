/** What the local stack is to be told of client data: addresses and routes of both families. */

import type { Address } from '../../linux/routing/address.ts';
import { ipv6Octets, ipv6Text } from '../../packets/addresses.ts';
import { interfaceAddress, linkLocalOf } from '../../packets/interface-identifier.ts';
import type { Prefix, Route } from '../../packets/prefix.ts';
import type { NetworkSettings } from '../../wire/network-settings.ts';

/** Everything that the client data routes through the adapter, whether we lay the route or a DHCP client does. */
export function reachableBy(settings: NetworkSettings): Prefix[] {
  return [...addressesOf(settings), ...routesOf(settings)].map(({ address, length }) => ({ address, length }));
}

/** In IPv6 the address that autoconfiguration would choose. The /64 has no other nodes, so it needs no route. */
export function addressesOf({ address, prefixLength, ipv6, clientPhysical }: NetworkSettings): Address[] {
  const six = ipv6 && {
    address: ipv6Text(interfaceAddress(ipv6Octets(ipv6.prefix), clientPhysical)),
    length: 64,
    prefixRoute: false,
  };
  return [{ address, length: prefixLength }, ...(six ? [six] : [])];
}

/**
 * IPv4 routes as they came; those of IPv6 through the link-local address that follows from the server's reserved physical
 * address (docs/protocol.md, section 6).
 */
export function routesOf({ routes, ipv6, serverPhysical }: NetworkSettings): Route[] {
  const gateway = ipv6Text(linkLocalOf(serverPhysical));
  return [...routes, ...(ipv6?.routes ?? []).map((prefix) => ({ ...prefix, gateway }))];
}
