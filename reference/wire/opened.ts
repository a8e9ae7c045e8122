/**
 * What REQUEST and RESPONSE have in common: the opened frame O = header ‖ opened string buffer is the payload of the
 * Noise message, so the header travels in the clear and sealed.
 */
import { Malformed, Misuse } from '../errors.ts';
import { equalOctets, viewOf } from '../octets.ts';
import { FrameType, protocolVersion, Suite } from './identifiers.ts';

/** The opened string buffer is padded with zeros to a multiple of this many octets, to hide lengths. */
export const openedBlock = 128;

/** Octets that the Noise message of a suite adds to O: public keys, ciphertexts, tags. */
export const noiseOverhead = {
  REQUEST: { [Suite.x25519]: 32 + 48 + 16, [Suite.hybrid]: 32 + (1_184 + 16) + 48 + 16 },
  RESPONSE: { [Suite.x25519]: 32 + 16, [Suite.hybrid]: 32 + (1_088 + 16) + 16 },
} as const;

/** @throws Misuse for a suite that this implementation does not have */
export function overheadOf(type: 'REQUEST' | 'RESPONSE', suite: number): number {
  if (suite !== Suite.x25519 && suite !== Suite.hybrid) throw new Misuse(`suite ${suite} is not known`);
  return noiseOverhead[type][suite];
}

/**
 * Judges the fields of O's header that say what the frame on the wire is.
 * @param headerLength octets of the header
 * @throws Malformed unless type, version, suite and length are those of the frame that carries O
 */
export function checkHeader(
  type: 'REQUEST' | 'RESPONSE',
  header: { readonly length: number; readonly type: number; readonly version: number; readonly flags: number },
  opened: Uint8Array,
  headerLength: number,
): void {
  if (header.type !== FrameType[type] || header.version !== protocolVersion) {
    throw new Malformed(`${type} opened: type ${header.type}, version ${header.version}`);
  }
  if ((header.flags & 0xff) !== 0) throw new Malformed(`${type} flags: reserved bits are set`);
  const suite = header.flags >> 8;
  if (suite !== Suite.x25519 && suite !== Suite.hybrid)
    throw new Malformed(`${type} flags: suite ${suite} is not known`);
  const expected = headerLength + overheadOf(type, suite) + opened.length;
  if (header.length !== expected) throw new Malformed(`${type} opened: length ${header.length}, not ${expected}`);
}

/** The sections of an opened string buffer in order, zeros to a multiple of 128 octets after the last. */
export function joinSections(sections: readonly Uint8Array[]): Uint8Array {
  const used = sections.reduce((sum, section) => sum + section.length, 0);
  const octets = new Uint8Array(Math.ceil(used / openedBlock) * openedBlock);
  let offset = 0;
  for (const section of sections) {
    octets.set(section, offset);
    offset += section.length;
  }
  return octets;
}

/**
 * Judges what follows the last section.
 * @param used octets of O that the header and the sections take
 * @throws Malformed unless only zeros follow, and no more than the padding needs
 */
export function checkPadding(what: string, opened: Uint8Array, headerLength: number, used: number): void {
  const expected = headerLength + Math.ceil((used - headerLength) / openedBlock) * openedBlock;
  if (opened.length !== expected) throw new Malformed(`${what}: ${opened.length} octets opened, not ${expected}`);
  if (opened.subarray(used).some((octet) => octet !== 0)) throw new Malformed(`${what}: padding that is not zero`);
}

/** @throws Malformed unless the offsets, in this order, begin at the end of the header and never go back */
export function checkOffsets(what: string, opened: Uint8Array, headerLength: number, offsets: readonly number[]): void {
  let previous = headerLength;
  for (const [index, offset] of offsets.entries()) {
    const wrong = index === 0 ? offset !== headerLength : offset <= previous;
    if (wrong || offset > opened.length) throw new Malformed(`${what}: section ${index} at ${offset}: out of order`);
    previous = offset;
  }
}

/** @throws Malformed unless they are one or more u16 */
export function decodeTransforms(what: string, octets: Uint8Array): number[] {
  if (octets.length < 2 || octets.length % 2 !== 0) throw new Malformed(`${what} transforms: ${octets.length} octets`);
  const view = viewOf(octets);
  return Array.from({ length: octets.length / 2 }, (_, index) => view.getUint16(2 * index));
}

export function encodeTransforms(transforms: readonly number[]): Uint8Array {
  const octets = new Uint8Array(2 * transforms.length);
  const view = viewOf(octets);
  transforms.forEach((transform, index) => {
    view.setUint16(2 * index, transform);
  });
  return octets;
}

/** Whether the header that came in the clear is the one that came sealed. */
export function sameHeader(frame: Uint8Array, opened: Uint8Array, headerLength: number): boolean {
  return equalOctets(frame.subarray(0, headerLength), opened.subarray(0, headerLength));
}
