/** [EP] fig. 7: the key exchange/authentication request frame. */
import { Malformed, Misuse } from '../errors.ts';
import { ascii, fromAscii } from '../octets.ts';
import { type ClientData, decodeClientData, encodeClientData } from './client-data.ts';
import { FrameType, protocolVersion } from './identifiers.ts';
import { decodeKeyExchangeData, encodeKeyExchangeData, type KeyExchangeData } from './key-exchange-data.ts';
import { layout, u8, u16, u32 } from './layout.ts';
import { initiatorNameFault, nodeNameFault } from './names.ts';
import {
  checkHeader,
  checkOffsets,
  checkPadding,
  decodeTransforms,
  encodeTransforms,
  joinSections,
  overheadOf,
} from './opened.ts';

/** The fields between version and string buffer. Offsets count from octet 0 of the opened frame. */
export interface RequestHeader {
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

const fixed = layout('REQUEST', {
  length: u32(120),
  type: u8(122),
  version: u8(124),
  initiatorNameOffset: u16(126),
  destinationNameOffset: u16(128),
  keyExchangeDataOffset: u16(130),
  transformsOffset: u16(132),
  flags: u16(134),
  clientDataOffset: u16(136),
});

/** Octets before the string buffer. */
export const requestHeaderLength = fixed.size;

/** Suite that a frame's header names. */
export const suiteOf = ({ flags }: { readonly flags: number }): number => flags >> 8;

export function encodeRequest({ type: _type, message, ...header }: RequestFrame): Uint8Array {
  const octets = new Uint8Array(fixed.size + message.length);
  fixed.encode({ length: octets.length, type: FrameType.REQUEST, version: protocolVersion, ...header }, octets);
  octets.set(message, fixed.size);
  return octets;
}

/**
 * The header alone is judged: the offsets are compared with the sealed ones before anybody reads them.
 * @throws Malformed when the low octet of the flags is not 0
 */
export function decodeRequest(octets: Uint8Array): RequestFrame {
  const { length: _length, type: _type, version: _version, ...header } = fixed.decode(octets);
  if ((header.flags & 0xff) !== 0) throw new Malformed(`${fixed.describe('flags')}: reserved bits are set`);
  return { type: 'REQUEST', ...header, message: octets.slice(fixed.size) };
}

/** O: header ‖ opened string buffer, ready to be sealed. Its `length` is already that of the frame on the wire. */
export function encodeOpenedRequest(request: OpenedRequest): Uint8Array {
  const faults = [nodeNameFault(request.destinationName), initiatorNameFault(request.initiatorName)];
  const fault = faults.find((text) => text !== undefined);
  if (fault !== undefined) throw new Misuse(`REQUEST: a name ${fault}`);
  const keyExchangeData = encodeKeyExchangeData(request.keyExchangeData);
  const transforms = encodeTransforms(request.transforms);
  const clientData = encodeClientData(request.clientData);
  const keyExchangeDataOffset = fixed.size;
  const transformsOffset = keyExchangeDataOffset + keyExchangeData.length;
  const destinationNameOffset = transformsOffset + transforms.length;
  const clientDataOffset = destinationNameOffset + request.destinationName.length + 1;
  const initiatorNameOffset = clientDataOffset + clientData.length;
  const destination = ascii(`${request.destinationName}\0`);
  const initiator = ascii(`${request.initiatorName}\0`);
  const buffer = joinSections([keyExchangeData, transforms, destination, clientData, initiator]);
  const opened = new Uint8Array(fixed.size + buffer.length);
  const header = {
    length: fixed.size + overheadOf('REQUEST', request.suite) + opened.length,
    type: FrameType.REQUEST,
    version: protocolVersion,
    initiatorNameOffset,
    destinationNameOffset,
    keyExchangeDataOffset,
    transformsOffset,
    flags: request.suite << 8,
    clientDataOffset,
  };
  fixed.encode(header, opened);
  opened.set(buffer, fixed.size);
  return opened;
}

/** @throws Malformed unless O is the one valid encoding of a request */
export function decodeOpenedRequest(opened: Uint8Array): OpenedRequest {
  const header = fixed.decode(opened);
  const { keyExchangeDataOffset, transformsOffset, destinationNameOffset, clientDataOffset, initiatorNameOffset } =
    header;
  checkHeader('REQUEST', header, opened, fixed.size);
  checkOffsets('REQUEST', opened, fixed.size, [
    keyExchangeDataOffset,
    transformsOffset,
    destinationNameOffset,
    clientDataOffset,
    initiatorNameOffset,
  ]);
  const destinationName = readString(
    'destination name (128)',
    opened.subarray(destinationNameOffset, clientDataOffset),
  );
  const destinationFault = nodeNameFault(destinationName.text);
  if (destinationFault !== undefined) throw new Malformed(`REQUEST destination name (128): ${destinationFault}`);
  if (destinationName.end !== clientDataOffset - destinationNameOffset) {
    throw new Malformed('REQUEST destination name (128): octets after its NUL');
  }
  const initiatorName = readString('initiator name (126)', opened.subarray(initiatorNameOffset));
  const initiatorFault = initiatorNameFault(initiatorName.text);
  if (initiatorFault !== undefined) throw new Malformed(`REQUEST initiator name (126): ${initiatorFault}`);
  checkPadding('REQUEST', opened, fixed.size, initiatorNameOffset + initiatorName.end);
  return {
    suite: suiteOf(header),
    keyExchangeData: decodeKeyExchangeData(opened.subarray(keyExchangeDataOffset, transformsOffset)),
    transforms: decodeTransforms('REQUEST', opened.subarray(transformsOffset, destinationNameOffset)),
    destinationName: destinationName.text,
    clientData: decodeClientData(opened.subarray(clientDataOffset, initiatorNameOffset)),
    initiatorName: initiatorName.text,
  };
}

/** The text before the first NUL, and the offset after that NUL. */
function readString(what: string, octets: Uint8Array): { text: string; end: number } {
  const nul = octets.indexOf(0);
  if (nul < 0) throw new Malformed(`REQUEST ${what}: no NUL`);
  return { text: fromAscii(octets.subarray(0, nul)), end: nul + 1 };
}
