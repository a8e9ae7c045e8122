/** A tunnel server driven frame by frame ([EP] fig. 12 seen from the wire), able to send anything wrong. */
import { ResponderHandshake } from '../../../reference/crypto/handshake.ts';
import { systemRandomness } from '../../../reference/crypto/randomness.ts';
import { IntegrityFailure } from '../../../reference/errors.ts';
import { physicalOctets } from '../../../reference/packets/physical.ts';
import type { ClientData } from '../../../reference/wire/client-data.ts';
import { Transform } from '../../../reference/wire/identifiers.ts';
import { makeKeyExchangeData } from '../../../reference/wire/key-exchange-data.ts';
import { fromNetworkSettings, type NetworkSettings } from '../../../reference/wire/network-settings.ts';
import { overheadOf, sameHeader, suiteOf } from '../../../reference/wire/opened.ts';
import { decodeRelay, type RelayFrame } from '../../../reference/wire/relay.ts';
import {
  decodeOpenedRequest,
  decodeRequest,
  type OpenedRequest,
  requestHeaderLength,
} from '../../../reference/wire/request.ts';
import { encodeOpenedResponse, type OpenedResponse, responseHeaderLength } from '../../../reference/wire/response.ts';
import { patience } from '../lab/deadlines/deadline.ts';
import { LabFailure, Nonconformance } from '../lab/failure.ts';
import { virtualLan } from '../lab/networks/virtual-lan.ts';
import { type Alterations, prologueOf, sealAltered } from './handshake.ts';
import { identityOf } from './identities.ts';
import { mistakeInRequest } from './likely-mistakes.ts';
import type { ScriptedConnection } from './scripted.ts';
import { ScriptedEndPoint, ScriptedSession } from './session.ts';

export interface ScriptedServerOptions {
  /** Changes to the settings of the virtual LAN. */
  readonly settings?: Partial<NetworkSettings>;
  /** The client data as a whole, instead of settings. */
  readonly clientData?: ClientData;
  /** Option bits that it selects where REQUEST asks for them; none by default. */
  readonly dataOptions?: number;
}

/** Settings that the scripted server hands out unless told otherwise: those of the scenarios' virtual LAN. */
export const defaultSettings: NetworkSettings = {
  address: virtualLan.clientAddress,
  prefixLength: virtualLan.prefixLength,
  serverAddress: virtualLan.serverAddress,
  leaseSeconds: 3600,
  routes: [{ address: '10.9.0.0', length: 24, gateway: virtualLan.serverAddress }],
  dns: [],
  search: [],
  mtu: virtualLan.mtu,
  clientPhysical: physicalOctets(virtualLan.clientPhysical),
  serverPhysical: physicalOctets(virtualLan.serverPhysical),
};

/** Each method sends or awaits one frame. Waiting ends with Nonconformance. */
export class ScriptedServer extends ScriptedEndPoint {
  readonly options: ScriptedServerOptions;
  #relay: Uint8Array | undefined;
  #request: OpenedRequest | undefined;
  #requestFrame: Uint8Array | undefined;
  #initiatorStatic: Uint8Array | undefined;
  #handshake: ResponderHandshake | undefined;

  constructor(connection: ScriptedConnection, options: ScriptedServerOptions = {}) {
    super(connection);
    this.options = options;
  }

  /** The RELAY frame as it came. */
  get relay(): Uint8Array {
    return this.#relay ?? unread('RELAY');
  }

  get request(): OpenedRequest {
    return this.#request ?? unread('REQUEST');
  }

  /** The REQUEST as it came. */
  get requestFrame(): Uint8Array {
    return this.#requestFrame ?? unread('REQUEST');
  }

  /** The initiator's static key, 32 octets. */
  get initiatorStatic(): Uint8Array {
    return this.#initiatorStatic ?? unread('REQUEST');
  }

  /** Step 220 of fig. 12. */
  async readRelay(milliseconds = patience): Promise<RelayFrame> {
    const frame = await this.expect('RELAY', milliseconds);
    this.#relay = frame.octets;
    return decodeRelay(frame.octets);
  }

  /** Awaits REQUEST and opens it with the key that it must be sealed to. @throws for every fault of it */
  async readRequest(milliseconds = patience): Promise<OpenedRequest> {
    const { octets } = await this.expect('REQUEST', milliseconds);
    this.#requestFrame = octets;
    const frame = decodeRequest(octets);
    const { staticPrivate } = identityOf('server.test');
    const suite = suiteOf(frame);
    const prologue = prologueOf(this.relay);
    const handshake = new ResponderHandshake({ suite, prologue, staticPrivate, randomness: systemRandomness });
    const open = () => {
      try {
        return handshake.readRequest(frame.message);
      } catch (error) {
        if (!(error instanceof IntegrityFailure)) throw error;
        const why = mistakeInRequest(suite, this.relay, staticPrivate, frame.message);
        throw new IntegrityFailure(`REQUEST does not open: ${error.message}; ${why}`, { cause: error });
      }
    };
    const { payload, initiatorStatic } = open();
    if (!sameHeader(octets, payload, requestHeaderLength)) {
      throw new Nonconformance('the header of REQUEST in the clear differs from the sealed one');
    }
    this.#handshake = handshake;
    this.#initiatorStatic = initiatorStatic;
    this.#request = decodeOpenedRequest(payload);
    return this.#request;
  }

  /**
   * Makes the RESPONSE, right unless altered; the session is keyed then. It selects the first transform that is known, and
   * allows the lifetimes that REQUEST asks for.
   */
  responseFrame(alterations: Alterations<OpenedResponse> = {}): Uint8Array {
    const handshake = this.#handshake ?? unread('REQUEST');
    const { options, request } = this;
    const offered = request.transforms.find((one) => (Object.values(Transform) as number[]).includes(one));
    const fields: OpenedResponse = {
      suite: request.suite,
      keyExchangeData: makeKeyExchangeData({
        lifetimes: request.keyExchangeData.lifetimes,
        options: request.keyExchangeData.options & (options.dataOptions ?? 0),
      }),
      transform: offered ?? noCommonTransform(),
      clientData: options.clientData ?? fromNetworkSettings({ ...defaultSettings, ...options.settings }),
      ...alterations.fields,
    };
    const opened = encodeOpenedResponse(fields);
    const overhead = overheadOf('RESPONSE', request.suite);
    const frame = sealAltered(opened, responseHeaderLength, overhead, alterations, (altered) =>
      handshake.writeResponse(altered),
    );
    const { options: selected } = fields.keyExchangeData;
    if (alterations.message === undefined)
      this.key(new ScriptedSession('server', fields.transform, handshake.split(), selected));
    return frame;
  }

  /** Step 224 of fig. 12. */
  async sendResponse(alterations?: Alterations<OpenedResponse>): Promise<void> {
    await this.connection.send(this.responseFrame(alterations));
  }

  /** RELAY, REQUEST, RESPONSE and the empty DATA frame by which the initiator confirms. @returns the opened REQUEST */
  async authorize(): Promise<OpenedRequest> {
    await this.readRelay();
    const request = await this.readRequest();
    await this.sendResponse();
    await this.receive({ keepAlives: true });
    return request;
  }
}

function unread(frame: string): never {
  throw new LabFailure(`no step has read ${frame}`);
}

function noCommonTransform(): never {
  throw new Nonconformance('REQUEST offers no transform that is known');
}
