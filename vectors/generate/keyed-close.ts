/** [EP] fig. 10 once keyed: the digest that ends a direction after n DATA frames. */
import { z } from 'zod';
import { decimal, invalidTest, octets, type Subject, type Test, validTest } from './model.ts';
import { cat, fixed, flip, hex, patch, u16, u32, u64, zeros } from './octets.ts';
import { hmac } from './primitives.ts';
import { keyedClose } from './schedule.ts';

/** The files' keys: of the direction, and of the other one. */
const fileKeys = [fixed('keyed close, initiator to server'), fixed('keyed close, server to initiator')] as const;
const counts: [string, bigint][] = [
  ['no DATA frame went before', 0n],
  ['the empty one alone went before', 1n],
  ['n fills one octet', 255n],
  ['n needs two octets', 256n],
  ['n needs five octets', 0x1_0000_0000n],
];

const invalid = (flag: string, comment: string, n: bigint, frame: Uint8Array): Test =>
  invalidTest(flag, comment, { verdict: 'truncation', n: String(n), frame: hex(frame) });

/** The digest is over this in place of what it ought to be. */
function over(closeKey: Uint8Array, frame: Uint8Array, message: Uint8Array): Uint8Array {
  return cat(frame.slice(0, 8), hmac(closeKey, message));
}

type WrongClose = readonly [flag: string, comment: string, frame: Uint8Array];

/**
 * CLOSE frames of status 1 that end nothing, of a sender that has sent `n` DATA frames.
 * @param others `close` of the other direction
 */
function wrongCloses(closeKey: Uint8Array, others: Uint8Array, n: bigint): WrongClose[] {
  const good = keyedClose(closeKey, 1, n);
  const header = good.slice(0, 8);
  return [
    ['Count', 'n one too high', keyedClose(closeKey, 1, n + 1n)],
    ['Count', 'n one too low', keyedClose(closeKey, 1, n - 1n)],
    ['Count', 'n of 0 for every frame', keyedClose(closeKey, 1, 0n)],
    ['FlippedBit', 'the status', patch(good, 6, u16(14))],
    ['FlippedBit', 'the first bit of the digest', flip(good, 8, 7)],
    ['FlippedBit', 'the last bit of the digest', flip(good, -1, 0)],
    ['Input', 'n little-endian', over(closeKey, good, cat(header, u64(n).toReversed()))],
    ['Input', 'n in four octets', over(closeKey, good, cat(header, u32(Number(n))))],
    ['Input', 'without n', over(closeKey, good, header)],
    ['Input', 'n before the header', over(closeKey, good, cat(u64(n), header))],
    ['Input', 'the length field as if unkeyed', over(closeKey, good, cat(patch(header, 0, u32(8)), u64(n)))],
    ['Key', "the other direction's key", keyedClose(others, 1, n)],
    ['Unkeyed', 'no digest', cat(u32(8), [5, 1], u16(1))],
  ];
}

/** Likewise: single octets, and digests that are right in part. */
function partlyRight(closeKey: Uint8Array, n: bigint): WrongClose[] {
  const good = keyedClose(closeKey, 1, n);
  const bits = Array.from({ length: 16 }, (_, bit) => bit);
  return [
    ...bits.map((bit): WrongClose => ['FlippedBit', `bit ${bit} of the status`, flip(good, bit < 8 ? 7 : 6, bit % 8)]),
    ...[8, 15, 16, 23, 24, 31, 32, 39].map((at): WrongClose => ['FlippedBit', `octet ${at}`, flip(good, at, 4)]),
    ...[1, 16, 31].map(
      (right): WrongClose => [
        'Compared',
        `only the first ${right} octets of the digest are right`,
        patch(good, 8 + right, zeros(32 - right)),
      ],
    ),
    ['Compared', 'only the last 16 octets of the digest are right', patch(good, 8, zeros(16))],
  ];
}

const u64s: [string, bigint][] = [
  ['n fills two octets', 0xffffn],
  ['n needs three octets', 0x1_0000n],
  ['n needs four octets', 0x100_0000n],
  ['n without its highest of 32 bits', 0x7fff_ffffn],
  ['n needs the highest of 32 bits', 0x8000_0000n],
  ['one less than 2^32', 0xffff_ffffn],
  ['one more than 2^32', 0x1_0000_0001n],
  ['one less than 2^53', (1n << 53n) - 1n],
  ['one more than 2^53, which a double does not hold', (1n << 53n) + 1n],
  ['n needs the highest bit', 1n << 63n],
  ['n is all ones', (1n << 64n) - 1n],
];
/** n as it comes out of too few bits, of a double, or of the wrong end. */
function miscounted(n: bigint): [string, bigint][] {
  const wrong: [string, bigint][] = [
    ['n in one octet', n & 0xffn],
    ['n in two octets', n & 0xffffn],
    ['n in four octets of eight', n & 0xffff_ffffn],
    ['n as a signed number of four octets', BigInt.asUintN(64, BigInt.asIntN(32, n))],
    ['n as a double', BigInt.asUintN(64, BigInt(Number(n)))],
    ['n without its highest bit', n & ((1n << 63n) - 1n)],
    ['n little-endian', BigInt(`0x${hex(u64(n).toReversed())}`)],
    ['n one too low', n - 1n],
    ['n one too high', BigInt.asUintN(64, n + 1n)],
  ];
  return wrong.filter(([, value], at) => value !== n && wrong.findIndex(([, other]) => other === value) === at);
}
/** In the order of the file. */
const laterTests = (serverKey: Uint8Array): Test[] => [
  ...u64s.map(([comment, n]) =>
    validTest('Counter', `${comment}: ${n.toLocaleString('en')}`, {
      n: String(n),
      status: 1,
      frame: hex(keyedClose(serverKey, 1, n)),
    }),
  ),
  ...[3, 5, 6, 7, 8, 9, 10, 12, 15, 0xf000, 0xffff].map((status) =>
    validTest('Normal', `status ${status}`, { n: '2', status, frame: hex(keyedClose(serverKey, status, 2n)) }),
  ),
  ...u64s.flatMap(([, n]) =>
    miscounted(n).map(([comment, wrong]) =>
      invalid('Count', `${comment}, of ${n.toLocaleString('en')}`, n, keyedClose(serverKey, 1, wrong)),
    ),
  ),
  ...partlyRight(serverKey, 2n).map(([flag, comment, frame]) => invalid(flag, comment, 2n, frame)),
];

/** Likewise: those of the first group, of a direction whose sender has this key and whose receiver sends with the other. */
function firstTests(key: Uint8Array, others: Uint8Array): Test[] {
  const valid = (comment: string, status: number, n: bigint): Test =>
    validTest('Normal', comment, { n: String(n), status, frame: hex(keyedClose(key, status, n)) });
  return [
    ...counts.map(([comment, n]) => valid(comment, 1, n)),
    ...[2, 4, 11, 13, 14].map((status) => valid(`status ${status}`, status, 3n)),
    ...wrongCloses(key, others, 3n).map(([flag, comment, frame]) => invalid(flag, comment, 3n, frame)),
  ];
}

/** Every test of the file, by its place, made with other keys. */
export const closesWith = (key: Uint8Array, others: Uint8Array): readonly Test[] => [
  ...firstTests(key, others),
  ...laterTests(key),
];

export const subject: Subject = {
  subject: 'keyed-close',
  source: ['[EP] fig. 10', 'RFC 2104'],
  requirements: ['CLOSE-01', 'CLOSE-02', 'CLOSE-04', 'CLOSE-10'],
  notes: {
    Normal: 'HMAC-SHA256(close, the first 8 octets ‖ n u64).',
    Count: 'The digest is over another number of DATA frames: frames were dropped, repeated or held back.',
    FlippedBit: 'One bit of the frame differs.',
    Input: 'The digest is over something else.',
    Counter: 'n where it needs another octet, or more than a double holds.',
    Compared: 'The digest is right in part: all its 32 octets have to be compared.',
    Key: 'The digest is made with another key.',
    Unkeyed: 'The 8-octet form, where the end is keyed already.',
  },
  shapes: {
    KeyedClose: {
      group: { closeKey: octets },
      valid: { n: decimal.describe('DATA frames that went before in this direction.'), status: z.int(), frame: octets },
      invalid: {
        verdict: z.literal('truncation').describe('No end of the session: a broken connection.'),
        n: decimal,
        frame: octets,
      },
    },
  },
  groups: [
    {
      type: 'KeyedClose',
      comment: "closeKey is the sender's direction's.",
      closeKey: hex(fileKeys[0]),
      tests: firstTests(...fileKeys),
    },
    {
      type: 'KeyedClose',
      comment: 'Counters that need more octets, every status, and digests that are right in part.',
      closeKey: hex(fileKeys[1]),
      tests: laterTests(fileKeys[1]),
    },
  ],
};
