/** [EP] figs. 12 and 14: the tunnel server, many tunnel connections on one pseudo network adapter. */
import type { Server, Socket } from 'node:net';
import type { PeerPolicy } from '../../adapter/receive-path.ts';
import type { Host } from '../../linux/host.ts';
import { thisHost } from '../../linux/this-host.ts';
import type { SessionDescription } from '../../nodes/effect.ts';
import { ServerNode } from '../../nodes/server.ts';
import { systemClock } from '../clock.ts';
import type { ServerConfig } from '../config/config.ts';
import { Connection, type Report } from '../connection.ts';
import type { Service } from '../events.ts';
import { authorizedEvent, endedEvent, messageOf, record, type Surroundings } from '../reporting.ts';
import { timersOf } from '../timers.ts';
import { listenOn } from '../transport.ts';
import { Policy } from './policy.ts';
import { ServerAdapter } from './server-adapter.ts';

export interface ServerSurroundings extends Surroundings {
  readonly host?: Host;
}

/** One accepted connection; a session once it is authorised. */
interface Tunnel {
  readonly connection: Connection;
  readonly permits: PeerPolicy;
  session?: SessionDescription;
}

export class TunnelServer implements Service {
  readonly finished: Promise<'done' | 'failed'>;
  readonly #config: ServerConfig;
  readonly #surroundings: ServerSurroundings;
  readonly #policy: Policy;
  readonly #adapter: ServerAdapter<Tunnel>;
  readonly #fail: (outcome: 'failed') => void;
  readonly #tunnels = new Set<Tunnel>();
  /** The confirmed session of each name. */
  readonly #confirmed = new Map<string, Tunnel>();
  #server: Server | undefined;
  #idle: (() => void) | undefined;

  constructor(config: ServerConfig, surroundings: ServerSurroundings) {
    this.#config = config;
    this.#surroundings = surroundings;
    const { promise, resolve } = Promise.withResolvers<'done' | 'failed'>();
    this.finished = promise;
    this.#fail = resolve;
    this.#policy = new Policy(config, (error) => surroundings.log.error(`addressMap: ${messageOf(error)}`));
    this.#adapter = new ServerAdapter(config, {
      host: surroundings.host ?? thisHost,
      log: surroundings.log,
      send: ({ connection }, datagram) => connection.input({ type: 'datagram', datagram }),
      isFull: ({ connection }) => connection.full,
      failed: (error) => {
        this.#error(error);
        this.#fail('failed');
      },
    });
  }

  async start(): Promise<void> {
    const { listener, log } = this.#surroundings;
    if (this.#config.insecure)
      log.warn(
        'INSECURE: "deterministic" makes every session key of this process predictable; never use it but for a test',
      );
    const name = await this.#adapter.open();
    const { server, port } = await listenOn(
      this.#config.listen,
      (socket) => this.#accept(socket),
      (reason) => this.#surroundings.log.warn(`a connection could not be accepted: ${reason}`),
    );
    this.#server = server;
    listener({ event: 'ready', role: 'server', port });
    listener({ event: 'adapter', name });
  }

  /** @param name ends the sessions of that initiator only. */
  command(command: 'connect' | 'end session', name?: string): void {
    if (command !== 'end session') return;
    for (const tunnel of this.#tunnels)
      if (name === undefined || tunnel.session?.name === name)
        tunnel.connection.input({ type: 'command', command: 'end session' });
  }

  async stop(): Promise<void> {
    this.#server?.close();
    for (const { connection } of this.#tunnels) connection.input({ type: 'command', command: 'shut down' });
    if (this.#tunnels.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.#adapter.close();
  }

  #accept(socket: Socket): void {
    const source = socket.remoteAddress ?? '';
    const who = `${source}:${socket.remotePort ?? 0}`;
    const node = new ServerNode({
      names: this.#config.names,
      staticPrivate: this.#config.staticPrivate,
      authority: this.#policy,
      source,
      timers: timersOf(this.#config),
      randomness: this.#config.randomness,
      keyLog: this.#surroundings.trace.wantsKeys,
    });
    const tunnel: Tunnel = {
      connection: new Connection(
        node,
        {
          open: () => Promise.reject(new Error('a tunnel server opens no connection')),
          deliver: (datagram) => this.#adapter.deliver(tunnel, datagram, tunnel.permits),
          pressure: (full) => this.#adapter.pressure(full),
          report: (effect) => this.#report(tunnel, who, effect),
        },
        this.#surroundings.clock ?? systemClock,
      ),
      permits: (from, to) => this.#adapter.permits(tunnel, from, to),
    };
    this.#tunnels.add(tunnel);
    tunnel.connection.accept(socket);
  }

  #report(tunnel: Tunnel, who: string, effect: Report): void {
    record(effect, who, this.#surroundings);
    if (effect.type === 'authorized') {
      tunnel.session = effect.session;
      this.#surroundings.listener(authorizedEvent(effect.session, this.#policy.holding(effect.session)));
      this.#surroundings.log.info(`${who}: ${effect.session.name} is authorised`);
    } else if (effect.type === 'confirmed') this.#confirm(tunnel, effect.session);
    else if (effect.type === 'ended') {
      const { cause } = effect;
      this.#surroundings.log.info(`${who}: ended by ${cause.by}: ${cause.reason}`);
      this.#surroundings.listener(endedEvent(cause, tunnel.session?.name));
      this.#remove(tunnel);
    }
  }

  /** Routes are made only now, and only now does an older session of the name end. */
  #confirm(tunnel: Tunnel, session: SessionDescription): void {
    const holding = this.#policy.holding(session);
    const older = this.#confirmed.get(session.name);
    this.#confirmed.set(session.name, tunnel);
    if (holding !== undefined)
      this.#adapter.add(tunnel, session.name, holding).catch((error: unknown) => this.#error(error));
    this.#surroundings.listener({ event: 'confirmed', name: session.name });
    older?.connection.input({ type: 'superseded' });
  }

  #remove(tunnel: Tunnel): void {
    const name = tunnel.session?.name;
    if (name !== undefined && this.#confirmed.get(name) === tunnel) this.#confirmed.delete(name);
    this.#tunnels.delete(tunnel);
    this.#adapter.remove(tunnel).catch((error: unknown) => this.#error(error));
    if (this.#tunnels.size === 0) this.#idle?.();
  }

  #error(error: unknown): void {
    const message = messageOf(error);
    this.#surroundings.log.error(message);
    this.#surroundings.listener({ event: 'error', message });
  }
}
