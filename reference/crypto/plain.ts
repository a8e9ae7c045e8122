/**
 * The transforms in a form to be read: [EP] fig. 9 straight from the specification, on @noble. They share no code with
 * the fast form but its interface, and a test holds the two equal. Not for production: its time shows what failed.
 */
import { IntegrityFailure, Misuse } from '../errors.ts';
import { concat } from '../octets.ts';
import type { Offload } from '../packets/offload.ts';
import { Transform } from '../wire/identifiers.ts';
import type { DirectionKeys } from './keys.ts';
import { noble } from './noble.ts';
import { type Aead, constantTimeEqual } from './primitives.ts';
import type { CreateOpener, CreateSealer } from './sealing.ts';

/** What is done to the n-th datagram: given P and n, the digest (187) and C (188, 189). */
interface Direction {
  readonly digestLength: number;
  readonly padding: (length: number) => number;
  /** `header` is the 16 octets before the digest. */
  seal(header: Uint8Array, n: bigint, datagram: Uint8Array, padding: Uint8Array): [digest: Uint8Array, c: Uint8Array];
  /** P ‖ padding. @throws anything if the digest does not verify. */
  open(header: Uint8Array, n: bigint, digest: Uint8Array, c: Uint8Array, datagramLength: number): Uint8Array;
}

const createSealer: CreateSealer = (transform, keys, options = {}) => {
  const direction = directionOf(transform, keys);
  let [frames, octets] = [0, 0];
  const seal = (datagram: Uint8Array, flags: number, segmentSize = 0): Uint8Array => {
    const aead = transform < 0x0100;
    const padding = new Uint8Array(aead ? (options.padding?.() ?? 0) : direction.padding(datagram.length));
    const total = datagram.length + padding.length;
    if (frames >= 2 ** 32 || octets + total > 2 ** 40) throw new Misuse('the key has reached its bound');
    if (16 + direction.digestLength + total > 131_072) throw new Misuse('bundle: too long for a frame');
    const header = headerOf(datagram, [flags, segmentSize], padding.length, direction.digestLength);
    const [digest, c] = direction.seal(header, BigInt(frames), datagram, padding);
    frames += 1;
    octets += total;
    return concat(header, digest, c);
  };
  return {
    get frames() {
      return frames;
    },
    get octets() {
      return octets;
    },
    seal: (datagram) => seal(datagram, 0),
    sealBundle(datagrams) {
      const together = concat(...datagrams);
      const parts = ((options.dataOptions ?? 0) & bundleFlag) === 0 ? undefined : partsOf(together);
      const same = parts?.length === datagrams.length && parts.every((part, i) => part.length === datagrams[i]!.length);
      if (!same) throw new Misuse('bundle: no datagrams of a bundle');
      return seal(together, bundleFlag);
    },
    sealUnfinished(datagram, { segmentSize }) {
      const flags = segmentSize === 0 ? 1 : 3;
      if (((options.dataOptions ?? 0) & flags) !== flags) throw new Misuse('offload: not negotiated');
      return seal(datagram, flags, segmentSize);
    },
  };
};

const createOpener: CreateOpener = (transform, keys, { dataOptions = 0 } = {}) => {
  const direction = directionOf(transform, keys);
  let [frames, octets, dead] = [0, 0, false];
  let offload: Offload | undefined;
  const open = (frame: Uint8Array): readonly Uint8Array[] => {
    const end = 16 + direction.digestLength;
    const [header, digest, c] = [frame.slice(0, 16), frame.slice(16, end), frame.slice(end)];
    const flags = header[11]! & dataOptions;
    const bundled = flags === bundleFlag;
    const segmentSize = flags === 0 || bundled ? 0 : header[12]! * 256 + header[13]!;
    const datagramLength = bundled ? c.length - header[14]! : header[8]! * 256 + header[9]!;
    const plaintext = direction.open(header, BigInt(frames), digest, c, datagramLength);
    const [datagram, padding] = [plaintext.slice(0, datagramLength), plaintext.slice(datagramLength)];
    // A frame has one encoding: its header must be the one that would have been sent.
    const expected = headerOf(datagram, [flags, segmentSize], padding.length, direction.digestLength);
    const rightPadding = transform < 0x0100 || padding.length === direction.padding(datagramLength);
    if (!constantTimeEqual(header, expected) || !rightPadding || padding.some((octet) => octet !== 0))
      throw new Error();
    const datagrams = bundled ? partsOf(datagram) : [datagram].filter(({ length }) => length > 0);
    if (bundled && datagrams.length < 2) throw new Error();
    frames += 1;
    octets += c.length;
    offload = flags === 0 || bundled ? undefined : { segmentSize };
    return datagrams;
  };
  const openAll = (frame: Uint8Array): readonly Uint8Array[] => {
    try {
      if (dead) throw new Error();
      return open(frame);
    } catch {
      dead = true;
      throw new IntegrityFailure('DATA: integrity failure');
    }
  };
  return {
    get frames() {
      return frames;
    },
    get octets() {
      return octets;
    },
    get offload() {
      return offload;
    },
    open: (frame) => openAll(frame)[0] ?? new Uint8Array(0),
    openAll,
  };
};

export const plain: { readonly createSealer: CreateSealer; readonly createOpener: CreateOpener } = {
  createSealer,
  createOpener,
};

function directionOf(transform: number, keys: DirectionKeys): Direction {
  switch (transform) {
    case Transform.aes256gcm:
      return aead('aes-256-gcm', keys);
    case Transform.chacha20poly1305:
      return aead('chacha20-poly1305', keys);
    case Transform['aes256ctr-hmacsha256']:
      return aes256ctr(keys);
    case Transform['aes256cbc-hmacsha256']:
      return aes256cbc(keys);
    default:
      throw new Misuse(`no transform ${transform}`);
  }
}

/** 0x0001, 0x0002: digest = tag, AAD = header, nonce = iv ⊕ (0⁴ ‖ n). */
function aead(name: Aead, { key, iv }: DirectionKeys): Direction {
  const nonce = (n: bigint): Uint8Array => {
    const counter = concat(new Uint8Array(4), u64(n));
    return iv.map((octet, i) => octet ^ counter[i]!);
  };
  return {
    digestLength: 16,
    padding: () => 0,
    seal(header, n, datagram, padding) {
      const sealed = noble.aead(name, key, nonce(n), header).encrypt(concat(datagram, padding));
      return [sealed.slice(-16), sealed.slice(0, -16)];
    },
    open: (header, n, digest, c) => noble.aead(name, key, nonce(n), header).decrypt(concat(c, digest)),
  };
}

/** 0x0101: one keystream over the whole connection, running on in the middle of a block. */
function aes256ctr(keys: DirectionKeys): Direction {
  let position = 0n;
  const crypt = (octets: Uint8Array): Uint8Array => {
    const skipped = new Uint8Array(Number(position % 16n));
    const counter = (BigInt(`0x${keys.iv.toHex()}`) + position / 16n) % 2n ** 128n;
    const block = Uint8Array.fromHex(counter.toString(16).padStart(32, '0'));
    position += BigInt(octets.length);
    return noble.aesCtr(keys.key, block, concat(skipped, octets)).slice(skipped.length);
  };
  return {
    digestLength: 32,
    padding: () => 0,
    seal: (_header, n, datagram) => [digestOf(keys, datagram, n), crypt(datagram)],
    open(_header, n, digest, c, datagramLength) {
      const plaintext = crypt(c);
      verify(keys, plaintext.slice(0, datagramLength), n, digest);
      return plaintext;
    },
  };
}

/** 0x0102: CBC(P ‖ zeros to 16); a frame's IV is the last block before it. */
function aes256cbc(keys: DirectionKeys): Direction {
  let previous = keys.iv;
  return {
    digestLength: 32,
    padding: (length) => Math.ceil(length / 16) * 16 - length,
    seal(_header, n, datagram, padding) {
      const c = noble.aesCbc(keys.key, previous).encrypt(concat(datagram, padding));
      previous = concat(previous, c).slice(-16);
      return [digestOf(keys, datagram, n), c];
    },
    open(_header, n, digest, c, datagramLength) {
      const plaintext = noble.aesCbc(keys.key, previous).decrypt(c);
      previous = concat(previous, c).slice(-16);
      verify(keys, plaintext.slice(0, datagramLength), n, digest);
      return plaintext;
    },
  };
}

/** [EP] claim 5: HMAC(mac, P ‖ n). */
function digestOf(keys: DirectionKeys, datagram: Uint8Array, n: bigint): Uint8Array {
  if (keys.mac === undefined) throw new Misuse('mac: expected for this transform');
  return noble.hmacSha256(keys.mac, concat(datagram, u64(n)));
}

function verify(keys: DirectionKeys, datagram: Uint8Array, n: bigint, digest: Uint8Array): void {
  if (!constantTimeEqual(digestOf(keys, datagram, n), digest)) throw new Error();
}

/** Flag 3 of [EP] fig. 9, 180. */
const bundleFlag = 0x0008;

/** The datagrams of a bundle, each as long as it says itself. @throws anything if they are not whole */
function partsOf(octets: Uint8Array): Uint8Array[] {
  if (octets.length === 0) return [];
  const field = (at: number): number => octets[at]! * 256 + octets[at + 1]!;
  const length = octets[0]! >> 4 === 4 ? field(2) : octets[0]! >> 4 === 6 ? 40 + field(4) : 0;
  // Where a field is not there, the length is NaN: no comparison with it holds.
  if (!(length >= 20 && length <= octets.length)) throw new Misuse('bundle: a datagram that is not whole');
  return [octets.slice(0, length), ...partsOf(octets.slice(length))];
}

/** Flags of a frame, with the lowest and the highest segment size that its datagram may have. */
const kinds = (length: number): readonly (readonly [number, number, number])[] => [
  [0, 0, 0],
  [bundleFlag, 0, 0],
  [1, 0, length > 0 ? 0 : -1],
  [3, 256, length - 1],
];

/** [EP] fig. 9, 170 to 186. @throws Misuse for flags and a segment size that are no frame's */
function headerOf(
  datagram: Uint8Array,
  [flags, segmentSize]: readonly [flags: number, segmentSize: number],
  paddingLength: number,
  digestLength: number,
): Uint8Array {
  const [, smallest, greatest] = kinds(datagram.length).find(([kind]) => kind === flags) ?? [0, 1, 0];
  if (segmentSize < smallest || segmentSize > greatest) throw new Misuse('offload: no datagram can lack this');
  const protocol = new Map([
    [undefined, 0x0000],
    [4, 0x0800],
    [6, 0x86dd],
  ]).get(datagram.length ? datagram[0]! >> 4 : undefined);
  if (protocol === undefined || (flags !== bundleFlag && datagram.length > 0xffff))
    throw new Misuse('datagram: no IP datagram');
  const header = new DataView(new ArrayBuffer(16));
  header.setUint32(0, 16 + digestLength + datagram.length + paddingLength);
  header.setUint8(4, 4);
  header.setUint8(5, 1);
  header.setUint16(6, protocol);
  header.setUint16(8, flags === bundleFlag ? 0 : datagram.length);
  header.setUint16(10, flags);
  header.setUint16(12, segmentSize);
  header.setUint8(14, paddingLength);
  header.setUint8(15, digestLength);
  return new Uint8Array(header.buffer);
}

function u64(n: bigint): Uint8Array {
  const octets = new DataView(new ArrayBuffer(8));
  octets.setBigUint64(0, n);
  return new Uint8Array(octets.buffer);
}
