/** [EP] figs. 12 and 14: the tunnel server, many tunnel connections on one pseudo network adapter. */
import type { Socket } from 'node:net';
import type { Host } from '../../linux/host.ts';
import { thisHost } from '../../linux/this-host.ts';
import type { Cause, SessionDescription } from '../../nodes/effect.ts';
import { ServerNode } from '../../nodes/server.ts';
import { Acceptor } from '../acceptor.ts';
import { systemClock } from '../clock.ts';
import type { ServerConfig } from '../config/config.ts';
import { Connection, type Report } from '../connection.ts';
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
import { Policy } from './policy.ts';
import { ServerAdapter } from './server-adapter.ts';

export interface ServerSurroundings extends Surroundings {
  readonly host?: Host;
}

/** One accepted connection; a session once it is authorised. */
interface Tunnel {
  readonly connection: Connection;
  readonly node: ServerNode;
  session?: SessionDescription;
  confirmed?: true;
}

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

  constructor(config: ServerConfig, surroundings: ServerSurroundings) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#strangers = new LimitedLog(surroundings.log);
    this.#policy = new Policy(config, (error) => surroundings.log.error(`addressMap: ${messageOf(error)}`));
    this.#adapter = new ServerAdapter(config, {
      host: surroundings.host ?? thisHost,
      log: surroundings.log,
      send: ({ connection }, datagram) => connection.input({ type: 'datagram', datagram }),
      isFull: ({ connection }) => connection.full,
      queue: ({ node }) => node.queueCounts,
      failed: (error) => {
        this.#error(error);
        this.#end.resolve('failed');
      },
    });
  }

  async start(): Promise<void> {
    const { listener, log } = this.#surroundings;
    warnIfInsecure(this.#config, log);
    const name = await this.#adapter.open();
    const port = await this.#tunnels.listen(this.#config.listen, {
      log: this.#strangers,
      accept: (...accepted) => this.#accept(...accepted),
    });
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
    return this.#adapter.statistics();
  }

  async stop(): Promise<void> {
    await this.#tunnels.close(({ connection }) => connection.input({ type: 'command', command: 'shut down' }));
    await this.#adapter.close();
    this.#strangers.flush();
  }

  #accept(socket: Socket, source: string, name: string): void {
    const node: ServerNode = new ServerNode({
      ...this.#config,
      authority: this.#policy,
      source,
      giveWay: () => tunnel.connection.input({ type: 'gives way' }),
      keyLog: this.#surroundings.trace.wantsKeys,
    });
    const tunnel: Tunnel = {
      node,
      connection: new Connection(
        node,
        {
          open: () => Promise.reject(new Error('a tunnel server opens no connection')),
          deliver: (datagram) => this.#adapter.deliver(tunnel, datagram),
          pressure: (full) => this.#adapter.pressure(full),
          report: (effect) => this.#report(tunnel, name, effect),
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
    if (addresses !== undefined)
      this.#adapter.add(tunnel, session.name, addresses).catch((error: unknown) => this.#error(error));
    this.#surroundings.listener({ event: 'confirmed', name: session.name });
    older?.connection.input({ type: 'superseded' });
  }

  #remove(tunnel: Tunnel): void {
    const name = tunnel.session?.name;
    if (name !== undefined && this.#confirmed.get(name) === tunnel) this.#confirmed.delete(name);
    this.#adapter.remove(tunnel).catch((error: unknown) => this.#error(error));
    this.#tunnels.ended(tunnel);
  }

  #error(error: unknown): void {
    reportError(error, this.#surroundings);
  }
}
