/** The server's end of the virtual LAN ([EP] fig. 14, 255): one adapter, shared by all tunnels. */

import { serverActivation } from '../../adapter/activation.ts';
import { Adapter } from '../../adapter/adapter.ts';
import type { PeerPolicy } from '../../adapter/receive-path.ts';
import type { Host, Stack } from '../../linux/host.ts';
import { ipv6Text, isIpv6 } from '../../packets/addresses.ts';
import { linkLocalOf } from '../../packets/interface-identifier.ts';
import { parsePrefix } from '../../packets/prefix.ts';
import type { ServerFile } from '../config/schemas.ts';
import { Lan6 } from '../lan6.ts';
import type { Log } from '../log.ts';
import { physical } from './policy.ts';
import { clientsOf, hostAddress, isHost } from './pool.ts';
import { Switchboard } from './switchboard.ts';
import type { Holding } from './table.ts';
import { Table4 } from './table4.ts';
import { Table6 } from './table6.ts';
import { openTraffic, type Traffic } from './traffic.ts';

type AdapterConfig = Pick<ServerFile, 'adapter' | 'initiators' | 'clientData' | 'clientToClient' | 'traffic'>;

interface Ports<Tunnel> {
  readonly host: Host;
  readonly log: Log;
  readonly send: (tunnel: Tunnel, datagram: Uint8Array) => void;
  readonly isFull: (tunnel: Tunnel) => boolean;
  readonly failed: (error: unknown) => void;
}

export class ServerAdapter<Tunnel> {
  readonly #config: AdapterConfig;
  readonly #ports: Ports<Tunnel>;
  readonly #four: Table4<Tunnel>;
  readonly #six: Table6<Tunnel> | undefined;
  readonly #switchboard: Switchboard<Tunnel>;
  readonly #holdings = new Map<Tunnel, Holding>();
  #adapter: Adapter | undefined;
  #stack: Stack | undefined;
  #traffic: Traffic<Tunnel> | undefined;

  constructor(config: AdapterConfig, ports: Ports<Tunnel>) {
    this.#config = config;
    this.#ports = ports;
    const shared = config.traffic !== undefined;
    const isClient = shared ? clientsOf(config) : undefined;
    const { address, address6 } = config.adapter;
    this.#four = new Table4(parsePrefix(address), isClient);
    if (address6 !== undefined) {
      const isOthers =
        isClient && ((number: number) => isHost(number, config) && isClient(hostAddress(number, config)));
      const networks = config.initiators.flatMap((entry) => entry.networks.map(parsePrefix));
      this.#six = new Table6(new Lan6(parsePrefix(address6)), isOthers, shared ? networks : []);
    }
    this.#switchboard = new Switchboard(this.#four, this.#six, { clientToClient: config.clientToClient, shared });
  }

  /** @returns the adapter's name. */
  async open(): Promise<string> {
    const { name, mtu, clientPhysical, serverPhysical } = this.#config.adapter;
    const { host, failed } = this.#ports;
    const device = await host.openDevice(name);
    this.#adapter = new Adapter({ device, tunnel: (datagram) => this.#send(datagram), failed });
    this.#adapter.activate(
      serverActivation({
        isClient: (address) => this.#four.holds(address),
        isBehindClient: (address) => this.#six?.holder(address, 0) !== undefined,
        clientPhysical: physical(clientPhysical),
        serverPhysical: physical(serverPhysical),
        mtu,
      }),
    );
    if (this.#six !== undefined && (await host.hasIpv6?.(device.name)) === false)
      throw new Error(
        'adapter.address6: IPv6 is off on this machine: switch it on (sysctl net.ipv6.conf.default.disable_ipv6=0), or leave the key out',
      );
    this.#stack = await host.openStack(device.name, failed, (line) => this.#ports.log.warn(line));
    await this.#configure();
    const { traffic } = this.#config;
    if (traffic !== undefined)
      this.#traffic = await openTraffic(traffic, device.name, this.#ports.log, this.#six !== undefined);
    return device.name;
  }

  deliver(_tunnel: Tunnel, datagram: Uint8Array, permits: PeerPolicy): void {
    this.#adapter?.deliver(datagram, permits);
  }

  permits(tunnel: Tunnel, source: Uint8Array, destination: Uint8Array): boolean {
    const permitted = this.#switchboard.permits(tunnel, source, destination);
    if (permitted) this.#traffic?.seen(source);
    return permitted;
  }

  /** With one tunnel the stack itself waits; with more a full one must not hold up the others. */
  pressure(full: boolean): void {
    if (full && this.#holdings.size === 1) this.#adapter?.pause();
    else this.#adapter?.resume();
  }

  async add(tunnel: Tunnel, name: string, holding: Holding): Promise<void> {
    this.#switchboard.add(tunnel, holding);
    this.#holdings.set(tunnel, holding);
    this.#traffic?.add(tunnel, holding, name);
    if (this.#holdings.size > 1) this.#adapter?.resume();
    if (holding.networks.length > 0) await this.#configure();
  }

  async remove(tunnel: Tunnel): Promise<void> {
    const holding = this.#holdings.get(tunnel);
    this.#holdings.delete(tunnel);
    this.#switchboard.remove(tunnel);
    if (holding !== undefined) this.#traffic?.remove(tunnel, holding.address);
    if (holding !== undefined && holding.networks.length > 0) await this.#configure();
  }

  async close(): Promise<void> {
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
    const { address: own, address6, clientPhysical } = this.#config.adapter;
    const gateway6 = ipv6Text(linkLocalOf(physical(clientPhysical)));
    const routes = [...this.#holdings.values()].flatMap(({ address, networks }) =>
      networks.map((network) => ({ ...network, gateway: isIpv6(network.address) ? gateway6 : address })),
    );
    // In a group other members have addresses of the prefix.
    const prefixRoute = this.#config.traffic === undefined;
    const addresses = [own, ...(address6 === undefined ? [] : [address6])];
    await this.#stack?.configure({
      addresses: addresses.map((text) => ({ ...parsePrefix(text), prefixRoute })),
      routes,
    });
  }
}
