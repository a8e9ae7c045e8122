/** [EP] fig. 11 at work: the tunnel initiator. */
import { InitiatorHandshake, type SessionSecrets } from '../crypto/handshake.ts';
import { deriveDirection, eraseDirection } from '../crypto/keys.ts';
import { Unexpected } from '../errors.ts';
import { type InitiatorState, initiatorMachine } from '../machines/initiator.ts';
import type { DeadlineName } from '../machines/timers.ts';
import { noClientData } from '../wire/client-data.ts';
import type { RawFrame } from '../wire/deframer.ts';
import { Status } from '../wire/identifiers.ts';
import type { Lifetimes } from '../wire/key-exchange-data.ts';
import { hostOf } from '../wire/names.ts';
import { toNetworkSettings } from '../wire/network-settings.ts';
import { defaultOrigin, encodeRelay } from '../wire/relay.ts';
import type { OpenedResponse } from '../wire/response.ts';
import { bySelf } from './cause.ts';
import { Conversation, type EndPointOptions } from './conversation.ts';
import type { Command, Effect, EndPoint, Input, QueueCounts } from './effect.ts';
import { checkChoice, makeRequest, prologueOf, propose, readResponse } from './exchange.ts';
import type { Loan } from './loan.ts';
import { RunningMachine } from './running-machine.ts';

export interface InitiatorOptions extends EndPointOptions {
  /** 1 to 255 printable ASCII characters: a user or a host. */
  readonly name: string;
  /** Pinned: neither key nor suite is ever negotiated. */
  readonly server: { readonly publicKey: Uint8Array; readonly suite: number };
  /** The tunnel path, the server last. */
  readonly path: readonly string[];
  readonly origin?: string;
  /** By preference. */
  readonly transforms: readonly number[];
  readonly lifetimes: Lifetimes;
  /** Gives each REQUEST a value above every one before it with the same static key, 0 to 2^64 - 1. */
  readonly freshness: () => bigint;
  /** Whether to connect again when a connection ends that nobody wanted to end. */
  readonly reconnect: boolean;
}

/** How much of each bound of a key's lifetime the initiator uses: it renews the key before the server has to close. */
const percent = 90;

/**
 * Inputs and times in milliseconds go in, effects come out; it opens no socket and reads no clock. It lives on over Dead:
 * each connection of the user's order is made by the same node.
 */
export class InitiatorNode implements EndPoint {
  readonly #options: InitiatorOptions;
  readonly #relay: Uint8Array;
  readonly #machine;
  readonly #conversation: Conversation;
  #handshake: InitiatorHandshake | undefined;
  #opened: { readonly response: OpenedResponse; readonly secrets: SessionSecrets } | undefined;
  /** A tunnel connection is wanted. */
  #wanted = false;
  /** The user has asked for the next one while this one ended. */
  #asked = false;
  /** Connections in a row that did not come to Authorized. */
  #failures = 0;
  #authorizedAt = 0;
  /** The former key was used up in less than `backOffMin`. */
  #brief = false;

  /** @throws Misuse when the path cannot be encoded. */
  constructor(options: InitiatorOptions) {
    this.#options = options;
    this.#relay = encodeRelay({ type: 'RELAY', origin: options.origin ?? defaultOrigin, path: options.path });
    this.#machine = new RunningMachine(initiatorMachine, options.timers, {
      open: () => this.#open(),
      'send RELAY': () => this.#send(this.#relay, 'relay sent'),
      'send REQUEST': () => this.#send(this.#request(), 'request sent'),
      'key the connection': () => this.#key(),
      'activate adapter': () => this.#activate(),
      'send empty DATA': () => this.#sendFirstData(),
      deliver: () => this.#conversation.deliver(),
      'send CLOSE': () => {
        this.#conversation.sendClose();
        this.#machine.raise('close sent');
      },
      'shut down writing': () => this.#conversation.shutDownWriting(),
      disconnect: () => this.#conversation.disconnect(),
      discard: () => {},
      // The reason is kept already: `end` keeps it for every event that ends a connection.
      record: () => this.#machine.raise('recorded'),
      'start back-off': () => this.#backOff(),
      report: () => this.#report(),
    });
    this.#conversation = new Conversation(this.#machine, options, {
      opening: (frame) => this.#opening(frame),
      keyUsedUp: () => this.#keyUsedUp(),
      waits: () => this.#wanted,
    });
  }

  get state(): InitiatorState {
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
    if (input.type === 'command') this.#command(input.command);
    else if (input.type === 'tcp established') this.#machine.step('tcp established');
    else if (input.type === 'network changed') this.#networkChanged();
    else if (input.type === 'time') for (const deadline of this.#machine.due()) this.#due(deadline);
    else this.#conversation.take(input);
    return effects;
  }

  #command(command: Command): void {
    this.#wanted = command === 'connect';
    this.#asked = this.#wanted && this.#machine.phase === 'ending';
    if (command !== 'connect') {
      if (this.state === 'Dead') this.#report();
      else this.#conversation.end(command);
    } else if (this.state === 'Idle') this.#machine.step('connect');
  }

  #due(deadline: DeadlineName): void {
    if (deadline === 'expiry') this.#keyUsedUp();
    else if (deadline === 'backOff') {
      this.#machine.step('back-off over');
      if (this.#wanted) this.#machine.step('connect');
    } else if (deadline !== 'refusal') this.#conversation.due(deadline);
  }

  /** @throws Malformed, Unexpected, IntegrityFailure */
  #opening({ type, octets }: RawFrame): void {
    if (type !== 'RESPONSE' || this.#handshake === undefined) throw new Unexpected(`${type} in ${this.state}`);
    const { transforms, lifetimes, server, dataOptions = 0 } = this.#options;
    const { response, fault } = readResponse(this.#handshake, octets, server.suite);
    const secrets = this.#handshake.split();
    this.#handshake = undefined;
    const { transform, clientData } = response;
    const { close, ...others } = deriveDirection(secrets.initiatorKey.slice(), transform, secrets.handshakeHash);
    this.#conversation.closeKey = close;
    eraseDirection(others);
    try {
      if (fault !== undefined) throw fault;
      checkChoice(response, { transforms, lifetimes, suite: server.suite, dataOptions });
      toNetworkSettings(clientData);
    } catch (error) {
      for (const key of [secrets.initiatorKey, secrets.serverKey]) key.fill(0);
      throw error;
    }
    this.#opened = { response, secrets };
    this.#machine.step('response');
  }

  /** A key that lasts less than `backOffMin` is renewed at once; a second one in a row ends the session. */
  #keyUsedUp(): void {
    const brief = this.#machine.now - this.#authorizedAt < this.#options.timers.backOffMin;
    const event = brief && this.#brief ? 'end session' : 'key expired';
    this.#machine.end({ event, cause: bySelf(Status.keyExpired) });
    this.#brief = brief;
  }

  /** What failed was another network: the back-off is a first one from now, unless the present one is over sooner. */
  #networkChanged(): void {
    this.#failures = 0;
    const { deadlines, now } = this.#machine;
    const due = deadlines.get('backOff');
    if (due === undefined) return;
    deadlines.set('backOff', Math.min(due, now + this.#wait()));
    this.#failures = 1;
  }

  #open(): void {
    this.#asked = false;
    this.#conversation.renew();
    const { path } = this.#options;
    this.#machine.emit({ type: 'open', name: path[0] ?? '', group: path.length === 1 });
  }

  #send(octets: Uint8Array, sent: 'relay sent' | 'request sent'): void {
    this.#machine.emit({ type: 'send', octets });
    this.#machine.raise(sent);
  }

  #request(): Uint8Array {
    const { name, path, server, staticPrivate, randomness, transforms, lifetimes, freshness, dataOptions } =
      this.#options;
    this.#handshake = new InitiatorHandshake({
      suite: server.suite,
      prologue: prologueOf(this.#relay),
      staticPrivate,
      serverPublic: server.publicKey,
      randomness,
    });
    return makeRequest(this.#handshake, {
      suite: server.suite,
      ...propose(transforms, lifetimes, randomness.grease(), freshness(), dataOptions),
      destinationName: hostOf(path.at(-1) ?? ''),
      clientData: noClientData,
      initiatorName: name,
    });
  }

  #key(): void {
    if (this.#opened === undefined) return;
    const { response, secrets } = this.#opened;
    const { transform, keyExchangeData } = response;
    const { lifetimes, options: dataOptions } = keyExchangeData;
    this.#conversation.key({ role: 'initiator', secrets, transform, lifetimes, percent, dataOptions });
  }

  #activate(): void {
    if (this.#opened === undefined) return;
    const { name, path, server } = this.#options;
    const { response, secrets } = this.#opened;
    const { transform, clientData, keyExchangeData } = response;
    const { handshakeHash } = secrets;
    const agreed = { suite: server.suite, transform, dataOptions: keyExchangeData.options };
    const session = { name, path, ...agreed, handshakeHash, peerKey: server.publicKey };
    this.#machine.emit({ type: 'authorized', session, clientData });
  }

  #sendFirstData(): void {
    this.#authorizedAt = this.#machine.now;
    if (!this.#brief) this.#failures = 0;
    this.#conversation.sendKeepAlive();
    this.#conversation.sendWaiting();
  }

  /** A session that the server ended on purpose stays ended, unless the user asks: two devices of one name displace each other. */
  #backOff(): void {
    const { status, by } = this.#machine.cause ?? {};
    const final = status === Status.endSession || status === Status.superseded;
    if (!this.#options.reconnect || (by === 'peer' && this.#conversation.closeVerified && final))
      this.#wanted = this.#asked;
    this.#machine.after(this.#wait(), 'backOff');
    this.#failures += 1;
  }

  /** Milliseconds of a back-off after `#failures` failures (INI-16). */
  #wait(): number {
    const { timers, randomness } = this.#options;
    const longest = Math.min(timers.backOffMin * 2 ** Math.min(this.#failures + 1, 30), timers.backOffMax);
    const shortest = Math.max(timers.backOffMin, longest / 2);
    return shortest + Math.max(0, longest - shortest) * randomness.jitter();
  }

  #report(): void {
    this.#handshake?.erase();
    this.#handshake = undefined;
    if (!this.#wanted) this.#conversation.queue.dropAll();
    this.#machine.report(this.#wanted);
  }
}
