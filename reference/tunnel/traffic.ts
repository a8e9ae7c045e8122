/**
 * How traffic of the private network for a tunnel client finds the member of a group that has it (docs/protocol.md,
 * section 15.1): host routes, ARP and a hook, for confirmed sessions only.
 */
import type { Log } from './log.ts';
import { messageOf } from './reporting.ts';
import { RouteHook } from './route-hook.ts';
import type { ServerFile } from './schemas.ts';

/** What is told of each address. A second `add` of one that is there repeats the announcement, and no more. */
interface Ports {
  readonly routes: { add(address: string): void; remove(address: string): void; close(): void };
  readonly arp?: { add(address: string): void; remove(address: string): void; close(): Promise<void> } | undefined;
  readonly hook?: Pick<RouteHook, 'run' | 'idle'> | undefined;
}

export class Traffic<Tunnel> {
  readonly #ports: Ports;
  readonly #holders = new Map<string, { readonly tunnel: Tunnel; readonly name: string }>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** A later tunnel takes the address over from an earlier one, without a gap. @throws DeviceFailure */
  add(tunnel: Tunnel, address: string, name: string): void {
    const before = this.#holders.get(address);
    this.#holders.set(address, { tunnel, name });
    this.#ports.routes.add(address);
    this.#ports.arp?.add(address);
    if (before === undefined) this.#ports.hook?.run('add', address, name);
  }

  /** Leaves alone what a later tunnel has taken over. @throws DeviceFailure */
  remove(tunnel: Tunnel, address: string): void {
    const holder = this.#holders.get(address);
    if (holder?.tunnel !== tunnel) return;
    this.#holders.delete(address);
    this.#ports.arp?.remove(address);
    this.#ports.hook?.run('remove', address, holder.name);
    this.#ports.routes.remove(address);
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
  const { HostRoutes } = await import('../adapter/host-routes.ts');
  const arp = proxyArp === undefined ? undefined : await openProxyArp(proxyArp, log);
  const hook = routeHook === undefined ? undefined : new RouteHook(routeHook, log);
  return new Traffic({ routes: new HostRoutes(device), arp, hook });
}

async function openProxyArp(device: string, log: Log) {
  const { ProxyArp } = await import('../adapter/proxy-arp.ts');
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
