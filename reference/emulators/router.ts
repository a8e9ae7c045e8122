/** The router that a tunnel client's local stack sees: which part of the client data it advertises (RFC 4861 §6.2.3). */
import { concat } from '../octets.ts';
import { ipv6Octets } from '../packets/addresses.ts';
import { type NeighbourOption, NeighbourOptionType } from '../packets/neighbour-options.ts';
import { fromIpv6Settings, type Ipv6Settings } from '../wire/ipv6-settings.ts';
import type { RouterAdvertisement } from './neighbour.ts';

/** Seconds: AdvDefaultLifetime and MaxRtrAdvInterval of RFC 4861 §6.2.1. */
const DEFAULT_LIFETIME = 1800;
export const ADVERTISEMENT_INTERVAL = 600;

/** If not all options fit, the last are left out: routes, since the tunnel application installs them too. */
const RANK: readonly number[] = [
  NeighbourOptionType.prefix,
  NeighbourOptionType.mtu,
  NeighbourOptionType.dnsServer,
  NeighbourOptionType.dnsSearch,
  NeighbourOptionType.route,
];

/**
 * @param physical the reserved physical address of the server's adapter, 6 octets
 * @param formerPrefix the client's previous /64, RFC 5952 text
 */
export function routerOf(settings: Ipv6Settings, physical: Uint8Array, formerPrefix?: string): RouterAdvertisement {
  const rankOf = ({ type }: NeighbourOption): number => RANK.indexOf(type);
  const options = fromIpv6Settings(settings).toSorted((one, other) => rankOf(one) - rankOf(other));
  if (formerPrefix !== undefined && formerPrefix !== settings.prefix)
    options.splice(1, 0, withdrawnPrefix(formerPrefix));
  const isDefault = settings.routes.some(({ length }) => length === 0);
  return { physical, options, routerLifetime: isDefault ? DEFAULT_LIFETIME : 0 };
}

/** For a client that no longer has IPv6: its former /64 is withdrawn, and there is no router. */
export function withdrawalAdvertisement(formerPrefix: string, physical: Uint8Array): RouterAdvertisement {
  return { physical, options: [withdrawnPrefix(formerPrefix)], routerLifetime: 0 };
}

/** Prefix Information with lifetimes of 0: addresses of the prefix are no longer used (RFC 4862 §5.5.3). */
function withdrawnPrefix(prefix: string): NeighbourOption {
  const autonomous = Uint8Array.of(64, 0x40, ...new Uint8Array(12));
  return { type: NeighbourOptionType.prefix, value: concat(autonomous, ipv6Octets(prefix)) };
}
