/** [EP] figs. 12 and 14: the tunnel server, many tunnel connections on one pseudo network adapter. */
import type { Socket } from 'node:net';
import type { Passed } from '../../datapath/shared.ts';
import type { Host } from '../../linux/host.ts';
import { thisHost } from '../../linux/this-host.ts';
import type { Cause, SessionDescription } from '../../nodes/effect.ts';
import { ServerNode } from '../../nodes/server.ts';
import { Acceptor } from '../acceptor.ts';
import { systemClock } from '../clock.ts';
import type { ServerConfig } from '../config/config.ts';
import { faultOfFolder } from '../config/shared-folder.ts';
import { Connection, type Report } from '../connection.ts';
import { DataPath } from '../data-path.ts';
import type { Service } from '../events.ts';
import { LimitedLog } from '../limited-log.ts';
import {
  authorizedEvent,
  endedEvent,
  messageOf,
  record,
  reportError,
  type Surroundings,
  warnIfInsecure,
} from '../reporting.ts';
import type { ServerStatistics } from '../statistics.ts';
import type { RoutesChange, RoutesData, RoutesNews } from './data-path.ts';
import { Policy } from './policy.ts';
import type { Hook } from './route-hook.ts';
import { ServerAdapter } from './server-adapter.ts';
import type { ClientAddresses } from './table.ts';

export interface ServerSurroundings extends Surroundings {
  readonly host?: Host;
  /** Runs the program of traffic.routeHook; by default this process does. */
  readonly hook?: Hook;
}

/** One accepted connection; a session once it is authorised. */
interface Tunnel {
  /** By which the data path knows it. */
  readonly number: number;
  readonly connection: Connection;
  readonly node: ServerNode;
  session?: SessionDescription;
  confirmed?: true;
}

/** One process's server, from `start` to `finished`, which says whether it ended as its operator wanted. */
export class TunnelServer implements Service {
  readonly #end = Promise.withResolvers<'done' | 'failed'>();
  readonly finished = this.#end.promise;
  readonly #config: ServerConfig;
  readonly #surroundings: ServerSurroundings;
  readonly #policy: Policy;
  readonly #adapter: ServerAdapter<Tunnel>;
  readonly #tunnels = new Acceptor<Tunnel>();
  readonly #strangers: LimitedLog;
  /** The confirmed session of each name. */
  readonly #confirmed = new Map<string, Tunnel>();
  readonly #dataPath: DataPath;
  #numbers = 0;

  constructor(config: ServerConfig, surroundings: ServerSurroundings) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#strangers = new LimitedLog(surroundings.log);
    this.#policy = new Policy(config, (error) => surroundings.log.error(`addressMap: ${messageOf(error)}`));
    this.#adapter = new ServerAdapter(config, {
      host: surroundings.host ?? thisHost,
      hook: surroundings.hook,
      log: surroundings.log,
      send: ({ connection }, ...datagram) => connection.transmit(...datagram),
      isFull: ({ connection }) => connection.full,
      dataPath: ({ connection }) => this.#dataPath.of(connection),
      queue: ({ node }) => node.queueCounts,
      failed: (error) => {
        this.#error(error);
        this.#end.resolve('failed');
      },
    });
    this.#dataPath = this.#openDataPath();
  }

  #openDataPath(): DataPath {
    const { dataPath, initiators, adapter, clientData, clientToClient, traffic } = this.#config;
    const tables = { initiators, adapter, clientData, clientToClient, ...(traffic && { traffic }) };
    const routes: RoutesData = { config: tables, tellsSources: traffic?.proxyArp !== undefined };
    return new DataPath(dataPath, new URL('./data-thread.ts', import.meta.url), routes, {
      log: this.#surroundings.log,
      adapter: () => this.#adapter.adapter,
      news: (news) => this.#adapter.seen((news as RoutesNews).source),
    });
  }

  async start(): Promise<void> {
    const { listener, log, confine } = this.#surroundings;
    warnIfInsecure(this.#config, log);
    const name = await this.#adapter.open();
    await this.#dataPath.start(confine !== undefined);
    const port = await this.#tunnels.listen(this.#config.listen, {
      log: this.#strangers,
      accept: (...accepted) => this.#accept(...accepted),
    });
    const netAdmin = this.#adapter.changesRoutes;
    if (confine !== undefined && !netAdmin) await this.#adapter.leaveAlone();
    confine?.({ netAdmin });
    this.#checkAddressMap();
    listener({ event: 'ready', role: 'server', port });
    listener({ event: 'adapter', name });
  }

  /** @param name ends the sessions of that initiator only. */
  command(command: 'connect' | 'end session', name?: string): void {
    if (command !== 'end session') return;
    for (const tunnel of this.#tunnels.open)
      if (name === undefined || tunnel.session?.name === name)
        tunnel.connection.input({ type: 'command', command: 'end session' });
  }

  statistics(): ServerStatistics {
    this.#dataPath.settle();
    return this.#adapter.statistics();
  }

  async stop(): Promise<void> {
    await this.#tunnels.close(({ connection }) => connection.input({ type: 'command', command: 'shut down' }));
    await this.#dataPath.stop();
    await this.#adapter.close();
    this.#strangers.flush();
  }

  /** As the user that this process has become. */
  #checkAddressMap(): void {
    const { addressMap } = this.#config;
    const fault = addressMap && faultOfFolder(addressMap);
    if (fault) throw new Error(`addressMap: ${addressMap} ${fault}`);
  }

  #accept(socket: Socket, source: string, name: string): void {
    const node: ServerNode = new ServerNode({
      ...this.#config,
      authority: this.#policy,
      source,
      giveWay: () => tunnel.connection.input({ type: 'gives way' }),
      keyLog: this.#surroundings.trace.wantsKeys,
    });
    this.#numbers += 1;
    const tunnel: Tunnel = {
      number: this.#numbers,
      node,
      connection: new Connection(
        node,
        {
          open: () => Promise.reject(new Error('a tunnel server opens no connection')),
          deliver: (...datagram) => this.#adapter.deliver(tunnel, ...datagram),
          pressure: (full) => this.#adapter.pressure(full),
          report: (effect) => this.#report(tunnel, name, effect),
          handled: () => this.#dataPath.offer(tunnel.connection),
        },
        this.#surroundings.clock ?? systemClock,
      ),
    };
    this.#tunnels.open.add(tunnel);
    tunnel.connection.accept(socket);
  }

  #report(tunnel: Tunnel, name: string, effect: Report): void {
    record(effect, name, this.#surroundings, this.#strangers);
    if (effect.type === 'authorized') {
      tunnel.session = effect.session;
      this.#surroundings.log.debug(`${name}: a REQUEST of ${effect.session.name}, which may be a replay`);
    } else if (effect.type === 'confirmed') {
      this.#surroundings.log.info(`${name}: ${effect.session.name} is authorised`);
      this.#confirm(tunnel, effect.session);
    } else if (effect.type === 'ended') {
      const { cause } = effect;
      this.#tellEnd(tunnel, name, cause);
      this.#remove(tunnel);
    }
  }

  /** Who was not confirmed is a stranger, whatever name his REQUEST has: he may come as often as he likes. */
  #tellEnd({ confirmed, session }: Tunnel, name: string, cause: Cause): void {
    const { log, listener } = this.#surroundings;
    const line = `${name}: ended by ${cause.by}: ${cause.reason}`;
    if (confirmed === true) {
      log.info(line);
      listener(endedEvent(cause, session?.name));
    } else if (this.#strangers.info(cause.reason, line)) listener(endedEvent(cause));
  }

  /** Only now is it known that the initiator is there: routes are made, and an older session of the name ends. */
  #confirm(tunnel: Tunnel, session: SessionDescription): void {
    tunnel.confirmed = true;
    const addresses = this.#policy.addressesOf(session);
    this.#surroundings.listener(authorizedEvent(session, addresses));
    const older = this.#confirmed.get(session.name);
    this.#confirmed.set(session.name, tunnel);
    if (addresses !== undefined) this.#add(tunnel, session, addresses);
    this.#surroundings.listener({ event: 'confirmed', name: session.name });
    older?.connection.input({ type: 'superseded' });
  }

  #add(tunnel: Tunnel, { name, transform, dataOptions }: SessionDescription, addresses: ClientAddresses): void {
    const { number, connection, node } = tunnel;
    this.#adapter.add(tunnel, name, addresses, dataOptions).catch((error: unknown) => this.#error(error));
    this.#dataPath.change(number, { tunnel: number, addresses } satisfies RoutesChange);
    const count = (passed: Passed): void => this.#adapter.count(tunnel, passed);
    this.#dataPath.add({ number, connection, node, transform, count });
  }

  #remove(tunnel: Tunnel): void {
    const { number: ended } = tunnel;
    this.#dataPath.remove(tunnel.connection);
    this.#dataPath.change(ended, { tunnel: ended } satisfies RoutesChange, true);
    const name = tunnel.session?.name;
    if (name !== undefined && this.#confirmed.get(name) === tunnel) this.#confirmed.delete(name);
    this.#adapter.remove(tunnel).catch((error: unknown) => this.#error(error));
    this.#tunnels.ended(tunnel);
  }

  #error(error: unknown): void {
    reportError(error, this.#surroundings);
  }
}
