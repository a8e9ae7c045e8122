/** A tunnel initiator driven frame by frame ([EP] fig. 11 seen from the wire), able to send anything wrong. */
import { InitiatorHandshake } from '../../../reference/crypto/handshake.ts';
import { kem } from '../../../reference/crypto/primitives.ts';
import { systemRandomness } from '../../../reference/crypto/randomness.ts';
import { IntegrityFailure } from '../../../reference/errors.ts';
import { noClientData } from '../../../reference/wire/client-data.ts';
import {
  FrameType,
  Suite,
  type SuiteName,
  Transform,
  type TransformName,
} from '../../../reference/wire/identifiers.ts';
import {
  type KeyExchangeEntry,
  type Lifetimes,
  makeKeyExchangeData,
} from '../../../reference/wire/key-exchange-data.ts';
import { hostOf } from '../../../reference/wire/names.ts';
import { overheadOf, sameHeader } from '../../../reference/wire/opened.ts';
import { encodeRelay } from '../../../reference/wire/relay.ts';
import { encodeOpenedRequest, type OpenedRequest, requestHeaderLength } from '../../../reference/wire/request.ts';
import {
  decodeOpenedResponse,
  decodeResponse,
  type OpenedResponse,
  responseHeaderLength,
} from '../../../reference/wire/response.ts';
import { patience } from '../lab/deadlines/deadline.ts';
import { LabFailure, Nonconformance } from '../lab/failure.ts';
import { type Alterations, defaultLifetimes, prologueOf, sealAltered } from './handshake.ts';
import { type Identity, identityOf, nameOf } from './identities.ts';
import type { ReceivedFrame, ScriptedConnection } from './scripted.ts';
import { ScriptedEndPoint, ScriptedSession } from './session.ts';

export interface ScriptedInitiatorOptions {
  /** Who it is; alice by default. */
  readonly identity?: Identity;
  /** The name in REQUEST; the identity's by default. */
  readonly name?: string;
  /** Whose key it has pinned; that of server.test by default. */
  readonly server?: Identity;
  /** The minimum by default, which every server has. */
  readonly suite?: SuiteName;
  /** The tunnel path; server.test alone by default. */
  readonly path?: readonly string[];
  readonly origin?: string;
  /** Transforms offered, by name or number; the minimum alone by default. */
  readonly transforms?: readonly (TransformName | number)[];
  readonly lifetimes?: Lifetimes;
  /** Entry 4 of the key exchange data; undefined: none. By default above every one before it. */
  readonly freshness?: bigint | undefined;
  /** Option bits that it asks for; none by default. */
  readonly dataOptions?: number;
  /** Further entries of the key exchange data. */
  readonly extra?: readonly KeyExchangeEntry[];
  /** The prologue of its handshake, made of the RELAY frame; the right one by default. */
  readonly prologue?: (relay: Uint8Array) => Uint8Array;
  /** Suite 2: makes another ML-KEM encapsulation key out of the right one, 1184 octets. */
  readonly encapsulationKey?: (right: Uint8Array) => Uint8Array;
}

/** RELAY and, behind it, what a relay awaits before it connects: a frame with the looks of a REQUEST. */
export function withRequest(relay: Uint8Array): Uint8Array {
  const octets = new Uint8Array(relay.length + 260);
  octets.set(relay);
  octets.set([0, 0, 1, 4, FrameType.REQUEST, 1], relay.length);
  return octets;
}

let lastFreshness = 0n;

/** Microseconds since 1970 UTC, or one more than the last: above every one before it. */
export function nextFreshness(): bigint {
  const now = BigInt(Date.now()) * 1_000n;
  lastFreshness = now > lastFreshness ? now : lastFreshness + 1n;
  return lastFreshness;
}

/**
 * Each method sends or awaits one frame; only `authorize` and what is built on it do several. Waiting ends with
 * Nonconformance.
 */
export class ScriptedInitiator extends ScriptedEndPoint {
  readonly options: ScriptedInitiatorOptions;
  readonly suite: SuiteName;
  /** The RELAY frame: what is sent and what is bound into the handshake. */
  relay: Uint8Array;
  #handshake: InitiatorHandshake | undefined;

  constructor(connection: ScriptedConnection, options: ScriptedInitiatorOptions = {}) {
    super(connection);
    this.options = options;
    this.suite = options.suite ?? 'x25519';
    const { origin = 'origin.invalid', path = ['server.test'] } = options;
    this.relay = encodeRelay({ type: 'RELAY', origin, path: path.map(nameOf) });
  }

  /** Step 198 of fig. 11. */
  async sendRelay(): Promise<void> {
    await this.connection.send(this.relay);
  }

  /** Makes the REQUEST of this connection, right unless altered. Each call begins a new handshake. */
  requestFrame(alterations: Alterations<OpenedRequest> = {}): Uint8Array {
    const { options } = this;
    const suite = Suite[this.suite];
    this.#handshake = new InitiatorHandshake({
      suite,
      prologue: (options.prologue ?? prologueOf)(this.relay),
      staticPrivate: (options.identity ?? identityOf('alice')).staticPrivate,
      serverPublic: (options.server ?? identityOf('server.test')).staticPublic,
      randomness: systemRandomness,
      ...(options.encapsulationKey && { generateKem: generating(options.encapsulationKey) }),
    });
    const path = options.path ?? ['server.test'];
    const opened = encodeOpenedRequest({
      suite,
      keyExchangeData: makeKeyExchangeData({
        lifetimes: options.lifetimes ?? defaultLifetimes,
        freshness: 'freshness' in options ? options.freshness : nextFreshness(),
        ...(options.dataOptions === undefined ? {} : { options: options.dataOptions }),
        ...(options.extra === undefined ? {} : { extra: options.extra }),
      }),
      transforms: (options.transforms ?? ['chacha20poly1305']).map((one) =>
        typeof one === 'number' ? one : Transform[one],
      ),
      destinationName: nameOf(hostOf(path.at(-1) ?? 'server.test')),
      clientData: noClientData,
      initiatorName: nameOf(options.name ?? (options.identity ?? identityOf('alice')).name),
      ...alterations.fields,
    });
    const handshake = this.#handshake;
    return sealAltered(opened, requestHeaderLength, overheadOf('REQUEST', suite), alterations, (altered) =>
      handshake.writeRequest(altered),
    );
  }

  /** Step 200 of fig. 11. */
  async sendRequest(alterations?: Alterations<OpenedRequest>): Promise<void> {
    await this.connection.send(this.requestFrame(alterations));
  }

  /** Awaits RESPONSE and opens it; the session is keyed then. @throws for every fault of it */
  async readResponse(milliseconds = patience): Promise<OpenedResponse> {
    return this.openResponse(await this.expect('RESPONSE', milliseconds));
  }

  /** Opens a RESPONSE that came. */
  openResponse(frame: ReceivedFrame): OpenedResponse {
    const handshake = this.#handshake;
    if (handshake === undefined) throw new LabFailure('no step has sent REQUEST');
    const opened = openedBy(handshake, decodeResponse(frame.octets).message);
    if (!sameHeader(frame.octets, opened, responseHeaderLength)) {
      throw new Nonconformance('the header of RESPONSE in the clear differs from the sealed one');
    }
    const response = decodeOpenedResponse(opened);
    const { options } = response.keyExchangeData;
    this.key(new ScriptedSession('initiator', response.transform, handshake.split(), options));
    return response;
  }

  /** RELAY, REQUEST, RESPONSE and the empty DATA frame that confirms. @returns the opened RESPONSE */
  async authorize(): Promise<OpenedResponse> {
    await this.sendRelay();
    await this.sendRequest();
    const response = await this.readResponse();
    await this.send();
    return response;
  }
}

function openedBy(handshake: InitiatorHandshake, message: Uint8Array): Uint8Array {
  try {
    return handshake.readResponse(message);
  } catch (error) {
    if (!(error instanceof IntegrityFailure)) throw error;
    const where = 'REQUEST was opened, so the fault is in message 2 of section 5.4: e, ee, se or its payload';
    throw new IntegrityFailure(`RESPONSE does not open: ${error.message}; ${where}`, { cause: error });
  }
}

/** ML-KEM.KeyGen whose encapsulation key is altered. */
function generating(alter: (right: Uint8Array) => Uint8Array): typeof kem.generate {
  return (seed) => {
    const { publicKey, privateKey } = kem.generate(seed);
    return { publicKey: alter(publicKey), privateKey };
  };
}
