/** [EP] fig. 8: the key exchange/authentication response frame. */
import { Malformed } from '../errors.ts';
import { type ClientData, clientDataLength, decodeClientData, encodeClientData } from './client-data.ts';
import { FrameType, protocolVersion } from './identifiers.ts';
import { decodeKeyExchangeData, encodeKeyExchangeData, type KeyExchangeData } from './key-exchange-data.ts';
import { layout, u8, u16, u32 } from './layout.ts';
import {
  checkHeader,
  checkOffsets,
  checkPadding,
  decodeTransforms,
  encodeTransforms,
  joinSections,
  overheadOf,
} from './opened.ts';
import { suiteOf } from './request.ts';

/** The fields between version and string buffer. Offsets count from octet 0 of the opened frame. */
export interface ResponseHeader {
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

const fixed = layout('RESPONSE', {
  length: u32(150),
  type: u8(152),
  version: u8(154),
  keyExchangeDataOffset: u16(156),
  transformsOffset: u16(158),
  flags: u16(160),
  clientDataOffset: u16(162),
});

/** Octets before the string buffer. */
export const responseHeaderLength = fixed.size;

export function encodeResponse({ type: _type, message, ...header }: ResponseFrame): Uint8Array {
  const octets = new Uint8Array(fixed.size + message.length);
  fixed.encode({ length: octets.length, type: FrameType.RESPONSE, version: protocolVersion, ...header }, octets);
  octets.set(message, fixed.size);
  return octets;
}

/** @throws Malformed when the low octet of the flags is not 0 */
export function decodeResponse(octets: Uint8Array): ResponseFrame {
  const { length: _length, type: _type, version: _version, ...header } = fixed.decode(octets);
  if ((header.flags & 0xff) !== 0) throw new Malformed(`${fixed.describe('flags')}: reserved bits are set`);
  return { type: 'RESPONSE', ...header, message: octets.slice(fixed.size) };
}

/** O: header ‖ opened string buffer, ready to be sealed. Its `length` is already that of the frame on the wire. */
export function encodeOpenedResponse(response: OpenedResponse): Uint8Array {
  const keyExchangeData = encodeKeyExchangeData(response.keyExchangeData);
  const transforms = encodeTransforms([response.transform]);
  const buffer = joinSections([keyExchangeData, transforms, encodeClientData(response.clientData)]);
  const opened = new Uint8Array(fixed.size + buffer.length);
  const header = {
    length: fixed.size + overheadOf('RESPONSE', response.suite) + opened.length,
    type: FrameType.RESPONSE,
    version: protocolVersion,
    keyExchangeDataOffset: fixed.size,
    transformsOffset: fixed.size + keyExchangeData.length,
    flags: response.suite << 8,
    clientDataOffset: fixed.size + keyExchangeData.length + transforms.length,
  };
  fixed.encode(header, opened);
  opened.set(buffer, fixed.size);
  return opened;
}

/** @throws Malformed unless O is the one valid encoding of a response */
export function decodeOpenedResponse(opened: Uint8Array): OpenedResponse {
  const header = fixed.decode(opened);
  const { keyExchangeDataOffset, transformsOffset, clientDataOffset } = header;
  checkHeader('RESPONSE', header, opened, fixed.size);
  checkOffsets('RESPONSE', opened, fixed.size, [keyExchangeDataOffset, transformsOffset, clientDataOffset]);
  const [transform, ...more] = decodeTransforms('RESPONSE', opened.subarray(transformsOffset, clientDataOffset));
  if (transform === undefined || more.length > 0) throw new Malformed('RESPONSE transforms (158): more than one');
  const end = clientDataOffset + clientDataLength(opened.subarray(clientDataOffset));
  checkPadding('RESPONSE', opened, fixed.size, end);
  return {
    suite: suiteOf(header),
    keyExchangeData: decodeKeyExchangeData(opened.subarray(keyExchangeDataOffset, transformsOffset)),
    transform,
    clientData: decodeClientData(opened.subarray(clientDataOffset, end)),
  };
}
