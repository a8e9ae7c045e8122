/** What of the client data a tunnel initiator accepts ([EP] fig. 23, 508): a server configures no more than it may. */

import { isIP } from 'node:net';
import { contains, type Prefix, parsePrefix, prefixText, type Route } from '../../packets/prefix.ts';
import { kindOf, reservedFault } from '../../packets/reserved.ts';
import type { Ipv6Settings } from '../../wire/ipv6-settings.ts';
import type { ClientFile } from '../config/schemas.ts';

/** The part of the client data that policy judges; the rest passes as it is. */
export interface Offered {
  readonly address: string;
  readonly prefixLength: number;
  readonly serverAddress: string;
  readonly routes: readonly Route[];
  readonly dns: readonly string[];
  readonly mtu?: number | undefined;
  readonly ipv6?: Ipv6Settings | undefined;
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

/** What judges one value after the other, and remembers what it refused. */
interface Bench {
  /** @param reason why it is refused, if it is */
  readonly passes: (option: string, reason: string | undefined) => boolean;
  readonly faultOfRoute: (prefix: Prefix) => string | undefined;
  readonly faultOfSubnet: (prefix: Prefix) => string | undefined;
  readonly faultOfServer: (address: string) => string | undefined;
}

/** @param connected the subnets that this machine's other adapters are on; a tunnel must not draw their traffic. */
export function judge<Settings extends Offered>(
  offered: Settings,
  accept: ClientFile['accept'],
  connected: readonly Prefix[],
): Verdict<Settings> {
  const refused: Refused[] = [];
  const prefixes = accept.prefixes.map(parsePrefix);
  const bench: Bench = {
    passes: (option, reason) => {
      if (reason !== undefined) refused.push({ option, reason });
      return reason === undefined;
    },
    faultOfRoute: (prefix) => {
      if (prefix.length > 0) return faultOfPrefix(prefix, prefixes, connected);
      return accept.defaultRoute ? undefined : 'a default route needs "accept": {"defaultRoute": true}';
    },
    faultOfSubnet: (prefix) => faultOfSubnet(prefix, connected),
    faultOfServer: (address) => (accept.dns ? faultOfHost(address) : '"accept": {"dns": false}'),
  };
  const accepted = judgeIpv4(offered, bench);
  const { ipv6: six } = offered;
  const ipv6 = six && bench.passes(ownPrefix(six), faultOfIpv6(six, accept, bench)) ? judgeIpv6(six, bench) : undefined;
  const whole = accepted && ({ ...accepted, ...(ipv6 !== undefined && { ipv6 }) } as unknown as Settings);
  return { accepted: whole, refused };
}

/** @returns all but `ipv6`; undefined when the adapter can't be configured with it */
function judgeIpv4(offered: Offered, bench: Bench): Offered | undefined {
  const { passes, faultOfRoute, faultOfServer } = bench;
  const { mtu, ipv6: _, ...rest } = offered;
  const { address, serverAddress } = offered;
  const lan = { address, length: offered.prefixLength };
  const usable = [
    passes('address (50)', faultOfHost(address) ?? bench.faultOfSubnet(lan)),
    passes('server address (54)', faultOfHost(serverAddress) ?? outside(serverAddress, lan)),
  ].every(Boolean);
  const faultOfGateway = ({ gateway }: { readonly gateway: string }): string | undefined =>
    gateway === serverAddress ? undefined : `its gateway ${gateway} is not the server's ${serverAddress}`;
  const mtuFits = mtu === undefined || passes('MTU (26)', faultOfMtu(mtu));
  const accepted = {
    ...rest,
    routes: offered.routes.filter((route) =>
      passes(`route (121) ${prefixText(route)}`, faultOfGateway(route) ?? faultOfRoute(route)),
    ),
    dns: offered.dns.filter((server) => passes(`DNS server (6) ${server}`, faultOfServer(server))),
    ...(mtuFits && mtu !== undefined ? { mtu } : {}),
  };
  return usable ? accepted : undefined;
}

const ownPrefix = ({ prefix }: Ipv6Settings): string => `IPv6 prefix (3) ${prefix}/64`;

/** Why there is no IPv6 at all. */
function faultOfIpv6({ prefix }: Ipv6Settings, accept: ClientFile['accept'], bench: Bench): string | undefined {
  if (!accept.ipv6) return '"accept": {"ipv6": false}';
  return faultOfHost(prefix) ?? bench.faultOfSubnet({ address: prefix, length: 64 });
}

function judgeIpv6(offered: Ipv6Settings, { passes, faultOfRoute, faultOfServer }: Bench): Ipv6Settings {
  const { mtu, ...rest } = offered;
  const mtuFits = mtu === undefined || passes('IPv6 MTU (5)', faultOfMtu(mtu));
  return {
    ...rest,
    routes: offered.routes.filter((prefix) => passes(`IPv6 route (24) ${prefixText(prefix)}`, faultOfRoute(prefix))),
    dns: offered.dns.filter((server) => passes(`IPv6 DNS server (25) ${server}`, faultOfServer(server))),
    ...(mtuFits && mtu !== undefined ? { mtu } : {}),
  };
}

function faultOfMtu(mtu: number): string | undefined {
  return mtu < lowestMtu ? `${mtu} is below ${lowestMtu}` : undefined;
}

function faultOfHost(address: string): string | undefined {
  if (isIP(address) === 0) return `${address} is not an address`;
  const kind = kindOf(address);
  return kind === 'ordinary' ? undefined : `${address} is ${kind}`;
}

function faultOfPrefix(prefix: Prefix, accepted: readonly Prefix[], connected: readonly Prefix[]): string | undefined {
  const text = prefixText(prefix);
  const reserved = reservedFault(prefix);
  if (reserved !== undefined) return reserved;
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
