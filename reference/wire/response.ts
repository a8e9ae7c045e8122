/** [EP] fig. 8: the key exchange/authentication response frame. */
import { Malformed } from '../errors.ts';
import { type ClientData, clientDataLength, decodeClientData, encodeClientData } from './client-data.ts';
import { decodeKeyExchangeData, encodeKeyExchangeData, type KeyExchangeData } from './key-exchange-data.ts';
import { field8, field16, field32, layout } from './layout.ts';
import { checkPadding, decodeTransforms, encodeTransforms, type HandshakeHeader, handshakeCodec } from './opened.ts';

/** The sections of the opened string buffer in their order, by the numerals of [EP] fig. 8: 156, 158, 162. */
const sectionOrder = ['keyExchangeDataOffset', 'transformsOffset', 'clientDataOffset'] as const;

export interface ResponseFrame extends HandshakeHeader<(typeof sectionOrder)[number]> {
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

const codec = handshakeCodec('RESPONSE', responseLayout, sectionOrder);

/** A frame on the wire: header of 14 octets ‖ Noise message. @throws Misuse when a field does not fit */
export const encodeResponse = ({ type: _type, message, ...header }: ResponseFrame): Uint8Array =>
  codec.encodeFrame(header, message);

/** @throws Malformed when the header is cut, or the low octet of its flags is not 0 */
export const decodeResponse = (octets: Uint8Array): ResponseFrame => ({
  type: 'RESPONSE',
  ...codec.decodeFrame(octets),
});

/** @throws Misuse when a field cannot be encoded */
export function encodeOpenedResponse(response: OpenedResponse): Uint8Array {
  return codec.encodeOpened(response.suite, {
    keyExchangeDataOffset: encodeKeyExchangeData(response.keyExchangeData),
    transformsOffset: encodeTransforms([response.transform]),
    clientDataOffset: encodeClientData(response.clientData),
  });
}

/**
 * @param sealedBy suite of the Noise message, if flags (160) may name another: that is for the caller to judge
 * @throws Malformed unless O is the one valid encoding of a response
 */
export function decodeOpenedResponse(octets: Uint8Array, sealedBy?: number): OpenedResponse {
  const { suite, sections } = codec.decodeOpened(octets, sealedBy);
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
