/** How a member of a group draws the traffic for its tunnel clients (docs/protocol.md §15.1). */
import { HostRoutes } from '../adapter/host-routes.ts';
import { ProxyArp } from '../adapter/proxy-arp.ts';
import type { Log } from './log.ts';
import { messageOf } from './reporting.ts';
import { RouteHook } from './route-hook.ts';
import type { ServerFile } from './schemas.ts';
import type { Holding } from './switchboard.ts';

export interface TrafficPorts {
  readonly log: Log;
  readonly failed: (error: unknown) => void;
}

export class Traffic {
  readonly #routes: HostRoutes;
  readonly #proxyArp: ProxyArp | undefined;
  readonly #hook: RouteHook | undefined;
  readonly #ports: TrafficPorts;
  /** Confirmed sessions of each address: a newer one of a name begins before the older has ended. */
  readonly #sessions = new Map<string, number>();

  /**
   * @param device name of the pseudo network adapter
   * @throws DeviceFailure when there is no adapter of the shared network
   */
  constructor(config: NonNullable<ServerFile['traffic']>, device: string, ports: TrafficPorts) {
    this.#ports = ports;
    this.#routes = new HostRoutes(device);
    this.#proxyArp = config.proxyArp === undefined ? undefined : proxyArpOn(config.proxyArp, ports.failed);
    this.#hook = config.routeHook === undefined ? undefined : new RouteHook(config.routeHook, ports.log);
  }

  /** A session of the initiator was confirmed. */
  async add(holding: Holding, name: string): Promise<void> {
    const { address } = holding;
    const sessions = this.#sessions.get(address) ?? 0;
    this.#sessions.set(address, sessions + 1);
    if (sessions > 0) return;
    await this.#routes.add(address);
    if (!this.#sessions.has(address)) return;
    this.#proxyArp?.add(address);
    await this.#tell('add', holding, name);
  }

  async remove(holding: Holding, name: string): Promise<void> {
    const { address } = holding;
    const left = (this.#sessions.get(address) ?? 0) - 1;
    if (left > 0) {
      this.#sessions.set(address, left);
      return;
    }
    this.#sessions.delete(address);
    this.#proxyArp?.remove(address);
    // Gone with the adapter already, or not yet there: either way it isn't there any more.
    const gone = this.#routes.remove(address).catch(() => undefined);
    await Promise.all([gone, this.#tell('remove', holding, name)]);
  }

  async close(): Promise<void> {
    await this.#proxyArp?.close();
  }

  async #tell(action: 'add' | 'remove', { address, networks }: Holding, name: string): Promise<void> {
    const prefixes = [`${address}/32`, ...networks.map((network) => `${network.address}/${network.length}`)];
    await Promise.all(prefixes.map((prefix) => this.#hook?.call(action, prefix, name)));
    this.#ports.log.debug(`traffic for ${prefixes.join(', ')} (${name}): ${action}`);
  }
}

function proxyArpOn(device: string, failed: (error: unknown) => void): ProxyArp {
  try {
    return new ProxyArp(device, failed);
  } catch (error) {
    throw new Error(`traffic.proxyArp: ${messageOf(error)}`);
  }
}
