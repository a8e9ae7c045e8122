/** The options that the DHCP server emulator hands out ([EP] fig. 23, 508 and 512). */
import { ascii, concat, pack, u16 } from '../octets.ts';
import { ipv4Octets } from '../packets/addresses.ts';
import { encodeClasslessRoute } from '../packets/classless-routes.ts';
import { DhcpOptionCode as Code, type DhcpOption, dhcpOptions, longestDhcpValue } from '../packets/dhcp-options.ts';
import { compressDomains } from '../packets/domain-names.ts';
import { maskOctets } from '../packets/prefix.ts';
import type { NetworkSettings } from '../wire/network-settings.ts';

/** What the client data says about the network ([EP] fig. 8, 162), as far as DHCP tells it on. */
export type DhcpSettings = Omit<NetworkSettings, 'clientPhysical'>;

/**
 * The configuration, most needed first.
 * @param parameterRequestList the codes that the client asks for
 */
export function configuration(settings: DhcpSettings, parameterRequestList: readonly number[]): DhcpOption[] {
  const { prefixLength, routes, dns, domain, search, mtu } = settings;
  const defaultRoute = routes.find(({ length }) => length === 0);
  // No route is cut, so each option reads alone.
  const routeValues = pack(routes.map(encodeClasslessRoute), longestDhcpValue);
  const routeOptions = (code: number): DhcpOption[] => routeValues.map((value) => ({ code, value }));
  return [
    ...dhcpOptions(Code.subnetMask, maskOctets(prefixLength)),
    ...dhcpOptions(Code.router, defaultRoute && ipv4Octets(defaultRoute.gateway)),
    ...routeOptions(Code.classlessRoutes),
    ...dhcpOptions(Code.interfaceMtu, mtu === undefined ? undefined : u16(mtu)),
    ...dhcpOptions(Code.domainNameServer, dns.length === 0 ? undefined : concat(...dns.map(ipv4Octets))),
    ...dhcpOptions(Code.domainName, domain === undefined ? undefined : ascii(domain)),
    ...dhcpOptions(Code.domainSearch, search.length === 0 ? undefined : compressDomains(search)),
    ...(parameterRequestList.includes(Code.classlessRoutesMicrosoft)
      ? routeOptions(Code.classlessRoutesMicrosoft)
      : []),
  ];
}
