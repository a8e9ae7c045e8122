/**
 * [EP] fig. 19, 386: host routes for the first hops of a tunnel, so that it does not carry itself. Each leads where the
 * machine would send without the tunnel, and nowhere while there is no such way.
 *
 * A pin leads through an adapter that outlives the process, so that SIGKILL leaves it behind. Its metric is therefore the
 * number of the pseudo network adapter for which it was laid, which the kernel gives to no second one and takes away with
 * the process: a pin whose adapter is gone is a leftover, and two tunnels to one host have a pin each.
 */

import { isIpv6 } from '../../packets/addresses.ts';
import { hostPrefix, prefixText } from '../../packets/prefix.ts';
import { changeRoute, type KernelRoute, showLinks, showRoutes } from '../programs/iproute2.ts';
import type { Admit } from './repair-limit.ts';
import { isPin, ROUTE_PROTOCOL, wayTo, wordsOf } from './route-table.ts';

/** No way: the kernel answers as it does without a route. */
const nowhere: readonly string[] = [];

/**
 * The pins of one adapter. Hosts are addresses of either family; what the kernel refuses rejects with the complaint of `ip`.
 */
export class Pins {
  readonly #device: string;
  /** Hosts and the words of their ways, once laid. */
  readonly #laid = new Map<string, readonly string[] | undefined>();
  #metric: string | undefined;

  /** @param device name of the adapter, in the network namespace of the calling thread */
  constructor(device: string) {
    this.#device = device;
  }

  /** Pins these hosts and no others. */
  async set(hosts: readonly string[]): Promise<void> {
    for (const host of this.#laid.keys()) if (!hosts.includes(host)) await this.#remove(host);
    for (const host of hosts) if (!this.#laid.has(host)) this.#laid.set(host, undefined);
    await this.refresh();
  }

  /**
   * Lays every pin as the other routes of the table now require.
   * @param admit asked before a pin that someone has removed is put back
   */
  async refresh(admit: Admit = () => true): Promise<void> {
    for (const six of [false, true]) {
      const hosts = [...this.#laid.keys()].filter((host) => isIpv6(host) === six);
      if (hosts.length === 0) continue;
      const metric = await this.#ownMetric();
      const table = await showRoutes(six);
      for (const host of hosts) await this.#lay(host, table, metric, admit);
    }
  }

  async remove(): Promise<void> {
    for (const host of [...this.#laid.keys()]) await this.#remove(host);
  }

  async #lay(host: string, table: readonly KernelRoute[], metric: string, admit: Admit): Promise<void> {
    const found = table.find(
      (route) => isPin(route) && route.prefix.address === host && String(route.metric) === metric,
    );
    const present = found && (found.type === undefined ? wordsOf(found) : nowhere);
    const before = this.#laid.get(host);
    // A DHCP client may have replaced the machine's default route by its own: then only the pin still has the way.
    const way = wayTo(host, table, this.#device) ?? present ?? nowhere;
    if (present !== undefined && same(present, way)) {
      this.#laid.set(host, way);
      return;
    }
    const prefix = prefixText(hostPrefix(host));
    if (found === undefined && before !== undefined && same(before, way) && !admit(`the route to ${prefix}`)) return;
    await changeRoute(host, 'replace', ...typed(way), prefix, ...way, ...marks(metric));
    this.#laid.set(host, way);
  }

  async #remove(host: string): Promise<void> {
    const way = this.#laid.get(host);
    this.#laid.delete(host);
    if (way !== undefined) await drop(host, typed(way), marks(await this.#ownMetric()));
  }

  async #ownMetric(): Promise<string> {
    if (this.#metric === undefined) {
      const [link] = await showLinks('dev', this.#device);
      this.#metric = String(link?.ifindex);
    }
    return this.#metric;
  }
}

/** What the kernel gives IPv6 routes without a metric, those through an adapter among them. */
const defaultMetric6 = 1024;

/** Removes the pins of processes that have ended without doing so. */
export async function removeLeftovers(): Promise<void> {
  for (const six of [false, true]) {
    const pins = (await showRoutes(six)).filter(isPin);
    if (pins.length === 0) continue;
    const adapters = await showLinks('type', 'tun');
    const alive = new Set(adapters.map(({ ifindex }) => ifindex));
    for (const { prefix, type, metric } of pins) {
      if (metric === undefined || alive.has(metric)) continue;
      if (six && metric === defaultMetric6) continue;
      await drop(prefix.address, type === undefined ? [] : ['unreachable'], marks(String(metric)));
    }
  }
}

const same = (one: readonly string[], other: readonly string[]): boolean => one.join(' ') === other.join(' ');
const typed = (way: readonly string[]): readonly string[] => (way.length === 0 ? ['unreachable'] : []);
const marks = (metric: string): readonly string[] => ['metric', metric, 'proto', ROUTE_PROTOCOL];

/** What is gone already is no error. */
async function drop(host: string, type: readonly string[], words: readonly string[]): Promise<void> {
  const prefix = prefixText(hostPrefix(host));
  await changeRoute(host, 'delete', ...type, prefix, ...words).catch(() => undefined);
}
