/** [EP] fig. 12 at work: the tunnel server, one node a connection. */
import { ResponderHandshake } from '../crypto/handshake.ts';
import { aeadOf } from '../crypto/transforms.ts';
import { IntegrityFailure, Malformed, Misuse, Unexpected } from '../errors.ts';
import { type ServerEvent, type ServerState, serverMachine } from '../machines/server.ts';
import type { DeadlineName } from '../machines/timers.ts';
import type { RawFrame } from '../wire/deframer.ts';
import { Status, Suite } from '../wire/identifiers.ts';
import { makeKeyExchangeData } from '../wire/key-exchange-data.ts';
import { hostOf } from '../wire/names.ts';
import { suiteOf } from '../wire/opened.ts';
import { decodeRelay, findSelf } from '../wire/relay.ts';
import { decodeRequest } from '../wire/request.ts';
import type { Authority, Grant, Peer, Refusal } from './authority.ts';
import { bySelf } from './cause.ts';
import { Conversation, type EndPointOptions } from './conversation.ts';
import type { Effect, EndPoint, Input, QueueCounts, SessionDescription } from './effect.ts';
import { makeResponse, prologueOf, readRequest } from './exchange.ts';
import type { Loan } from './loan.ts';
import { RunningMachine } from './running-machine.ts';

export interface ServerOptions extends EndPointOptions {
  /** Without port: the last name of the tunnel path must be one of them. */
  readonly names: readonly string[];
  readonly authority: Authority;
  /** Where the connection comes from, for the half-open limit. */
  readonly source: string;
  /** Has this node take the input *gives way*. */
  readonly giveWay: () => void;
}

const refusals: Readonly<Record<Refusal['reason'], number>> = {
  'not authorized': Status.notAuthorized,
  'no common transform': Status.noCommonTransform,
  'no address left': Status.noAddressLeft,
  'resource limit': Status.resourceLimit,
};

/** What is kept of an authorised REQUEST until the connection is keyed. */
interface Accepted {
  readonly handshake: ResponderHandshake;
  readonly response: Uint8Array;
  readonly grant: Grant;
  readonly description: Omit<SessionDescription, 'handshakeHash'>;
}

/**
 * Inputs and times in milliseconds go in, effects come out; it opens no socket and reads no clock. What is decided for
 * several connections at once, names, addresses and places, its authority decides.
 */
export class ServerNode implements EndPoint {
  /** Identifies this connection to the authority. */
  readonly peer: Peer;
  readonly #options: ServerOptions;
  readonly #machine;
  readonly #conversation: Conversation;
  #relay = { octets: new Uint8Array(0), path: [] as readonly string[] };
  #accepted: Accepted | undefined;
  /** Of the REQUEST that came, authorised or not. */
  #handshake: ResponderHandshake | undefined;
  /** A session that no DATA frame has confirmed yet. */
  #unconfirmed: SessionDescription | undefined;
  #ending = false;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.peer = { source: options.source, giveWay: options.giveWay };
    this.#machine = new RunningMachine(serverMachine, options.timers, {
      'send RESPONSE 224': () => this.#sendResponse(),
      'key the connection': () => this.#key(),
      confirm: () => this.#confirm(),
      deliver: () => this.#conversation.deliver(),
      'send CLOSE': () => {
        this.#conversation.sendClose();
        this.#machine.raise('close sent');
      },
      'send CLOSE and disconnect': () => this.#conversation.closeAtOnce(),
      'delay CLOSE': () => this.#machine.after(options.timers.refusalDelay, 'refusal'),
      'shut down writing': () => this.#conversation.shutDownWriting(),
      disconnect: () => this.#conversation.disconnect(),
      discard: () => {},
      report: () => this.#report(),
    });
    this.#conversation = new Conversation(this.#machine, options, {
      opening: (frame) => this.#opening(frame),
      keyUsedUp: () => this.#keyUsedUp(),
      waits: () => this.state === 'Authorized',
    });
  }

  get state(): ServerState {
    return this.#machine.state;
  }

  get canSend(): boolean {
    return this.#machine.sends;
  }

  get bundles(): boolean {
    return this.#conversation.bundles;
  }

  get deadline(): number | undefined {
    return this.#machine.deadlines.next;
  }

  get queueCounts(): QueueCounts {
    return this.#conversation.queue.counts;
  }

  lend(now: number): Loan | undefined {
    this.#machine.begin(now);
    return this.#conversation.lend();
  }

  handle(input: Input, now: number): readonly Effect[] {
    const effects = this.#machine.begin(now);
    if (input.type === 'tcp accepted') this.#accept();
    else if (input.type === 'superseded') this.#refuse('superseded', Status.superseded);
    else if (input.type === 'gives way') this.#refuse('gives way', Status.resourceLimit);
    else if (input.type === 'time') for (const deadline of this.#machine.due()) this.#due(deadline);
    else if (input.type !== 'command') this.#conversation.take(input);
    else if (input.command !== 'connect') this.#conversation.end(input.command);
    this.#tellEnding();
    return effects;
  }

  #tellEnding(): void {
    if (this.#ending || this.#machine.phase !== 'ending') return;
    this.#ending = true;
    this.#options.authority.ending(this.peer);
  }

  #due(deadline: DeadlineName): void {
    if (deadline === 'expiry') this.#refuse('key expired', Status.keyExpired);
    else if (deadline === 'refusal') {
      this.#conversation.sendClose();
      this.#machine.step('close sent');
    } else if (deadline !== 'backOff') this.#conversation.due(deadline);
  }

  #refuse(event: ServerEvent, status: number): void {
    this.#machine.end({ event, cause: bySelf(status) });
  }

  #accept(): void {
    if (!this.#machine.step('tcp accepted')) return;
    if (!this.#options.authority.opening(this.peer)) this.#refuse('resource limit', Status.resourceLimit);
  }

  /** @throws Malformed, Unexpected */
  #opening({ type, octets }: RawFrame): void {
    if (type === 'RELAY' && this.state === 'Receive Relay') this.#receiveRelay(octets);
    else if (type === 'REQUEST' && this.state === 'Connect Wait') this.#receiveRequest(octets);
    else throw new Unexpected(`${type} in ${this.state}`);
  }

  #receiveRelay(octets: Uint8Array): void {
    const { path } = decodeRelay(octets);
    if (findSelf(path, this.#options.names) === path.length - 1) {
      this.#relay = { octets: octets.slice(), path };
      this.#machine.step('relay');
    } else this.#refuse('relay refused', Status.notOnPath);
  }

  /** Whatever is wrong with a REQUEST, the answer is the same frame after the same delay. */
  #receiveRequest(octets: Uint8Array): void {
    const verdict = this.#judge(octets);
    if (typeof verdict === 'number') this.#refuse('request refused', verdict);
    else {
      this.#accepted = verdict;
      this.#machine.step('request authorized');
    }
  }

  /** @returns what to answer with, or the status of the refusal. */
  #judge(octets: Uint8Array): Accepted | number {
    const { staticPrivate, randomness, authority, dataOptions: own = 0 } = this.#options;
    const { octets: relay, path } = this.#relay;
    try {
      const suite = suiteOf(decodeRequest(octets));
      if (!Object.values<number>(Suite).includes(suite)) return Status.notAuthorized;
      const handshake = new ResponderHandshake({ suite, prologue: prologueOf(relay), staticPrivate, randomness });
      this.#handshake = handshake;
      const { request, initiatorStatic } = readRequest(handshake, octets);
      if (request.destinationName !== hostOf(path.at(-1) ?? '')) return Status.notAuthorized;
      const { initiatorName, destinationName, transforms, keyExchangeData } = request;
      const { lifetimes, freshness } = keyExchangeData;
      const asked = { initiatorName, initiatorStatic, destinationName, suite, transforms, lifetimes, freshness };
      const grant = authority.authorize(this.peer, asked);
      if (grant.type === 'refusal') return refusals[grant.reason];
      const { transform, clientData } = grant;
      const dataOptions = aeadOf(transform) === undefined ? 0 : keyExchangeData.options & own;
      const chosen = makeKeyExchangeData({ lifetimes: grant.lifetimes, options: dataOptions });
      const response = makeResponse(handshake, { suite, keyExchangeData: chosen, transform, clientData });
      const description = { name: initiatorName, path, suite, transform, dataOptions, peerKey: initiatorStatic };
      return { handshake, response, grant, description };
    } catch (error) {
      if (error instanceof Malformed || error instanceof IntegrityFailure) return Status.notAuthorized;
      if (!(error instanceof Misuse)) throw error;
      this.#machine.emit({ type: 'hint', text: `no RESPONSE can be made: ${error.message}` });
      return Status.resourceLimit;
    }
  }

  #sendResponse(): void {
    if (this.#accepted !== undefined) this.#machine.emit({ type: 'send', octets: this.#accepted.response });
  }

  #key(): void {
    if (this.#accepted === undefined) return;
    const { handshake, grant, description } = this.#accepted;
    this.#accepted = undefined;
    const secrets = handshake.split();
    this.#unconfirmed = { ...description, handshakeHash: secrets.handshakeHash };
    const { transform, lifetimes, clientData } = grant;
    const { dataOptions } = description;
    const { expiryGrace } = this.#options.timers;
    this.#conversation.key({ role: 'server', secrets, transform, lifetimes, percent: 100, dataOptions }, expiryGrace);
    this.#machine.emit({ type: 'authorized', session: this.#unconfirmed, clientData });
  }

  #confirm(): void {
    const session = this.#unconfirmed;
    if (session === undefined) return;
    this.#unconfirmed = undefined;
    this.#machine.deadlines.clear('state');
    this.#machine.after(this.#machine.timers.keepAlive, 'keepAlive');
    this.#options.authority.confirmed(this.peer, session);
    this.#machine.emit({ type: 'confirmed', session });
    this.#conversation.sendWaiting();
  }

  /** The initiator acts first; the server acts only when the initiator does not. */
  #keyUsedUp(): void {
    const { deadlines, now, timers } = this.#machine;
    const bound = now + timers.expiryGrace;
    deadlines.set('expiry', Math.min(bound, deadlines.get('expiry') ?? bound));
  }

  #report(): void {
    this.#conversation.queue.dropAll();
    this.#handshake?.erase();
    this.#options.authority.ended(this.peer);
    this.#machine.report(false);
  }
}
