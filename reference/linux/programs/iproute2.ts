/** The system's `ip` command, spoken to in JSON, and what it prints. */

import { DeviceFailure, SystemCallFailure } from '../../libc/failure.ts';
import { isIpv6 } from '../../packets/addresses.ts';
import { type Prefix, parsePrefix } from '../../packets/prefix.ts';
import { runProgram } from './short-program.ts';

/**
 * @param words of the command, such as route, show; no shell sees them
 * @returns what it printed, parsed; an empty list when it printed nothing
 * @throws DeviceFailure with what it complained of
 */
export async function ip(...words: readonly string[]): Promise<readonly unknown[]> {
  const { status, output, complaint } = await runProgram(['ip', '-j', ...words]).catch((error: unknown) => {
    if (!(error instanceof SystemCallFailure)) throw error;
    if (error.code === 'ENOENT') throw new DeviceFailure('the command ip is missing: install iproute2', 'ENOENT');
    throw new DeviceFailure(`ip ${words.join(' ')}: ${error.message}`, error.code);
  });
  if (status === 0) return output.trim() === '' ? [] : (JSON.parse(output) as unknown[]);
  const what = complaint.trim() || (status === undefined ? 'a signal ended it' : `it ended with status ${status}`);
  const remedy = /not permitted/.test(what) ? ': run as root, or give the process CAP_NET_ADMIN' : '';
  throw new DeviceFailure(`ip ${words.join(' ')}: ${what}${remedy}`, remedy ? 'EPERM' : 'EINVAL');
}

/** A network device, as `ip link show` prints it. */
interface KernelLink {
  readonly ifindex: number;
  readonly ifname: string;
  /** Operational state (RFC 2863): UP, DOWN … */
  readonly operstate: string;
}

/** @param words after `ip link show`, such as type, tun */
export async function showLinks(...words: readonly string[]): Promise<readonly KernelLink[]> {
  return (await ip('link', 'show', ...words)) as KernelLink[];
}

/** An address of a network device, with the length of its prefix. */
interface KernelAddress extends Prefix {
  readonly device: string;
}

/** @param words after `ip address show`, such as dev, pna0 */
export async function showAddresses(...words: readonly string[]): Promise<readonly KernelAddress[]> {
  const links = (await ip('address', 'show', ...words)) as {
    readonly ifname: string;
    readonly addr_info?: readonly { readonly local?: string; readonly prefixlen: number }[];
  }[];
  // For what a filter leaves out, `ip` prints an empty object.
  return links.flatMap(({ ifname, addr_info = [] }) =>
    addr_info.flatMap(({ local, prefixlen }) =>
      local === undefined ? [] : [{ device: ifname, address: local, length: prefixlen }],
    ),
  );
}

/** One path of a route. */
export interface Hop {
  readonly dev?: string;
  readonly gateway?: string;
  /** A gateway of the other family. */
  readonly via?: { readonly family: string; readonly host: string };
  readonly flags?: readonly string[];
}

/** A route, as `ip -N route show` prints it, but its destination is read. */
export interface KernelRoute extends Hop {
  readonly prefix: Prefix;
  /** Absent at a route that leads somewhere; otherwise it is unreachable, prohibited and so on. */
  readonly type?: string;
  /** A number as text. */
  readonly protocol?: string;
  readonly metric?: number;
  readonly prefsrc?: string;
  readonly nexthops?: readonly Hop[];
}

/** Of the main routing table. @param words after `ip route show`, such as dev, pna0 */
export async function showRoutes(six: boolean, ...words: readonly string[]): Promise<readonly KernelRoute[]> {
  const routes = (await ip('-N', familyOption(six), 'route', 'show', 'table', 'main', ...words)) as PrintedRoute[];
  const everything = six ? '::/0' : '0.0.0.0/0';
  return routes.map(({ dst, ...route }) => ({ ...route, prefix: parsePrefix(dst === 'default' ? everything : dst) }));
}

/** Its destination is `default`, a prefix, or an address without length. */
type PrintedRoute = Omit<KernelRoute, 'prefix'> & { readonly dst: string };

/** @param address of the route's family @param words after `ip route` */
export async function changeRoute(address: string, ...words: readonly string[]): Promise<void> {
  await ip(familyOption(isIpv6(address)), 'route', ...words);
}

const familyOption = (six: boolean): string => (six ? '-6' : '-4');
