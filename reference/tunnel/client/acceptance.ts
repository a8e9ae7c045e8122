/** What of the client data a tunnel client accepts ([EP] fig. 23, 508): a server configures no more than it may. */
import { addressFamily } from '../../packets/addresses.ts';
import { contains, hostPrefix, lastAddressOf, type Prefix, prefixText } from '../../packets/prefix.ts';
import { kindOf, reservedFault } from '../../packets/reserved.ts';
import type { NetworkSettings } from '../../wire/network-settings.ts';
import type { ClientFile } from '../config/schemas.ts';

/** An option of the client data that is refused, and why: a line for the user. */
interface Refused {
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
/** What a TAP device takes: 65,535 less an Ethernet header. */
const highestMtu = 65_521;

/** The settings that both families have. */
interface Lists<Route> {
  readonly routes: readonly Route[];
  readonly dns: readonly string[];
  readonly mtu?: number;
}

/** @param connected the subnets that this machine's other adapters are on; a tunnel must not draw their traffic. */
export function judge(offered: NetworkSettings, accept: ClientFile['accept'], connected: readonly Prefix[]): Verdict {
  const { ipv6: _ipv6, mtu: _mtu, ...others } = offered;
  const { address, serverAddress } = offered;
  const lan = { address, length: offered.prefixLength };
  const judgement = new Judgement(accept, connected, broadcastOf(lan));
  const usable = [
    judgement.passes('address (50)', judgement.faultOfOwn(lan)),
    judgement.passes('server address (54)', faultOfHost(serverAddress) ?? outside(serverAddress, lan)),
  ].every(Boolean);
  const options = { mtu: 'MTU (26)', route: 'route (121)', dns: 'DNS server (6)' };
  const lists = judgement.lists(offered, options);
  const ipv6 = judge6(offered.ipv6, accept, judgement);
  const accepted = usable ? { ...others, ...lists, ...(ipv6 && { ipv6 }) } : undefined;
  return { accepted, refused: judgement.refused };
}

/** Without its /64 there is no IPv6 at all. */
function judge6(
  offered: NetworkSettings['ipv6'],
  accept: ClientFile['accept'],
  judgement: Judgement,
): NetworkSettings['ipv6'] {
  if (offered === undefined) return undefined;
  const { mtu: _mtu, ...others } = offered;
  const own = { address: offered.prefix, length: 64 };
  const fault = accept.ipv6 ? judgement.faultOfOwn(own) : '"accept": {"ipv6": false}';
  if (!judgement.passes(`IPv6 prefix (3) ${prefixText(own)}`, fault)) return undefined;
  const options = { mtu: 'IPv6 MTU (5)', route: 'IPv6 route (24)', dns: 'IPv6 DNS server (25)' };
  return { ...others, ...judgement.lists(offered, options) };
}

/** Judges one option after the other, and remembers what it refused. */
class Judgement {
  readonly refused: Refused[] = [];
  readonly #accept: ClientFile['accept'];
  readonly #connected: readonly Prefix[];
  readonly #broadcast: string | undefined;

  /** @param broadcast that of the virtual LAN, if it has one */
  constructor(accept: ClientFile['accept'], connected: readonly Prefix[], broadcast: string | undefined) {
    this.#accept = accept;
    this.#connected = connected;
    this.#broadcast = broadcast;
  }

  /** @param reason why it is refused, if it is */
  passes(option: string, reason: string | undefined): boolean {
    if (reason !== undefined) this.refused.push({ option, reason });
    return reason === undefined;
  }

  /** @param own the address of the adapter, or its /64 */
  faultOfOwn(own: Prefix): string | undefined {
    return faultOfHost(own.address) ?? faultOfSubnet(own, this.#connected);
  }

  /** @param options what the log calls them */
  lists<Route extends Prefix>(
    { routes, dns, mtu }: Lists<Route>,
    options: Readonly<Record<'mtu' | 'route' | 'dns', string>>,
  ): Lists<Route> {
    return {
      ...(mtu !== undefined && this.passes(options.mtu, faultOfMtu(mtu)) && { mtu }),
      routes: routes.filter((route) => this.passes(`${options.route} ${prefixText(route)}`, this.#faultOfRoute(route))),
      dns: dns.filter((server) =>
        this.passes(
          `${options.dns} ${server}`,
          this.#accept.dns ? this.#faultOfServer(server) : '"accept": {"dns": false}',
        ),
      ),
    };
  }

  #faultOfServer(server: string): string | undefined {
    if (server === this.#broadcast) return `${server} is the broadcast address of the virtual LAN`;
    return faultOfHost(server);
  }

  #faultOfRoute(prefix: Prefix): string | undefined {
    const { prefixes, defaultRoute } = this.#accept;
    if (prefix.length === 0) return defaultRoute ? undefined : 'a default route needs "accept": {"defaultRoute": true}';
    const reserved = reservedFault(prefix);
    if (reserved !== undefined) return reserved;
    if (!prefixes.some((outer) => contains(outer, prefix)))
      return `${prefixText(prefix)} is not among "accept": {"prefixes"}`;
    return faultOfSubnet(prefix, this.#connected);
  }
}

function faultOfMtu(mtu: number): string | undefined {
  if (mtu < lowestMtu) return `${mtu} is below ${lowestMtu}`;
  return mtu > highestMtu ? `${mtu} is above ${highestMtu}, the most that the adapter can have` : undefined;
}

function faultOfHost(address: string): string | undefined {
  if (addressFamily(address) === 0) return `${address} is not an address`;
  const kind = kindOf(address);
  return kind === 'ordinary' ? undefined : `${address} is ${kind}`;
}

function faultOfSubnet(prefix: Prefix, connected: readonly Prefix[]): string | undefined {
  const subnet = connected.find((own) => contains(own, prefix));
  return subnet && `${prefixText(prefix)} is in the subnet ${prefixText(subnet)}, to which this machine is connected`;
}

/** A LAN of one or two addresses has none (RFC 3021). */
const broadcastOf = (lan: Prefix): string | undefined => (lan.length > 30 ? undefined : lastAddressOf(lan));

function outside(address: string, lan: Prefix): string | undefined {
  return contains(lan, hostPrefix(address)) ? undefined : `${address} is not in the virtual LAN ${prefixText(lan)}`;
}
