/**
 * [EP] fig. 19, 378; fig. 23, 520: the routes of the private network, with the server's adapter as their gateway, in the
 * local stack's routing table (claims 3 and 11). What was installed is remembered, repaired and taken back.
 */

import { isIpv6 } from '../../packets/addresses.ts';
import { contains, hostPrefix, type Prefix, prefixText, type Route } from '../../packets/prefix.ts';
import { changeRoute, type KernelRoute, showRoutes } from '../programs/iproute2.ts';
import { SerialQueue } from '../programs/serial-queue.ts';
import type { Admit } from './repair-limit.ts';
import { refusalOf } from './route-policy.ts';
import { ROUTE_PROTOCOL } from './route-table.ts';

/** A route through the adapter. */
export interface RefusedRoute {
  readonly route: Route;
  /** A line for the user. */
  readonly reason: string;
}

/** The routes of one adapter. Changes are made one after the other, with `ip`. */
export class Routes {
  readonly #device: string;
  #installed: Route[] = [];
  readonly #changes = new SerialQueue();

  /** @param device name of the adapter, in the network namespace of the calling thread */
  constructor(device: string) {
    this.#device = device;
  }

  /**
   * Installs these routes and no others: what was installed before and is not among them is removed. Idempotent.
   * @param own to networks that the adapter itself is in: they may be inside a subnet of the machine
   * @returns the routes that are refused
   */
  install(routes: readonly Route[], own: readonly Route[] = []): Promise<readonly RefusedRoute[]> {
    return this.#changes.run(async () => {
      const refused: RefusedRoute[] = [];
      const wanted: Route[] = [];
      for (const route of [...own, ...routes]) {
        const refusal = own.includes(route) ? undefined : refusalOf(route, this.#device);
        const reason = refusal ?? (await this.#taken(route));
        if (reason === undefined) wanted.push(...this.#entries(route));
        else refused.push({ route, reason });
      }
      for (const old of this.#installed)
        if (!wanted.some((entry) => prefixText(entry) === prefixText(old))) await this.#remove(old);
      this.#installed = [];
      for (const entry of wanted) {
        await this.#change('replace', entry);
        this.#installed.push(entry);
      }
      return refused;
    });
  }

  /**
   * Puts back whatever another manager has removed since.
   * @param admit asked before each
   */
  repair(admit: Admit = () => true): Promise<void> {
    return this.#changes.run(async () => {
      for (const six of [false, true]) {
        const entries = this.#installed.filter(({ address }) => isIpv6(address) === six);
        if (entries.length === 0) continue;
        const table = await showRoutes(six, 'dev', this.#device, 'proto', ROUTE_PROTOCOL);
        for (const entry of entries)
          if (!table.some((found) => is(found, entry)) && admit(`the route to ${prefixText(entry)}`))
            await this.#change('replace', entry);
      }
    });
  }

  /** Takes everything back, the last first; what is gone already is no error. */
  remove(): Promise<void> {
    return this.#changes.run(async () => {
      for (const entry of this.#installed.splice(0).reverse()) await this.#remove(entry);
    });
  }

  /** A default route is laid as two halves: they win over the one that is there, and leave it untouched. */
  #entries(route: Route): Route[] {
    if (route.length > 0) return [route];
    const halves = isIpv6(route.address) ? ['::', '8000::'] : ['0.0.0.0', '128.0.0.0'];
    return halves.map((address) => ({ address, length: 1, gateway: route.gateway }));
  }

  /** Why an identical route through another adapter is left alone. */
  async #taken(route: Route): Promise<string | undefined> {
    if (route.length === 0) return undefined;
    const found = await showRoutes(isIpv6(route.address), 'exact', prefixText(route));
    const other = found.find(({ dev, metric }) => dev !== this.#device && (metric ?? 0) === 0);
    return other && `${prefixText(route)} is routed through ${other.dev ?? 'another adapter'} already`;
  }

  async #change(change: 'replace' | 'delete', { gateway, ...prefix }: Route): Promise<void> {
    const where = ['via', gateway, 'dev', this.#device, 'onlink', 'proto', ROUTE_PROTOCOL];
    await changeRoute(prefix.address, change, prefixText(prefix), ...where);
  }

  async #remove(route: Route): Promise<void> {
    await this.#change('delete', route).catch(() => undefined);
  }
}

/** Whether the kernel's route is this one: its text may differ from ours. */
function is({ prefix, gateway }: KernelRoute, route: Route): boolean {
  if (gateway === undefined) return false;
  return same(prefix, route) && same(hostPrefix(gateway), hostPrefix(route.gateway));
}

const same = (one: Prefix, other: Prefix): boolean => one.length === other.length && contains(one, other);
