/** [EP] figs. 4, 14 and 23: the tunnel client, an initiator and its pseudo network adapter. */
import type { Socket } from 'node:net';
import type { Host, LockdownPort } from '../../linux/host.ts';
import { thisHost } from '../../linux/this-host.ts';
import type { SessionDescription } from '../../nodes/effect.ts';
import { InitiatorNode } from '../../nodes/initiator.ts';
import type { ClientData } from '../../wire/client-data.ts';
import { Status } from '../../wire/identifiers.ts';
import { defaultPort, parseNodeName } from '../../wire/names.ts';
import type { NetworkSettings } from '../../wire/network-settings.ts';
import { systemClock } from '../clock.ts';
import type { ClientConfig } from '../config/config.ts';
import { offloads } from '../config/shared-keys.ts';
import { Connection, type Report } from '../connection.ts';
import { DataPath } from '../data-path.ts';
import type { Service } from '../events.ts';
import { Group, type Reachable, reachable } from '../names/group.ts';
import { type Resolver, systemResolver } from '../names/resolver.ts';
import {
  authorizedEvent,
  endedEvent,
  messageOf,
  record,
  reportError,
  type Surroundings,
  warnIfInsecure,
} from '../reporting.ts';
import type { ClientStatistics } from '../statistics.ts';
import { connect, type Endpoint } from '../transport.ts';
import { ClientAdapter } from './client-adapter.ts';
import { onlyTunnel } from './data-path.ts';
import { freshness } from './freshness.ts';
import { rememberingResolver } from './remembering.ts';
import { reachableBy } from './stack-settings.ts';

export interface ClientSurroundings extends Surroundings {
  readonly host?: Host;
  /** Somebody may still ask for a new connection: the client is finished only when nobody can. */
  readonly patient?: boolean;
}

/** One process's client, from `start` to `finished`, which says whether it ended as its user wanted. */
export class TunnelClient implements Service {
  readonly #end = Promise.withResolvers<'done' | 'failed'>();
  readonly finished = this.#end.promise;
  readonly #config: ClientConfig;
  readonly #surroundings: ClientSurroundings;
  readonly #node: InitiatorNode;
  readonly #connection: Connection;
  readonly #adapter: ClientAdapter;
  readonly #host: Host;
  readonly #resolver: Resolver;
  readonly #group: Group;
  /** To the first node on the tunnel path, connected or about to be. */
  #socket: Socket | undefined;
  #lockdown: LockdownPort | undefined;
  /** The end of the tunnel lifts what is being imposed, too. */
  #imposing: Promise<void> = Promise.resolve();
  #watch: { close(): Promise<void> } | undefined;
  /** Where the first node on the tunnel path may be reached. */
  #hops: readonly Endpoint[] = [];
  /** The address of the first node on the tunnel path: its traffic must stay outside the tunnel. */
  #firstHop: string | undefined;
  #patient: boolean;
  #outcome: 'done' | 'failed' | undefined;
  /** The client data cannot be used: then it is a failure that this machine ends the session. */
  #refused = false;
  #active = false;
  #session: SessionDescription | undefined;
  readonly #dataPath: DataPath;
  #ended: (() => void) | undefined;

  constructor(config: ClientConfig, surroundings: ClientSurroundings) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#host = surroundings.host ?? thisHost;
    this.#resolver = rememberingResolver(surroundings.resolver ?? systemResolver);
    const clock = surroundings.clock ?? systemClock;
    this.#group = new Group(() => clock.now());
    this.#patient = surroundings.patient ?? false;
    this.#node = new InitiatorNode({
      ...config,
      lifetimes: config.lifetime,
      freshness: freshness({
        folder: config.stateFolder,
        failed: (reason) => surroundings.log.warn(`stateFolder: ${reason}`),
        ...(config.deterministic?.freshness && { now: fixed(config.deterministic.freshness) }),
      }),
      keyLog: surroundings.trace.wantsKeys,
    });
    this.#connection = new Connection(
      this.#node,
      {
        open: (name, last, signal) => this.#open(name, last, signal),
        deliver: (...datagram) => this.#adapter.deliver(...datagram),
        pressure: (full) => this.#adapter.pressure(full),
        report: (effect) => this.#report(effect),
        handled: () => this.#dataPath.offer(this.#connection),
      },
      clock,
    );
    this.#dataPath = new DataPath(config.dataPath, new URL('./data-thread.ts', import.meta.url), undefined, {
      log: surroundings.log,
      adapter: () => this.#adapter.adapter,
    });
    this.#adapter = new ClientAdapter(config, {
      log: surroundings.log,
      host: this.#host,
      tunnel: (...datagram) => {
        if (!this.#active) return false;
        this.#connection.transmit(...datagram);
        return true;
      },
      failed: (error) => this.#fail(error),
    });
  }

  async start(): Promise<void> {
    const { listener, log } = this.#surroundings;
    warnIfInsecure(this.#config, log);
    const { confine } = this.#surroundings;
    const threadStarted = this.#dataPath.start(confine !== undefined).catch((error: unknown) => this.#error(error));
    await this.#prepare();
    await this.#openLockdown();
    if (confine !== undefined) {
      await this.#host.prepare?.();
      // Later its code may be out of reach.
      await threadStarted;
      confine({ netAdmin: true });
    }
    listener({ event: 'ready', role: 'client' });
    this.#begin('connect');
  }

  /** The user's End Session lifts the lockdown; nothing else does. */
  command(command: 'connect' | 'end session'): void {
    if (command === 'end session') this.#lift().catch((error: unknown) => this.#error(error));
    this.#begin(command);
  }

  #begin(command: 'connect' | 'end session'): void {
    if (command === 'end session' && !this.#active) return;
    this.#active = true;
    this.#outcome = undefined;
    this.#connection.input({ type: 'command', command });
  }

  statistics(): ClientStatistics {
    this.#dataPath.settle();
    const { statistics: adapter } = this.#adapter;
    const dataPath = this.#dataPath.of(this.#connection);
    return { event: 'statistics', role: 'client', dataPath, adapter, queue: this.#node.queueCounts };
  }

  noMoreCommands(): void {
    this.#patient = false;
    if (this.#outcome !== undefined) this.#end.resolve(this.#outcome);
  }

  async stop(byUser = false): Promise<void> {
    if (this.#active) {
      const ended = new Promise<void>((resolve) => (this.#ended = resolve));
      this.#begin('end session');
      await ended;
    }
    await this.#dataPath.stop();
    this.#connection.destroy();
    await this.#watch?.close();
    await this.#adapter.close();
    if (byUser) await this.#lift();
  }

  /** Without a watch on the addresses there is a tunnel nevertheless. */
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

  async #openLockdown(): Promise<void> {
    const { lockdown, adapter } = this.#config;
    if (lockdown === undefined) return;
    this.#lockdown = await this.#host.openLockdown?.(adapter.name);
    if (await this.#lockdown?.begin())
      this.#surroundings.log.warn(`a lockdown is in force: what the tunnel carried waits for it; ${unlock}`);
  }

  async #lift(): Promise<void> {
    await this.#imposing.catch(() => undefined);
    await this.#lockdown?.lift();
  }

  /** Before the adapter is there, and again each time: another program may have emptied the kernel's tables. */
  async #impose(settings: NetworkSettings): Promise<void> {
    const { lockdown } = this.#config;
    if (lockdown === undefined || this.#lockdown === undefined) return;
    const uid = process.geteuid?.() ?? 0;
    await this.#lockdown.impose({
      hops: this.#hops,
      carried: reachableBy(settings),
      except: lockdown.except,
      dns: settings.dns.length + (settings.ipv6?.dns.length ?? 0) > 0,
      uid: uid === 0 ? undefined : uid,
    });
    this.#surroundings.log.info(`lockdown: what the tunnel carries leaves by it or not at all; ${unlock}`);
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
    // A key that is renewed ends its session without a report.
    this.#session = undefined;
    const members = await this.#members(name, last);
    this.#hops = members.flatMap(({ endpoints }) => endpoints);
    await this.#lockdown?.permit(this.#hops);
    await this.#adapter.pin(members.flatMap(({ endpoints }) => endpoints.map(({ address }) => address)));
    const made = (socket: Socket): void => {
      this.#socket = socket;
    };
    const { connection, release } = await this.#group.open(
      members,
      (endpoint, attempt) => connect(endpoint, attempt, made),
      { signal, patience: this.#config.timers.tcpOpen },
    );
    connection.once('close', release);
    this.#firstHop = connection.remoteAddress;
    return connection;
  }

  /** Under a lockdown the machine's name service may be cut off: then where the first node was before is tried. */
  async #members(name: string, last: boolean): Promise<Reachable[]> {
    try {
      return await reachable(this.#resolver, name, last);
    } catch (error) {
      const endpoints = this.#lockdown?.known ?? [];
      if (endpoints.length === 0) throw error;
      const { host, port = defaultPort } = parseNodeName(name);
      return [{ host, port, priority: 0, weight: 0, endpoints }];
    }
  }

  #report(effect: Report): void {
    record(effect, 'initiator', this.#surroundings);
    if (effect.type === 'authorized') {
      this.#authorized(effect.session, effect.clientData).catch((error: unknown) => this.#fail(error));
    } else if (effect.type === 'ended') {
      const wasKeyed = this.#session !== undefined;
      this.#session = undefined;
      this.#dataPath.remove(this.#connection);
      const { cause, retry } = effect;
      this.#surroundings.log.info(`tunnel ended by ${cause.by}: ${cause.reason}${retry ? '; connecting again' : ''}`);
      this.#surroundings.listener(endedEvent(cause));
      const saysSo = cause.status === Status.endSession || cause.status === Status.shuttingDown;
      // A CLOSE that is not keyed proves nothing.
      const asItShould = saysSo && (cause.by === 'self' || wasKeyed) && !this.#refused;
      this.#refused = false;
      if (!retry) this.#over(asItShould ? 'done' : 'failed');
    }
  }

  async #authorized(session: SessionDescription, clientData: ClientData): Promise<void> {
    const { listener } = this.#surroundings;
    this.#session = session;
    let settings: NetworkSettings;
    try {
      settings = this.#adapter.accept(clientData);
    } catch (error) {
      listener(authorizedEvent(session));
      this.#refused = true;
      this.#error(error);
      this.#begin('end session');
      return;
    }
    this.#imposing = this.#impose(settings);
    await this.#imposing;
    // That took its time: an adapter that is made for a session that is over would stay.
    if (this.#session !== session) {
      listener(authorizedEvent(session));
      return;
    }
    const { address, ipv6 } = settings;
    listener(authorizedEvent(session, { address, prefix: ipv6 && { address: ipv6.prefix, length: 64 } }));
    const name = await this.#adapter.activate(settings, this.#firstHop === undefined ? [] : [this.#firstHop]);
    if (name !== undefined) listener({ event: 'adapter', name });
    const [connection, node, { transform }] = [this.#connection, this.#node, session];
    // It may have ended meanwhile, and the next one does not use the adapter before it is activated again.
    if (this.#session !== session) return;
    this.#adapter.adapter?.setOffload(offloads(session.dataOptions));
    this.#dataPath.change(onlyTunnel, this.#adapter.accepted);
    this.#dataPath.add({ number: onlyTunnel, connection, node, transform });
  }

  /** A failure of this machine ends the session: a new one would fail in the same way. */
  #fail(error: unknown): void {
    this.#error(error);
    if (this.#active) this.#begin('end session');
    this.#end.resolve('failed');
  }

  #error(error: unknown): void {
    reportError(error, this.#surroundings);
  }

  #over(outcome: 'done' | 'failed'): void {
    this.#active = false;
    this.#outcome = outcome;
    this.#ended?.();
    this.#adapter.close().catch((error: unknown) => this.#error(error));
    if (!this.#patient) this.#end.resolve(outcome);
  }
}

const fixed = (value: bigint) => (): bigint => value;
const unlock = 'the user\'s end of the tunnel lifts it, or "pna unlock"';

/** Local addresses of a socket that has none yet. */
const unbound: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
