/** [EP] figs. 3 and 13: the tunnel relay, which forwards what it can't read to the next node of the tunnel path. */
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { isOpenToAll } from '../../linux/privileges/open-to-all.ts';
import { isOwnAddress } from '../../linux/routing/subnets.ts';
import type { Cause } from '../../nodes/effect.ts';
import { RelayNode } from '../../nodes/relay.ts';
import { Status } from '../../wire/identifiers.ts';
import { Acceptor } from '../acceptor.ts';
import { Admission, type Admitted } from '../admission.ts';
import { systemClock } from '../clock.ts';
import type { RelayConfig } from '../config/config.ts';
import { Connection } from '../connection.ts';
import { refuseAtOnce } from '../descriptors.ts';
import type { Service } from '../events.ts';
import { LimitedLog } from '../limited-log.ts';
import { Group } from '../names/group.ts';
import { systemResolver } from '../names/resolver.ts';
import { record, reportError, type Surroundings } from '../reporting.ts';
import type { RelayStatistics } from '../statistics.ts';
import { connect } from '../transport.ts';
import { handOver } from './forward/hand-over.ts';
import { Pump, threadProgram } from './forward/pump.ts';
import { Forwarding } from './forwarding.ts';

/** So many connections beyond a limit get a node that refuses them; others get a CLOSE frame and are closed at once. */
const refusingAtMost = 64;

/** A connection that was accepted; one that was not admitted is being refused. */
interface Pairing {
  readonly connection: Connection;
  readonly node: RelayNode;
  readonly admitted: Admitted | undefined;
}

/** One process's relay, from `start` to `finished`, which says whether it ended as its operator wanted. */
export class TunnelRelay implements Service {
  readonly #end = Promise.withResolvers<'done' | 'failed'>();
  readonly finished = this.#end.promise;
  readonly #config: RelayConfig;
  readonly #surroundings: Surroundings;
  readonly #admission: Admission;
  readonly #forwarding: Forwarding;
  readonly #pump: Pump;
  readonly #acceptor = new Acceptor<Pairing>();
  readonly #strangers: LimitedLog;
  readonly #counts = { accepted: 0, refused: 0, unreachable: 0, forth: 0, back: 0 };
  #refusing = 0;
  #port = 0;

  constructor(config: RelayConfig, surroundings: Surroundings) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#admission = new Admission(config.limits);
    this.#strangers = new LimitedLog(surroundings.log);
    this.#pump = new Pump((error) => {
      reportError(`forwarding failed: ${error.message}`, surroundings);
      this.#end.resolve('failed');
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
    const { listener, confine } = this.#surroundings;
    this.#port = await this.#acceptor.listen(this.#config.listen, {
      log: this.#strangers,
      accept: (...accepted) => this.#accept(...accepted),
      refused: () => {
        this.#counts.refused += 1;
      },
    });
    if (confine !== undefined) {
      // Later its code can't be read. Elsewhere it starts when it is needed: it takes 100 ms of processor time.
      if (!isOpenToAll(fileURLToPath(threadProgram))) await this.#pump.start();
      confine({ netAdmin: false });
    }
    listener({ event: 'ready', role: 'relay', port: this.#port });
  }

  command(command: 'connect' | 'end session'): void {
    if (command === 'end session') for (const pairing of this.#acceptor.open) end(pairing, 'end session');
  }

  statistics(): RelayStatistics {
    const { accepted, refused, unreachable, forth, back } = this.#counts;
    const { upstream, downstream } = this.#pump.passed;
    const octets = { forth: forth + upstream, back: back + downstream };
    for (const { node } of this.#acceptor.open) {
      octets.forth += node.passed.upstream;
      octets.back += node.passed.downstream;
    }
    const { connections, halfOpen } = this.#admission;
    const { members } = this.#forwarding;
    return { event: 'statistics', connections, halfOpen, accepted, refused, unreachable, octets, members };
  }

  async stop(): Promise<void> {
    await this.#acceptor.close((pairing) => end(pairing, 'shut down'));
    await this.#pump.stop();
    this.#strangers.flush();
  }

  #accept(socket: Socket, source: string, name: string): void {
    const admitted = this.#admission.admit(source, () => connection.input({ type: 'gives way' }));
    if (admitted === undefined && this.#refusing >= refusingAtMost) {
      this.#counts.refused += 1;
      refuseAtOnce(socket);
      return;
    }
    const node = new RelayNode({
      names: this.#config.names,
      timers: this.#config.timers,
      opening: () => admitted !== undefined,
      ending: () => admitted?.reached('ending'),
    });
    let release = (): void => {};
    const connection: Connection = new Connection(
      node,
      {
        open: async (next, group, signal) => {
          admitted?.reached('forwarded');
          const opened = await this.#forwarding.open(next, group, connect, signal);
          release = opened.release;
          return opened.connection;
        },
        deliver: () => {},
        pressure: () => {},
        report: (effect) => {
          record(effect, name, this.#surroundings, this.#strangers);
          if (effect.type === 'answered') {
            admitted?.opened();
            handOver(connection, node, this.#pump);
          } else if (effect.type === 'ended') {
            release();
            this.#ended(pairing, name, effect.cause);
          }
        },
      },
      this.#surroundings.clock ?? systemClock,
      'downstream',
    );
    const pairing = { connection, node, admitted };
    this.#counts[admitted === undefined ? 'refused' : 'accepted'] += 1;
    if (admitted === undefined) this.#refusing += 1;
    this.#acceptor.open.add(pairing);
    connection.accept(socket, 'upstream');
  }

  #ended(pairing: Pairing, name: string, { status, reason }: Cause): void {
    const { node, admitted } = pairing;
    // To a relay everyone is a stranger.
    this.#strangers.info(reason, `${name}: ended: ${reason}`);
    admitted?.release();
    if (admitted === undefined) this.#refusing -= 1;
    if (status === Status.nextNodeUnreachable) this.#counts.unreachable += 1;
    this.#counts.forth += node.passed.upstream;
    this.#counts.back += node.passed.downstream;
    this.#acceptor.ended(pairing);
  }
}

function end({ connection }: Pairing, command: 'end session' | 'shut down'): void {
  connection.input({ type: 'command', command });
}
