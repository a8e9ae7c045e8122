/**
 * What REQUEST and RESPONSE have in common ([EP] figs. 7 and 8). The opened frame O = header ‖ opened string buffer is
 * the payload of the Noise message, so the header is sent twice: in the clear and sealed. The opened string buffer is
 * sections, one after the other without a gap, and then zeros.
 */
import { Malformed, Misuse } from '../errors.ts';
import { concat, equalOctets, readU16s, u16 } from '../octets.ts';
import { FrameType, protocolVersion, Suite } from './identifiers.ts';
import type { Field, Layout } from './layout.ts';

type HandshakeType = 'REQUEST' | 'RESPONSE';

/** The opened string buffer is padded with zeros to a multiple of this many octets, to hide lengths. */
export const openedBlock = 128;

/** Octets that the Noise message of a suite adds to O: public keys, ciphertexts, tags. */
export const noiseOverhead = {
  REQUEST: { [Suite.x25519]: 32 + 48 + 16, [Suite.hybrid]: 32 + (1_184 + 16) + 48 + 16 },
  RESPONSE: { [Suite.x25519]: 32 + 16, [Suite.hybrid]: 32 + (1_088 + 16) + 16 },
} as const;

/** @throws Misuse for a suite that this implementation does not have */
export function overheadOf(type: HandshakeType, suite: number): number {
  if (!isSuite(suite)) throw new Misuse(`suite ${suite} is not known`);
  return noiseOverhead[type][suite];
}

const isSuite = (suite: number): suite is (typeof Suite)[keyof typeof Suite] =>
  suite === Suite.x25519 || suite === Suite.hybrid;

/** Suite that a frame's header names: the high octet of its flags. */
export const suiteOf = ({ flags }: { readonly flags: number }): number => flags >> 8;

/** Each section by the header field that holds its offset, which counts from octet 0 of O. */
type Sections<Offset extends string> = Readonly<Record<Offset, Uint8Array>>;
/** The fields between version and string buffer. `flags`: suite in the high octet, 0 in the low one. */
export type HandshakeHeader<Offset extends string> = Readonly<Record<Offset | 'flags', number>>;
type HandshakeLayout<Offset extends string> = Layout<Record<'length' | 'type' | 'version' | 'flags' | Offset, Field>>;

interface HandshakeCodec<Offset extends string> {
  /** The frame on the wire. @param message the Noise message: opaque here */
  encodeFrame(header: HandshakeHeader<Offset>, message: Uint8Array): Uint8Array;
  /**
   * Only the header is judged. The offsets are compared with the sealed ones before they are used.
   * @throws Malformed when the low octet of the flags is not 0
   */
  decodeFrame(octets: Uint8Array): HandshakeHeader<Offset> & { readonly message: Uint8Array };
  /** O, ready to be sealed. Its `length` is already that of the frame on the wire. */
  encodeOpened(suite: number, sections: Sections<Offset>): Uint8Array;
  /**
   * The last section still has the padding.
   * @param sealedBy suite of the Noise message, if the header may name another
   * @throws Malformed unless header and offsets are the only valid ones
   */
  decodeOpened(opened: Uint8Array, sealedBy?: number): { readonly suite: number; readonly sections: Sections<Offset> };
}

/** @param order the header fields that hold offsets, in the order of their sections */
export function handshakeCodec<const Offset extends string>(
  type: HandshakeType,
  layout: HandshakeLayout<Offset>,
  order: readonly Offset[],
): HandshakeCodec<Offset> {
  const byOffset = <Value>(values: readonly Value[]): Record<Offset, Value> =>
    Object.fromEntries(order.map((field, index) => [field, values[index]])) as Record<Offset, Value>;
  const start = { type: FrameType[type], version: protocolVersion };
  return {
    encodeFrame(header, message) {
      const octets = concat(new Uint8Array(layout.size), message);
      layout.encode({ length: octets.length, ...start, ...header }, octets);
      return octets;
    },
    decodeFrame(octets) {
      const header = layout.decode(octets);
      const { flags } = header;
      if ((flags & 0xff) !== 0) throw new Malformed(`${layout.describe('flags')}: reserved bits are set`);
      return { flags, ...byOffset(order.map((field) => header[field])), message: octets.slice(layout.size) };
    },
    encodeOpened(suite, sections) {
      const parts = order.map((field) => sections[field]);
      let end = layout.size;
      const offsets = parts.map(({ length }) => {
        end += length;
        return end - length;
      });
      const padding = new Uint8Array(-(end - layout.size) & (openedBlock - 1));
      const opened = concat(new Uint8Array(layout.size), ...parts, padding);
      const length = layout.size + overheadOf(type, suite) + opened.length;
      layout.encode({ length, ...start, flags: suite << 8, ...byOffset(offsets) }, opened);
      return opened;
    },
    decodeOpened(opened, sealedBy) {
      const header = layout.decode(opened);
      checkHeader(type, header, opened, layout.size, sealedBy ?? suiteOf(header));
      const offsets = order.map((field) => header[field]);
      checkOffsets(type, offsets, opened, layout.size);
      const parts = offsets.map((offset, index) => opened.subarray(offset, offsets[index + 1]));
      return { suite: suiteOf(header), sections: byOffset(parts) };
    },
  };
}

/**
 * Judges the fields of O's header that describe the frame on the wire.
 * @param suite that of the Noise message
 * @throws Malformed unless type, version and length are those of the frame that carries O, and its suite is known
 */
function checkHeader(
  name: HandshakeType,
  { length, type, version, flags }: Readonly<Record<'length' | 'type' | 'version' | 'flags', number>>,
  opened: Uint8Array,
  headerLength: number,
  suite: number,
): void {
  if (type !== FrameType[name] || version !== protocolVersion)
    throw new Malformed(`${name} opened: type ${type}, version ${version}`);
  if ((flags & 0xff) !== 0) throw new Malformed(`${name} flags: reserved bits are set`);
  if (!isSuite(suite)) throw new Malformed(`${name} flags: suite ${suite} is not known`);
  const expected = headerLength + overheadOf(name, suite) + opened.length;
  if (length !== expected) throw new Malformed(`${name} opened: length ${length}, not ${expected}`);
  if ((opened.length - headerLength) % openedBlock !== 0)
    throw new Malformed(`${name}: ${opened.length - headerLength} octets opened, not a multiple of ${openedBlock}`);
}

/** @throws Malformed unless the offsets begin at the end of the header and never go back */
function checkOffsets(name: HandshakeType, offsets: readonly number[], opened: Uint8Array, headerLength: number): void {
  for (const [index, offset] of offsets.entries()) {
    const before = offsets[index - 1];
    const wrong = before === undefined ? offset !== headerLength : offset <= before;
    if (wrong || offset > opened.length) throw new Malformed(`${name}: section ${index} at ${offset}: out of order`);
  }
}

/**
 * @param padding what follows the last section
 * @throws Malformed unless it is zeros, and no more than a block needs
 */
export function checkPadding(name: HandshakeType, padding: Uint8Array): void {
  if (padding.length >= openedBlock) throw new Malformed(`${name}: ${padding.length} octets of padding, a whole block`);
  if (padding.some((octet) => octet !== 0)) throw new Malformed(`${name}: padding that is not zero`);
}

/** @throws Malformed unless they are one or more u16 */
export function decodeTransforms(name: HandshakeType, octets: Uint8Array): number[] {
  if (octets.length < 2 || octets.length % 2 !== 0) throw new Malformed(`${name} transforms: ${octets.length} octets`);
  return readU16s(octets);
}

/** The section *transforms*: u16 each, in the order of preference. */
export const encodeTransforms = (transforms: readonly number[]): Uint8Array => u16(...transforms);

/** Whether the header that came in the clear is the one that came sealed. */
export function sameHeader(frame: Uint8Array, opened: Uint8Array, headerLength: number): boolean {
  return equalOctets(frame.subarray(0, headerLength), opened.subarray(0, headerLength));
}
