/** The server's end of the virtual LAN ([EP] fig. 14, 255): one adapter, shared by all tunnels. */
import { serverActivation } from '../../adapter/activation.ts';
import { Adapter } from '../../adapter/adapter.ts';
import { type Counters, receiveDrops, zeroCounters } from '../../adapter/counters.ts';
import type { PeerPolicy } from '../../adapter/receive-path.ts';
import type { Passed } from '../../datapath/shared.ts';
import type { Host, Stack } from '../../linux/host.ts';
import type { QueueCounts } from '../../nodes/effect.ts';
import { ipv4Octets, ipv6Text, isIpv6 } from '../../packets/addresses.ts';
import { linkLocalOf } from '../../packets/interface-identifier.ts';
import type { Offload } from '../../packets/offload.ts';
import { networkOf, type Prefix, prefixText } from '../../packets/prefix.ts';
import type { ServerFile } from '../config/schemas.ts';
import { offloads } from '../config/shared-keys.ts';
import type { Log } from '../log.ts';
import { RefusedRoutes } from '../refused-routes.ts';
import { adapterStatistics, type Drop, drops, logDrops, type ServerStatistics } from '../statistics.ts';
import type { Hook } from './route-hook.ts';
import type { ClientAddresses } from './table.ts';
import { openTables, type Tables, type TablesConfig } from './tables.ts';
import { openTraffic, type Traffic } from './traffic.ts';

type AdapterConfig = TablesConfig & Pick<ServerFile, 'traffic'> & Partial<Pick<ServerFile, 'dataOptions'>>;

interface Ports<Tunnel> {
  readonly host: Host;
  readonly log: Log;
  readonly hook?: Hook | undefined;
  readonly send: (tunnel: Tunnel, datagram: Uint8Array, offload?: Offload) => void;
  readonly isFull: (tunnel: Tunnel) => boolean;
  readonly dataPath: (tunnel: Tunnel) => 'fast' | 'readable';
  /** What became of datagrams that the tunnel's node could not send at once. */
  readonly queue: (tunnel: Tunnel) => QueueCounts;
  readonly failed: (error: unknown) => void;
}

/** A confirmed tunnel client, and what passed since. */
interface Client<Tunnel> extends Pick<Counters, 'transmitted' | 'received'> {
  readonly tunnel: Tunnel;
  readonly name: string;
  readonly addresses: ClientAddresses;
  /** Whether it takes datagrams that lack something. */
  readonly takesWork: boolean;
  readonly permits: PeerPolicy;
  /** Why datagrams did not pass, as far as the adapter knows. */
  readonly dropped: { full: number; policy: number };
}

/** Why a tunnel did not get a datagram of the local stack. */
const tunnelDrops = {
  full: 'the tunnel connection is full',
  queue: 'the tunnel connection did not take the datagram',
};

/**
 * What the local stack takes the tunnel clients to be behind in IPv4. It is known without ARP, and nobody gives it to
 * himself (RFC 3927 §2.1).
 */
const gateway4 = '169.254.0.1';

/** Of a tunnel that is not confirmed. */
const nothing: PeerPolicy = () => false;

/**
 * `Tunnel` is what the server keeps of a session; here it only tells sessions apart. The adapter lasts as long as the server.
 */
export class ServerAdapter<Tunnel> {
  readonly #config: AdapterConfig;
  readonly #ports: Ports<Tunnel>;
  readonly #four: Tables<Client<Tunnel>>['four'];
  readonly #six: Tables<Client<Tunnel>>['six'];
  readonly #switchboard: Tables<Client<Tunnel>>['switchboard'];
  readonly #permitted: Tables<Client<Tunnel>>['permits'];
  readonly #clients = new Map<Tunnel, Client<Tunnel>>();
  readonly #refused: RefusedRoutes;
  #adapter: Adapter | undefined;
  #stack: Stack | undefined;
  #traffic: Traffic<Tunnel> | undefined;

  constructor(config: AdapterConfig, ports: Ports<Tunnel>) {
    this.#config = config;
    this.#ports = ports;
    this.#refused = new RefusedRoutes(({ route, reason }) =>
      ports.log.warn(`no route to the network ${prefixText(route)} behind a tunnel client: ${reason}`),
    );
    const { four, six, switchboard, permits } = openTables<Client<Tunnel>>(config);
    this.#four = four;
    this.#six = six;
    this.#switchboard = switchboard;
    this.#permitted = permits;
  }

  /** @returns the adapter's name. */
  async open(): Promise<string> {
    const { name, mtu, clientPhysical, serverPhysical } = this.#config.adapter;
    const { host, failed } = this.#ports;
    const device = await host.openDevice(name, offloads(this.#config.dataOptions));
    this.#adapter = new Adapter({ device, tunnel: (...datagram) => this.#send(...datagram), failed });
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
      this.#traffic = await openTraffic(traffic, device.name, this.#ports, {
        ipv4: ipv4Octets(gateway4),
        ipv6: this.#six && linkLocalOf(clientPhysical),
      });
    return device.name;
  }

  /** Whether routes come and go with tunnel clients. */
  get changesRoutes(): boolean {
    const { traffic, initiators } = this.#config;
    return traffic !== undefined || initiators.some(({ networks }) => networks.length > 0);
  }

  /** What other programs remove is not put back any more. */
  async leaveAlone(): Promise<void> {
    await this.#stack?.leaveAlone?.();
  }

  get adapter(): Adapter | undefined {
    return this.#adapter;
  }

  /** Counts what passed elsewhere. */
  count(tunnel: Tunnel, passed: Passed): void {
    const client = this.#clients.get(tunnel);
    if (client === undefined) return;
    client.transmitted.frames += passed.transmittedFrames;
    client.transmitted.octets += passed.transmittedOctets;
    client.received.frames += passed.receivedFrames;
    client.received.octets += passed.receivedOctets;
    client.dropped.full += passed.full;
    client.dropped.policy += passed.policy;
  }

  /** A tunnel client uses this source, 16 octets. */
  seen(source: Uint8Array): void {
    this.#traffic?.seen(source);
  }

  /** Gives a datagram that came out of a tunnel to the local stack, if its peer may send it. */
  deliver(tunnel: Tunnel, datagram: Uint8Array, offload?: Offload): void {
    const client = this.#clients.get(tunnel);
    const delivered = this.#adapter?.deliver(datagram, client?.permits ?? nothing, offload) ?? false;
    if (delivered && client !== undefined) count(client.received, datagram);
  }

  /** With one tunnel the local stack waits. With more tunnels a full one must not delay the others. */
  pressure(full: boolean): void {
    if (full && this.#clients.size === 1) this.#adapter?.pause();
    else this.#adapter?.resume();
  }

  /** @param dataOptions bits that were negotiated */
  async add(tunnel: Tunnel, name: string, addresses: ClientAddresses, dataOptions = 0): Promise<void> {
    const { transmitted, received } = zeroCounters();
    const client: Client<Tunnel> = {
      tunnel,
      name,
      addresses,
      takesWork: offloads(dataOptions),
      permits: (...datagram) => this.#permits(client, ...datagram),
      transmitted,
      received,
      dropped: { full: 0, policy: 0 },
    };
    this.#switchboard.add(client, addresses);
    this.#clients.set(tunnel, client);
    this.#shareWork();
    this.#traffic?.add(tunnel, addresses, name);
    if (this.#clients.size > 1) this.#adapter?.resume();
    if (addresses.networks.length > 0) await this.#configure();
  }

  async remove(tunnel: Tunnel): Promise<void> {
    const client = this.#clients.get(tunnel);
    if (client === undefined) return;
    const { name, addresses } = client;
    logDrops(this.#ports.log, `tunnel of ${name}`, this.#dropsOf(client));
    this.#clients.delete(tunnel);
    const [only] = this.#clients.keys();
    if (only !== undefined && this.#ports.isFull(only)) this.pressure(true);
    this.#shareWork();
    this.#switchboard.remove(client);
    this.#traffic?.remove(tunnel, addresses.address);
    if (addresses.networks.length > 0) await this.#configure();
  }

  statistics(): ServerStatistics {
    const tunnels = [...this.#clients.values()].map((client) => {
      const { name, addresses, transmitted, received } = client;
      const { address, prefix } = addresses;
      const passed = structuredClone({ transmitted, received });
      return {
        name,
        address,
        ...(prefix && { prefix: prefixText(prefix) }),
        ...passed,
        dataPath: this.#ports.dataPath(client.tunnel),
        dropped: this.#dropsOf(client),
      };
    });
    const adapter = this.#adapter === undefined ? null : adapterStatistics(this.#adapter);
    return { event: 'statistics', role: 'server', adapter, tunnels };
  }

  async close(): Promise<void> {
    await this.#traffic?.close();
    await this.#stack?.close();
    const { adapter } = this.statistics();
    if (adapter !== null) logDrops(this.#ports.log, `adapter ${adapter.name}`, adapter.dropped);
    await this.#adapter?.close();
  }

  /** Where no tunnel client takes datagrams that lack something, the local stack does the work. */
  #shareWork(): void {
    this.#adapter?.setOffload([...this.#clients.values()].some(({ takesWork }) => takesWork));
  }

  #dropsOf({ tunnel, dropped: { full, policy } }: Client<Tunnel>): Drop[] {
    return [
      ...drops('transmit', { full, queue: this.#ports.queue(tunnel).dropped }, tunnelDrops),
      ...drops('receive', { policy }, receiveDrops),
    ];
  }

  #permits(client: Client<Tunnel>, ...datagram: Parameters<PeerPolicy>): boolean {
    const permitted = this.#permitted(client, ...datagram);
    if (permitted) this.#traffic?.seen(datagram[0]);
    else client.dropped.policy += 1;
    return permitted;
  }

  #send(datagram: Uint8Array, offload?: Offload): boolean {
    const client = this.#switchboard.destination(datagram);
    if (client === undefined) return false;
    if (this.#clients.size > 1 && this.#ports.isFull(client.tunnel)) {
      client.dropped.full += 1;
      return false;
    }
    count(client.transmitted, datagram);
    this.#ports.send(client.tunnel, datagram, offload);
    return true;
  }

  /**
   * Its own addresses, and all clients and the networks behind them through one gateway of each family. What is on link is a
   * neighbour each: an initiator may use 2^64 addresses, and a network be searched for who is there.
   */
  async #configure(): Promise<void> {
    const { address: own, address6, clientPhysical } = this.#config.adapter;
    const gateway6 = ipv6Text(linkLocalOf(clientPhysical));
    const through = (network: Prefix) => ({ ...network, gateway: isIpv6(network.address) ? gateway6 : gateway4 });
    const networks = [...this.#clients.values()].flatMap(({ addresses }) => addresses.networks);
    // In a group other members have addresses of the prefix.
    const alone = this.#config.traffic === undefined;
    const lans = [own, ...(address6 === undefined ? [] : [address6])];
    const refused = await this.#stack?.configure({
      addresses: lans.map((lan) => ({ ...lan, prefixRoute: alone && lan === own ? 'last' : false })),
      neighbours: [{ address: gateway4, physical: clientPhysical }],
      ownRoutes: alone ? lans.map((lan) => through(networkOf(lan))) : [],
      routes: networks.map(through),
    });
    this.#refused.update(refused ?? []);
  }
}

function count(passed: Counters['transmitted'], datagram: Uint8Array): void {
  passed.frames += 1;
  passed.octets += datagram.length;
}
