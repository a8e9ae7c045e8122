/** What tunnel initiator and tunnel server have in common: frames in, DATA both ways, the end of a connection. */
import type { SessionSecrets } from '../crypto/handshake.ts';
import { IntegrityFailure, Malformed, Misuse, Unexpected } from '../errors.ts';
import { Deadlines, type Timers } from '../machines/timers.ts';
import { decodeClose, encodeClose } from '../wire/close.ts';
import { Deframer, type RawFrame } from '../wire/deframer.ts';
import { FrameType, Status, statusName } from '../wire/identifiers.ts';
import type { Cause, Effect, Input, Node, QueueCounts } from './effect.ts';
import { DatagramQueue } from './queue.ts';
import { keyedClose, type Session } from './session.ts';

export type DeadlineName =
  | 'state'
  | 'keepAlive'
  | 'silence'
  | 'stalledFrame'
  | 'expiry'
  /** Server: the CLOSE that refuses a REQUEST. */
  | 'refusal'
  /** Initiator: Dead until Idle. */
  | 'backOff';

/** Events that both machines know. */
export type CommonEvent =
  | 'data'
  | 'frame'
  | 'close received'
  | 'end session'
  | 'key expired'
  | 'integrity failure'
  | 'protocol error'
  | 'unsupported version'
  | 'network error'
  | 'timeout'
  | 'end of stream'
  | 'close sent'
  | 'disconnected';

/** Deaf: no connection to read from. Opening: frames of the handshake. Ending: input is discarded. */
export type Phase = 'deaf' | 'opening' | 'authorized' | 'ending';

/** Datagrams that wait while there is no tunnel connection. */
const queueLimit = 64;
const empty = new Uint8Array(0);

/** `Own`: the events that only one of the two machines knows. */
export abstract class EndPoint<Own extends string = never> implements Node {
  protected readonly timers: Timers;
  protected readonly deadlines = new Deadlines<DeadlineName>();
  protected readonly queue = new DatagramQueue(queueLimit);
  protected now = 0;
  protected session: Session | undefined;
  /** The key of a CLOSE frame before there is a session: 32 octets. */
  protected closeKey: Uint8Array | undefined;
  /** Goes into the CLOSE frame when one is sent. */
  protected status: number = Status.endSession;
  /** The first reason to end is the one that counts. */
  protected cause: Cause | undefined;
  /** The CLOSE frame received was the peer's own, beyond doubt. */
  protected authenticated = false;
  #effects: Effect[] = [];
  #deframer = new Deframer();
  #received: Uint8Array = empty;
  #peerEnded = false;
  #disconnecting = false;

  constructor(timers: Timers) {
    this.timers = timers;
  }

  abstract readonly state: string;
  protected abstract readonly phase: Phase;
  /** Whether datagrams should wait for a tunnel connection that is to come. */
  protected abstract readonly expectant: boolean;
  abstract readonly canSend: boolean;
  /** @returns false when the machine refuses. */
  protected abstract step(event: CommonEvent | Own): boolean;
  /** For actions: an event that follows from them. */
  protected abstract raise(event: CommonEvent): void;
  /** A frame other than CLOSE before Authorized. @throws Malformed, Unexpected, IntegrityFailure */
  protected abstract opening(frame: RawFrame): void;
  protected abstract command(command: 'connect' | 'end session' | 'shut down'): void;
  protected abstract transport(input: 'tcp accepted' | 'tcp established'): void;
  /** After a DATA frame that brought a key to its bound. */
  protected abstract worn(): void;
  protected abstract due(deadline: 'expiry' | 'refusal' | 'backOff'): void;
  /** Before a valid DATA frame is delivered. */
  protected accepted(): void {}
  protected superseded(): void {}
  protected networkChanged(): void {}

  get deadline(): number | undefined {
    return this.deadlines.next;
  }

  get queueCounts(): QueueCounts {
    return this.queue.counts;
  }

  handle(input: Input, now: number): readonly Effect[] {
    this.now = now;
    this.#effects = [];
    this.#take(input);
    return this.#effects;
  }

  #take(input: Input): void {
    switch (input.type) {
      case 'octets':
        this.#read(input.octets);
        break;
      case 'datagram':
        this.#send(input.datagram);
        break;
      case 'time':
        this.#time();
        break;
      case 'command':
        this.command(input.command);
        break;
      case 'tcp accepted':
      case 'tcp established':
        this.transport(input.type);
        break;
      case 'tcp failed':
      case 'network error':
        this.broken(input.reason);
        break;
      case 'end of stream':
        this.#endOfStream();
        break;
      case 'disconnected':
        if (this.phase === 'opening' || this.phase === 'authorized') this.broken('the connection was closed');
        else this.advance('disconnected');
        break;
      case 'superseded':
        this.superseded();
        break;
      case 'network changed':
        this.networkChanged();
        break;
      case 'met':
        break;
      default:
        input satisfies never;
    }
  }

  protected emit(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** Steps the machine; whoever leaves Authorized leaves its session behind. */
  protected advance(event: CommonEvent | Own): boolean {
    const { phase } = this;
    const taken = this.step(event);
    if (phase === 'authorized' && this.phase !== 'authorized') {
      for (const name of ['keepAlive', 'silence', 'stalledFrame', 'expiry'] as const) this.deadlines.clear(name);
      this.session = undefined;
    }
    return taken;
  }

  /** Ends the connection by an own decision. */
  protected end(event: CommonEvent | Own, status: number, reason = statusName(status)): void {
    this.status = status;
    this.cause ??= { status, by: 'self', reason };
    this.advance(event);
  }

  protected broken(reason: string): void {
    this.cause ??= { by: 'network', reason };
    this.advance('network error');
  }

  /** For an action: everything that belongs to one transport connection begins anew. */
  protected renew(): void {
    this.#deframer = new Deframer();
    this.#peerEnded = false;
    this.#disconnecting = false;
    this.cause = undefined;
    this.closeKey = undefined;
    this.authenticated = false;
  }

  /** The Authorized state begins. */
  protected keyed(session: Session): void {
    this.session = session;
    this.deadlines.set('silence', this.now + this.timers.silence);
  }

  /** Whoever reads these three reads the tunnel. */
  protected logKeys({ handshakeHash, initiatorKey, serverKey }: SessionSecrets): void {
    this.emit({ type: 'key log', label: 'HANDSHAKE_HASH', octets: handshakeHash.slice() });
    this.emit({ type: 'key log', label: 'INITIATOR_KEY', octets: initiatorKey.slice() });
    this.emit({ type: 'key log', label: 'SERVER_KEY', octets: serverKey.slice() });
  }

  /** @returns false when the datagram was not one. */
  protected sendData(datagram: Uint8Array): boolean {
    const { session } = this;
    if (session === undefined) return false;
    let octets: Uint8Array;
    try {
      octets = session.seal(datagram);
    } catch (error) {
      if (error instanceof Misuse) return false;
      throw error;
    }
    this.emit({ type: 'send', octets });
    this.deadlines.set('keepAlive', this.now + this.timers.keepAlive);
    if (session.usedUp) this.worn();
    return true;
  }

  /** Keyed as soon as there is a key. */
  protected sendClose(): void {
    const { status, session, closeKey } = this;
    const unkeyed = (): Uint8Array => encodeClose({ type: 'CLOSE', status });
    const octets = session?.close(status) ?? (closeKey ? keyedClose(closeKey, status, 0) : unkeyed());
    this.emit({ type: 'send', octets });
  }

  protected sendKeepAlive(): void {
    this.sendData(empty);
  }

  protected sendWaiting(): void {
    while (this.canSend) {
      const datagram = this.queue.shift();
      if (datagram === undefined) return;
      if (!this.sendData(datagram)) this.queue.drop();
    }
  }

  /** Actions that both machines have. */
  protected readonly commonActions = {
    deliver: (): void => {
      if (this.#received.length > 0) this.emit({ type: 'deliver', datagram: this.#received });
    },
    'send CLOSE': (): void => {
      this.sendClose();
      this.raise('close sent');
    },
    'shut down writing': (): void => {
      this.emit({ type: 'finish' });
      if (this.#peerEnded) this.raise('end of stream');
    },
    disconnect: (): void => {
      this.emit({ type: 'disconnect', abort: !this.#peerEnded || this.#disconnecting });
      this.#disconnecting = true;
    },
    discard: (): void => {},
  };

  #read(octets: Uint8Array): void {
    if (this.phase === 'deaf') return;
    if (this.phase === 'ending') {
      this.advance('frame');
      return;
    }
    this.#deframer.push(octets);
    try {
      while (this.phase === 'opening' || this.phase === 'authorized') {
        const frame = this.#deframer.next();
        if (frame === undefined) break;
        if (this.phase === 'authorized') this.#authorized(frame);
        else if (frame.type === 'CLOSE') this.#closed(decodeClose(frame.octets).status);
        else this.opening(frame);
      }
    } catch (error) {
      this.#fault(error);
    }
    if (this.phase !== 'authorized') return;
    this.deadlines.set('silence', this.now + this.timers.silence);
    if (this.#deframer.partial) this.deadlines.set('stalledFrame', this.now + this.timers.stalledFrame);
    else this.deadlines.clear('stalledFrame');
  }

  #authorized({ type, octets }: RawFrame): void {
    const session = this.session as Session;
    if (type === 'DATA') {
      this.#received = session.open(octets);
      this.accepted();
      this.advance('data');
      if (session.usedUp) this.worn();
    } else if (type === 'CLOSE') {
      const status = session.verifyClose(octets);
      this.authenticated = status !== undefined;
      if (status !== undefined) {
        this.#closed(status);
        return;
      }
      this.emit({
        type: 'hint',
        text: `a CLOSE frame (${statusName(decodeClose(octets).status)}) that the peer did not make`,
      });
      this.broken('truncation: the connection ended without a CLOSE frame of the peer');
    } else throw new Unexpected(`${type} in Authorized`);
  }

  #closed(status: number): void {
    this.cause ??= { status, by: 'peer', reason: statusName(status) };
    this.advance('close received');
  }

  /** In Authorized every fault of a DATA frame is the same, that of its length included. */
  #fault(error: unknown): void {
    const dataFault = this.phase === 'authorized' && this.#deframer.start?.[4] === FrameType.DATA;
    if (error instanceof Unexpected) this.end('protocol error', Status.protocolError, error.message);
    else if (error instanceof IntegrityFailure) this.end('integrity failure', Status.integrityFailure);
    else if (!(error instanceof Malformed)) throw error;
    else if (error.status === Status.unsupportedVersion) this.end('unsupported version', error.status);
    else if (dataFault) this.end('integrity failure', Status.integrityFailure);
    else this.end('protocol error', Status.protocolError, error.message);
  }

  #send(datagram: Uint8Array): void {
    if (this.canSend) {
      if (!this.sendData(datagram)) this.queue.drop();
    } else if (this.expectant) this.queue.push(datagram);
    else this.queue.drop();
  }

  #endOfStream(): void {
    if (this.phase === 'deaf') return;
    this.#peerEnded = true;
    if (this.phase === 'ending') this.advance('end of stream');
    else this.broken('truncation: the connection ended without a CLOSE frame');
  }

  #time(): void {
    for (let name = this.deadlines.take(this.now); name !== undefined; name = this.deadlines.take(this.now)) {
      if (name === 'state') this.#timeout();
      else if (name === 'keepAlive') this.sendKeepAlive();
      else if (name === 'silence') this.broken(`nothing received for ${this.timers.silence} ms`);
      else if (name === 'stalledFrame')
        this.end('integrity failure', Status.integrityFailure, 'a frame never became whole');
      else this.due(name);
    }
  }

  #timeout(): void {
    const reason = `timeout in ${this.state}`;
    if (this.phase === 'deaf') this.cause ??= { by: 'network', reason };
    this.end('timeout', Status.timeout, reason);
  }
}
