/** [EP] fig. 9: makes and opens DATA frames, in the same way for every transform. */
import { IntegrityFailure, Misuse } from '../errors.ts';
import { cutBundle, joinBundle } from '../wire/bundle.ts';
import { type DataHeader, dataHeaderLength, decodeDataHeader, encodeDataHeader, protocolOf } from '../wire/data.ts';
import { bounds } from '../wire/frame-start.ts';
import { DataOption, FrameType, protocolVersion } from '../wire/identifiers.ts';
import { Counter } from './counter.ts';
import { isZero } from './primitives.ts';
import type { Opener, Sealer } from './sealing.ts';

/** The sealing half of a transform. */
export interface Encryption {
  readonly digestLength: number;
  /** Padding octets that a datagram of this length gets. */
  padding(datagramLength: number): number;
  /**
   * Fills everything behind the header: digest (187), datagram (188), padding (189).
   * @param n 8 octets: DATA frames sent before.
   */
  seal(frame: Uint8Array, n: Uint8Array, datagram: Uint8Array, padding: Uint8Array): void;
}

/** The opening half. */
export interface Decryption {
  readonly digestLength: number;
  /** Whether a sealer may give a datagram of this length so much padding. */
  fits(datagramLength: number, paddingLength: number): boolean;
  /** Decrypts what is behind the digest; `intact` says whether the digest verifies. */
  open(frame: Uint8Array, n: Uint8Array, datagramLength: number): { plaintext: Uint8Array; intact: boolean };
}

/** @param dataOptions option bits that were negotiated */
export function sealer(encryption: Encryption, counter = new Counter(), dataOptions = 0): Sealer {
  const { digestLength } = encryption;
  /** Seals a datagram, or with flag 3 a bundle. */
  const make = (datagram: Uint8Array, flags: number): Uint8Array => {
    const protocol = protocolOf(datagram);
    if (protocol === undefined) throw new Misuse('datagram: neither IPv4 nor IPv6');
    const paddingLength = encryption.padding(datagram.length);
    if (!Number.isInteger(paddingLength) || paddingLength < 0 || paddingLength > 255) {
      throw new Misuse('padding: 0 to 255 octets');
    }
    const sealed = datagram.length + paddingLength;
    if (!counter.allows(sealed)) throw new Misuse('the key has reached its bound');
    const length = dataHeaderLength + digestLength + sealed;
    if (length > bounds.DATA.max) throw new Misuse(`bundle: a frame of ${length} octets, at most ${bounds.DATA.max}`);
    const frame = new Uint8Array(length);
    const datagramLength = flags === 0 ? datagram.length : 0;
    encodeDataHeader({ protocol, datagramLength, flags, segmentSize: 0, paddingLength, digestLength }, frame);
    encryption.seal(frame, counter.encode(), datagram, zeros.subarray(0, paddingLength));
    counter.advance(sealed);
    return frame;
  };
  return {
    get frames() {
      return counter.frames;
    },
    get octets() {
      return counter.octets;
    },
    seal(datagram) {
      if (datagram.length > 0xffff) throw new Misuse('datagram: longer than 65,535 octets');
      return make(datagram, 0);
    },
    sealBundle(datagrams) {
      if ((dataOptions & DataOption.bundle) === 0) throw new Misuse('bundle: not negotiated');
      return make(joinBundle(datagrams), DataOption.bundle);
    },
  };
}

/** @param dataOptions option bits that were negotiated */
export function opener(decryption: Decryption, counter = new Counter(), dataOptions = 0): Opener {
  let dead = false;
  const open = (frame: Uint8Array): readonly Uint8Array[] | undefined => {
    const header = readHeader(frame, decryption.digestLength, dataOptions);
    if (header === undefined) return undefined;
    const { datagramLength, paddingLength, protocol, bundled } = header;
    if (!decryption.fits(datagramLength, paddingLength) || !counter.allows(datagramLength + paddingLength)) {
      return undefined;
    }
    const { plaintext, intact } = decryption.open(frame, counter.encode(), datagramLength);
    const datagram = plaintext.subarray(0, datagramLength);
    const padded = isZero(plaintext.subarray(datagramLength));
    const fitting = protocolOf(datagram) === protocol;
    // One verdict on all three: nobody may learn which of them failed (a padding oracle).
    if (!(Number(intact) & Number(padded) & Number(fitting))) return undefined;
    const datagrams = bundled ? cutBundle(datagram) : alone(datagram);
    if (datagrams === undefined) return undefined;
    counter.advance(plaintext.length);
    return datagrams;
  };
  const openAll = (frame: Uint8Array): readonly Uint8Array[] => {
    if (dead) throw new IntegrityFailure('DATA: an earlier frame of this direction failed');
    dead = true;
    const datagrams = open(frame);
    if (datagrams === undefined) throw new IntegrityFailure('DATA: integrity failure');
    dead = false;
    return datagrams;
  };
  return {
    get frames() {
      return counter.frames;
    },
    get octets() {
      return counter.octets;
    },
    open: (frame) => openAll(frame)[0] ?? empty,
    openAll,
  };
}

const alone = (datagram: Uint8Array): readonly Uint8Array[] => (datagram.length === 0 ? [] : [datagram]);

interface ReadHeader extends DataHeader {
  readonly bundled: boolean;
}

/**
 * The header, with the octets of all datagrams of a bundle as datagram length; undefined if a field has a wrong value that
 * can be known without the plaintext.
 */
function readHeader(frame: Uint8Array, digestLength: number, dataOptions: number): ReadHeader | undefined {
  if (frame.length < dataHeaderLength + digestLength) return undefined;
  if (frame[4] !== FrameType.DATA || frame[5] !== protocolVersion) return undefined;
  const header = decodeDataHeader(frame);
  const { length, flags, segmentSize, paddingLength } = header;
  const bundled = flags === DataOption.bundle && (dataOptions & flags) !== 0;
  const bundleLength = Math.max(0, length - dataHeaderLength - digestLength - paddingLength);
  const datagramLength = bundled ? bundleLength : header.datagramLength;
  const canonical =
    length === frame.length &&
    length === dataHeaderLength + digestLength + datagramLength + paddingLength &&
    (bundled || flags === 0) &&
    (!bundled || header.datagramLength === 0) &&
    segmentSize === 0 &&
    header.digestLength === digestLength;
  return canonical ? { ...header, datagramLength, bundled } : undefined;
}

const zeros = new Uint8Array(255);
const empty = new Uint8Array(0);
