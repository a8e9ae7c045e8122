/** [EP] fig. 12 at work: the tunnel server, one node a connection. */
import { ResponderHandshake } from '../crypto/handshake.ts';
import type { Randomness } from '../crypto/randomness.ts';
import { IntegrityFailure, Malformed, Misuse, Unexpected } from '../errors.ts';
import { type ServerAction, type ServerEvent, type ServerState, serverMachine } from '../machines/server.ts';
import type { Timers } from '../machines/timers.ts';
import type { RawFrame } from '../wire/deframer.ts';
import { Status, Suite } from '../wire/identifiers.ts';
import { makeKeyExchangeData } from '../wire/key-exchange-data.ts';
import { hostOf } from '../wire/names.ts';
import { suiteOf } from '../wire/opened.ts';
import { decodeRelay, findSelf } from '../wire/relay.ts';
import { decodeRequest } from '../wire/request.ts';
import type { Authority, Grant, Peer, Refusal } from './authority.ts';
import type { SessionDescription } from './effect.ts';
import { type CommonEvent, EndPoint, type Phase } from './end-point.ts';
import { makeResponse, prologueOf, readRequest } from './exchange.ts';
import { Session } from './session.ts';
import { Stepper } from './stepper.ts';

export interface ServerOptions {
  /** Without port: the last name of the tunnel path must be one of them. */
  readonly names: readonly string[];
  /** 32 octets. */
  readonly staticPrivate: Uint8Array;
  readonly authority: Authority;
  readonly timers: Timers;
  readonly randomness: Randomness;
  /** Where the connection comes from, for the half-open limit. */
  readonly source: string;
  /** Whether to emit the keys. */
  readonly keyLog?: boolean;
}

const refusals: Readonly<Record<Refusal['reason'], number>> = {
  'not authorized': Status.notAuthorized,
  'no common transform': Status.noCommonTransform,
  'no address left': Status.noAddressLeft,
  'resource limit': Status.resourceLimit,
};

const phases: Readonly<Record<ServerState, Phase>> = {
  'Accept Wait': 'deaf',
  'Receive Relay': 'opening',
  'Connect Wait': 'opening',
  Authorized: 'authorized',
  Close: 'ending',
  Dying: 'ending',
  Dead: 'deaf',
};

/** What a good REQUEST leaves behind until the RESPONSE is sent. */
interface Accepted {
  readonly handshake: ResponderHandshake;
  readonly response: Uint8Array;
  readonly grant: Grant;
  readonly description: Omit<SessionDescription, 'handshakeHash'>;
}

type OwnEvent = 'relay refused' | 'request refused' | 'resource limit' | 'superseded';

export class ServerNode extends EndPoint<OwnEvent> {
  /** What the authority knows this connection by. */
  readonly peer: Peer;
  readonly #options: ServerOptions;
  readonly #stepper: Stepper<ServerState, ServerEvent, ServerAction>;
  #relay = { octets: new Uint8Array(0), path: [] as readonly string[] };
  #accepted: Accepted | undefined;
  #description: SessionDescription | undefined;
  #confirmed = false;
  #over = false;

  constructor(options: ServerOptions) {
    super(options.timers);
    this.#options = options;
    this.peer = { source: options.source };
    this.#stepper = new Stepper<ServerState, ServerEvent, ServerAction>({
      machine: serverMachine,
      timers: options.timers,
      deadlines: this.deadlines,
      now: () => this.now,
      emit: (effect) => this.emit(effect),
      actions: {
        ...this.commonActions,
        'send RESPONSE 224': () => {
          if (this.#accepted !== undefined) this.emit({ type: 'send', octets: this.#accepted.response });
        },
        'key the connection': () => this.#key(),
        'delay CLOSE': () => {
          this.deadlines.set('refusal', this.now + options.timers.refusalDelay);
        },
      },
    });
  }

  get state(): ServerState {
    return this.#stepper.state;
  }

  /** Nothing is sent to someone who may only have repeated another's REQUEST. */
  get canSend(): boolean {
    return this.state === 'Authorized' && this.#confirmed;
  }

  get confirmed(): boolean {
    return this.#confirmed;
  }

  protected get phase(): Phase {
    return phases[this.state];
  }

  protected get expectant(): boolean {
    return this.state === 'Authorized';
  }

  protected step(event: CommonEvent | OwnEvent): boolean {
    const taken = this.#stepper.step(event);
    if (this.state === 'Dead' && !this.#over) this.#ended();
    return taken;
  }

  protected raise(event: CommonEvent): void {
    this.#stepper.raise(event);
  }

  protected command(command: 'connect' | 'end session' | 'shut down'): void {
    if (command !== 'connect')
      this.end('end session', command === 'shut down' ? Status.shuttingDown : Status.endSession);
  }

  protected override superseded(): void {
    this.end('superseded', Status.superseded);
  }

  protected transport(input: 'tcp accepted' | 'tcp established'): void {
    if (input !== 'tcp accepted' || !this.#stepper.step('tcp accepted')) return;
    if (!this.#options.authority.opening(this.peer)) this.end('resource limit', Status.resourceLimit);
  }

  /** @throws Malformed, Unexpected */
  protected opening({ type, octets }: RawFrame): void {
    if (type === 'RELAY' && this.state === 'Receive Relay') this.#receiveRelay(octets);
    else if (type === 'REQUEST' && this.state === 'Connect Wait') this.#receiveRequest(octets);
    else throw new Unexpected(`${type} in ${this.state}`);
  }

  protected override accepted(): void {
    if (this.#confirmed || this.#description === undefined) return;
    this.#confirmed = true;
    this.deadlines.clear('state');
    this.deadlines.set('keepAlive', this.now + this.timers.keepAlive);
    this.#options.authority.confirmed(this.peer, this.#description);
    this.emit({ type: 'confirmed', session: this.#description });
    this.sendWaiting();
  }

  /** The initiator acts first; the server only when it does not. */
  protected worn(): void {
    const bound = this.now + this.timers.expiryGrace;
    this.deadlines.set('expiry', Math.min(bound, this.deadlines.get('expiry') ?? bound));
  }

  protected due(deadline: 'expiry' | 'refusal' | 'backOff'): void {
    if (deadline === 'expiry') this.end('key expired', Status.keyExpired);
    else if (deadline === 'refusal' && this.state === 'Close') {
      this.sendClose();
      this.advance('close sent');
    }
  }

  #receiveRelay(octets: Uint8Array): void {
    const { path } = decodeRelay(octets);
    if (findSelf(path, this.#options.names) === path.length - 1) {
      this.#relay = { octets: octets.slice(), path };
      this.#stepper.step('relay');
    } else this.end('relay refused', Status.notOnPath);
  }

  /** Whatever is wrong with a REQUEST, the answer is the same frame after the same delay. */
  #receiveRequest(octets: Uint8Array): void {
    const verdict = this.#judge(octets);
    if (typeof verdict === 'number') this.end('request refused', verdict);
    else {
      this.#accepted = verdict;
      this.#stepper.step('request authorized');
    }
  }

  /** @returns what to answer with, or the status of the refusal. */
  #judge(octets: Uint8Array): Accepted | number {
    const { staticPrivate, randomness, authority } = this.#options;
    const { octets: relay, path } = this.#relay;
    try {
      const suite = suiteOf(decodeRequest(octets));
      if (!Object.values<number>(Suite).includes(suite)) return Status.notAuthorized;
      const handshake = new ResponderHandshake({ suite, prologue: prologueOf(relay), staticPrivate, randomness });
      const { request, initiatorStatic } = readRequest(handshake, octets);
      if (request.destinationName !== hostOf(path.at(-1) ?? '')) return Status.notAuthorized;
      const { initiatorName, destinationName, transforms, keyExchangeData } = request;
      const { lifetimes } = keyExchangeData;
      const asked = { initiatorName, initiatorStatic, destinationName, suite, transforms, lifetimes };
      const grant = authority.authorize(this.peer, asked);
      if (grant.type === 'refusal') return refusals[grant.reason];
      const { transform, clientData } = grant;
      const chosen = makeKeyExchangeData({ lifetimes: grant.lifetimes });
      const response = makeResponse(handshake, { suite, keyExchangeData: chosen, transform, clientData });
      const description = { name: initiatorName, path, suite, transform, peerKey: initiatorStatic };
      return { handshake, response, grant, description };
    } catch (error) {
      if (error instanceof Malformed || error instanceof IntegrityFailure) return Status.notAuthorized;
      if (!(error instanceof Misuse)) throw error;
      this.emit({ type: 'hint', text: `no RESPONSE can be made: ${error.message}` });
      return Status.resourceLimit;
    }
  }

  #key(): void {
    if (this.#accepted === undefined) return;
    const { handshake, grant, description } = this.#accepted;
    this.#accepted = undefined;
    const secrets = handshake.split();
    if (this.#options.keyLog) this.logKeys(secrets);
    const { handshakeHash } = secrets;
    this.#description = { ...description, handshakeHash };
    const { randomness, timers } = this.#options;
    const { transform, lifetimes, clientData } = grant;
    const padding = (): number => randomness.padding();
    const session = new Session({ role: 'server', secrets, transform, lifetimes, percent: 100, padding });
    this.keyed(session);
    this.deadlines.set('expiry', this.now + session.duration + timers.expiryGrace);
    this.emit({ type: 'authorized', session: this.#description, clientData });
  }

  #ended(): void {
    this.#over = true;
    this.queue.dropAll();
    this.#options.authority.ended(this.peer);
    this.emit({ type: 'ended', cause: this.cause ?? { by: 'self', reason: 'end session' }, retry: false });
  }
}
