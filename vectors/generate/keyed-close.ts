/** [EP] fig. 10 once keyed: the digest that ends a direction after n DATA frames. */
import { z } from 'zod';
import { decimal, invalidTest, octets, type Subject, type Test, validTest } from './model.ts';
import { cat, fixed, flip, hex, patch, u16, u32, u64 } from './octets.ts';
import { hmac } from './primitives.ts';
import { keyedClose } from './schedule.ts';

const key = fixed('keyed close, initiator to server');
const counts: [string, bigint][] = [
  ['no DATA frame went before', 0n],
  ['the empty one alone went before', 1n],
  ['n fills one octet', 255n],
  ['n needs two octets', 256n],
  ['n needs five octets', 0x1_0000_0000n],
];

const valid = (comment: string, status: number, n: bigint): Test =>
  validTest('Normal', comment, { n: String(n), status, frame: hex(keyedClose(key, status, n)) });
const invalid = (flag: string, comment: string, n: bigint, frame: Uint8Array): Test =>
  invalidTest(flag, comment, { verdict: 'truncation', n: String(n), frame: hex(frame) });

const good = keyedClose(key, 1, 3n);
const header = good.slice(0, 8);
const withDigest = (message: Uint8Array): Uint8Array => cat(header, hmac(key, message));

export const subject: Subject = {
  subject: 'keyed-close',
  source: ['[EP] fig. 10', 'RFC 2104'],
  requirements: ['CLOSE-01', 'CLOSE-02', 'CLOSE-04', 'CLOSE-10'],
  notes: {
    Normal: 'HMAC-SHA256(close, the first 8 octets ‖ n u64).',
    Count: 'The digest is over another number of DATA frames: frames were dropped, repeated or held back.',
    FlippedBit: 'One bit of the frame differs.',
    Input: 'The digest is over something else.',
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
      closeKey: hex(key),
      tests: [
        ...counts.map(([comment, n]) => valid(comment, 1, n)),
        ...[2, 4, 11, 13, 14].map((status) => valid(`status ${status}`, status, 3n)),
        invalid('Count', 'n one too high', 3n, keyedClose(key, 1, 4n)),
        invalid('Count', 'n one too low', 3n, keyedClose(key, 1, 2n)),
        invalid('Count', 'n of 0 for every frame', 3n, keyedClose(key, 1, 0n)),
        invalid('FlippedBit', 'the status', 3n, patch(good, 6, u16(14))),
        invalid('FlippedBit', 'the first bit of the digest', 3n, flip(good, 8, 7)),
        invalid('FlippedBit', 'the last bit of the digest', 3n, flip(good, -1, 0)),
        invalid('Input', 'n little-endian', 3n, withDigest(cat(header, u64(3).toReversed()))),
        invalid('Input', 'n in four octets', 3n, withDigest(cat(header, u32(3)))),
        invalid('Input', 'without n', 3n, withDigest(header)),
        invalid('Input', 'n before the header', 3n, withDigest(cat(u64(3), header))),
        invalid('Input', 'the length field as if unkeyed', 3n, withDigest(cat(patch(header, 0, u32(8)), u64(3)))),
        invalid('Key', "the other direction's key", 3n, keyedClose(fixed('keyed close, server to initiator'), 1, 3n)),
        invalid('Unkeyed', 'no digest', 3n, cat(u32(8), [5, 1], u16(1))),
      ],
    },
  ],
};
