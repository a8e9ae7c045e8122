/** The server's end of the virtual LAN ([EP] fig. 14, 255): one adapter, shared by all tunnels. */
import { serverActivation } from '../../adapter/activation.ts';
import { Adapter } from '../../adapter/adapter.ts';
import type { Host, Stack } from '../../linux/host.ts';
import { ipv4Octets, ipv6Text, isIpv6 } from '../../packets/addresses.ts';
import { linkLocalOf } from '../../packets/interface-identifier.ts';
import type { ServerFile } from '../config/schemas.ts';
import { Lan } from '../lan.ts';
import type { Log } from '../log.ts';
import { Pool, type PoolConfig } from './pool.ts';
import { Switchboard } from './switchboard.ts';
import { type ClientAddresses, type GroupClients, Table } from './table.ts';
import { openTraffic, type Traffic } from './traffic.ts';

type AdapterConfig = PoolConfig & Pick<ServerFile, 'clientToClient' | 'traffic'>;

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
  readonly #four: Table<Tunnel>;
  readonly #six: Table<Tunnel> | undefined;
  readonly #switchboard: Switchboard<Tunnel>;
  readonly #clients = new Map<Tunnel, ClientAddresses>();
  #adapter: Adapter | undefined;
  #stack: Stack | undefined;
  #traffic: Traffic<Tunnel> | undefined;

  constructor(config: AdapterConfig, ports: Ports<Tunnel>) {
    this.#config = config;
    this.#ports = ports;
    const { traffic, clientToClient, adapter, initiators } = config;
    const shared = traffic !== undefined;
    const pool = new Pool(config);
    const networks = initiators.flatMap((entry) => entry.networks);
    const group: GroupClients | undefined = shared
      ? { hasClient: (number) => pool.hasClient(number), networks }
      : undefined;
    this.#four = new Table(pool.lan, group);
    this.#six = adapter.address6 && new Table(new Lan(adapter.address6), group);
    this.#switchboard = new Switchboard(this.#four, this.#six, { clientToClient, shared });
  }

  /** @returns the adapter's name. */
  async open(): Promise<string> {
    const { name, mtu, clientPhysical, serverPhysical } = this.#config.adapter;
    const { host, failed } = this.#ports;
    const device = await host.openDevice(name);
    this.#adapter = new Adapter({ device, tunnel: (datagram) => this.#send(datagram), failed });
    this.#adapter.activate(
      serverActivation({
        isClient: (address) => this.#four.hasClient(ipv4Octets(address)),
        isBehindClient: (address) => this.#six?.holder(address) !== undefined,
        clientPhysical,
        serverPhysical,
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

  /** Gives a datagram that came out of a tunnel to the local stack, if its peer may send it. */
  deliver(tunnel: Tunnel, datagram: Uint8Array): void {
    this.#adapter?.deliver(datagram, (source, destination) => this.#permits(tunnel, source, destination));
  }

  /** With one tunnel the stack itself waits; with more a full one must not hold up the others. */
  pressure(full: boolean): void {
    if (full && this.#clients.size === 1) this.#adapter?.pause();
    else this.#adapter?.resume();
  }

  async add(tunnel: Tunnel, name: string, addresses: ClientAddresses): Promise<void> {
    this.#switchboard.add(tunnel, addresses);
    this.#clients.set(tunnel, addresses);
    this.#traffic?.add(tunnel, addresses, name);
    if (this.#clients.size > 1) this.#adapter?.resume();
    if (addresses.networks.length > 0) await this.#configure();
  }

  async remove(tunnel: Tunnel): Promise<void> {
    const addresses = this.#clients.get(tunnel);
    if (addresses === undefined) return;
    this.#clients.delete(tunnel);
    this.#switchboard.remove(tunnel);
    this.#traffic?.remove(tunnel, addresses.address);
    if (addresses.networks.length > 0) await this.#configure();
  }

  async close(): Promise<void> {
    await this.#traffic?.close();
    await this.#stack?.close();
    await this.#adapter?.close();
  }

  #permits(tunnel: Tunnel, source: Uint8Array, destination: Uint8Array): boolean {
    const permitted = this.#switchboard.permits(tunnel, source, destination);
    if (permitted) this.#traffic?.seen(source);
    return permitted;
  }

  #send(datagram: Uint8Array): boolean {
    const tunnel = this.#switchboard.destination(datagram);
    if (tunnel === undefined || (this.#clients.size > 1 && this.#ports.isFull(tunnel))) return false;
    this.#ports.send(tunnel, datagram);
    return true;
  }

  /** Its own address, and the networks behind confirmed tunnel clients, each with its client as the gateway. */
  async #configure(): Promise<void> {
    const { address: own, address6, clientPhysical } = this.#config.adapter;
    const gateway6 = ipv6Text(linkLocalOf(clientPhysical));
    const routes = [...this.#clients.values()].flatMap(({ address, networks }) =>
      networks.map((network) => ({ ...network, gateway: isIpv6(network.address) ? gateway6 : address })),
    );
    // In a group other members have addresses of the prefix.
    const prefixRoute = this.#config.traffic === undefined;
    const addresses = [own, ...(address6 === undefined ? [] : [address6])];
    await this.#stack?.configure({
      addresses: addresses.map((address) => ({ ...address, prefixRoute })),
      routes,
    });
  }
}
