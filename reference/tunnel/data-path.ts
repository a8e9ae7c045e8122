/**
 * The data path of an end point: `readable`, where nodes seal and open each datagram, or `fast`, where a thread does it as
 * long as nothing but DATA comes. A tunnel is lent to the thread whenever nothing is on its way here, and is taken back
 * before its node gets any input: so the node alone decides, and its counters are exact.
 */
import type { Adapter } from '../adapter/adapter.ts';
import { aeadOf } from '../crypto/transforms.ts';
import { Carrier } from '../datapath/carrier.ts';
import { type Passed, TunnelState } from '../datapath/shared.ts';
import { type Evp, evp } from '../libc/evp.ts';
import { limitUnsent } from '../libc/sockets.ts';
import type { EndPoint } from '../nodes/effect.ts';
import type { Loan } from '../nodes/loan.ts';
import { DataOption } from '../wire/identifiers.ts';
import type { Connection } from './connection.ts';
import type { Log } from './log.ts';
import { messageOf } from './reporting.ts';
import { SocketConnection } from './transport-connection.ts';

export type DataPathMode = 'auto' | 'fast' | 'readable';

interface Ports {
  readonly log: Log;
  /** Once there is one. */
  readonly adapter: () => Adapter | undefined;
  /** What the role's thread tells. */
  readonly news?: (news: unknown) => void;
}

interface Added {
  readonly number: number;
  readonly connection: Connection;
  readonly node: EndPoint;
  readonly transform: number;
  readonly dataOptions: number;
  readonly count?: (passed: Passed) => void;
}

/** A tunnel that may be lent. */
interface Lendable extends Omit<Required<Added>, 'transform' | 'dataOptions'> {
  /** What its thread has counted; and what of that is counted here already. */
  lent: { readonly state: TunnelState; counted: Partial<Passed> } | undefined;
  /** It will be lent as soon as this thread has done what it is at. */
  offered: boolean;
  /** The thread gives it back by itself, with something for the node, such as the end of the stream. */
  returning: boolean;
}

/** Milliseconds that the thread stays without a tunnel. */
const idleTime = 10_000;
/** Octets that TCP holds unsent at most. */
const unsentLimit = 256 * 1024;
const nothing: Partial<Passed> = {};

export class DataPath {
  readonly #ports: Ports;
  readonly #thread: URL;
  readonly #routes: unknown;
  readonly #tunnels = new Map<Connection, Lendable>();
  readonly #evp: Evp | undefined;
  /** Whether the thread is there without a tunnel, too. */
  #stays: boolean;
  /** What the thread's routes know, by tunnel. */
  readonly #changes = new Map<number, unknown>();
  #carrier: Carrier | undefined;
  #idle: NodeJS.Timeout | undefined;
  #counted: Partial<Passed> = nothing;
  #lent = 0;
  #failed = false;

  /**
   * @param thread the role's module for the thread, and what its routes begin with
   * @throws Error for "fast" where it is not possible
   */
  constructor(mode: DataPathMode, thread: URL, routes: unknown, ports: Ports) {
    this.#ports = ports;
    this.#thread = thread;
    this.#routes = routes;
    this.#stays = mode === 'fast';
    this.#evp = mode === 'readable' ? undefined : evp();
    if (mode === 'fast' && this.#evp === undefined)
      throw new Error(
        'dataPath: this runtime does not export its ciphers, which "fast" needs: say "auto" or "readable"',
      );
  }

  /**
   * With "fast" the thread starts now and stays, and not with the first tunnel.
   * @param confined whether this process is about to become another user: that user has no cache of compiled code, so that
   *   the thread would parse TypeScript later, for 40 MB, or could not read its modules at all: it starts now, too
   */
  async start(confined: boolean): Promise<void> {
    this.#stays ||= confined;
    if (this.#evp === undefined || !this.#stays) return;
    this.#carrier ??= this.#start();
    await this.#carrier.started;
  }

  /** What carries the DATA of a connection at this moment. */
  of(connection: Connection): 'fast' | 'readable' {
    return connection.lent ? 'fast' : 'readable';
  }

  /**
   * A tunnel that is lent from now on whenever it can be.
   * @param number by which the role's routes know it
   * @param count gets what passed in the thread, or was dropped
   */
  add({ number, connection, node, transform, dataOptions, count = () => {} }: Added): void {
    const reason = this.#evp === undefined || this.#failed ? 'the thread is off' : obstacle(transform, dataOptions);
    this.#ports.log.info(`data path: ${reason === undefined ? 'fast' : `readable: ${reason}`}`);
    if (reason !== undefined) return;
    clearTimeout(this.#idle);
    this.#carrier ??= this.#start();
    this.#tunnels.set(connection, {
      number,
      connection,
      node,
      count,
      lent: undefined,
      offered: false,
      returning: false,
    });
    this.offer(connection);
  }

  /** Without a tunnel there is no thread, except for a while: a tunnel whose key is renewed is soon back. */
  remove(connection: Connection): void {
    connection.recall();
    if (!this.#tunnels.delete(connection) || this.#tunnels.size > 0 || this.#stays) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => void this.#end(), idleTime).unref();
  }

  /**
   * What the thread's routes have to know of a tunnel.
   * @param ended nothing is to be known of it any more
   */
  change(tunnel: number, change: unknown, ended = false): void {
    if (ended) this.#changes.delete(tunnel);
    else this.#changes.set(tunnel, change);
    this.#carrier?.change(change);
  }

  /** Lends the tunnel of a connection once this thread has done what it is at. */
  offer(connection: Connection): void {
    const tunnel = this.#tunnels.get(connection);
    if (tunnel === undefined || tunnel.offered || tunnel.returning) return;
    tunnel.offered = true;
    setImmediate(() => {
      tunnel.offered = false;
      if (this.#tunnels.get(connection) === tunnel) this.#lend(tunnel);
    });
  }

  /** Everything that has passed is counted when this returns. */
  settle(): void {
    if (this.#carrier === undefined || this.#failed || this.#lent === 0) return;
    this.#carrier.settle();
    for (const tunnel of this.#tunnels.values()) countTunnel(tunnel);
    this.#countAdapter();
  }

  /** All tunnels have ended. */
  async stop(): Promise<void> {
    for (const connection of [...this.#tunnels.keys()]) this.remove(connection);
    clearTimeout(this.#idle);
    await this.#end();
  }

  async #end(): Promise<void> {
    const carrier = this.#carrier;
    this.#carrier = undefined;
    this.#counted = nothing;
    await carrier?.stop();
  }

  #start(): Carrier {
    const { log, news } = this.#ports;
    const carrier = new Carrier(this.#thread, this.#routes, {
      ...(news && { news }),
      ready: () => {
        for (const connection of this.#tunnels.keys()) this.offer(connection);
      },
      frame: (frame) => this.#ports.adapter()?.capture(frame),
      adapterFailed: () => this.#recallAll(),
      failed: (error) => {
        log.error(`data path: its thread failed: ${messageOf(error)}: the readable path goes on`);
        this.#failed = true;
        this.#recallAll();
        this.#tunnels.clear();
        this.#carrier = undefined;
      },
    });
    for (const change of this.#changes.values()) carrier.change(change);
    return carrier;
  }

  #recallAll(): void {
    for (const { connection } of [...this.#tunnels.values()]) connection.recall();
  }

  #lend(tunnel: Lendable): void {
    const { connection, node } = tunnel;
    const transport = connection.transportOf(undefined);
    const carrier = this.#carrier;
    if (connection.lent || carrier?.ready !== true || !(transport instanceof SocketConnection) || !node.canSend) return;
    if (!transport.settled) {
      transport.whenSent(() => this.offer(connection));
      return;
    }
    if (!this.#halts(carrier)) return;
    connection.flush();
    const device = this.#ports.adapter()?.lend();
    if (device !== undefined && !connection.lent && node.canSend) this.#hand(carrier, tunnel, transport);
    if (device !== undefined && this.#lent > 0) carrier.lendAdapter(device.fd, device.addresses);
    if (this.#lent === 0) this.#takeAdapterBack();
  }

  /**
   * The thread reads nothing from the adapter for a moment. What it read of this tunnel's before it had the tunnel goes the
   * readable way to its end first, so that nothing overtakes it. @returns whether the thread answered
   */
  #halts(carrier: Carrier): boolean {
    if (this.#lent === 0) return true;
    carrier.recallAdapter();
    try {
      carrier.settle();
      return true;
    } catch (error) {
      this.#ports.log.error(`data path: ${messageOf(error)}`);
      this.#recallAll();
      return false;
    }
  }

  #hand(carrier: Carrier, tunnel: Lendable, transport: SocketConnection): void {
    const { connection, node, number } = tunnel;
    transport.flush();
    if (!transport.settled) {
      transport.whenSent(() => this.offer(connection));
      return;
    }
    const loan = this.#loanOf(connection, node, transport);
    if (loan === undefined) return;
    const { fd, ...given } = loan;
    limitUnsent(fd, unsentLimit);
    this.#lent += 1;
    const state = new TunnelState();
    const contexts = begin(this.#evp!, state, given);
    tunnel.lent = { state, counted: nothing };
    const { bounds, bundles, unread } = given;
    carrier.lend({ tunnel: number, fd, state: state.buffer, contexts, bounds, bundles, unread }, () => {
      tunnel.returning = true;
      connection.recall();
      tunnel.returning = false;
    });
    connection.lend({
      recall: () => {
        this.#lent -= 1;
        if (this.#lent === 0) carrier.recallAdapter();
        let answered = false;
        try {
          const { unread, unsent, sentAgo, receivedAgo, failure } = carrier.recall(number);
          answered = true;
          const used = { sent: usedOf(state.sent), received: usedOf(state.received) };
          return { ...used, unread, unsent, sentAgo, receivedAgo, failure };
        } finally {
          countTunnel(tunnel);
          tunnel.lent = undefined;
          // A thread that does not answer may be using them: with an erased counter it would use a nonce twice.
          if (answered || carrier.gone) {
            for (const context of Object.values(contexts)) this.#evp?.free(context);
            state.erase();
          }
          if (this.#lent === 0) this.#takeAdapterBack();
          transport.takeBack();
        }
      },
    });
  }

  /** The descriptor first: a node that has lent something gets it back in order only. */
  #loanOf(connection: Connection, node: EndPoint, transport: SocketConnection): (Loan & { fd: number }) | undefined {
    const loan = node.lend(connection.now());
    if (loan === undefined) return undefined;
    const fd = transport.lend();
    if (fd !== undefined) return { ...loan, fd };
    // This runtime keeps descriptors to itself, or has none left: nothing of this node is lent, now or later.
    this.#tunnels.delete(connection);
    connection.input({
      type: 'given back',
      sent: loan.sent,
      received: loan.received,
      unread: loan.unread,
      sentAgo: undefined,
      receivedAgo: undefined,
    });
    return undefined;
  }

  #takeAdapterBack(): void {
    this.#countAdapter();
    this.#ports.adapter()?.takeBack();
  }

  #countAdapter(): void {
    const counters = this.#ports.adapter()?.counters;
    const passed = this.#carrier?.passed;
    if (counters === undefined || passed === undefined) return;
    const more = since(passed, this.#counted);
    this.#counted = passed;
    counters.transmitted.frames += more.transmittedFrames;
    counters.transmitted.octets += more.transmittedOctets;
    counters.received.frames += more.receivedFrames;
    counters.received.octets += more.receivedOctets;
    counters.transmitDropped.noTunnel += more.noTunnel;
    for (const reason of ['malformed', 'policy', 'refused'] as const) counters.receiveDropped[reason] += more[reason];
    counters.pauses += more.pauses;
  }
}

function obstacle(transform: number, dataOptions: number): string | undefined {
  if (aeadOf(transform) === undefined) return 'its transform is none of the AEAD';
  return (dataOptions & ~DataOption.bundle) === 0
    ? undefined
    : 'it has options of DATA, which the thread does not know';
}

const usedOf = ({ frames, octets }: { readonly frames: number; readonly octets: number }) => ({ frames, octets });

function begin(evp: Evp, state: TunnelState, { aead, sent, received }: Loan): { seal: number; open: number } {
  state.sent.begin(sent.iv, sent.frames, sent.octets);
  state.received.begin(received.iv, received.frames, received.octets);
  return { seal: evp.context(aead, sent.key, true), open: evp.context(aead, received.key, false) };
}

function countTunnel({ lent, count }: Lendable): void {
  if (lent === undefined) return;
  const passed = lent.state.counts.read();
  count(since(passed, lent.counted));
  lent.counted = passed;
}

const since = (now: Passed, before: Partial<Passed>): Passed =>
  Object.fromEntries(
    (Object.keys(now) as (keyof Passed)[]).map((name) => [name, now[name] - (before[name] ?? 0)]),
  ) as Passed;
