/** The options that the DHCP server emulator hands out ([EP] fig. 23, 508 and 512). */
import { ascii, concat, pack, u16 } from '../octets.ts';
import { ipv4Octets } from '../packets/addresses.ts';
import { encodeClasslessRoute } from '../packets/classless-routes.ts';
import { type DhcpOption, DhcpOptionCode, dhcpOptions, longestDhcpValue } from '../packets/dhcp-options.ts';
import { compressDomains } from '../packets/domain-names.ts';
import { maskOctets } from '../packets/prefix.ts';
import type { NetworkSettings } from '../wire/network-settings.ts';

/** The part of the client data ([EP] fig. 8, 162) that DHCP hands on. */
export type DhcpSettings = Omit<NetworkSettings, 'clientPhysical'>;

/**
 * The configuration: the options that a client needs most stand first.
 * @param parameterRequestList the codes that the client asks for
 */
export function configuration(settings: DhcpSettings, parameterRequestList: readonly number[]): DhcpOption[] {
  const { prefixLength, routes, dns, domain, search, mtu } = settings;
  const defaultRoute = routes.find(({ length }) => length === 0);
  // No route is cut, so that each option can be read without the others.
  const routeValues = pack(routes.map(encodeClasslessRoute), longestDhcpValue);
  const routeOptions = (code: number): DhcpOption[] => routeValues.map((value) => ({ code, value }));
  return [
    ...dhcpOptions(DhcpOptionCode.subnetMask, maskOctets(prefixLength)),
    ...dhcpOptions(DhcpOptionCode.router, defaultRoute && ipv4Octets(defaultRoute.gateway)),
    ...routeOptions(DhcpOptionCode.classlessRoutes),
    ...dhcpOptions(DhcpOptionCode.interfaceMtu, mtu === undefined ? undefined : u16(mtu)),
    ...dhcpOptions(DhcpOptionCode.domainNameServer, dns.length === 0 ? undefined : concat(...dns.map(ipv4Octets))),
    ...dhcpOptions(DhcpOptionCode.domainName, domain === undefined ? undefined : ascii(domain)),
    ...dhcpOptions(DhcpOptionCode.domainSearch, search.length === 0 ? undefined : compressDomains(search)),
    ...(parameterRequestList.includes(DhcpOptionCode.classlessRoutesMicrosoft)
      ? routeOptions(DhcpOptionCode.classlessRoutesMicrosoft)
      : []),
  ];
}
