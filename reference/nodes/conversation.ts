/**
 * What tunnel initiator and tunnel server have in common: frames in, DATA both ways, the end of a connection.
 *
 * Octets become frames; frames become events of the machine; its actions become effects. Frames that open the tunnel
 * connection go to the node that owns the conversation.
 */
import type { Randomness } from '../crypto/randomness.ts';
import { IntegrityFailure, Malformed, Misuse, Unexpected } from '../errors.ts';
import type { InitiatorEvent } from '../machines/initiator.ts';
import type { ServerEvent } from '../machines/server.ts';
import type { DeadlineName, Timers } from '../machines/timers.ts';
import { finish, type Offload } from '../packets/offload.ts';
import { decodeClose, encodeClose } from '../wire/close.ts';
import { Deframer, type RawFrame } from '../wire/deframer.ts';
import { FrameType, Status, statusName } from '../wire/identifiers.ts';
import { byNetwork, byPeer, bySelf, type Fault, faultOf } from './cause.ts';
import type { Command, Input } from './effect.ts';
import type { GivenBack, Loan } from './loan.ts';
import { DatagramQueue } from './queue.ts';
import type { MachineWith } from './running-machine.ts';
import { keyedClose, Session, type SessionOptions } from './session.ts';

/** Events that the machines of both end points know. */
type CommonEvent = InitiatorEvent & ServerEvent;

/** Options of both end points. */
export interface EndPointOptions {
  /** 32 octets. */
  readonly staticPrivate: Uint8Array;
  readonly timers: Timers;
  readonly randomness: Randomness;
  /** Whether to emit the keys. */
  readonly keyLog?: boolean;
  /** Option bits of DATA that this end point offers or selects; none by default. */
  readonly dataOptions?: number;
}

/** What the node that owns a conversation does for it. */
interface Owner {
  /** A frame other than CLOSE before Authorized. @throws Malformed, Unexpected, IntegrityFailure */
  opening(frame: RawFrame): void;
  /** A bound of the key's use is reached. */
  keyUsedUp(): void;
  /** Whether datagrams wait until there is a tunnel connection; if not, they are dropped. */
  waits(): boolean;
}

/** Datagrams that wait while there is no tunnel connection. */
const queueLimit = 64;

const integrityFailure = (reason?: string): Fault<'integrity failure'> => ({
  event: 'integrity failure',
  cause: bySelf(Status.integrityFailure, reason),
});

/** One after the other, the connections of a node. What it does comes out as effects of the machine that it is given. */
export class Conversation {
  readonly queue = new DatagramQueue(queueLimit);
  /** The key of a CLOSE frame before there is a session: 32 octets. */
  closeKey: Uint8Array | undefined;
  /** A CLOSE frame has come, and its digest verified. */
  closeVerified = false;
  readonly #machine: MachineWith<CommonEvent>;
  readonly #options: EndPointOptions;
  readonly #owner: Owner;
  #session: Session | undefined;
  #deframer = new Deframer();
  #received: readonly Uint8Array[] = [];
  #peerEnded = false;
  #disconnecting = false;

  constructor(machine: MachineWith<CommonEvent>, options: EndPointOptions, owner: Owner) {
    this.#machine = machine;
    this.#options = options;
    this.#owner = owner;
  }

  /** Inputs that mean the same at both end points. */
  take(input: Input): void {
    switch (input.type) {
      case 'octets':
        this.#read(input.octets);
        break;
      case 'datagrams':
        this.#send(input.datagrams, input.offload);
        break;
      case 'given back':
        this.#resume(input);
        break;
      case 'tcp failed':
      case 'network error':
        this.#broken(input.reason);
        break;
      case 'end of stream':
        this.#endOfStream();
        break;
      case 'disconnected':
        this.#disconnected();
        break;
      case 'command':
      case 'time':
      case 'tcp accepted':
      case 'tcp established':
      case 'superseded':
      case 'gives way':
      case 'network changed':
      case 'met':
        break;
      default:
        input satisfies never;
    }
  }

  /** A deadline that means the same at both end points has come. */
  due(name: Exclude<DeadlineName, 'expiry' | 'refusal' | 'backOff'>): void {
    const { state, phase, timers } = this.#machine;
    if (name === 'keepAlive') this.sendKeepAlive();
    else if (name === 'silence') this.#broken(`nothing received for ${timers.silence} ms`);
    else if (name === 'stalledFrame') this.#machine.end(integrityFailure('a frame never became whole'));
    else if (name === 'state') {
      const reason = `timeout in ${state}`;
      const cause = phase === 'unconnected' ? byNetwork(reason) : bySelf(Status.timeout, reason);
      this.#machine.end({ event: 'timeout', cause });
    } else name satisfies never;
  }

  end(command: Exclude<Command, 'connect'>): void {
    const status = command === 'shut down' ? Status.shuttingDown : Status.endSession;
    this.#machine.end({ event: 'end session', cause: bySelf(status) });
  }

  /** A new transport connection begins: what belonged to the former one is forgotten. */
  renew(): void {
    this.#machine.cause = undefined;
    this.#deframer = new Deframer();
    this.#peerEnded = false;
    this.#disconnecting = false;
    this.#forgetKeys();
    this.closeVerified = false;
  }

  /**
   * The Authorized state begins.
   * @param grace milliseconds from the end of the key's lifetime to the deadline `expiry`
   */
  key(options: Omit<SessionOptions, 'padding'>, grace = 0): void {
    const { randomness, keyLog } = this.#options;
    const { handshakeHash, initiatorKey, serverKey } = options.secrets;
    // With these three anyone can read a capture of the tunnel.
    const secrets = { HANDSHAKE_HASH: handshakeHash, INITIATOR_KEY: initiatorKey, SERVER_KEY: serverKey };
    if (keyLog)
      for (const [label, octets] of Object.entries(secrets))
        this.#machine.emit({ type: 'key log', label, octets: octets.slice() });
    const session = new Session({ ...options, padding: () => randomness.padding() });
    this.#session = session;
    this.#machine.after(this.#machine.timers.silence, 'silence');
    this.#machine.after(session.duration + grace, 'expiry');
  }

  /** Lends DATA until *given back* comes. Frames are padded by none but this node. */
  lend(): Loan | undefined {
    const { phase, sends, timers } = this.#machine;
    const loan = this.#session?.lend();
    const busy = !sends || this.queue.counts.waiting > 0 || this.#options.randomness.padding() > 0;
    if (phase !== 'authorized' || loan === undefined || busy) return undefined;
    // Somebody else sees whether a frame stalls that begins from now on, and is asked when that could be.
    if (!this.#deframer.partial) this.#machine.after(timers.stalledFrame, 'stalledFrame');
    return { ...loan, unread: this.#deframer.takeUnread().slice() };
  }

  /** Whether datagrams that wait together share frames. */
  get bundles(): boolean {
    return this.#session?.bundles ?? false;
  }

  sendKeepAlive(): void {
    this.#sendData([]);
  }

  sendWaiting(): void {
    if (this.#machine.sends) this.#send(this.queue.takeAll());
  }

  /** Action *send CLOSE*: keyed as soon as there is a key. */
  sendClose(): void {
    const { status } = this.#machine;
    const unkeyed = (): Uint8Array => encodeClose({ type: 'CLOSE', status });
    const octets = this.#session?.close(status) ?? (this.closeKey ? keyedClose(this.closeKey, status, 0) : unkeyed());
    this.#machine.emit({ type: 'send', octets });
  }

  /** Action *deliver*. */
  deliver(): void {
    const offload = this.#session?.offload;
    for (const datagram of this.#received) this.#machine.emit({ type: 'deliver', datagram, offload });
  }

  /** Action *shut down writing*. */
  shutDownWriting(): void {
    this.#forgetKeys();
    this.#machine.emit({ type: 'finish' });
    if (this.#peerEnded) this.#machine.raise('end of stream');
  }

  /** Action *disconnect*. */
  disconnect(): void {
    this.#forgetKeys();
    this.#machine.emit({ type: 'disconnect', abort: !this.#peerEnded || this.#disconnecting });
    this.#disconnecting = true;
  }

  /** Action *send CLOSE and disconnect*: what was sent leaves, and nothing is waited for. */
  closeAtOnce(): void {
    this.sendClose();
    this.#forgetKeys();
    this.#machine.emit({ type: 'disconnect', abort: false });
    this.#disconnecting = true;
  }

  #forgetKeys(): void {
    this.#session?.erase();
    this.#session = undefined;
    this.closeKey?.fill(0);
    this.closeKey = undefined;
  }

  /** All deadlines are as if this node had sent and received itself. */
  #resume({ sent, received, unread, sentAgo, receivedAgo }: GivenBack): void {
    const { deadlines, timers } = this.#machine;
    const before = { silence: deadlines.get('silence'), stalledFrame: deadlines.get('stalledFrame') };
    this.#session?.resume(sent, received);
    if (sentAgo !== undefined) this.#machine.after(timers.keepAlive - sentAgo, 'keepAlive');
    if (this.#session?.usedUp) this.#owner.keyUsedUp();
    this.#read(unread);
    if (this.#machine.phase !== 'authorized') return;
    for (const name of ['silence', 'stalledFrame'] as const) {
      const moment = receivedAgo === undefined ? before[name] : this.#machine.now + timers[name] - receivedAgo;
      if (deadlines.get(name) !== undefined && moment !== undefined) deadlines.set(name, moment);
    }
  }

  #read(octets: Uint8Array): void {
    const machine = this.#machine;
    if (machine.phase === 'unconnected') return;
    if (machine.phase === 'ending') {
      machine.step('frame');
      return;
    }
    let frame: RawFrame | undefined;
    this.#deframer.push(octets);
    try {
      while (machine.phase === 'opening' || machine.phase === 'authorized') {
        frame = undefined;
        frame = this.#deframer.next();
        if (frame === undefined) break;
        if (machine.phase === 'authorized') this.#authorized(frame);
        else if (frame.type === 'CLOSE') this.#closed(decodeClose(frame.octets).status);
        else this.#owner.opening(frame);
      }
    } catch (error) {
      machine.end(this.#faultOf(error, frame));
    }
    if (machine.phase !== 'authorized') return;
    machine.after(machine.timers.silence, 'silence');
    if (this.#deframer.partial) machine.after(machine.timers.stalledFrame, 'stalledFrame');
    else machine.deadlines.clear('stalledFrame');
  }

  /**
   * In Authorized every fault of a DATA frame is an integrity failure, also a wrong length (DATA-10).
   * @param taken the frame, where its first 6 octets are not what is wrong
   */
  #faultOf(error: unknown, taken: RawFrame | undefined): Fault<CommonEvent> {
    if (error instanceof IntegrityFailure) return integrityFailure();
    const fault = faultOf(error);
    if (taken !== undefined) return fault;
    const inData = this.#machine.phase === 'authorized' && this.#deframer.start?.[4] === FrameType.DATA;
    return error instanceof Malformed && fault.event === 'protocol error' && inData ? integrityFailure() : fault;
  }

  #authorized({ type, octets }: RawFrame): void {
    const session = this.#session as Session;
    if (type === 'DATA') {
      this.#received = session.open(octets);
      this.#machine.step('data');
      if (session.usedUp) this.#owner.keyUsedUp();
    } else if (type === 'CLOSE') {
      const status = session.verifyClose(octets);
      this.closeVerified = status !== undefined;
      if (status !== undefined) {
        this.#closed(status);
        return;
      }
      const text = `a CLOSE frame (${statusName(decodeClose(octets).status)}) that the peer did not make`;
      this.#machine.emit({ type: 'hint', text });
      this.#broken('truncation: the connection ended without a CLOSE frame of the peer');
    } else throw new Unexpected(`${type} in Authorized`);
  }

  #closed(status: number): void {
    this.#machine.end({ event: 'close received', cause: byPeer(status) });
  }

  #broken(reason: string): void {
    this.#machine.end({ event: 'network error', cause: byNetwork(reason) });
  }

  #endOfStream(): void {
    const { phase } = this.#machine;
    if (phase === 'unconnected') return;
    this.#peerEnded = true;
    if (phase === 'ending') this.#machine.step('end of stream');
    else this.#broken('truncation: the connection ended without a CLOSE frame');
  }

  #disconnected(): void {
    const { phase } = this.#machine;
    if (phase === 'opening' || phase === 'authorized') this.#broken('the connection was closed');
    else this.#machine.step('disconnected');
  }

  /** @param offload what the only datagram lacks: if the peer does not take it so now, the work is done here */
  #send(datagrams: readonly Uint8Array[], offload?: Offload): void {
    if (offload !== undefined && !(this.#machine.sends && this.#session?.takes(offload))) {
      this.#send(datagrams.flatMap((datagram) => finish(datagram, offload)));
      return;
    }
    for (const part of this.#session?.part(datagrams) ?? [datagrams]) {
      // A frame may have used the keys up.
      if (this.#machine.sends) {
        if (!this.#sendData(part, offload)) this.queue.drop(part.length);
      } else if (this.#owner.waits()) for (const datagram of part) this.queue.push(datagram);
      else this.queue.drop(part.length);
    }
  }

  /** @returns whether they were sent in one frame: only IP datagrams, or none, can be. */
  #sendData(datagrams: readonly Uint8Array[], offload?: Offload): boolean {
    const machine = this.#machine;
    const session = this.#session;
    if (session === undefined) return false;
    let octets: Uint8Array;
    try {
      octets = session.seal(datagrams, offload);
    } catch (error) {
      if (error instanceof Misuse) return false;
      throw error;
    }
    machine.emit({ type: 'send', octets });
    machine.after(machine.timers.keepAlive, 'keepAlive');
    if (session.usedUp) this.#owner.keyUsedUp();
    return true;
  }
}
