/**
 * Routes through the adapter to what each tunnel client has, its IPv4 address and its IPv6 prefix, by rtnetlink(7): a
 * route takes one system call, and is there when the call returns.
 */

import { getSystemErrorName } from 'node:util';
import { DeviceFailure } from '../libc/failure.ts';
import * as libc from '../libc/libc.ts';
import { indexOf } from '../libc/netdevice.ts';
import { concat, viewOf } from '../octets.ts';
import { ipv4Octets, ipv6Octets, isIpv6 } from '../packets/addresses.ts';
import { type Prefix, prefixText } from '../packets/prefix.ts';
import type { Admit } from './repair-limit.ts';
import { prefixOf, readTable } from './route-table.ts';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_ROUTE = 0;
const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
const NLM_F_REQUEST = 0x1;
const NLM_F_ACK = 0x4;
/** Beside a route of another manager rather than in its place; in IPv4 before it, too. */
const NLM_F_CREATE = 0x400;
const NLMSG_ERROR = 2;
const RT_TABLE_MAIN = 254;
const RTPROT_STATIC = 4;
const RT_SCOPE_UNIVERSE = 0;
const RT_SCOPE_LINK = 253;
const RTN_UNICAST = 1;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_PRIORITY = 6;
/** IPv6 takes the lowest metric, and among equals the route that came first: the lowest there is puts this one before all. */
const METRIC = 1;

export class HostRoutes {
  readonly #device: string;
  readonly #index: number;
  readonly #fd: number;
  readonly #answer = new Uint8Array(4096);
  readonly #answerAddress = libc.addressOf(this.#answer);
  readonly #added = new Map<string, Prefix>();
  #closed = false;

  /** @param device an adapter that is up, in the network namespace of the calling thread */
  constructor(device: string) {
    this.#device = device;
    this.#index = indexOf(device);
    this.#fd = libc.socket(AF_NETLINK, SOCK_RAW | libc.SOCK_CLOEXEC | libc.O_NONBLOCK, NETLINK_ROUTE);
  }

  /** Idempotent. @throws DeviceFailure with what the kernel says */
  add(prefix: Prefix): void {
    const code = this.#change(RTM_NEWROUTE, NLM_F_CREATE, prefix);
    if (code !== undefined && code !== 'EEXIST') throw this.#failure('added', prefix, code);
    this.#added.set(prefixText(prefix), prefix);
  }

  /**
   * Puts back whatever another manager has removed since.
   * @param admit asked before each
   */
  async repair(admit: Admit = () => true): Promise<void> {
    for (const six of [false, true]) {
      const wanted = [...this.#added.values()].filter(({ address }) => isIpv6(address) === six);
      if (wanted.length === 0) continue;
      const table = await readTable(six, 'dev', this.#device, 'proto', String(RTPROT_STATIC));
      const present = new Set(table.map(({ dst }) => prefixText(prefixOf(dst, six))));
      for (const prefix of wanted) {
        const text = prefixText(prefix);
        // The turn may have gone to whoever removes it.
        if (!present.has(text) && this.#added.has(text) && admit(`the route to ${text}`)) this.add(prefix);
      }
    }
  }

  /** A route that is gone already is no error. @throws DeviceFailure with what the kernel says */
  remove(prefix: Prefix): void {
    if (!this.#added.delete(prefixText(prefix))) return;
    const code = this.#change(RTM_DELROUTE, 0, prefix);
    if (code !== undefined && !GONE.has(code)) throw this.#failure('removed', prefix, code);
  }

  /** Takes back all. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const prefix of [...this.#added.values()]) this.remove(prefix);
    libc.close(this.#fd);
  }

  /** @returns the kernel's complaint, as the name of the error */
  #change(type: number, flags: number, prefix: Prefix): string | undefined {
    libc.write(this.#fd, message(type, flags | NLM_F_REQUEST | NLM_F_ACK, prefix, this.#index));
    libc.read(this.#fd, this.#answerAddress, this.#answer.length);
    const view = new DataView(this.#answer.buffer);
    const number = view.getUint16(4, true) === NLMSG_ERROR ? view.getInt32(16, true) : 0;
    return number === 0 ? undefined : getSystemErrorName(number);
  }

  #failure(what: string, prefix: Prefix, code: string): DeviceFailure {
    const remedies: Readonly<Record<string, string>> = {
      EPERM: ': run as root, or give the process CAP_NET_ADMIN',
      EACCES: `: give ${this.#device} IPv6 with "sysctl net.ipv6.conf.${this.#device}.disable_ipv6=0"`,
    };
    return new DeviceFailure(
      `the route to ${prefixText(prefix)} through ${this.#device} could not be ${what} (${code})${remedies[code] ?? ''}`,
      code,
    );
  }
}

const GONE: ReadonlySet<string> = new Set(['ESRCH', 'ENODEV']);

/** `struct nlmsghdr`, `struct rtmsg`, and the attributes: destination, device, and the metric in IPv6. */
function message(type: number, flags: number, { address, length }: Prefix, index: number): Uint8Array {
  const six = isIpv6(address);
  const family = six ? libc.AF_INET6 : libc.AF_INET;
  const scope = six ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
  const body = concat(
    Uint8Array.of(family, length, 0, 0, RT_TABLE_MAIN, RTPROT_STATIC, scope, RTN_UNICAST, 0, 0, 0, 0),
    attribute(RTA_DST, six ? ipv6Octets(address) : ipv4Octets(address)),
    attribute(RTA_OIF, u32(index)),
    ...(six ? [attribute(RTA_PRIORITY, u32(METRIC))] : []),
  );
  const header = new Uint8Array(16);
  const view = viewOf(header);
  view.setUint32(0, header.length + body.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  return concat(header, body);
}

/** `struct rtattr`; what it carries is a multiple of 4 octets here. */
function attribute(type: number, value: Uint8Array): Uint8Array {
  return concat(new Uint8Array(new Uint16Array([4 + value.length, type]).buffer), value);
}

const u32 = (value: number): Uint8Array => new Uint8Array(new Uint32Array([value]).buffer);
