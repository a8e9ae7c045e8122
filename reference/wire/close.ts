/** [EP] fig. 10: the close connection frame. */
import { Malformed, Misuse } from '../errors.ts';
import { concat } from '../octets.ts';
import { FrameType, protocolVersion } from './identifiers.ts';
import { field8, field16, field32, layout } from './layout.ts';

export interface CloseFrame {
  readonly type: 'CLOSE';
  /** Reason (193), 1 to 65535; a code without a name is accepted. */
  readonly status: number;
  /** 32 octets once the direction is keyed, absent before. */
  readonly digest?: Uint8Array;
}

const closeLayout = layout('CLOSE', {
  length: field32(190),
  type: field8(191),
  version: field8(192),
  status: field16(193),
});

/** The part that the digest covers, 8 octets; also the whole frame while not keyed. */
export const closeFixedLength = closeLayout.size;

/** Octets of a CLOSE frame's digest. */
const closeDigestLength = 32;

/** The first 8 octets of a CLOSE frame. */
export function encodeCloseHeader(status: number, keyed: boolean): Uint8Array {
  if (status === 0) throw new Misuse('CLOSE status: 0 is not a reason');
  const octets = new Uint8Array(closeLayout.size);
  const length = closeLayout.size + (keyed ? closeDigestLength : 0);
  closeLayout.encode({ length, type: FrameType.CLOSE, version: protocolVersion, status }, octets);
  return octets;
}

/** 8 octets, or 40 with a digest. @throws Misuse for status 0, and for a digest that has not 32 octets */
export function encodeClose({ status, digest }: CloseFrame): Uint8Array {
  const header = encodeCloseHeader(status, digest !== undefined);
  if (digest === undefined) return header;
  if (digest.length !== closeDigestLength) throw new Misuse(`CLOSE digest: ${digest.length} octets, not 32`);
  return concat(header, digest);
}

/** @throws Malformed unless it has 8 or 40 octets and a status other than 0 */
export function decodeClose(octets: Uint8Array): CloseFrame {
  const { status } = closeLayout.decode(octets);
  if (status === 0) throw new Malformed(`${closeLayout.describe('status')}: 0 is not a reason`);
  if (octets.length === closeLayout.size) return { type: 'CLOSE', status };
  if (octets.length !== closeLayout.size + closeDigestLength) {
    throw new Malformed(`CLOSE: ${octets.length} octets, not 8 or 40`);
  }
  return { type: 'CLOSE', status, digest: octets.slice(closeLayout.size) };
}
