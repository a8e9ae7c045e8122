/**
 * Routes through the adapter to what each tunnel client has, its IPv4 address and its IPv6 prefix, by rtnetlink(7): a
 * route takes one system call, and is there when the call returns.
 */

import { DeviceFailure } from '../../libc/failure.ts';
import { indexOf, isUp } from '../../libc/netdevice.ts';
import { NLM_F_CREATE, RouteRequests, RTM_DELROUTE, RTM_NEWROUTE } from '../../libc/netlink.ts';
import { AF_INET, AF_INET6 } from '../../libc/sockets.ts';
import { concat } from '../../octets.ts';
import { addressOctets, isIpv6 } from '../../packets/addresses.ts';
import { type Prefix, prefixText } from '../../packets/prefix.ts';
import { showRoutes } from '../programs/iproute2.ts';
import type { Admit } from './repair-limit.ts';

/** <linux/rtnetlink.h> */
const RT_TABLE_MAIN = 254;
const RTPROT_STATIC = 4;
const RT_SCOPE_UNIVERSE = 0;
const RT_SCOPE_LINK = 253;
const RTN_UNICAST = 1;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PRIORITY = 6;
/** The gateway is behind the device, whether or not an address of the device is in a prefix with it. */
const RTNH_F_ONLINK = 4;
/** The lowest that IPv6 has. The lowest metric wins, and of equal ones the route that came first. */
const METRIC = 1;

/** Of the routes in each family, 4 and 16 octets. Without one a family's routes are on link. */
export interface Gateways {
  readonly ipv4?: Uint8Array | undefined;
  readonly ipv6?: Uint8Array | undefined;
}

/** The routes of one adapter. A route to the same prefix that another manager has laid stays as it is. */
export class HostRoutes {
  readonly #device: string;
  readonly #index: number;
  readonly #gateways: Gateways;
  readonly #requests: RouteRequests;
  readonly #added = new Map<string, Prefix>();
  #closed = false;

  /**
   * @param device an adapter that is up, in the network namespace of the calling thread
   * @param gateways link-local: all addresses of a family are one neighbour then
   */
  constructor(device: string, gateways: Gateways = {}) {
    this.#device = device;
    this.#gateways = gateways;
    this.#index = indexOf(device);
    this.#requests = new RouteRequests();
  }

  /** Idempotent. @throws DeviceFailure with the kernel's complaint */
  add(prefix: Prefix): void {
    // A route of another manager is not replaced. In IPv4 this one comes before it.
    const code = this.#requests.send(RTM_NEWROUTE, NLM_F_CREATE, routeMessage(prefix, this.#index, this.#gateways));
    if (code !== undefined && code !== 'EEXIST') throw this.#failure('added', prefix, code);
    this.#added.set(prefixText(prefix), prefix);
  }

  /**
   * Puts back whatever another manager has removed since.
   * @param admit asked before each
   */
  async repair(admit: Admit = () => true): Promise<void> {
    // One that is down takes nothing, and has lost it to nobody.
    if (!isUp(this.#device)) return;
    for (const six of [false, true]) {
      const wanted = [...this.#added.values()].filter(({ address }) => isIpv6(address) === six);
      if (wanted.length === 0) continue;
      const table = await showRoutes(six, 'dev', this.#device, 'proto', String(RTPROT_STATIC));
      const present = new Set(table.map(({ prefix }) => prefixText(prefix)));
      for (const prefix of wanted) {
        const text = prefixText(prefix);
        // `remove` may have been called while the table was read.
        if (!present.has(text) && this.#added.has(text) && admit(`the route to ${text}`)) this.add(prefix);
      }
    }
  }

  /** A route that is gone already is no error. @throws DeviceFailure with the kernel's complaint */
  remove(prefix: Prefix): void {
    if (!this.#added.delete(prefixText(prefix))) return;
    const code = this.#requests.send(RTM_DELROUTE, 0, routeMessage(prefix, this.#index, this.#gateways));
    if (code !== undefined && !alreadyGone.has(code)) throw this.#failure('removed', prefix, code);
  }

  /** Takes back all. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const prefix of [...this.#added.values()]) this.remove(prefix);
    this.#requests.close();
  }

  #failure(change: 'added' | 'removed', prefix: Prefix, code: string): DeviceFailure {
    const remedies: Readonly<Record<string, string>> = {
      EPERM: ': run as root, or give the process CAP_NET_ADMIN',
      EACCES: `: give ${this.#device} IPv6 with "sysctl net.ipv6.conf.${this.#device}.disable_ipv6=0"`,
    };
    return new DeviceFailure(
      `the route to ${prefixText(prefix)} through ${this.#device} could not be ${change} (${code})${remedies[code] ?? ''}`,
      code,
    );
  }
}

const alreadyGone: ReadonlySet<string> = new Set(['ESRCH', 'ENODEV']);

/** `struct rtmsg`, and the attributes: destination, device, gateway, and in IPv6 the metric. */
function routeMessage({ address, length }: Prefix, index: number, { ipv4, ipv6 }: Gateways): Uint8Array {
  const six = isIpv6(address);
  const family = six ? AF_INET6 : AF_INET;
  const gateway = six ? ipv6 : ipv4;
  const scope = six || gateway !== undefined ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
  const flags = nativeU32(gateway === undefined ? 0 : RTNH_F_ONLINK);
  return concat(
    Uint8Array.of(family, length, 0, 0, RT_TABLE_MAIN, RTPROT_STATIC, scope, RTN_UNICAST, ...flags),
    attribute(RTA_DST, addressOctets(address)),
    attribute(RTA_OIF, nativeU32(index)),
    ...(six ? [attribute(RTA_PRIORITY, nativeU32(METRIC))] : []),
    ...(gateway === undefined ? [] : [attribute(RTA_GATEWAY, gateway)]),
  );
}

/** `struct rtattr`; what it carries is a multiple of 4 octets here. */
function attribute(type: number, value: Uint8Array): Uint8Array {
  return concat(new Uint8Array(new Uint16Array([4 + value.length, type]).buffer), value);
}

/** 4 octets in the machine's own order, as rtnetlink wants them. */
const nativeU32 = (value: number): Uint8Array => new Uint8Array(new Uint32Array([value]).buffer);
