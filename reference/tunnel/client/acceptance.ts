/** What of the client data a tunnel initiator accepts ([EP] fig. 23, 508): a server configures no more than it may. */
import { isIP } from 'node:net';
import { contains, hostPrefix, type Prefix, prefixText } from '../../packets/prefix.ts';
import { kindOf, reservedFault } from '../../packets/reserved.ts';
import type { NetworkSettings } from '../../wire/network-settings.ts';
import type { ClientFile } from '../config/schemas.ts';

/** An option of the client data that is refused, and why: a line for the user. */
export interface Refused {
  readonly option: string;
  readonly reason: string;
}

export interface Verdict {
  /** What remains; undefined when the adapter can't be configured with it. */
  readonly accepted: NetworkSettings | undefined;
  readonly refused: readonly Refused[];
}

/** RFC 8200 §5: IPv6 wants links that carry this much. */
const lowestMtu = 1280;

/** What both families have alike. */
interface Lists<Route> {
  readonly routes: readonly Route[];
  readonly dns: readonly string[];
  readonly mtu?: number;
}

/** @param connected the subnets that this machine's other adapters are on; a tunnel must not draw their traffic. */
export function judge(offered: NetworkSettings, accept: ClientFile['accept'], connected: readonly Prefix[]): Verdict {
  const refused: Refused[] = [];
  /** @param reason why it is refused, if it is */
  const passes = (option: string, reason: string | undefined): boolean => {
    if (reason !== undefined) refused.push({ option, reason });
    return reason === undefined;
  };
  const faultOfRoute = (prefix: Prefix): string | undefined => {
    if (prefix.length > 0) return faultOfPrefix(prefix, accept.prefixes, connected);
    return accept.defaultRoute ? undefined : 'a default route needs "accept": {"defaultRoute": true}';
  };
  const acceptedOf = <Route extends { readonly destination: string; readonly prefixLength: number }>(
    { routes, dns, mtu }: Lists<Route>,
    options: { readonly mtu: string; readonly route: string; readonly dns: string },
    faultOfGateway: (route: Route) => string | undefined = () => undefined,
  ) => {
    const mtuFits =
      mtu !== undefined && passes(options.mtu, mtu < lowestMtu ? `${mtu} is below ${lowestMtu}` : undefined);
    return {
      routes: routes.filter((route) => {
        const prefix = { address: route.destination, length: route.prefixLength };
        return passes(`${options.route} ${prefixText(prefix)}`, faultOfGateway(route) ?? faultOfRoute(prefix));
      }),
      dns: dns.filter((server) =>
        passes(`${options.dns} ${server}`, accept.dns ? faultOfHost(server) : '"accept": {"dns": false}'),
      ),
      ...(mtuFits && { mtu }),
    };
  };

  const { ipv6: offered6, mtu: _, ...offered4 } = offered;
  const { address, serverAddress } = offered;
  const lan = { address, length: offered.prefixLength };
  const usable = [
    passes('address (50)', faultOfHost(address) ?? faultOfSubnet(lan, connected)),
    passes('server address (54)', faultOfHost(serverAddress) ?? outside(serverAddress, lan)),
  ].every(Boolean);
  const accepted4 = acceptedOf(
    offered,
    { mtu: 'MTU (26)', route: 'route (121)', dns: 'DNS server (6)' },
    ({ gateway }) =>
      gateway === serverAddress ? undefined : `its gateway ${gateway} is not the server's ${serverAddress}`,
  );

  /** Without its /64 there is no IPv6 at all. */
  const judge6 = (): NetworkSettings['ipv6'] => {
    if (offered6 === undefined) return undefined;
    const { mtu: _mtu, ...rest } = offered6;
    const own = { address: offered6.prefix, length: 64 };
    const fault = accept.ipv6
      ? (faultOfHost(own.address) ?? faultOfSubnet(own, connected))
      : '"accept": {"ipv6": false}';
    if (!passes(`IPv6 prefix (3) ${prefixText(own)}`, fault)) return undefined;
    const options = { mtu: 'IPv6 MTU (5)', route: 'IPv6 route (24)', dns: 'IPv6 DNS server (25)' };
    return { ...rest, ...acceptedOf(offered6, options) };
  };
  const ipv6 = judge6();
  return { accepted: usable ? { ...offered4, ...accepted4, ...(ipv6 && { ipv6 }) } : undefined, refused };
}

function faultOfHost(address: string): string | undefined {
  if (isIP(address) === 0) return `${address} is not an address`;
  const kind = kindOf(address);
  return kind === 'ordinary' ? undefined : `${address} is ${kind}`;
}

function faultOfPrefix(prefix: Prefix, accepted: readonly Prefix[], connected: readonly Prefix[]): string | undefined {
  const reserved = reservedFault(prefix);
  if (reserved !== undefined) return reserved;
  if (!accepted.some((outer) => contains(outer, prefix)))
    return `${prefixText(prefix)} is not among "accept": {"prefixes"}`;
  return faultOfSubnet(prefix, connected);
}

function faultOfSubnet(prefix: Prefix, connected: readonly Prefix[]): string | undefined {
  const subnet = connected.find((own) => contains(own, prefix));
  return subnet && `${prefixText(prefix)} is in the subnet ${prefixText(subnet)}, to which this machine is connected`;
}

function outside(address: string, lan: Prefix): string | undefined {
  return contains(lan, hostPrefix(address)) ? undefined : `${address} is not in the virtual LAN ${prefixText(lan)}`;
}
