/**
 * [EP] figs. 19 and 20: a node on real sockets. Performs its effects, gives it inputs, wakes it at its deadline. Nothing is
 * decided here.
 */
import type { Socket } from 'node:net';
import { type Effect, type Input, type Node, other, type Side } from '../nodes/effect.ts';
import type { GivenBack } from '../nodes/loan.ts';
import { cheapToComplete, finish, type Offload } from '../packets/offload.ts';
import type { Clock } from './clock.ts';
import { reasonOf, SocketConnection, type TransportConnection, type TransportEvents } from './transport-connection.ts';

/** Effects that aren't about sockets or datagrams: the role acts on them. */
export type Report = Exclude<Effect, { type: 'open' | 'send' | 'finish' | 'disconnect' | 'deliver' }>;

export interface Ports {
  /** A connected socket, half-open allowed; rejects with the reason. `group`: the name may stand for several servers. */
  open(name: string, group: boolean, signal: AbortSignal): Promise<Socket>;
  /** @param offload what it lacks */
  deliver(datagram: Uint8Array, offload?: Offload): void;
  report(effect: Report): void;
  /** Inputs were handled. */
  handled?(): void;
  /** Whether the socket holds more than it should: while it does, nothing more should be sent. */
  pressure(full: boolean): void;
}

/** Who has the DATA of an end point in its node's place. */
export interface Borrower {
  /** Gives everything back. `failure`: the connection has failed. @throws Error if it is lost */
  recall(): GivenBack & { readonly unsent: Uint8Array; readonly failure: string | undefined };
}

/** Milliseconds that the timer runs at most. While the machine sleeps it stands still, and the deadline comes nearer. */
const longestNap = 5_000;

/** One node and its transport layer connections: one for an end point, two ([EP] fig. 13, 236 and 241) for a relay. */
export class Connection {
  readonly node: Node;
  readonly #ports: Ports;
  readonly #clock: Clock;
  readonly #opened: Side | undefined;
  readonly #transports = new Map<Side | undefined, TransportConnection>();
  #opening: AbortController | undefined;
  readonly #inputs: Input[] = [];
  #handling = false;
  #timer: NodeJS.Timeout | undefined;
  #armed = Number.POSITIVE_INFINITY;
  #full = false;
  /** Datagrams that have come since this thread began what it is at. */
  readonly #datagrams: Uint8Array[] = [];
  #borrower: Borrower | undefined;

  /** @param opened the side that an `open` effect makes: `downstream` at a relay, absent at an end point. */
  constructor(node: Node, ports: Ports, clock: Clock, opened?: Side) {
    this.node = node;
    this.#ports = ports;
    this.#clock = clock;
    this.#opened = opened;
  }

  /** Takes a connection that a peer made ([EP] fig. 12, 218; fig. 13, 236). */
  accept(socket: Socket, side?: Side): void {
    this.attach(side, (events) => new SocketConnection(socket, events));
    this.input({ type: 'tcp accepted' });
  }

  /**
   * From now on somebody else sends and receives DATA, on the same socket. Everything comes back before the node gets its
   * next input.
   */
  lend(borrower: Borrower): void {
    this.#borrower = borrower;
    this.#arm();
  }

  /** Milliseconds on the clock of its node. */
  now(): number {
    return this.#clock.now();
  }

  get lent(): boolean {
    return this.#borrower !== undefined;
  }

  /** Takes back what was lent. */
  recall(): void {
    if (this.#borrower !== undefined) this.input({ type: 'time' });
  }

  /**
   * Sends a datagram of the local stack, whose octets are valid until this returns. Where frames take several, those that
   * the stack has sent already, and this thread reads without a pause, share them; nothing waits for more. What a borrower
   * has read goes before what it reads next: that does not wait at all.
   * @param offload what it lacks
   */
  transmit(datagram: Uint8Array, offload?: Offload): void {
    const canShare = offload === undefined || (offload.segmentSize === 0 && datagram.length <= cheapToComplete);
    if (!canShare || this.node.bundles !== true || this.lent) {
      this.input({ type: 'datagrams', datagrams: [datagram], offload });
      return;
    }
    if (this.#datagrams.length === 0) queueMicrotask(() => this.flush());
    this.#datagrams.push(...(offload === undefined ? [datagram.slice()] : finish(datagram, offload)));
  }

  /** Inputs that arrive while one is handled wait for their turn. */
  input(input: Input): void {
    this.flush();
    this.#take(input);
  }

  /** Sends the datagrams that would wait until this thread has read all. */
  flush(): void {
    if (this.#datagrams.length > 0) this.#take({ type: 'datagrams', datagrams: this.#datagrams.splice(0) });
  }

  #take(input: Input): void {
    if (this.#handling) {
      this.#inputs.push(input);
      return;
    }
    this.#handling = true;
    try {
      // Datagrams that the borrower had read, but not sent, come back with what was lent: they are before this input.
      this.#takeBack();
      this.flush();
      this.#inputs.push(input);
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#handle(next);
    } finally {
      this.#handling = false;
    }
    this.#arm();
    this.#ports.handled?.();
  }

  transportOf(side: Side | undefined): TransportConnection | undefined {
    return this.#transports.get(side);
  }

  /** Makes this the connection of a side. Events of a connection that was there before are ignored. */
  attach(side: Side | undefined, make: (events: TransportEvents) => TransportConnection): void {
    const from = side === undefined ? {} : { side };
    const current = (): boolean => this.#transports.get(side) === transport;
    const transport = make({
      octets: (octets) => current() && this.input({ type: 'octets', octets, ...from }),
      ended: () => current() && this.input({ type: 'end of stream', ...from }),
      failed: (reason) => this.#lost(side, transport, { type: 'network error', reason, ...from }),
      relieved: () => current() && this.#pressure(side, false),
      closed: () => this.#lost(side, transport, { type: 'disconnected', ...from }),
    });
    this.#transports.set(side, transport);
  }

  get full(): boolean {
    return this.#full;
  }

  /** Ends everything at once, without a word to the peer. */
  destroy(): void {
    clearTimeout(this.#timer);
    this.#opening?.abort();
    const borrower = this.#borrower;
    this.#borrower = undefined;
    this.#handling = true;
    borrower?.recall();
    this.#handling = false;
    this.#inputs.length = 0;
    for (const transport of this.#transports.values()) transport.disconnect(true);
  }

  #takeBack(): void {
    const borrower = this.#borrower;
    this.#borrower = undefined;
    if (borrower === undefined) return;
    try {
      const { unsent, failure, ...given } = borrower.recall();
      if (unsent.length > 0) this.#send(unsent, undefined);
      this.#handle({ type: 'given back', ...given });
      if (failure !== undefined) this.#handle({ type: 'network error', reason: failure });
    } catch (error) {
      this.#handle({ type: 'network error', reason: reasonOf(error) });
    }
  }

  #handle(input: Input): void {
    for (const effect of this.node.handle(input, this.#clock.now())) this.#perform(effect);
  }

  #perform(effect: Effect): void {
    if (effect.type === 'send') this.#send(effect.octets, effect.side);
    else if (effect.type === 'deliver') this.#ports.deliver(effect.datagram, effect.offload);
    else if (effect.type === 'open') this.#open(effect.name, effect.group);
    else if (effect.type === 'finish') this.#finish(effect.side);
    else if (effect.type === 'disconnect') this.#disconnect(effect.side, effect.abort);
    else this.#ports.report(effect);
  }

  #open(name: string, group: boolean): void {
    const opening = new AbortController();
    this.#opening = opening;
    const { signal } = opening;
    this.#ports.open(name, group, signal).then(
      (socket) => {
        if (signal.aborted) {
          socket.destroy();
          return;
        }
        this.#opening = undefined;
        this.attach(this.#opened, (events) => new SocketConnection(socket, events));
        this.input({ type: 'tcp established' });
      },
      (error: unknown) => {
        if (signal.aborted) return;
        this.#opening = undefined;
        this.input({ type: 'tcp failed', reason: reasonOf(error) });
      },
    );
  }

  #lost(side: Side | undefined, transport: TransportConnection, input: Input): void {
    if (this.#transports.get(side) !== transport) return;
    this.#transports.delete(side);
    // What is gone holds nothing up: the next connection may never be full.
    this.#pressure(side, false);
    this.input(input);
  }

  #send(octets: Uint8Array, side: Side | undefined): void {
    if (this.#transports.get(side)?.send(octets) === false) this.#pressure(side, true);
  }

  /** At a relay a full side stops the reading of the other; at an end point the adapter is told. */
  #pressure(side: Side | undefined, full: boolean): void {
    if (side !== undefined) {
      this.#transports.get(other[side])?.hold(full);
    } else if (this.#full !== full) {
      this.#full = full;
      this.#ports.pressure(full);
    }
  }

  #finish(side: Side | undefined): void {
    const transport = this.#transports.get(side);
    if (transport === undefined) this.#disconnect(side, true);
    else transport.finish();
  }

  #disconnect(side: Side | undefined, abort: boolean): void {
    if (side === this.#opened && this.#opening !== undefined) {
      this.#opening.abort();
      this.#opening = undefined;
    }
    const transport = this.#transports.get(side);
    if (transport === undefined)
      this.input(side === undefined ? { type: 'disconnected' } : { type: 'disconnected', side });
    else transport.disconnect(abort);
  }

  /** One timer, moved only when the deadline comes nearer; a deadline that moved away is found when it fires. */
  #arm(): void {
    const { deadline } = this.node;
    if (deadline === undefined) {
      clearTimeout(this.#timer);
      this.#armed = Number.POSITIVE_INFINITY;
    } else if (deadline < this.#armed) {
      clearTimeout(this.#timer);
      const now = this.#clock.now();
      this.#armed = Math.min(deadline, now + longestNap);
      this.#timer = setTimeout(this.#wake, Math.max(0, Math.ceil(this.#armed - now)));
    }
  }

  readonly #wake = (): void => {
    this.#armed = Number.POSITIVE_INFINITY;
    const { deadline } = this.node;
    if (deadline !== undefined && deadline <= this.#clock.now()) this.input({ type: 'time' });
    else this.#arm();
  };
}
