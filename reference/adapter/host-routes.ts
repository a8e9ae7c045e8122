/**
 * Host routes (/32) through the adapter, one for each tunnel client, by rtnetlink(7): a route takes one system call, and
 * is there when the call returns.
 */
import { ipv4Octets } from '../packets/addresses.ts';
import { DeviceFailure } from './interface.ts';
import * as libc from './libc.ts';
import { indexOf } from './link.ts';

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const NETLINK_ROUTE = 0;
const RTM_NEWROUTE = 24;
const RTM_DELROUTE = 25;
const NLM_F_REQUEST = 0x1;
const NLM_F_ACK = 0x4;
/** Beside a route of another manager, and before it, rather than in its place. */
const NLM_F_CREATE = 0x400;
const NLMSG_ERROR = 2;
const RT_TABLE_MAIN = 254;
const RTPROT_STATIC = 4;
const RT_SCOPE_LINK = 253;
const RTN_UNICAST = 1;
const RTA_DST = 1;
const RTA_OIF = 4;
const ERRORS: Readonly<Record<number, string>> = {
  1: 'EPERM',
  3: 'ESRCH',
  17: 'EEXIST',
  19: 'ENODEV',
  100: 'ENETDOWN',
};

export class HostRoutes {
  readonly #device: string;
  readonly #index: number;
  readonly #fd: number;
  readonly #answer = new Uint8Array(4096);
  readonly #answerAddress = libc.addressOf(this.#answer);
  readonly #added = new Set<string>();
  #closed = false;

  /** @param device an adapter that is up, in the network namespace of the calling thread */
  constructor(device: string) {
    this.#device = device;
    this.#index = indexOf(device);
    this.#fd = libc.socket(AF_NETLINK, SOCK_RAW | libc.SOCK_CLOEXEC | libc.O_NONBLOCK, NETLINK_ROUTE);
  }

  /** Idempotent. @param address IPv4 @throws DeviceFailure with what the kernel says */
  add(address: string): void {
    const code = this.#change(RTM_NEWROUTE, NLM_F_CREATE, address);
    if (code !== undefined && code !== 'EEXIST') throw this.#failure('added', address, code);
    this.#added.add(address);
  }

  /** A route that is gone already is no error. @throws DeviceFailure with what the kernel says */
  remove(address: string): void {
    if (!this.#added.delete(address)) return;
    const code = this.#change(RTM_DELROUTE, 0, address);
    if (code !== undefined && !GONE.has(code)) throw this.#failure('removed', address, code);
  }

  /** Takes back all. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const address of [...this.#added]) this.remove(address);
    libc.close(this.#fd);
  }

  /** @returns the kernel's complaint */
  #change(type: number, flags: number, address: string): string | undefined {
    libc.write(this.#fd, message(type, flags | NLM_F_REQUEST | NLM_F_ACK, ipv4Octets(address), this.#index));
    libc.read(this.#fd, this.#answerAddress, this.#answer.length);
    const view = new DataView(this.#answer.buffer);
    const number = view.getUint16(4, true) === NLMSG_ERROR ? -view.getInt32(16, true) : 0;
    return number === 0 ? undefined : (ERRORS[number] ?? `error ${number}`);
  }

  #failure(what: string, address: string, code: string): DeviceFailure {
    const remedy = code === 'EPERM' ? ': run as root, or give the process CAP_NET_ADMIN' : '';
    return new DeviceFailure(
      `the route to ${address}/32 through ${this.#device} could not be ${what} (${code})${remedy}`,
      code,
    );
  }
}

const GONE: ReadonlySet<string> = new Set(['ESRCH', 'ENODEV']);

/** `struct nlmsghdr`, `struct rtmsg`, and the two attributes: destination and device. */
function message(type: number, flags: number, destination: Uint8Array, index: number): Uint8Array {
  const octets = new Uint8Array(44);
  const view = new DataView(octets.buffer);
  view.setUint32(0, octets.length, true);
  view.setUint16(4, type, true);
  view.setUint16(6, flags, true);
  octets.set([libc.AF_INET, 32, 0, 0, RT_TABLE_MAIN, RTPROT_STATIC, RT_SCOPE_LINK, RTN_UNICAST], 16);
  view.setUint16(28, 8, true);
  view.setUint16(30, RTA_DST, true);
  octets.set(destination, 32);
  view.setUint16(36, 8, true);
  view.setUint16(38, RTA_OIF, true);
  view.setUint32(40, index, true);
  return octets;
}
