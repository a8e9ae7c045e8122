/** What the local stack is to be told of client data: addresses and routes of both families. */

import type { Address } from '../../linux/address.ts';
import { ipv6Octets, ipv6Text } from '../../packets/addresses.ts';
import { interfaceAddress, linkLocalOf } from '../../packets/interface-identifier.ts';
import type { Prefix, Route } from '../../packets/prefix.ts';
import type { NetworkSettings } from '../../wire/network-settings.ts';

/** Whatever the client data lays through the adapter, by our hand or by a DHCP client's. */
export function reachableBy(settings: NetworkSettings): Prefix[] {
  return [...addressesOf(settings), ...routesOf(settings)].map(({ address, length }) => ({ address, length }));
}

/** In IPv6 the one that autoconfiguration would choose: the /64 has no other nodes, so it is no route. */
export function addressesOf({ address, prefixLength, ipv6, clientPhysical }: NetworkSettings): Address[] {
  const six = ipv6 && {
    address: ipv6Text(interfaceAddress(ipv6Octets(ipv6.prefix), clientPhysical)),
    length: 64,
    prefixRoute: false,
  };
  return [{ address, length: prefixLength }, ...(six ? [six] : [])];
}

export function routesOf({ routes, ipv6, serverPhysical }: NetworkSettings): Route[] {
  const gateway = ipv6Text(linkLocalOf(serverPhysical));
  return [...routes, ...(ipv6?.routes ?? []).map((prefix) => ({ ...prefix, gateway }))];
}
