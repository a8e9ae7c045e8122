/** The server's end of the virtual LAN ([EP] fig. 14, 255): one adapter, shared by all tunnels. */
import { serverActivation } from '../adapter/activation.ts';
import { Adapter } from '../adapter/adapter.ts';
import type { PeerPolicy } from '../adapter/receive-path.ts';
import { parsePrefix } from './addresses.ts';
import type { Host, Stack } from './host.ts';
import { physical } from './policy.ts';
import type { ServerFile } from './schemas.ts';
import { type Holding, Switchboard } from './switchboard.ts';
import type { Traffic, TrafficPorts } from './traffic.ts';

type Config = Pick<ServerFile, 'adapter' | 'traffic' | 'initiators' | 'clientToClient'>;

interface Ports<Tunnel> extends TrafficPorts {
  readonly host: Host;
  readonly send: (tunnel: Tunnel, datagram: Uint8Array) => void;
  readonly isFull: (tunnel: Tunnel) => boolean;
}

export class ServerAdapter<Tunnel> {
  readonly #config: Config;
  readonly #ports: Ports<Tunnel>;
  readonly #switchboard: Switchboard<Tunnel>;
  readonly #holdings = new Map<Tunnel, { readonly holding: Holding; readonly name: string }>();
  #traffic: Traffic | undefined;
  /** Removals under way: what they take back must still be there. */
  #leaving: Promise<unknown> = Promise.resolve();
  #adapter: Adapter | undefined;
  #stack: Stack | undefined;

  constructor(config: Config, ports: Ports<Tunnel>) {
    this.#config = config;
    this.#ports = ports;
    this.#switchboard = new Switchboard(parsePrefix(config.adapter.address), {
      networks: config.initiators.flatMap(({ networks }) => networks.map(parsePrefix)),
      clientToClient: config.clientToClient,
    });
  }

  /** @returns the adapter's name. */
  async open(): Promise<string> {
    const { name, mtu, clientPhysical, serverPhysical } = this.#config.adapter;
    const { host, failed } = this.#ports;
    const device = await host.openDevice(name);
    this.#adapter = new Adapter({ device, tunnel: (datagram) => this.#send(datagram), failed });
    this.#adapter.activate(
      serverActivation({
        isClient: (address) => this.#switchboard.holds(address),
        clientPhysical: physical(clientPhysical),
        serverPhysical: physical(serverPhysical),
        mtu,
      }),
    );
    this.#stack = await host.openStack(device.name, failed, (line) => this.#ports.log.warn(line));
    await this.#configure();
    const { traffic } = this.#config;
    if (traffic !== undefined) this.#traffic = await host.drawTraffic?.(traffic, device.name, this.#ports);
    return device.name;
  }

  deliver(_tunnel: Tunnel, datagram: Uint8Array, permits: PeerPolicy): void {
    this.#adapter?.deliver(datagram, permits);
  }

  permits(tunnel: Tunnel, source: Uint8Array, destination: Uint8Array): boolean {
    return this.#switchboard.permits(tunnel, source, destination);
  }

  /** With one tunnel the stack itself waits; with more a full one must not hold up the others. */
  pressure(full: boolean): void {
    if (full && this.#holdings.size === 1) this.#adapter?.pause();
    else this.#adapter?.resume();
  }

  /** @param name of the initiator */
  async add(tunnel: Tunnel, holding: Holding, name: string): Promise<void> {
    this.#switchboard.add(tunnel, holding);
    this.#holdings.set(tunnel, { holding, name });
    if (this.#holdings.size > 1) this.#adapter?.resume();
    await this.#traffic?.add(holding, name);
    if (holding.networks.length > 0) await this.#configure();
  }

  remove(tunnel: Tunnel): Promise<void> {
    const removed = this.#remove(tunnel);
    this.#leaving = Promise.allSettled([this.#leaving, removed]);
    return removed;
  }

  async #remove(tunnel: Tunnel): Promise<void> {
    const held = this.#holdings.get(tunnel);
    this.#switchboard.remove(tunnel);
    if (held === undefined) return;
    this.#holdings.delete(tunnel);
    await this.#traffic?.remove(held.holding, held.name);
    if (held.holding.networks.length > 0) await this.#configure();
  }

  async close(): Promise<void> {
    await this.#leaving;
    await this.#traffic?.close();
    await this.#stack?.close();
    await this.#adapter?.close();
  }

  #send(datagram: Uint8Array): boolean {
    const tunnel = this.#switchboard.destination(datagram);
    if (tunnel === undefined || (this.#holdings.size > 1 && this.#ports.isFull(tunnel))) return false;
    this.#ports.send(tunnel, datagram);
    return true;
  }

  /** Its own address, and the networks behind confirmed tunnel clients, each with its client as the gateway. */
  async #configure(): Promise<void> {
    const routes = [...this.#holdings.values()].flatMap(({ holding: { address, networks } }) =>
      networks.map((network) => ({ ...network, gateway: address })),
    );
    const { adapter, traffic } = this.#config;
    await this.#stack?.configure({ address: parsePrefix(adapter.address), alone: traffic !== undefined, routes });
  }
}
