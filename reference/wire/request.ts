/** [EP] fig. 7: the key exchange/authentication request frame. */
import { Malformed, Misuse } from '../errors.ts';
import { ascii, fromAscii } from '../octets.ts';
import { type ClientData, decodeClientData, encodeClientData } from './client-data.ts';
import { FrameType, protocolVersion } from './identifiers.ts';
import { decodeKeyExchangeData, encodeKeyExchangeData, type KeyExchangeData } from './key-exchange-data.ts';
import { field8, field16, field32, layout } from './layout.ts';
import { initiatorNameFault, nodeNameFault } from './names.ts';
import { checkPadding, decodeTransforms, encodeTransforms, openedCodec } from './opened.ts';

/** The fields between version and string buffer. Offsets count from octet 0 of the opened frame. */
interface RequestHeader {
  readonly initiatorNameOffset: number;
  readonly destinationNameOffset: number;
  readonly keyExchangeDataOffset: number;
  readonly transformsOffset: number;
  /** High octet: suite; low octet: 0. */
  readonly flags: number;
  readonly clientDataOffset: number;
}

export interface RequestFrame extends RequestHeader {
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

/** Where the sections of the opened string buffer begin, in their order ([EP] fig. 7: 130, 132, 128, 136, 126). */
const opened = openedCodec('REQUEST', requestLayout, [
  'keyExchangeDataOffset',
  'transformsOffset',
  'destinationNameOffset',
  'clientDataOffset',
  'initiatorNameOffset',
]);

export function encodeRequest({ type: _type, message, ...header }: RequestFrame): Uint8Array {
  const octets = new Uint8Array(requestLayout.size + message.length);
  requestLayout.encode({ length: octets.length, type: FrameType.REQUEST, version: protocolVersion, ...header }, octets);
  octets.set(message, requestLayout.size);
  return octets;
}

/**
 * The header alone is judged: the offsets are compared with the sealed ones before anybody reads them.
 * @throws Malformed when the low octet of the flags is not 0
 */
export function decodeRequest(octets: Uint8Array): RequestFrame {
  const { length: _length, type: _type, version: _version, ...header } = requestLayout.decode(octets);
  if ((header.flags & 0xff) !== 0) throw new Malformed(`${requestLayout.describe('flags')}: reserved bits are set`);
  return { type: 'REQUEST', ...header, message: octets.slice(requestLayout.size) };
}

/** @throws Misuse when a field cannot be encoded */
export function encodeOpenedRequest(request: OpenedRequest): Uint8Array {
  const fault = nodeNameFault(request.destinationName) ?? initiatorNameFault(request.initiatorName);
  if (fault !== undefined) throw new Misuse(`REQUEST: a name ${fault}`);
  return opened.encode(request.suite, {
    keyExchangeDataOffset: encodeKeyExchangeData(request.keyExchangeData),
    transformsOffset: encodeTransforms(request.transforms),
    destinationNameOffset: ascii(`${request.destinationName}\0`),
    clientDataOffset: encodeClientData(request.clientData),
    initiatorNameOffset: ascii(`${request.initiatorName}\0`),
  });
}

/** @throws Malformed unless O is the one valid encoding of a request */
export function decodeOpenedRequest(octets: Uint8Array): OpenedRequest {
  const { suite, sections } = opened.decode(octets);
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
