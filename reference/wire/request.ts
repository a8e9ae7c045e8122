/** [EP] fig. 7: the key exchange/authentication request frame. */
import { Malformed, Misuse } from '../errors.ts';
import { ascii, fromAscii } from '../octets.ts';
import { type ClientData, decodeClientData, encodeClientData } from './client-data.ts';
import { decodeKeyExchangeData, encodeKeyExchangeData, type KeyExchangeData } from './key-exchange-data.ts';
import { field8, field16, field32, layout } from './layout.ts';
import { initiatorNameFault, nodeNameFault } from './names.ts';
import { checkPadding, decodeTransforms, encodeTransforms, type HandshakeHeader, handshakeCodec } from './opened.ts';

/** The sections of the opened string buffer in their order, by the numerals of [EP] fig. 7: 130, 132, 128, 136, 126. */
const sectionOrder = [
  'keyExchangeDataOffset',
  'transformsOffset',
  'destinationNameOffset',
  'clientDataOffset',
  'initiatorNameOffset',
] as const;

export interface RequestFrame extends HandshakeHeader<(typeof sectionOrder)[number]> {
  readonly type: 'REQUEST';
  /** Noise message 1 (138): opaque here. */
  readonly message: Uint8Array;
}

/** What the string buffer holds once opened. */
export interface OpenedRequest {
  readonly suite: number;
  readonly keyExchangeData: KeyExchangeData;
  /** By preference, unknown ones among them; at least one. */
  readonly transforms: readonly number[];
  readonly destinationName: string;
  /** Empty when an initiator follows the specification; the server ignores it ([EP] fig. 23, 502). */
  readonly clientData: ClientData;
  readonly initiatorName: string;
}

const requestLayout = layout('REQUEST', {
  length: field32(120),
  type: field8(122),
  version: field8(124),
  initiatorNameOffset: field16(126),
  destinationNameOffset: field16(128),
  keyExchangeDataOffset: field16(130),
  transformsOffset: field16(132),
  flags: field16(134),
  clientDataOffset: field16(136),
});

/** Octets before the string buffer. */
export const requestHeaderLength = requestLayout.size;

const codec = handshakeCodec('REQUEST', requestLayout, sectionOrder);

/** A frame on the wire: header of 18 octets ‖ Noise message. @throws Misuse when a field does not fit */
export const encodeRequest = ({ type: _type, message, ...header }: RequestFrame): Uint8Array =>
  codec.encodeFrame(header, message);

/** @throws Malformed when the header is cut, or the low octet of its flags is not 0 */
export const decodeRequest = (octets: Uint8Array): RequestFrame => ({ type: 'REQUEST', ...codec.decodeFrame(octets) });

/** @throws Misuse when a field cannot be encoded */
export function encodeOpenedRequest(request: OpenedRequest): Uint8Array {
  const fault = nodeNameFault(request.destinationName) ?? initiatorNameFault(request.initiatorName);
  if (fault !== undefined) throw new Misuse(`REQUEST: a name ${fault}`);
  return codec.encodeOpened(request.suite, {
    keyExchangeDataOffset: encodeKeyExchangeData(request.keyExchangeData),
    transformsOffset: encodeTransforms(request.transforms),
    destinationNameOffset: ascii(`${request.destinationName}\0`),
    clientDataOffset: encodeClientData(request.clientData),
    initiatorNameOffset: ascii(`${request.initiatorName}\0`),
  });
}

/** @throws Malformed unless O is the one valid encoding of a request */
export function decodeOpenedRequest(octets: Uint8Array): OpenedRequest {
  const { suite, sections } = codec.decodeOpened(octets);
  const destination = readName('destination name (128)', sections.destinationNameOffset, nodeNameFault);
  if (destination.after.length > 0) throw new Malformed('REQUEST destination name (128): octets after its NUL');
  const initiator = readName('initiator name (126)', sections.initiatorNameOffset, initiatorNameFault);
  checkPadding('REQUEST', initiator.after);
  return {
    suite,
    keyExchangeData: decodeKeyExchangeData(sections.keyExchangeDataOffset),
    transforms: decodeTransforms('REQUEST', sections.transformsOffset),
    destinationName: destination.name,
    clientData: decodeClientData(sections.clientDataOffset),
    initiatorName: initiator.name,
  };
}

interface NameRead {
  readonly name: string;
  /** The octets after the NUL. */
  readonly after: Uint8Array;
}

function readName(field: string, octets: Uint8Array, faultOf: (name: string) => string | undefined): NameRead {
  const nul = octets.indexOf(0);
  if (nul < 0) throw new Malformed(`REQUEST ${field}: no NUL`);
  const name = fromAscii(octets.subarray(0, nul));
  const fault = faultOf(name);
  if (fault !== undefined) throw new Malformed(`REQUEST ${field}: ${fault}`);
  return { name, after: octets.subarray(nul + 1) };
}
