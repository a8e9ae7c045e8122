/** [EP] fig. 9: the fields of DATA, before any key is involved. */

import { z } from 'zod';
import { count, octets, type Refusal, refusals, type Subject, status, type Test, validTest } from './model.ts';
import { cat, fixed, hex, patch, relength, u32, zeros } from './octets.ts';
import { dataHeader, type HeaderFields } from './schedule.ts';

/** DATA around `body` octets of what a transform would have encrypted. */
function data(datagramLength: number, padding: number, digestLength: number, header: HeaderFields = {}): Uint8Array {
  const fields = { protocol: datagramLength === 0 ? 0 : 0x0800, datagramLength, ...header };
  return cat(
    dataHeader(zeros(datagramLength), padding, digestLength, fields),
    fixed('data digest', digestLength),
    fixed('data body', datagramLength + padding),
  );
}

function valid(
  comment: string,
  datagramLength: number,
  padding: number,
  digestLength: number,
  protocol?: number,
): Test {
  const frame = data(datagramLength, padding, digestLength, protocol === undefined ? {} : { protocol });
  return validTest('Normal', comment, {
    frame: hex(frame),
    fields: {
      protocol: protocol ?? (datagramLength === 0 ? 0 : 0x0800),
      datagramLength,
      flags: 0,
      segmentSize: 0,
      paddingLength: padding,
      digestLength,
      digest: hex(frame.slice(16, 16 + digestLength)),
      body: hex(frame.slice(16 + digestLength)),
    },
  });
}

const good = data(60, 4, 32);
const refused: readonly Refusal[] = [
  ['Length', 'the length field is one less than the octets', patch(good, 0, u32(good.length - 1))],
  ['Length', 'the length field is one more than the octets', patch(good, 0, u32(good.length + 1))],
  ['Length', 'half a header', relength(good.slice(0, 8))],
  ['Length', 'a header without its last octet', relength(good.slice(0, 15))],
  ['Length', 'the digest is cut', relength(good.slice(0, 47))],
  ['Length', 'a digest length beyond the frame', patch(good, 15, [255])],
  ['Version', 'version 0', patch(good, 5, [0]), 6],
  ['Version', 'version 2', patch(good, 5, [2]), 6],
];

export const subject: Subject = {
  subject: 'data',
  source: ['[EP] fig. 9'],
  requirements: ['FRAME-04', 'FRAME-08', 'DATA-03'],
  notes: {
    Normal: 'The fields of a DATA frame; digest and body are what some transform may have made.',
    Length: 'The lengths do not agree.',
    Version: 'Not version 1.',
  },
  shapes: {
    Frame: {
      valid: {
        frame: octets,
        fields: z.strictObject({
          protocol: count,
          datagramLength: count,
          flags: count,
          segmentSize: count,
          paddingLength: count,
          digestLength: count,
          digest: octets,
          body: octets.describe('The encrypted datagram and padding.'),
        }),
      },
      invalid: { frame: octets, status },
    },
  },
  groups: [
    {
      type: 'Frame',
      comment: 'The octets of one frame, as a whole. Whether it opens is the subject of the transforms.',
      tests: [
        valid('a keep-alive of an AEAD', 0, 0, 16),
        valid('a padded keep-alive', 0, 255, 16),
        valid('a keep-alive with a separate digest', 0, 0, 32),
        valid('a datagram of 60 octets', 60, 0, 16),
        valid('a datagram of 60 octets, padded', 60, 4, 32),
        valid('a datagram of 60 octets, IPv6', 60, 0, 16, 0x86dd),
        valid('a datagram of 1 octet', 1, 0, 16),
        valid('a datagram of 65,535 octets, 255 octets of padding', 65535, 255, 32),
        ...refusals('frame', 4, refused),
      ],
    },
    {
      type: 'Frame',
      comment: 'Lengths at their bounds; every field with octets that differ.',
      tests: [
        valid('the shortest frame that has a digest of 16', 0, 0, 16),
        valid('no digest, no datagram', 0, 0, 0),
        valid('a digest of 255 octets', 0, 0, 255),
        valid('a datagram of 256 octets', 256, 0, 16),
        valid('padding of 128 octets', 20, 128, 16),
        valid('protocol 0806, which no transform opens', 28, 0, 16, 0x0806),
        ...refusals('frame', 4, [
          ['Length', 'length 0', patch(good, 0, u32(0))],
          ['Length', 'length 16, octets behind', patch(good, 0, u32(16))],
          ['Length', 'length 2^31', patch(good, 0, u32(0x8000_0000))],
          ['Length', 'length 2^32 - 1', patch(good, 0, u32(0xffff_ffff))],
          ['Length', 'length little-endian', patch(good, 0, u32(good.length).toReversed())],
          ['Length', 'the length does not count itself', patch(good, 0, u32(good.length - 4))],
          ['Length', 'the length does not count the header', patch(good, 0, u32(good.length - 16))],
          ['Version', 'version 255', patch(good, 5, [255]), 6],
        ]),
      ],
    },
  ],
};
