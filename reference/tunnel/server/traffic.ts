/**
 * How traffic of the private network for a tunnel client finds the member of a group that has it (docs/protocol.md,
 * section 15.1): host routes, ARP and a hook, for confirmed sessions only.
 */

import type { ServerFile } from '../config/schemas.ts';
import type { Log } from '../log.ts';
import { messageOf } from '../reporting.ts';
import { RouteHook } from './route-hook.ts';
import type { Holding } from './switchboard.ts';

/** What is told of each address. A second `add` of one that is there repeats the announcement, and no more. */
interface Ports {
  readonly routes: { add(address: string): void; remove(address: string): void; close(): void };
  readonly arp?: { add(address: string): void; remove(address: string): void; close(): Promise<void> } | undefined;
  readonly hook?: Pick<RouteHook, 'run' | 'idle'> | undefined;
}

export class Traffic<Tunnel> {
  readonly #ports: Ports;
  readonly #holders = new Map<string, { readonly tunnel: Tunnel; readonly name: string; readonly holding: Holding }>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** A later tunnel takes the address over from an earlier one, without a gap. @throws DeviceFailure */
  add(tunnel: Tunnel, holding: Holding, name: string): void {
    const { address } = holding;
    const before = this.#holders.get(address);
    this.#holders.set(address, { tunnel, name, holding });
    this.#ports.routes.add(address);
    this.#ports.arp?.add(address);
    if (before === undefined) this.#tell('add', holding, name);
  }

  /** Leaves alone what a later tunnel has taken over. @throws DeviceFailure */
  remove(tunnel: Tunnel, address: string): void {
    const holder = this.#holders.get(address);
    if (holder?.tunnel !== tunnel) return;
    this.#holders.delete(address);
    this.#ports.arp?.remove(address);
    this.#tell('remove', holder.holding, holder.name);
    this.#ports.routes.remove(address);
  }

  /** The networks behind a tunnel client are where it is. */
  #tell(what: 'add' | 'remove', { address, networks }: Holding, name: string): void {
    for (const prefix of [{ address, length: 32 }, ...networks])
      this.#ports.hook?.run(what, `${prefix.address}/${prefix.length}`, name);
  }

  /** Takes everything back; resolves when the last hook has ended. */
  async close(): Promise<void> {
    for (const [address, { tunnel }] of [...this.#holders]) this.remove(tunnel, address);
    this.#ports.routes.close();
    await this.#ports.arp?.close();
    await this.#ports.hook?.idle();
  }
}

/**
 * What calls the kernel is loaded only where it is used.
 * @param device the pseudo network adapter, which is up
 * @throws Error naming the key
 */
export async function openTraffic<Tunnel>(
  { proxyArp, routeHook }: NonNullable<ServerFile['traffic']>,
  device: string,
  log: Log,
): Promise<Traffic<Tunnel>> {
  const { HostRoutes } = await import('../../adapter/host-routes.ts');
  const arp = proxyArp === undefined ? undefined : await openProxyArp(proxyArp, log);
  const hook = routeHook === undefined ? undefined : new RouteHook(routeHook, log);
  return new Traffic({ routes: new HostRoutes(device), arp, hook });
}

async function openProxyArp(device: string, log: Log) {
  const { ProxyArp } = await import('../../adapter/proxy-arp.ts');
  try {
    return new ProxyArp({
      device,
      failed: (error) => log.warn(`traffic.proxyArp: ${messageOf(error)}`),
      yielded: (address, physical) =>
        log.info(`traffic.proxyArp: ${address} is at ${physical.toHex().replace(/..(?=.)/g, '$&:')} now`),
    });
  } catch (error) {
    throw new Error(`traffic.proxyArp: ${messageOf(error)}`);
  }
}
