/** Every frame of the protocol: its type, its layout. */
import { Malformed } from '../errors.ts';
import { type CloseFrame, decodeClose, encodeClose } from './close.ts';
import { type DataFrame, decodeData, encodeData } from './data.ts';
import { judgeStart } from './frame-start.ts';
import { decodeRelay, encodeRelay, type RelayFrame } from './relay.ts';
import { decodeRequest, encodeRequest, type RequestFrame } from './request.ts';
import { decodeResponse, encodeResponse, type ResponseFrame } from './response.ts';

export type Frame = RelayFrame | RequestFrame | ResponseFrame | DataFrame | CloseFrame;

/** @throws Malformed unless the octets are the one valid encoding of a frame */
export function decodeFrame(octets: Uint8Array): Frame {
  const { length, type } = judgeStart(octets);
  if (length !== octets.length) throw new Malformed(`${type} length: ${length}, but ${octets.length} octets are there`);
  switch (type) {
    case 'RELAY':
      return decodeRelay(octets);
    case 'REQUEST':
      return decodeRequest(octets);
    case 'RESPONSE':
      return decodeResponse(octets);
    case 'DATA':
      return decodeData(octets);
    case 'CLOSE':
      return decodeClose(octets);
    default:
      return type satisfies never;
  }
}

/** @throws Misuse when a field cannot be encoded */
export function encodeFrame(frame: Frame): Uint8Array {
  switch (frame.type) {
    case 'RELAY':
      return encodeRelay(frame);
    case 'REQUEST':
      return encodeRequest(frame);
    case 'RESPONSE':
      return encodeResponse(frame);
    case 'DATA':
      return encodeData(frame);
    case 'CLOSE':
      return encodeClose(frame);
    default:
      return frame satisfies never;
  }
}
