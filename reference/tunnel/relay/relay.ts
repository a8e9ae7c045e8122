/** [EP] figs. 3 and 13: the tunnel relay, which forwards what it can't read to the next node of the tunnel path. */
import type { Server, Socket } from 'node:net';
import { isOwnAddress } from '../../linux/subnets.ts';
import type { Cause } from '../../nodes/effect.ts';
import { RelayNode } from '../../nodes/relay.ts';
import { encodeClose } from '../../wire/close.ts';
import { Status } from '../../wire/identifiers.ts';
import { systemClock } from '../clock.ts';
import type { RelayConfig } from '../config/config.ts';
import { Connection } from '../connection.ts';
import type { Service, TunnelEvent } from '../events.ts';
import { Group } from '../names/group.ts';
import { systemResolver } from '../names/resolver.ts';
import { record, type Surroundings } from '../reporting.ts';
import { connect, listenOn } from '../transport.ts';
import { Admission, type Place } from './admission.ts';
import { handOver } from './forward/hand-over.ts';
import { Pump } from './forward/pump.ts';
import { Forwarding } from './forwarding.ts';

/** Connections beyond a limit that are told so at leisure; more than that are told and closed at once. */
const refusingAtMost = 64;

/** A connection that was accepted; without a place it is being refused. */
interface Pairing {
  readonly connection: Connection;
  readonly node: RelayNode;
  readonly place: Place | undefined;
}

export class TunnelRelay implements Service {
  readonly finished: Promise<'done' | 'failed'>;
  readonly #config: RelayConfig;
  readonly #surroundings: Surroundings;
  readonly #admission: Admission;
  readonly #forwarding: Forwarding;
  readonly #pump: Pump;
  readonly #pairings = new Set<Pairing>();
  readonly #counts = { accepted: 0, refused: 0, unreachable: 0, forth: 0, back: 0 };
  #refusing = 0;
  #server: Server | undefined;
  #port = 0;
  #idle: (() => void) | undefined;

  constructor(config: RelayConfig, surroundings: Surroundings) {
    this.#config = config;
    this.#surroundings = surroundings;
    const { promise, resolve } = Promise.withResolvers<'done' | 'failed'>();
    this.finished = promise;
    this.#admission = new Admission(config.limits);
    this.#pump = new Pump((error) => {
      const message = `forwarding failed: ${error.message}`;
      surroundings.log.error(message);
      surroundings.listener({ event: 'error', message });
      resolve('failed');
    });
    const clock = surroundings.clock ?? systemClock;
    const resolver = surroundings.resolver ?? systemResolver;
    this.#forwarding = new Forwarding({
      policy: config,
      resolver,
      group: new Group(() => clock.now()),
      isOwn: ({ address, port }) => port === this.#port && isOwnAddress(address),
      patience: config.timers.forwardConnect,
    });
  }

  async start(): Promise<void> {
    const { server, port } = await listenOn(
      this.#config.listen,
      (socket) => this.#accept(socket),
      (reason) => this.#surroundings.log.warn(`a connection could not be accepted: ${reason}`),
    );
    this.#server = server;
    this.#port = port;
    this.#surroundings.listener({ event: 'ready', role: 'relay', port });
  }

  command(command: 'connect' | 'end session'): void {
    if (command === 'end session') for (const { connection } of this.#pairings) end(connection, 'end session');
  }

  statistics(): TunnelEvent {
    const { accepted, refused, unreachable, forth, back } = this.#counts;
    const { upstream, downstream } = this.#pump.passed;
    const octets = { forth: forth + upstream, back: back + downstream };
    for (const { node } of this.#pairings) {
      octets.forth += node.passed.upstream;
      octets.back += node.passed.downstream;
    }
    const { connections, halfOpen } = this.#admission;
    const { members } = this.#forwarding;
    return { event: 'statistics', connections, halfOpen, accepted, refused, unreachable, octets, members };
  }

  async stop(): Promise<void> {
    this.#server?.close();
    for (const { connection } of this.#pairings) end(connection, 'shut down');
    if (this.#pairings.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.#pump.stop();
  }

  #accept(socket: Socket): void {
    const source = socket.remoteAddress ?? '';
    const who = `${source}:${socket.remotePort ?? 0}`;
    const place = this.#admission.admit(source);
    if (place === undefined && this.#refusing >= refusingAtMost) {
      this.#counts.refused += 1;
      refuse(socket);
      return;
    }
    const node = new RelayNode({
      names: this.#config.names,
      timers: this.#config.timers,
      opening: () => place !== undefined,
    });
    let release = (): void => {};
    const connection = new Connection(
      node,
      {
        open: async (name, group, signal) => {
          const opened = await this.#forwarding.open(name, group, connect, signal);
          release = opened.release;
          return opened.connection;
        },
        deliver: () => {},
        pressure: () => {},
        report: (effect) => {
          record(effect, who, this.#surroundings);
          if (effect.type === 'answered') {
            place?.answered();
            handOver(connection, node, this.#pump);
          } else if (effect.type === 'ended') {
            release();
            this.#ended(pairing, who, effect.cause);
          }
        },
      },
      this.#surroundings.clock ?? systemClock,
      'downstream',
    );
    const pairing = { connection, node, place };
    this.#counts[place === undefined ? 'refused' : 'accepted'] += 1;
    if (place === undefined) this.#refusing += 1;
    this.#pairings.add(pairing);
    connection.accept(socket, 'upstream');
  }

  #ended(pairing: Pairing, who: string, { status, reason }: Cause): void {
    const { node, place } = pairing;
    this.#surroundings.log.info(`${who}: ended: ${reason}`);
    this.#pairings.delete(pairing);
    place?.release();
    if (place === undefined) this.#refusing -= 1;
    if (status === Status.nextNodeUnreachable) this.#counts.unreachable += 1;
    this.#counts.forth += node.passed.upstream;
    this.#counts.back += node.passed.downstream;
    if (this.#pairings.size === 0) this.#idle?.();
  }
}

/** In a storm, without waiting for the peer: what it sent unread may cost it the CLOSE frame. */
function refuse(socket: Socket): void {
  socket.on('error', () => {});
  socket.end(encodeClose({ type: 'CLOSE', status: Status.resourceLimit }));
  socket.destroySoon();
}

function end(connection: Connection, command: 'end session' | 'shut down'): void {
  connection.input({ type: 'command', command });
}
