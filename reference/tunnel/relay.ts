/** [EP] figs. 3 and 13: the tunnel relay, which forwards what it can't read to the next node of the tunnel path. */
import type { Server, Socket } from 'node:net';
import { RelayNode } from '../nodes/relay.ts';
import { systemClock } from './clock.ts';
import type { RelayConfig } from './config.ts';
import { Connection } from './connection.ts';
import type { Service } from './events.ts';
import { Forwarding } from './forwarding.ts';
import { Tally } from './limits.ts';
import { record, type Surroundings } from './reporting.ts';
import { systemResolver } from './resolver.ts';
import { timersOf } from './timers.ts';
import { connect, listenOn } from './transport.ts';

export class TunnelRelay implements Service {
  readonly finished: Promise<'done' | 'failed'> = new Promise(() => {});
  readonly #config: RelayConfig;
  readonly #surroundings: Surroundings;
  readonly #forwarding: Forwarding;
  readonly #connections = new Set<Connection>();
  readonly #bySource = new Tally();
  #server: Server | undefined;
  #idle: (() => void) | undefined;

  constructor(config: RelayConfig, surroundings: Surroundings) {
    this.#config = config;
    this.#surroundings = surroundings;
    const clock = surroundings.clock ?? systemClock;
    this.#forwarding = new Forwarding(config, surroundings.resolver ?? systemResolver, () => clock.now());
  }

  async start(): Promise<void> {
    const { server, port } = await listenOn(
      this.#config.listen,
      (socket) => this.#accept(socket),
      (reason) => this.#surroundings.log.warn(`a connection could not be accepted: ${reason}`),
    );
    this.#server = server;
    this.#surroundings.listener({ event: 'ready', role: 'relay', port });
  }

  command(command: 'connect' | 'end session'): void {
    if (command === 'end session') for (const connection of this.#connections) end(connection, 'end session');
  }

  async stop(): Promise<void> {
    this.#server?.close();
    for (const connection of this.#connections) end(connection, 'shut down');
    if (this.#connections.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  #accept(socket: Socket): void {
    const source = socket.remoteAddress ?? '';
    const { connections, connectionsPerSource } = this.#config.limits;
    const free = this.#bySource.total < connections && this.#bySource.of(source) < connectionsPerSource;
    const who = `${source}:${socket.remotePort ?? 0}`;
    const node = new RelayNode({
      names: this.#config.names,
      timers: timersOf(this.#config),
      opening: () => free,
    });
    let release: () => void = () => {};
    const connection = new Connection(
      node,
      {
        open: async (name, group, signal) => {
          const { socket: next, release: releaseNext } = await this.#open(name, group, signal);
          release = releaseNext;
          return next;
        },
        deliver: () => {},
        pressure: () => {},
        report: (effect) => {
          record(effect, who, this.#surroundings);
          if (effect.type !== 'ended') return;
          this.#surroundings.log.info(`${who}: ended: ${effect.cause.reason}`);
          release();
          this.#bySource.remove(source);
          this.#connections.delete(connection);
          if (this.#connections.size === 0) this.#idle?.();
        },
      },
      this.#surroundings.clock ?? systemClock,
      'downstream',
    );
    this.#bySource.add(source);
    this.#connections.add(connection);
    connection.accept(socket, 'upstream');
  }

  /** Each candidate in turn; one that doesn't answer is rested. */
  async #open(name: string, group: boolean, signal: AbortSignal): Promise<{ socket: Socket; release: () => void }> {
    let failure: unknown;
    for (const candidate of await this.#forwarding.candidates(name, group)) {
      signal.throwIfAborted();
      try {
        const socket = await connect(candidate, signal);
        return { socket, release: this.#forwarding.use(candidate) };
      } catch (error) {
        this.#forwarding.avoid(candidate);
        failure = error;
      }
    }
    throw failure;
  }
}

function end(connection: Connection, command: 'end session' | 'shut down'): void {
  connection.input({ type: 'command', command });
}
