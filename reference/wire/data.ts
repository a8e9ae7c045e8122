/** [EP] fig. 9: the data frame, one encrypted datagram. The transform (`crypto/`) gives its parts their meaning. */
import { Malformed, Misuse } from '../errors.ts';
import { concat, viewOf } from '../octets.ts';
import { etherTypeFor } from '../packets/datagram.ts';
import { FrameType, protocolVersion } from './identifiers.ts';
import { field8, field16, field32, layout } from './layout.ts';

/** The protocol field (176) of a frame whose datagram is empty. */
export const noDatagram = 0;

/** The fields of the 16-octet header, without length, type and version. */
export interface DataHeader {
  /** EtherType of the datagram, `noDatagram` for an empty one (176). */
  readonly protocol: number;
  /** Octets of the datagram (178). */
  readonly datagramLength: number;
  /** (180) */
  readonly flags: number;
  /** (182) */
  readonly segmentSize: number;
  /** Octets of padding at the end (184). */
  readonly paddingLength: number;
  /** Octets of the digest (186). */
  readonly digestLength: number;
}

export interface DataFrame extends DataHeader {
  readonly type: 'DATA';
  /** (187) */
  readonly digest: Uint8Array;
  /** The encrypted datagram (188) and padding (189). */
  readonly body: Uint8Array;
}

const dataLayout = layout('DATA', {
  length: field32(170),
  type: field8(172),
  version: field8(174),
  protocol: field16(176),
  datagramLength: field16(178),
  flags: field16(180),
  segmentSize: field16(182),
  paddingLength: field8(184),
  digestLength: field8(186),
});

/** Octets before the digest. */
export const dataHeaderLength = dataLayout.size;

/**
 * Writes the header at the start of `octets`, whose length is the frame's.
 * Written out for the hot path; a test holds it equal to the declared layout.
 */
export function encodeDataHeader(header: DataHeader, octets: Uint8Array): void {
  const view = viewOf(octets);
  view.setUint32(0, octets.length);
  view.setUint8(4, FrameType.DATA);
  view.setUint8(5, protocolVersion);
  view.setUint16(6, header.protocol);
  view.setUint16(8, header.datagramLength);
  view.setUint16(10, header.flags);
  view.setUint16(12, header.segmentSize);
  view.setUint8(14, header.paddingLength);
  view.setUint8(15, header.digestLength);
}

/** The readable twin of `encodeDataHeader`. @throws Misuse when a value does not fit its field */
export function encodeDataHeaderPlain(header: DataHeader, octets: Uint8Array): void {
  dataLayout.encode({ length: octets.length, type: FrameType.DATA, version: protocolVersion, ...header }, octets);
}

/** Header 16 ‖ digest ‖ body. @throws Misuse when a value does not fit its field, or the digest its length */
export function encodeData({ type: _type, digest, body, ...header }: DataFrame): Uint8Array {
  if (digest.length !== header.digestLength)
    throw new Misuse(`DATA digest: ${digest.length} octets, but digest length says ${header.digestLength}`);
  const octets = concat(new Uint8Array(dataLayout.size), digest, body);
  encodeDataHeaderPlain(header, octets);
  return octets;
}

/** The header alone, for a transform that judges it. @throws Malformed when there are fewer than 16 octets */
export function decodeDataHeader(octets: Uint8Array): DataHeader & { readonly length: number } {
  const { type: _type, version: _version, ...header } = dataLayout.decode(octets);
  return header;
}

/** @throws Malformed when the parts do not fit into the frame */
export function decodeData(octets: Uint8Array): DataFrame {
  const { length: _length, ...header } = decodeDataHeader(octets);
  const start = dataLayout.size + header.digestLength;
  if (octets.length < start) {
    throw new Malformed(`${dataLayout.describe('digestLength')}: ${header.digestLength}, more than the frame has`);
  }
  return { type: 'DATA', ...header, digest: octets.slice(dataLayout.size, start), body: octets.slice(start) };
}

/** The protocol field (176) for a datagram; undefined when it is neither IPv4, IPv6 nor empty. */
export const protocolOf = (datagram: Uint8Array): number | undefined =>
  datagram.length === 0 ? noDatagram : etherTypeFor(datagram);
