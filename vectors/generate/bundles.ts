/** [EP] fig. 9 with flag 3: bundles and lone datagrams of one direction in order, and what must not be opened. */
import { z } from 'zod';
import { count, decimal, type Group, invalidTest, octets, type Subject, validTest } from './model.ts';
import { cat, fixed, flip, hex, type Part, patch, u16, zeros } from './octets.ts';
import { datagram6, ipv4 } from './packets.ts';
import {
  type HeaderFields,
  type Keys,
  keysOf,
  keyTexts,
  type Plain,
  seal,
  type TransformName,
  transforms,
} from './schedule.ts';
import { h, ip4 } from './transform-refusals.ts';

/** The header of a bundle, but for the fields that follow from what is in it. */
export const bundleHeader: HeaderFields = { datagramLength: 0, flags: 0x0008 };

/** A frame of these datagrams: none is a keep-alive, one is alone. */
interface Frame {
  readonly comment: string;
  readonly datagrams: readonly Uint8Array[];
  readonly padding?: number;
}

const plainOf = ({ datagrams, padding = 0 }: Frame): Plain => ({
  datagram: cat(...datagrams),
  padding,
  ...(datagrams.length > 1 && { header: bundleHeader }),
});

/** An IPv4 header and nothing behind it. */
const header4 = (identification: number): Uint8Array =>
  ipv4({ source: '10.8.0.10', destination: '10.8.0.1', protocol: 17, payload: zeros(0), identification });

const run: readonly Frame[] = [
  { comment: 'a keep-alive', datagrams: [] },
  { comment: 'two datagrams', datagrams: [ip4(60, 'bundle a'), ip4(61, 'bundle b')] },
  { comment: 'a lone datagram between bundles', datagrams: [ip4(62, 'bundle c')] },
  { comment: 'three, the shortest in the middle', datagrams: [ip4(28, 'bundle d'), header4(1), ip4(29, 'bundle e')] },
  { comment: 'IPv4, then IPv6', datagrams: [ip4(60, 'bundle f'), datagram6(40, 'bundle g')] },
  { comment: 'IPv6, then IPv4', datagrams: [datagram6(41, 'bundle h'), ip4(60, 'bundle i')] },
  { comment: 'IPv6 alone', datagrams: [datagram6(60, 'bundle j'), datagram6(61, 'bundle k')] },
  { comment: 'one octet of padding', datagrams: [ip4(60, 'bundle l'), ip4(60, 'bundle m')], padding: 1 },
  { comment: '255 octets of padding', datagrams: [ip4(60, 'bundle n'), ip4(60, 'bundle o')], padding: 255 },
  { comment: 'the same datagram twice', datagrams: [ip4(60, 'bundle p'), ip4(60, 'bundle p')] },
  { comment: '100 datagrams of 20 octets', datagrams: Array.from({ length: 100 }, (_, index) => header4(index)) },
  { comment: 'a short one behind a long one', datagrams: [ip4(1400, 'bundle q'), ip4(28, 'bundle r')] },
  {
    comment: 'a header length that goes beyond its datagram: the cut does not hang on it',
    datagrams: [patch(header4(2), 0, [0x4f]), ip4(60, 'bundle s')],
  },
  { comment: 'a header checksum that is wrong', datagrams: [patch(header4(3), 10, [0, 0]), ip4(60, 'bundle t')] },
  { comment: 'a lone datagram behind bundles', datagrams: [ip4(1400, 'bundle u')] },
];

/** 131,072 octets: as long as a frame may be. */
const longest = 131_072 - 32;
const longRun: readonly Frame[] = [
  { comment: 'two datagrams before them', datagrams: [ip4(60, 'bundle z'), ip4(61, 'bundle z')] },
  {
    comment: 'a frame of 131,072 octets: two of 65,520',
    datagrams: [ip4(longest / 2, 'bundle v'), ip4(longest / 2, 'bundle w')],
  },
  {
    comment: 'a frame of 131,072 octets, 255 of them padding',
    datagrams: [ip4(65_535, 'bundle x'), ip4(longest - 255 - 65_535, 'bundle y')],
    padding: 255,
  },
];

type Refusal = readonly [flag: string, comment: string, plain: Plain | ((right: Uint8Array) => Uint8Array)];

const [one, two] = [ip4(60, 'bundle a'), ip4(61, 'bundle b')];
const six = datagram6(48, 'bundle g');
const both = cat(one, two);
/** Sealed as a bundle, whatever it is. */
const made = (datagram: Uint8Array, header: HeaderFields = {}, padding?: Partial<Plain>): Plain => ({
  datagram,
  header: { ...bundleHeader, ...header },
  ...padding,
});
const withLength = (datagram: Uint8Array, length: number): Uint8Array => patch(datagram, 2, u16(length));
const behind = (...parts: readonly Part[]): Plain => made(cat(both, ...parts));

/** In place of the second frame of {@link run}. */
const refused: readonly Refusal[] = [
  ['Header', 'the datagram length is that of the whole', made(both, { datagramLength: both.length })],
  ['Header', 'the datagram length is that of the first', made(both, { datagramLength: one.length })],
  ['Header', 'the datagram length is the number of datagrams', made(both, { datagramLength: 2 })],
  ['Header', 'a segment size', made(both, { segmentSize: 1 })],
  ['Header', 'a segment size of 1,200', made(both, { segmentSize: 1200 })],
  ...[0, 1, 2, 4, 5, 15].map(
    (bit): Refusal => ['Header', `flag ${bit} as well`, made(both, { flags: 0x0008 | (1 << bit) })],
  ),
  ['Header', 'flag 3 of the other octet', made(both, { flags: 0x0800 })],
  ['Header', 'flag 0 in its place', made(both, { flags: 0x0001 })],
  ['Header', 'flag 4 in its place', made(both, { flags: 0x0010 })],
  ['Protocol', 'protocol 86DD, the first is IPv4', made(both, { protocol: 0x86dd })],
  ['Protocol', 'protocol 0800, the first is IPv6', made(cat(six, one), { protocol: 0x0800 })],
  ['Protocol', 'protocol 86DD of the second', made(cat(one, six), { protocol: 0x86dd })],
  ['Protocol', 'protocol 0000', made(both, { protocol: 0 })],
  ['Few', 'one datagram', made(one)],
  ['Few', 'one of IPv6', made(six)],
  ['Few', 'no datagram', made(zeros(0))],
  ['Few', 'no datagram, protocol 0800', made(zeros(0), { protocol: 0x0800 })],
  ['Few', 'one datagram that says it is as long as two', made(cat(withLength(one, both.length), two))],
  ['Cut', 'one octet behind the last', behind([0x45])],
  ['Cut', 'a zero behind the last that is no padding', behind([0])],
  ['Cut', '19 octets behind the last', behind(header4(9).slice(0, 19))],
  ['Cut', '39 octets of IPv6 behind the last', behind(datagram6(40, 'bundle').slice(0, 39))],
  ['Cut', 'the last one lacks an octet', made(both.slice(0, -1))],
  ['Cut', 'the first one lacks an octet', made(cat(one.slice(0, -1), two))],
  ['Cut', 'the first one has an octet more', made(cat(one, [0], two))],
  ['Cut', 'the last of IPv6 lacks an octet', made(cat(one, six.slice(0, -1)))],
  ['Cut', 'the second is of version 5', made(cat(one, patch(two, 0, [0x55])))],
  ['Cut', 'the second is of version 0', made(cat(one, patch(two, 0, [0x05])))],
  ['Cut', 'the third is of version 7', behind(patch(two, 0, [0x75]))],
  ['Cut', 'a total length of 0', made(cat(one, withLength(two, 0)))],
  ['Cut', 'a total length of 0, at first', made(cat(withLength(one, 0), two))],
  ['Cut', 'a total length of 19', behind(withLength(header4(9).slice(0, 19), 19))],
  ['Cut', 'a total length of 19, another behind it', behind(withLength(header4(9).slice(0, 19), 19), one)],
  ['Cut', 'a total length one too long', made(cat(one, withLength(two, two.length + 1)))],
  ['Cut', 'a total length of 65,535', made(cat(one, withLength(two, 65_535)))],
  ['Cut', 'a payload length one too long', made(cat(one, patch(six, 4, u16(9))))],
  ['Cut', 'a payload length of 65,535', made(cat(one, patch(six, 4, u16(65_535))))],
  [
    'Cut',
    'Ethernet headers before the datagrams',
    made(cat(...[one, two].map((each) => cat(zeros(12), [8, 0], each)))),
  ],
  ['Cut', 'lengths before the datagrams', made(cat(...[one, two].map((each) => cat(u16(each.length), each))))],
  ['Cut', 'padding between the datagrams', made(cat(one, zeros(4), two))],
  ['Padding', 'the last octet of the padding is 1', made(both, {}, { padding: 4, paddingOctets: [0, 0, 0, 1] })],
  ['Padding', 'the first octet of the padding is 1', made(both, {}, { padding: 4, paddingOctets: [1, 0, 0, 0] })],
  ['Padding', 'a padding length one too short', made(both, { paddingLength: 3 }, { padding: 4 })],
  ['Padding', 'a padding length one too long', made(both, { paddingLength: 5 }, { padding: 4 })],
  ['Padding', 'a padding length of all', made(both, { paddingLength: both.length })],
  ['Padding', 'a padding length beyond the frame', made(both, { paddingLength: 255 })],
  ['Padding', 'a datagram called padding', made(both, { paddingLength: two.length })],
  ['Changed', 'flag 3 taken away on the way', (right) => patch(right, 10, [0, 0])],
  ['Changed', 'flag 3 taken away, the datagram length set', (right) => patch(right, 8, [...u16(both.length), 0, 0])],
  ['Changed', 'the first octet of the second datagram', (right) => flip(right, 32 + one.length)],
  ['Changed', 'the last octet', (right) => flip(right, -1)],
];

/** Frames of one direction in order, and what must not be opened in their place. */
export interface BundleRun {
  readonly comment: string;
  readonly frames: readonly Frame[];
  /** In place of the second frame. */
  readonly refused: readonly Refusal[];
}

/** In the order of the file. */
export const bundleRuns: readonly BundleRun[] = [
  {
    comment:
      'Bit 3 is negotiated. Each invalid frame stands in place of the valid one of the same n: open the valid ones before it first.',
    frames: run,
    refused,
  },
  { comment: 'Bit 3 is negotiated. Frames as long as they may be.', frames: longRun, refused: [] },
];

export type AeadName = Extract<TransformName, 'aes256gcm' | 'chacha20poly1305'>;
export const aeadNames: readonly AeadName[] = ['aes256gcm', 'chacha20poly1305'];

/**
 * The frames of a run under these keys, and what must not be opened in place of one of them.
 * @param start DATA frames before them
 */
export function sealRun(name: AeadName, keys: Keys, { frames, refused: wrong }: BundleRun, start = 0) {
  const plain = frames.map((frame, index) => ({ ...plainOf(frame), n: start + index }));
  const sealed = seal(name, keys, plain);
  const right = sealed[1] ?? zeros(0);
  const [before] = plain;
  const refusals = wrong.map(([flag, comment, what]) => ({
    flag,
    comment,
    n: 1,
    frame: () =>
      typeof what === 'function'
        ? what(right)
        : (seal(name, keys, [before!, { ...what, n: start + 1 }])[1] ?? zeros(0)),
  }));
  return { sealed, refusals };
}

function groupOf(name: AeadName, each: BundleRun): Group {
  const keys = keysOf(fixed(`bundles ${name} ${each.comment.length}`), name, h);
  const { sealed, refusals } = sealRun(name, keys, each);
  const flagOf = ({ datagrams, padding }: Frame): string =>
    datagrams.length < 2 ? 'Alone' : padding === undefined ? 'Bundle' : 'PaddingAdded';
  return {
    type: 'Bundles',
    comment: each.comment,
    transform: name,
    transformId: transforms[name],
    keys: keyTexts(keys),
    tests: [
      ...each.frames.map((frame, n) =>
        validTest(flagOf(frame), frame.comment, {
          n: String(n),
          datagrams: frame.datagrams.map(hex),
          padding: frame.padding ?? 0,
          frame: hex(sealed[n] ?? zeros(0)),
        }),
      ),
      ...refusals.map(({ flag, comment, n, frame }) =>
        invalidTest(flag, comment, { verdict: 'integrity failure', n: String(n), frame: hex(frame()) }),
      ),
    ],
  };
}

export const subject: Subject = {
  subject: 'bundles',
  source: ['[EP] fig. 9', 'RFC 791 §3.1', 'RFC 8200 §3'],
  requirements: ['BUN-01', 'BUN-02', 'BUN-03', 'BUN-04', 'DATA-05', 'DATA-10', 'TRF-03', 'KEY-02'],
  notes: {
    Bundle: 'Two datagrams or more.',
    PaddingAdded: 'Zeros that the sender adds behind the last datagram.',
    Alone: 'A lone datagram, or none, where bundles were negotiated.',
    Header: 'The keys are right; a field that describes a bundle is another.',
    Protocol: 'The keys are right; the protocol is not that of the first datagram.',
    Few: 'The keys are right; fewer than two datagrams.',
    Cut: 'The keys are right; the datagrams do not end where the frame does, or are none.',
    Padding: 'The keys are right; the padding is not the zeros that belong there.',
    Changed: 'Sealed right, and changed on the way.',
  },
  shapes: {
    Bundles: {
      group: {
        transform: z.enum(aeadNames),
        transformId: z.int(),
        keys: z.strictObject({ key: octets, iv: octets, close: octets }),
      },
      valid: {
        n: decimal.describe('DATA frames that went before in this direction.'),
        datagrams: z.array(octets).describe('In their order; none is a keep-alive, one is alone in its frame.'),
        padding: count.describe('Octets of padding that the sender chose to add.'),
        frame: octets,
      },
      invalid: {
        verdict: z.literal('integrity failure'),
        n: decimal.describe('Valid frames of this group that are opened before: those of a lower n.'),
        frame: octets,
      },
    },
  },
  groups: aeadNames.flatMap((name) =>
    // The longest frames in one file are enough: what is in them does not hang on the transform.
    bundleRuns.filter((each) => each.frames === run || name === 'chacha20poly1305').map((each) => groupOf(name, each)),
  ),
};
