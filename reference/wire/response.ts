/** [EP] fig. 8: the key exchange/authentication response frame. */
import { Malformed } from '../errors.ts';
import { type ClientData, clientDataLength, decodeClientData, encodeClientData } from './client-data.ts';
import { FrameType, protocolVersion } from './identifiers.ts';
import { decodeKeyExchangeData, encodeKeyExchangeData, type KeyExchangeData } from './key-exchange-data.ts';
import { field8, field16, field32, layout } from './layout.ts';
import { checkPadding, decodeTransforms, encodeTransforms, openedCodec } from './opened.ts';

/** The fields between version and string buffer. Offsets count from octet 0 of the opened frame. */
interface ResponseHeader {
  readonly keyExchangeDataOffset: number;
  readonly transformsOffset: number;
  /** High octet: suite; low octet: 0. */
  readonly flags: number;
  readonly clientDataOffset: number;
}

export interface ResponseFrame extends ResponseHeader {
  readonly type: 'RESPONSE';
  /** Noise message 2 (163): opaque here. */
  readonly message: Uint8Array;
}

/** What the string buffer holds once opened. */
export interface OpenedResponse {
  readonly suite: number;
  /** Selected within the request's. */
  readonly keyExchangeData: KeyExchangeData;
  /** The one transform, selected from the request's. */
  readonly transform: number;
  readonly clientData: ClientData;
}

const responseLayout = layout('RESPONSE', {
  length: field32(150),
  type: field8(152),
  version: field8(154),
  keyExchangeDataOffset: field16(156),
  transformsOffset: field16(158),
  flags: field16(160),
  clientDataOffset: field16(162),
});

/** Octets before the string buffer. */
export const responseHeaderLength = responseLayout.size;

/** Where the sections of the opened string buffer begin, in their order ([EP] fig. 8: 156, 158, 162). */
const opened = openedCodec('RESPONSE', responseLayout, [
  'keyExchangeDataOffset',
  'transformsOffset',
  'clientDataOffset',
]);

export function encodeResponse({ type: _type, message, ...header }: ResponseFrame): Uint8Array {
  const octets = new Uint8Array(responseLayout.size + message.length);
  responseLayout.encode(
    { length: octets.length, type: FrameType.RESPONSE, version: protocolVersion, ...header },
    octets,
  );
  octets.set(message, responseLayout.size);
  return octets;
}

/** @throws Malformed when the low octet of the flags is not 0 */
export function decodeResponse(octets: Uint8Array): ResponseFrame {
  const { length: _length, type: _type, version: _version, ...header } = responseLayout.decode(octets);
  if ((header.flags & 0xff) !== 0) throw new Malformed(`${responseLayout.describe('flags')}: reserved bits are set`);
  return { type: 'RESPONSE', ...header, message: octets.slice(responseLayout.size) };
}

/** @throws Misuse when a field cannot be encoded */
export function encodeOpenedResponse(response: OpenedResponse): Uint8Array {
  return opened.encode(response.suite, {
    keyExchangeDataOffset: encodeKeyExchangeData(response.keyExchangeData),
    transformsOffset: encodeTransforms([response.transform]),
    clientDataOffset: encodeClientData(response.clientData),
  });
}

/** @throws Malformed unless O is the one valid encoding of a response */
export function decodeOpenedResponse(octets: Uint8Array): OpenedResponse {
  const { suite, sections } = opened.decode(octets);
  const [transform, ...others] = decodeTransforms('RESPONSE', sections.transformsOffset);
  if (transform === undefined || others.length > 0) throw new Malformed('RESPONSE transforms (158): more than one');
  const end = clientDataLength(sections.clientDataOffset);
  checkPadding('RESPONSE', sections.clientDataOffset.subarray(end));
  return {
    suite,
    keyExchangeData: decodeKeyExchangeData(sections.keyExchangeDataOffset),
    transform,
    clientData: decodeClientData(sections.clientDataOffset.subarray(0, end)),
  };
}
