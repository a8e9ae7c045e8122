/** [EP] fig. 23, 504 to 520: one pseudo network adapter that stays while tunnel connections come and go. */
import { clientActivation } from '../../adapter/activation.ts';
import { Adapter } from '../../adapter/adapter.ts';
import type { Host, NameServicePort, Stack } from '../../linux/host.ts';
import { SerialQueue } from '../../linux/programs/serial-queue.ts';
import type { StackConfiguration } from '../../linux/routing/local-stack.ts';
import { connectedSubnets } from '../../linux/routing/subnets.ts';
import type { Offload } from '../../packets/offload.ts';
import type { Prefix } from '../../packets/prefix.ts';
import type { ClientData } from '../../wire/client-data.ts';
import { type NetworkSettings, toNetworkSettings } from '../../wire/network-settings.ts';
import type { ClientConfig } from '../config/config.ts';
import { offloads } from '../config/shared-keys.ts';
import type { Log } from '../log.ts';
import { RefusedRoutes } from '../refused-routes.ts';
import { messageOf } from '../reporting.ts';
import { type AdapterStatistics, adapterStatistics, logDrops } from '../statistics.ts';
import { judge } from './acceptance.ts';
import type { RoutesChange } from './data-path.ts';
import { Reception } from './reception.ts';
import { addressesOf, reachableBy, routesOf } from './stack-settings.ts';

const { isDeepStrictEqual } = process.getBuiltinModule('node:util');

interface Ports {
  readonly log: Log;
  readonly host: Host;
  /** @returns whether there is a tunnel for the datagram. */
  readonly tunnel: (datagram: Uint8Array, offload?: Offload) => boolean;
  readonly failed: (error: unknown) => void;
}

/** What is open while there is an adapter, and what it was last configured with. */
interface Open {
  adapter?: Adapter;
  stack?: Stack;
  dhcpClient?: { close(): Promise<void> } | undefined;
  names?: NameServicePort | undefined;
  settings?: NetworkSettings;
  accepted?: RoutesChange;
  reception?: Reception;
  wanted?: StackConfiguration;
}

/** Before the client data is accepted. */
const nothing = (): boolean => false;

/**
 * Made without an adapter: the first client data make it. One activation or closing runs after the other, in the order of
 * the calls.
 */
export class ClientAdapter {
  readonly #config: ClientConfig;
  readonly #ports: Ports;
  #open: Open = {};
  /** The subnets that other adapters of this machine were on when client data was last accepted. */
  #connected: readonly Prefix[] = [];
  readonly #refused: RefusedRoutes;
  /** One activation or closing after the other. */
  readonly #queue = new SerialQueue();

  constructor(config: ClientConfig, ports: Ports) {
    this.#config = config;
    this.#ports = ports;
    this.#refused = new RefusedRoutes(({ reason }) => ports.log.warn(`client data: a route is refused: ${reason}`));
  }

  /**
   * What of the client data may be used; every refused option is named in the log.
   * @throws Error when the adapter can't be configured with it
   */
  accept(clientData: ClientData): NetworkSettings {
    const { accept, adapter } = this.#config;
    this.#connected = connectedSubnets(adapter.name);
    const { accepted, refused } = judge(toNetworkSettings(clientData), accept, this.#connected);
    for (const { option, reason } of refused) this.#ports.log.warn(`client data: ${option} is refused: ${reason}`);
    if (accepted !== undefined) return accepted;
    throw new Error(`the server's client data cannot be used: ${refused.map(({ reason }) => reason).join('; ')}`);
  }

  /** The adapter's name while there is one. */
  get name(): string | undefined {
    return this.#open.adapter?.name;
  }

  get adapter(): Adapter | undefined {
    return this.#open.adapter;
  }

  /** What decides what may come out of the tunnel; undefined before there is client data. */
  get accepted(): RoutesChange | undefined {
    return this.#open.accepted;
  }

  /** Null while there is no adapter. */
  get statistics(): AdapterStatistics | null {
    return this.#open.adapter === undefined ? null : adapterStatistics(this.#open.adapter);
  }

  /** For use before connecting to one of these: then no route through the adapter carries what is sent to them. */
  pin(firstHops: readonly string[]): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#open.wanted === undefined) return;
      this.#open.wanted = { ...this.#open.wanted, firstHops };
      await this.#open.stack?.configure(this.#open.wanted);
    });
  }

  /**
   * Makes the client data available to the adapter (508) and brings it up (510); again after Reconnect.
   * @returns the adapter's name if it is new.
   */
  activate(settings: NetworkSettings, firstHops: readonly string[]): Promise<string | undefined> {
    return this.#queue.run(() => this.#activate(settings, firstHops));
  }

  deliver(datagram: Uint8Array, offload?: Offload): void {
    this.#open.adapter?.deliver(datagram, this.#open.reception?.permits ?? nothing, offload);
  }

  pressure(full: boolean): void {
    if (full) this.#open.adapter?.pause();
    else this.#open.adapter?.resume();
  }

  /** Gives back routes and address, then the adapter. */
  close(): Promise<void> {
    return this.#queue.run(async () => {
      const { statistics } = this;
      if (statistics !== null) logDrops(this.#ports.log, `adapter ${statistics.name}`, statistics.dropped);
      const { stack, adapter, dhcpClient, names } = this.#open;
      this.#open = {};
      this.#refused.update([]);
      // First, since it gives its lease back through the adapter.
      await dhcpClient?.close();
      await names?.close().catch((error: unknown) => this.#ports.log.warn(`DNS servers: ${messageOf(error)}`));
      await stack?.close();
      await adapter?.close();
    });
  }

  async #activate(settings: NetworkSettings, firstHops: readonly string[]): Promise<string | undefined> {
    const { name: wanted } = this.#config.adapter;
    const { host, log, tunnel, failed } = this.#ports;
    const fresh = this.#open.adapter === undefined;
    const renew = !fresh && !isDeepStrictEqual(settings, this.#open.settings);
    const leaves = offloads(this.#config.dataOptions);
    this.#open.adapter ??= new Adapter({ device: await host.openDevice(wanted, leaves), tunnel, failed });
    const { name } = this.#open.adapter;
    // The adapter answers a DHCP client at once, whose routes must not carry the tunnel itself.
    await this.#prepare(name, settings, firstHops);
    if (fresh || renew)
      this.#open.adapter.activate(clientActivation(this.#withMtu(settings), this.#open.settings?.ipv6?.prefix), renew);
    this.#open.settings = settings;
    this.#open.accepted = [settings, this.#config.networks, this.#connected];
    this.#open.reception = new Reception(...this.#open.accepted);
    const usable = await this.#usable(name, settings);
    if (usable !== settings && (fresh || renew))
      log.warn(`client data: the IPv6 prefix ${settings.ipv6?.prefix}/64 is not used: IPv6 is off on this machine`);
    await this.#configure(usable, firstHops);
    if (fresh) await this.#startDhcpClient(name);
    if (fresh || renew) await this.#tellNames(name, usable);
    return fresh ? name : undefined;
  }

  /** With the user's MTU, if the file has one, instead of the server's. */
  #withMtu(settings: NetworkSettings): NetworkSettings {
    const { mtu } = this.#config.adapter;
    const { ipv6 } = settings;
    return mtu === undefined ? settings : { ...settings, mtu, ...(ipv6 && { ipv6: { ...ipv6, mtu } }) };
  }

  /** A client that ends is not started again: the user has to know why it ended. */
  async #startDhcpClient(device: string): Promise<void> {
    const { dhcpClient } = this.#config.adapter;
    if (dhcpClient === 'none') return;
    const { host, log } = this.#ports;
    this.#open.dhcpClient = await host.startDhcpClient?.(dhcpClient === 'auto' ? undefined : dhcpClient, device, {
      printed: (line) => log.debug(`DHCP client: ${line}`),
      ended: (reason) => log.warn(`DHCP client: ${reason}: "${device}" gets and keeps no address by it`),
    });
  }

  /** The routes to the first hops, while all else stays as it was. */
  async #prepare(device: string, settings: NetworkSettings, firstHops: readonly string[]): Promise<void> {
    const { configure, routes } = this.#config.adapter;
    if (configure === 'none' && !routes) return;
    const { host, log } = this.#ports;
    this.#open.stack ??= await host.openStack(
      device,
      (error) => log.warn(`routes could not be put back: ${String(error)}`),
      (line) => log.warn(line),
    );
    const wanted = this.#open.wanted ?? { routes: [] };
    await this.#open.stack.configure({ ...wanted, firstHops, reachable: reachableBy(settings) });
  }

  /** Step 520: the routes to the private network, through the server's adapter. */
  async #configure(settings: NetworkSettings, firstHops: readonly string[]): Promise<void> {
    if (this.#open.stack === undefined) return;
    const { configure, routes } = this.#config.adapter;
    this.#open.wanted = {
      addresses: configure === 'direct' ? addressesOf(settings) : [],
      routes: routes ? routesOf(settings) : [],
      firstHops,
      reachable: reachableBy(settings),
    };
    this.#refused.update(await this.#open.stack.configure(this.#open.wanted));
  }

  /** Without IPv6 where this machine has it off. */
  async #usable(device: string, settings: NetworkSettings): Promise<NetworkSettings> {
    const { ipv6, ...ipv4 } = settings;
    return ipv6 === undefined || (await this.#ports.host.hasIpv6?.(device)) !== false ? settings : ipv4;
  }

  /** Only with "direct": elsewhere the DHCP client tells the name service. The tunnel goes on if names cannot be set. */
  async #tellNames(device: string, { dns: four, domain, search: list, ipv6 }: NetworkSettings): Promise<void> {
    const dns = [...four, ...(ipv6?.dns ?? [])];
    const search = [...list, ...(ipv6?.search ?? [])];
    const { configure, dns: wanted } = this.#config.adapter;
    if (configure !== 'direct' || !wanted) return;
    const { host, log } = this.#ports;
    this.#open.names ??= await host.openNameService?.(device);
    if (dns.length > 0 && this.#open.names?.available !== true)
      log.warn(
        `the DNS servers ${dns.join(', ')} are not set up: neither systemd-resolved nor resolvconf is here; install one, or set them up by hand`,
      );
    const domains = [...new Set([...(domain === undefined ? [] : [domain]), ...search])];
    await this.#open.names
      ?.set({ servers: dns, search: domains })
      .catch((error: unknown) => log.warn(`the DNS servers are not set up: ${messageOf(error)}`));
  }
}
