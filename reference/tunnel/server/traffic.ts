/**
 * How traffic of the private network for a tunnel client finds the member of a group that has it (docs/protocol.md,
 * section 15.1): host routes, ARP and a hook, for confirmed sessions only.
 */

import type { Gateways } from '../../linux/routing/host-routes.ts';
import { physicalText } from '../../packets/physical.ts';
import { type Prefix, prefixText } from '../../packets/prefix.ts';
import type { ServerFile } from '../config/schemas.ts';
import type { Log } from '../log.ts';
import { messageOf } from '../reporting.ts';
import { type Hook, RouteHook } from './route-hook.ts';
import { type ClientAddresses, ownPrefixes } from './table.ts';

/** Brings traffic for an address to this machine. Adding an address again only repeats the announcement. */
interface Port<Address, Closed> {
  readonly add: (address: Address) => void;
  readonly remove: (address: Address) => void;
  readonly close: () => Closed;
}

interface Ports {
  readonly routes: Port<Prefix, void>;
  readonly arp?: Port<string, Promise<void>> | undefined;
  readonly neighbours?: (Port<Prefix, Promise<void>> & { readonly seen: (source: Uint8Array) => void }) | undefined;
  readonly hook?: Pick<RouteHook, 'run' | 'idle'> | undefined;
  readonly repairing?: { close(): Promise<void> } | undefined;
}

/** `Tunnel` only tells sessions apart: of two with one address the later one holds it. */
export class Traffic<Tunnel> {
  readonly #ports: Ports;
  readonly #holders = new Map<
    string,
    { readonly tunnel: Tunnel; readonly name: string; readonly addresses: ClientAddresses }
  >();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  /** A later tunnel takes the address over from an earlier one, without a gap. @throws DeviceFailure */
  add(tunnel: Tunnel, addresses: ClientAddresses, name: string): void {
    const { address, prefix } = addresses;
    const former = this.#holders.get(address);
    this.#holders.set(address, { tunnel, name, addresses });
    for (const own of ownPrefixes(addresses)) this.#ports.routes.add(own);
    this.#ports.arp?.add(address);
    if (prefix !== undefined) this.#ports.neighbours?.add(prefix);
    if (former === undefined) this.#runHook('add', addresses, name);
  }

  /** Leaves alone what a later tunnel has taken over. @throws DeviceFailure */
  remove(tunnel: Tunnel, address: string): void {
    const holder = this.#holders.get(address);
    if (holder?.tunnel !== tunnel) return;
    const { addresses, name } = holder;
    this.#holders.delete(address);
    this.#ports.arp?.remove(address);
    if (addresses.prefix !== undefined) this.#ports.neighbours?.remove(addresses.prefix);
    this.#runHook('remove', addresses, name);
    for (const own of ownPrefixes(addresses)) this.#ports.routes.remove(own);
  }

  /** @param source of a datagram that came out of a tunnel and was permitted: 4 or 16 octets, which are not kept */
  seen(source: Uint8Array): void {
    if (source.length === 16) this.#ports.neighbours?.seen(source);
  }

  /** For a tunnel client's own prefixes and for the networks behind it. */
  #runHook(change: 'add' | 'remove', addresses: ClientAddresses, name: string): void {
    for (const prefix of [...ownPrefixes(addresses), ...addresses.networks])
      this.#ports.hook?.run(change, prefixText(prefix), name);
  }

  /** Takes everything back; resolves when the last hook has ended. */
  async close(): Promise<void> {
    await this.#ports.repairing?.close();
    for (const [address, { tunnel }] of [...this.#holders]) this.remove(tunnel, address);
    this.#ports.routes.close();
    await Promise.all([this.#ports.arp?.close(), this.#ports.neighbours?.close()]);
    await this.#ports.hook?.idle();
  }
}

/**
 * What calls the kernel is loaded only where it is used.
 * @param device the pseudo network adapter, which is up
 * @param gateways behind which tunnel clients are; one of IPv6 where they have a /64
 * @throws Error naming the key
 */
export async function openTraffic<Tunnel>(
  { proxyArp, routeHook }: NonNullable<ServerFile['traffic']>,
  device: string,
  { log, hook: execute }: { readonly log: Log; readonly hook?: Hook | undefined },
  gateways: Gateways,
): Promise<Traffic<Tunnel>> {
  const { HostRoutes } = await import('../../linux/routing/host-routes.ts');
  const { Repairing } = await import('../../linux/routing/repairing.ts');
  const proxies = proxyArp === undefined ? {} : await openProxies(proxyArp, log, gateways.ipv6 !== undefined);
  const hook = routeHook === undefined ? undefined : new RouteHook(routeHook, log, execute);
  const routes = new HostRoutes(device, gateways);
  const repairing = new Repairing({
    repair: (admit) => routes.repair(admit),
    failed: (error) => log.warn(`routes could not be put back: ${messageOf(error)}`),
    contested: (line) => log.warn(line),
  });
  return new Traffic({ routes, ...proxies, hook, repairing });
}

async function openProxies(device: string, log: Log, ipv6: boolean): Promise<Pick<Ports, 'arp' | 'neighbours'>> {
  const { ProxyArp } = await import('../../linux/proxies/proxy-arp.ts');
  const { ProxyNeighbour } = await import('../../linux/proxies/proxy-neighbour.ts');
  const failed = (error: unknown) => log.warn(`traffic.proxyArp: ${messageOf(error)}`);
  const yielded = (address: string, physical: Uint8Array) =>
    log.info(`traffic.proxyArp: ${address} is at ${physicalText(physical)} now`);
  try {
    const arp = new ProxyArp({ device, failed, yielded });
    if (!ipv6) return { arp };
    const neighbours = new ProxyNeighbour({
      device,
      failed,
      yielded: (prefix, physical) => yielded(prefixText(prefix), physical),
    });
    return { arp, neighbours };
  } catch (error) {
    throw new Error(`traffic.proxyArp: ${messageOf(error)}`);
  }
}
