/** What of the client data a tunnel initiator accepts ([EP] fig. 23, 508): a server configures no more than it may. */
import { isIP } from 'node:net';
import { contains, kindOf, type Prefix, parsePrefix, reservedWithin } from '../addresses.ts';
import type { ClientFile } from '../config/schemas.ts';

/** The part of the client data that policy judges; the rest passes as it is. */
export interface Offered {
  readonly address: string;
  readonly prefixLength: number;
  readonly serverAddress: string;
  readonly routes: readonly { readonly destination: string; readonly prefixLength: number; readonly gateway: string }[];
  readonly dns: readonly string[];
  readonly mtu?: number | undefined;
}

/** An option of the client data that is refused, and why: a line for the user. */
export interface Refused {
  readonly option: string;
  readonly reason: string;
}

export interface Verdict<Settings extends Offered> {
  /** What remains; undefined when the adapter can't be configured with it. */
  readonly accepted: Settings | undefined;
  readonly refused: readonly Refused[];
}

/** RFC 8200 §5: IPv6 wants links that carry this much. */
const lowestMtu = 1280;

/** @param connected the subnets that this machine's other adapters are on; a tunnel must not draw their traffic. */
export function judge<Settings extends Offered>(
  offered: Settings,
  accept: ClientFile['accept'],
  connected: readonly Prefix[],
): Verdict<Settings> {
  const refused: Refused[] = [];
  const passes = (option: string, reason: string | undefined): boolean => {
    if (reason !== undefined) refused.push({ option, reason });
    return reason === undefined;
  };
  const prefixes = accept.prefixes.map(parsePrefix);
  const lan = { address: offered.address, length: offered.prefixLength };
  const usable = [
    passes('address (50)', faultOfHost(offered.address) ?? faultOfSubnet(lan, connected)),
    passes('server address (54)', faultOfHost(offered.serverAddress) ?? outside(offered.serverAddress, lan)),
  ].every(Boolean);
  const faultOfGateway = ({ gateway }: { readonly gateway: string }): string | undefined =>
    gateway === offered.serverAddress
      ? undefined
      : `its gateway ${gateway} is not the server's ${offered.serverAddress}`;
  const faultOfRoute = (prefix: Prefix): string | undefined => {
    if (prefix.length > 0) return faultOfPrefix(prefix, prefixes, connected);
    return accept.defaultRoute ? undefined : 'a default route needs "accept": {"defaultRoute": true}';
  };
  const { mtu, ...rest } = offered;
  const mtuFits = mtu === undefined || passes('MTU (26)', mtu < lowestMtu ? `${mtu} is below ${lowestMtu}` : undefined);
  const accepted = {
    ...rest,
    routes: offered.routes.filter((route) => {
      const prefix = { address: route.destination, length: route.prefixLength };
      return passes(`route (121) ${prefix.address}/${prefix.length}`, faultOfGateway(route) ?? faultOfRoute(prefix));
    }),
    dns: offered.dns.filter((server) =>
      passes(`DNS server (6) ${server}`, accept.dns ? faultOfHost(server) : '"accept": {"dns": false}'),
    ),
    ...(mtuFits && mtu !== undefined ? { mtu } : {}),
  } as unknown as Settings;
  return { accepted: usable ? accepted : undefined, refused };
}

function faultOfHost(address: string): string | undefined {
  if (isIP(address) === 0) return `${address} is not an address`;
  const kind = kindOf(address);
  return kind === 'ordinary' ? undefined : `${address} is ${kind}`;
}

function faultOfPrefix(prefix: Prefix, accepted: readonly Prefix[], connected: readonly Prefix[]): string | undefined {
  const text = `${prefix.address}/${prefix.length}`;
  const reserved = reservedWithin(prefix);
  if (reserved !== undefined) return `${text} shares addresses with ${reserved.prefix}, which is ${reserved.kind}`;
  if (!accepted.some((outer) => contains(outer, prefix))) return `${text} is not among "accept": {"prefixes"}`;
  return faultOfSubnet(prefix, connected);
}

function faultOfSubnet(prefix: Prefix, connected: readonly Prefix[]): string | undefined {
  const text = `${prefix.address}/${prefix.length}`;
  const subnet = connected.find((own) => contains(own, prefix));
  return subnet && `${text} is in the subnet ${subnet.address}/${subnet.length}, to which this machine is connected`;
}

function outside(address: string, lan: Prefix): string | undefined {
  const inside = contains(lan, { address, length: isIP(address) === 6 ? 128 : 32 });
  return inside ? undefined : `${address} is not in the virtual LAN ${lan.address}/${lan.length}`;
}
