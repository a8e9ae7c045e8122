/** [EP] fig. 11 at work: the tunnel initiator. */
import { InitiatorHandshake, type SessionSecrets } from '../crypto/handshake.ts';
import { deriveDirection } from '../crypto/keys.ts';
import type { Randomness } from '../crypto/randomness.ts';
import { Unexpected } from '../errors.ts';
import {
  type InitiatorAction,
  type InitiatorEvent,
  type InitiatorState,
  initiatorMachine,
} from '../machines/initiator.ts';
import type { Timers } from '../machines/timers.ts';
import { noClientData } from '../wire/client-data.ts';
import type { RawFrame } from '../wire/deframer.ts';
import { Status } from '../wire/identifiers.ts';
import type { Lifetimes } from '../wire/key-exchange-data.ts';
import { hostOf } from '../wire/names.ts';
import { toNetworkSettings } from '../wire/network-settings.ts';
import { defaultOrigin, encodeRelay } from '../wire/relay.ts';
import type { OpenedResponse } from '../wire/response.ts';
import type { SessionDescription } from './effect.ts';
import { type CommonEvent, EndPoint, type Phase } from './end-point.ts';
import { checkChoice, makeRequest, prologueOf, propose, readResponse } from './exchange.ts';
import { Session } from './session.ts';
import { Stepper } from './stepper.ts';

export interface InitiatorOptions {
  /** 1 to 255 printable ASCII characters: a user or a host. */
  readonly name: string;
  /** 32 octets. */
  readonly staticPrivate: Uint8Array;
  /** Pinned: neither key nor suite is ever negotiated. */
  readonly server: { readonly publicKey: Uint8Array; readonly suite: number };
  /** The tunnel path, the server last. */
  readonly path: readonly string[];
  readonly origin?: string;
  /** By preference. */
  readonly transforms: readonly number[];
  readonly lifetimes: Lifetimes;
  readonly timers: Timers;
  readonly randomness: Randomness;
  /** Whether `connect` is a standing order, which outlives a connection that nobody ended. */
  readonly reconnect: boolean;
  /** Whether to emit the keys. */
  readonly keyLog?: boolean;
}

/** Of a bound of a key's lifetime, in hundredths: the initiator acts well before the server has to. */
const percent = 90;

const phases: Readonly<Record<InitiatorState, Phase>> = {
  Idle: 'deaf',
  'TCP Open': 'deaf',
  'Send Relay': 'deaf',
  Connect: 'deaf',
  'Response Wait': 'opening',
  Authorized: 'authorized',
  Close: 'ending',
  Dying: 'ending',
  Dead: 'deaf',
  Reconnect: 'ending',
  'Network Error': 'deaf',
};

export class InitiatorNode extends EndPoint {
  readonly #options: InitiatorOptions;
  readonly #relay: Uint8Array;
  readonly #stepper: Stepper<InitiatorState, InitiatorEvent, InitiatorAction>;
  #handshake: InitiatorHandshake | undefined;
  #opened: { readonly response: OpenedResponse; readonly secrets: SessionSecrets } | undefined;
  #description: SessionDescription | undefined;
  /** A tunnel connection is wanted. */
  #wanted = false;
  /** Connections in a row that did not come to Authorized. */
  #failures = 0;
  #authorizedAt = 0;
  /** The key before this one was worn sooner than a connection that fails is tried again. */
  #brief = false;

  /** @throws Misuse when the path cannot be encoded. */
  constructor(options: InitiatorOptions) {
    super(options.timers);
    this.#options = options;
    this.#relay = encodeRelay({ type: 'RELAY', origin: options.origin ?? defaultOrigin, path: options.path });
    this.#stepper = new Stepper<InitiatorState, InitiatorEvent, InitiatorAction>({
      machine: initiatorMachine,
      timers: options.timers,
      deadlines: this.deadlines,
      now: () => this.now,
      emit: (effect) => this.emit(effect),
      actions: this.#actions(),
    });
  }

  get state(): InitiatorState {
    return this.#stepper.state;
  }

  get canSend(): boolean {
    return this.state === 'Authorized';
  }

  protected get phase(): Phase {
    return phases[this.state];
  }

  protected get expectant(): boolean {
    return this.#wanted;
  }

  protected step(event: CommonEvent): boolean {
    return this.#stepper.step(event);
  }

  protected raise(event: CommonEvent): void {
    this.#stepper.raise(event);
  }

  protected command(command: 'connect' | 'end session' | 'shut down'): void {
    this.#wanted = command === 'connect';
    if (command === 'connect') {
      if (this.state === 'Idle') this.#stepper.step('connect');
      return;
    }
    if (this.state === 'Dead') this.#ended();
    else this.end('end session', command === 'shut down' ? Status.shuttingDown : Status.endSession);
  }

  protected transport(input: 'tcp accepted' | 'tcp established'): void {
    if (input === 'tcp established') this.#stepper.step('tcp established');
  }

  /** @throws Malformed, Unexpected, IntegrityFailure */
  protected opening({ type, octets }: RawFrame): void {
    if (type !== 'RESPONSE' || this.#handshake === undefined) throw new Unexpected(`${type} in ${this.state}`);
    const { transforms, lifetimes, server } = this.#options;
    const { response, fault } = readResponse(this.#handshake, octets);
    const secrets = this.#handshake.split();
    this.#handshake = undefined;
    const { transform, clientData } = response;
    this.closeKey = deriveDirection(secrets.initiatorKey.slice(), transform, secrets.handshakeHash).close;
    if (fault !== undefined) throw fault;
    checkChoice(response, { transforms, lifetimes, suite: server.suite });
    toNetworkSettings(clientData);
    this.#opened = { response, secrets };
    this.#stepper.step('response');
  }

  /** A key that hardly lasted is renewed at once a single time: a server that grants next to nothing meets the back-off. */
  protected worn(): void {
    const brief = this.now - this.#authorizedAt < this.#options.timers.backOffMin;
    this.end(brief && this.#brief ? 'end session' : 'key expired', Status.keyExpired);
    this.#brief = brief;
  }

  /** What failed failed elsewhere: the back-off starts anew, unless the present one is over sooner. */
  protected override networkChanged(): void {
    this.#failures = 0;
    const due = this.deadlines.get('backOff');
    if (due === undefined) return;
    this.deadlines.set('backOff', Math.min(due, this.now + this.#wait()));
    this.#failures = 1;
  }

  protected due(deadline: 'expiry' | 'refusal' | 'backOff'): void {
    if (deadline === 'expiry') this.worn();
    else if (deadline === 'backOff') {
      this.#stepper.step('back-off over');
      if (this.#wanted) this.#stepper.step('connect');
    }
  }

  #actions(): Record<InitiatorAction, () => void> {
    const { path, keyLog = false } = this.#options;
    return {
      ...this.commonActions,
      open: () => {
        this.renew();
        const [name = ''] = path;
        this.emit({ type: 'open', name, group: path.length === 1 });
      },
      'send RELAY': () => {
        this.emit({ type: 'send', octets: this.#relay });
        this.#stepper.raise('relay sent');
      },
      'send REQUEST': () => {
        this.emit({ type: 'send', octets: this.#request() });
        this.#stepper.raise('request sent');
      },
      'key the connection': () => this.#key(keyLog),
      'activate adapter': () => {
        if (this.#description === undefined || this.#opened === undefined) return;
        const { clientData } = this.#opened.response;
        this.emit({ type: 'authorized', session: this.#description, clientData });
      },
      'send empty DATA': () => {
        this.#authorizedAt = this.now;
        if (!this.#brief) this.#failures = 0;
        this.sendKeepAlive();
        this.sendWaiting();
      },
      record: () => this.#stepper.raise('recorded'),
      'start back-off': () => this.#backOff(),
    };
  }

  #request(): Uint8Array {
    const { name, path, server, staticPrivate, randomness, transforms, lifetimes } = this.#options;
    this.#handshake = new InitiatorHandshake({
      suite: server.suite,
      prologue: prologueOf(this.#relay),
      staticPrivate,
      serverPublic: server.publicKey,
      randomness,
    });
    return makeRequest(this.#handshake, {
      suite: server.suite,
      ...propose(transforms, lifetimes, randomness.grease()),
      destinationName: hostOf(path.at(-1) ?? ''),
      clientData: noClientData,
      initiatorName: name,
    });
  }

  #key(keyLog: boolean): void {
    if (this.#opened === undefined) return;
    const { name, path, server, randomness } = this.#options;
    const { response, secrets } = this.#opened;
    const { transform, keyExchangeData } = response;
    if (keyLog) this.logKeys(secrets);
    this.#description = {
      name,
      path,
      suite: server.suite,
      transform,
      handshakeHash: secrets.handshakeHash,
      peerKey: server.publicKey,
    };
    const { lifetimes } = keyExchangeData;
    const padding = (): number => randomness.padding();
    const session = new Session({ role: 'initiator', secrets, transform, lifetimes, percent, padding });
    this.keyed(session);
    this.deadlines.set('expiry', this.now + session.duration);
  }

  /** Nobody connects again after an end that was meant, or two devices of one name would displace each other for ever. */
  #backOff(): void {
    const { status, by } = this.cause ?? {};
    const meant = by === 'peer' && this.authenticated && (status === Status.endSession || status === Status.superseded);
    if (!this.#options.reconnect || meant) this.#wanted = false;
    this.deadlines.set('backOff', this.now + this.#wait());
    this.#failures += 1;
    this.#ended();
  }

  /** How long a back-off lasts after that many failures, in milliseconds. */
  #wait(): number {
    const { timers, randomness } = this.#options;
    const longest = Math.min(timers.backOffMin * 2 ** Math.min(this.#failures + 1, 30), timers.backOffMax);
    const least = Math.max(timers.backOffMin, longest / 2);
    return least + Math.max(0, longest - least) * randomness.jitter();
  }

  #ended(): void {
    const retry = this.#wanted;
    if (!retry) this.queue.dropAll();
    const cause = this.cause ?? { by: 'self', reason: 'end session' };
    this.emit({ type: 'ended', cause, retry });
  }
}
