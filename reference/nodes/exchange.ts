/** [EP] fig. 5, steps 90 and 92: REQUEST and RESPONSE made and read, wire format and handshake together. */
import type { InitiatorHandshake, ResponderHandshake } from '../crypto/handshake.ts';
import type { Grease } from '../crypto/randomness.ts';
import { aeadOf } from '../crypto/transforms.ts';
import { IntegrityFailure, Malformed, Misuse } from '../errors.ts';
import { ascii, concat } from '../octets.ts';
import { encodeFrame } from '../wire/frame.ts';
import { bounds } from '../wire/frame-start.ts';
import { type KeyExchangeChoice, type Lifetimes, makeKeyExchangeData } from '../wire/key-exchange-data.ts';
import { sameHeader } from '../wire/opened.ts';
import {
  decodeOpenedRequest,
  decodeRequest,
  encodeOpenedRequest,
  type OpenedRequest,
  requestHeaderLength,
} from '../wire/request.ts';
import {
  decodeOpenedResponse,
  decodeResponse,
  encodeOpenedResponse,
  type OpenedResponse,
  responseHeaderLength,
} from '../wire/response.ts';

/** "PNA/1" ‖ the entire RELAY frame: an altered path breaks the handshake. */
export function prologueOf(relay: Uint8Array): Uint8Array {
  return concat(ascii('PNA/1'), relay);
}

/** @throws Misuse when it would exceed its bound. */
export function makeRequest(handshake: InitiatorHandshake, request: OpenedRequest): Uint8Array {
  const opened = encodeOpenedRequest(request);
  const frame = decodeRequest(opened);
  return bounded(encodeFrame({ ...frame, message: handshake.writeRequest(opened) }), 'REQUEST');
}

/** @throws Malformed, IntegrityFailure */
export function readRequest(
  handshake: ResponderHandshake,
  octets: Uint8Array,
): { readonly request: OpenedRequest; readonly initiatorStatic: Uint8Array } {
  const { payload, initiatorStatic } = handshake.readRequest(decodeRequest(octets).message);
  const fault = headerFault(octets, payload, requestHeaderLength);
  if (fault !== undefined) throw fault;
  return { request: decodeOpenedRequest(payload), initiatorStatic };
}

/** @throws Misuse when it would exceed its bound. */
export function makeResponse(handshake: ResponderHandshake, response: OpenedResponse): Uint8Array {
  const opened = encodeOpenedResponse(response);
  const frame = decodeResponse(opened);
  return bounded(encodeFrame({ ...frame, message: handshake.writeResponse(opened) }), 'RESPONSE');
}

/**
 * Opens a RESPONSE. Two faults are left to the caller, who can answer them with a keyed CLOSE once it has the transform.
 * @param suite that of the REQUEST; RESPONSE may name another: `checkChoice` judges that
 * @returns what was opened; `fault` when the header in the clear is not the sealed one.
 * @throws Malformed, IntegrityFailure
 */
export function readResponse(
  handshake: InitiatorHandshake,
  octets: Uint8Array,
  suite: number,
): { readonly response: OpenedResponse; readonly fault: IntegrityFailure | undefined } {
  const payload = handshake.readResponse(decodeResponse(octets).message);
  const fault = headerFault(octets, payload, responseHeaderLength);
  try {
    return { response: decodeOpenedResponse(payload, suite), fault };
  } catch (error) {
    throw fault ?? error;
  }
}

/** What an initiator proposes, meaningless identifiers (GREASE) among it. */
export function propose(
  transforms: readonly number[],
  lifetimes: Lifetimes,
  { transform, tlv }: Grease,
  freshness?: bigint,
  dataOptions = 0,
): { readonly transforms: readonly number[]; readonly keyExchangeData: ReturnType<typeof makeKeyExchangeData> } {
  const choice: KeyExchangeChoice = {
    lifetimes,
    options: dataOptions,
    freshness,
    extra: tlv === undefined ? [] : [tlv],
  };
  return {
    transforms: transform === undefined ? transforms : transforms.toSpliced(transform.index, 0, transform.id),
    keyExchangeData: makeKeyExchangeData(choice),
  };
}

/** @throws Malformed when a response chose something that was not proposed. */
export function checkChoice(
  response: OpenedResponse,
  proposed: {
    readonly transforms: readonly number[];
    readonly lifetimes: Lifetimes;
    readonly suite: number;
    readonly dataOptions: number;
  },
): void {
  const { lifetimes, options, compression } = response.keyExchangeData;
  const within =
    lifetimes.seconds <= proposed.lifetimes.seconds &&
    lifetimes.frames <= proposed.lifetimes.frames &&
    lifetimes.octets <= proposed.lifetimes.octets;
  if (!within) throw new Malformed('RESPONSE lifetimes (1): more than the REQUEST allows');
  if ((options & ~proposed.dataOptions) !== 0 || compression.length > 0)
    throw new Malformed('RESPONSE: an option that the REQUEST does not have');
  if (!proposed.transforms.includes(response.transform))
    throw new Malformed('RESPONSE: a transform that was not offered');
  if (options !== 0 && aeadOf(response.transform) === undefined)
    throw new Malformed('RESPONSE: options with a transform that has none');
  if (response.suite !== proposed.suite) throw new Malformed('RESPONSE flags (160): not the suite of the REQUEST');
}

function headerFault(frame: Uint8Array, opened: Uint8Array, length: number): IntegrityFailure | undefined {
  if (opened.length >= length && sameHeader(frame, opened, length)) return undefined;
  return new IntegrityFailure('the header in the clear is not the sealed one');
}

function bounded(octets: Uint8Array, type: 'REQUEST' | 'RESPONSE'): Uint8Array {
  if (octets.length > bounds[type].max)
    throw new Misuse(`${type}: ${octets.length} octets, at most ${bounds[type].max}`);
  return octets;
}
