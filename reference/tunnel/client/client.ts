/** [EP] figs. 4, 14 and 23: the tunnel client, an initiator and its pseudo network adapter. */
import type { Socket } from 'node:net';
import type { Host } from '../../linux/host.ts';
import { thisHost } from '../../linux/this-host.ts';
import type { SessionDescription } from '../../nodes/effect.ts';
import { InitiatorNode } from '../../nodes/initiator.ts';
import type { ClientData } from '../../wire/client-data.ts';
import { Suite, Transform } from '../../wire/identifiers.ts';
import type { NetworkSettings } from '../../wire/network-settings.ts';
import { systemClock } from '../clock.ts';
import type { ClientConfig } from '../config/config.ts';
import { lifetimes } from '../config/lifetimes.ts';
import { Connection, type Report } from '../connection.ts';
import type { Service } from '../events.ts';
import { Group, reachable } from '../names/group.ts';
import { type Resolver, systemResolver } from '../names/resolver.ts';
import { authorizedEvent, endedEvent, messageOf, record, type Surroundings } from '../reporting.ts';
import { timersOf } from '../timers.ts';
import { connect } from '../transport.ts';
import { ClientAdapter } from './client-adapter.ts';
import { rememberingResolver } from './remembering.ts';

export interface ClientSurroundings extends Surroundings {
  readonly host?: Host;
  /** Someone may still ask for a new connection after one has ended for good: until nobody can, it isn't finished. */
  readonly patient?: boolean;
}

export class TunnelClient implements Service {
  readonly finished: Promise<'done' | 'failed'>;
  readonly #config: ClientConfig;
  readonly #surroundings: ClientSurroundings;
  readonly #connection: Connection;
  readonly #adapter: ClientAdapter;
  readonly #host: Host;
  readonly #resolver: Resolver;
  readonly #group: Group;
  readonly #finish: (outcome: 'done' | 'failed') => void;
  /** To the first node on the tunnel path, connected or about to be. */
  #socket: Socket | undefined;
  #watch: { close(): Promise<void> } | undefined;
  /** The address of the first node on the tunnel path: its traffic must stay outside the tunnel. */
  #firstHop: string | undefined;
  #patient: boolean;
  #outcome: 'done' | 'failed' | undefined;
  /** The client data cannot be used: the end that this machine asks for is a failure. */
  #refused = false;
  #active = false;
  #ended: (() => void) | undefined;

  constructor(config: ClientConfig, surroundings: ClientSurroundings) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#host = surroundings.host ?? thisHost;
    this.#resolver = rememberingResolver(surroundings.resolver ?? systemResolver);
    const clock = surroundings.clock ?? systemClock;
    this.#group = new Group(() => clock.now());
    const { promise, resolve } = Promise.withResolvers<'done' | 'failed'>();
    this.finished = promise;
    this.#finish = resolve;
    this.#patient = surroundings.patient ?? false;
    const node = new InitiatorNode({
      name: config.name,
      staticPrivate: config.staticPrivate,
      server: { publicKey: config.serverKey, suite: Suite[config.server.suite] },
      path: config.path,
      origin: config.origin,
      transforms: config.transforms.map((name) => Transform[name]),
      lifetimes: lifetimes(config),
      timers: timersOf(config),
      randomness: config.randomness,
      reconnect: config.reconnect,
      keyLog: surroundings.trace.wantsKeys,
    });
    this.#connection = new Connection(
      node,
      {
        open: (name, last, signal) => this.#open(name, last, signal),
        deliver: (datagram) => this.#adapter.deliver(datagram),
        pressure: (full) => this.#adapter.pressure(full),
        report: (effect) => this.#report(effect),
      },
      clock,
    );
    this.#adapter = new ClientAdapter(config, {
      log: surroundings.log,
      host: this.#host,
      tunnel: (datagram) => {
        if (!this.#active) return false;
        this.#connection.input({ type: 'datagram', datagram });
        return true;
      },
      failed: (error) => this.#fail(error),
    });
  }

  async start(): Promise<void> {
    const { listener, log } = this.#surroundings;
    if (this.#config.insecure)
      log.warn(
        'INSECURE: "deterministic" makes every session key of this process predictable; never use it but for a test',
      );
    await this.#prepare();
    listener({ event: 'ready', role: 'client' });
    this.command('connect');
  }

  command(command: 'connect' | 'end session'): void {
    if (command === 'end session' && !this.#active) return;
    this.#active = true;
    this.#outcome = undefined;
    this.#connection.input({ type: 'command', command });
  }

  noMoreCommands(): void {
    this.#patient = false;
    if (this.#outcome !== undefined) this.#finish(this.#outcome);
  }

  async stop(): Promise<void> {
    if (this.#active) {
      const ended = new Promise<void>((resolve) => (this.#ended = resolve));
      this.command('end session');
      await ended;
    }
    this.#connection.destroy();
    await this.#watch?.close();
    await this.#adapter.close();
  }

  /** A machine that can't tell that it moves has a tunnel all the same. */
  async #prepare(): Promise<void> {
    const complain = (error: unknown): void => this.#surroundings.log.warn(`network: ${messageOf(error)}`);
    await this.#host.removeLeftovers?.(this.#config.adapter.name).catch(complain);
    const watching = this.#host.watchAddresses?.({
      except: () => this.#adapter.name,
      changed: (addresses) => this.#moved(addresses),
      failed: complain,
    });
    this.#watch = await watching?.catch((error: unknown) => {
      complain(error);
      return undefined;
    });
  }

  /** TCP would go on sending from an address that nobody answers to any more. */
  #moved(addresses: ReadonlySet<string>): void {
    const local = this.#socket?.localAddress?.replace(/%.*$/, '');
    if (local !== undefined && !unbound.has(local) && !addresses.has(local))
      this.#socket?.destroy(new Error(`this machine no longer has the address ${local}`));
    this.#connection.input({ type: 'network changed' });
  }

  /** Where the tunnel server is the first node, its name may stand for a group. */
  async #open(name: string, last: boolean, signal: AbortSignal): Promise<Socket> {
    const members = await reachable(this.#resolver, name, last);
    await this.#adapter.pin(members.flatMap(({ endpoints }) => endpoints.map(({ address }) => address)));
    const made = (socket: Socket): void => {
      this.#socket = socket;
    };
    const { connection, release } = await this.#group.open(
      members,
      (endpoint, attempt) => connect(endpoint, attempt, made),
      { signal, patience: timersOf(this.#config).tcpOpen },
    );
    connection.once('close', release);
    this.#firstHop = connection.remoteAddress;
    return connection;
  }

  #report(effect: Report): void {
    record(effect, 'initiator', this.#surroundings);
    if (effect.type === 'authorized') {
      this.#authorized(effect.session, effect.clientData).catch((error: unknown) => this.#fail(error));
    } else if (effect.type === 'ended') {
      const { cause, retry } = effect;
      this.#surroundings.log.info(`tunnel ended by ${cause.by}: ${cause.reason}${retry ? '; connecting again' : ''}`);
      this.#surroundings.listener(endedEvent(cause));
      if (!retry) this.#over(!this.#refused && (cause.status === 1 || cause.status === 13) ? 'done' : 'failed');
    }
  }

  async #authorized(session: SessionDescription, clientData: ClientData): Promise<void> {
    const { listener } = this.#surroundings;
    let settings: NetworkSettings;
    try {
      settings = this.#adapter.accept(clientData);
    } catch (error) {
      listener(authorizedEvent(session));
      this.#refused = true;
      this.#tell(error);
      this.command('end session');
      return;
    }
    const { address, ipv6 } = settings;
    listener(authorizedEvent(session, { address, prefix: ipv6 && { address: ipv6.prefix, length: 64 } }));
    const name = await this.#adapter.activate(settings, this.#firstHop === undefined ? [] : [this.#firstHop]);
    if (name !== undefined) listener({ event: 'adapter', name });
  }

  /** What this machine can't do ends the session, and no new one would fare better. */
  #fail(error: unknown): void {
    this.#tell(error);
    if (this.#active) this.command('end session');
    this.#finish('failed');
  }

  #tell(error: unknown): void {
    const message = messageOf(error);
    this.#surroundings.log.error(message);
    this.#surroundings.listener({ event: 'error', message });
  }

  #over(outcome: 'done' | 'failed'): void {
    this.#active = false;
    this.#refused = false;
    this.#outcome = outcome;
    this.#ended?.();
    this.#adapter.close().catch((error: unknown) => this.#tell(error));
    if (!this.#patient) this.#finish(outcome);
  }
}

/** What a socket says before it has an address. */
const unbound: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
