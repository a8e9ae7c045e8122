/** [EP] fig. 10: CLOSE, keyed or not, as octets. */
import { z } from 'zod';
import { octets, type Refusal, refusals, type Subject, status, validTest } from './model.ts';
import { fixed, frame, hex, patch, u16, u32 } from './octets.ts';

/** [EP] fig. 10 with 8 octets. @param code status, 16 bits */
export const unkeyedClose = (code: number): Uint8Array => frame(5, u16(code));

const statuses = [
  'end session',
  'key expired',
  'not authorized',
  'integrity failure',
  'protocol error',
  'unsupported version',
  'no common transform',
  'next node unreachable',
  'not on path',
  'no address left',
  'timeout',
  'resource limit',
  'shutting down',
  'superseded',
];

const digest = fixed('close digest');
const good = unkeyedClose(1);
const keyed = frame(5, u16(1), digest);

const refused: readonly Refusal[] = [
  ['Length', 'half a header', frame(5)],
  ['Length', 'half a status', frame(5, [1])],
  ['Length', 'an octet more', frame(5, u16(1), [0])],
  ['Length', 'a digest without its last octet', frame(5, u16(1), digest.slice(0, 31))],
  ['Length', 'a digest of 16 octets', frame(5, u16(1), digest.slice(0, 16))],
  ['Length', 'a digest with an octet more', frame(5, u16(1), digest, [0])],
  ['Length', 'the length field is 40, the octets are 8', patch(good, 0, u32(40))],
  ['Length', 'the length field is 8, the octets are 40', patch(keyed, 0, u32(8))],
  ['Status', 'status 0', unkeyedClose(0)],
  ['Status', 'status 0, keyed', frame(5, u16(0), digest)],
  ['Version', 'version 0', patch(good, 5, [0]), 6],
  ['Version', 'version 2, keyed', patch(keyed, 5, [2]), 6],
];

export const subject: Subject = {
  subject: 'close',
  source: ['[EP] fig. 10'],
  requirements: ['CLOSE-03', 'ID-06', 'FRAME-08'],
  notes: {
    Normal: 'A CLOSE frame in its one valid encoding; the digest is any 32 octets here.',
    Unnamed: 'A status without a name is accepted like any other.',
    Status: 'Status 0 is no reason.',
    Length: 'Neither 8 nor 40 octets, or the length field does not agree.',
    Version: 'Not version 1: unsupported version.',
  },
  shapes: {
    Frame: {
      valid: {
        frame: octets,
        fields: z.strictObject({
          status: z.int().min(1),
          statusName: z.string().optional(),
          digest: octets.optional().describe('32 octets where the end is keyed.'),
        }),
      },
      invalid: {
        frame: octets,
        status: status.describe('The CLOSE that answers has it: a malformed frame is no CLOSE.'),
      },
    },
  },
  groups: [
    {
      type: 'Frame',
      comment: 'The octets of one frame, as a whole.',
      tests: [
        ...statuses.map((statusName, index) =>
          validTest('Normal', `status ${index + 1}, ${statusName}`, {
            frame: hex(unkeyedClose(index + 1)),
            fields: { status: index + 1, statusName },
          }),
        ),
        ...[15, 0xf000, 0xffff].map((code) =>
          validTest('Unnamed', `status ${code}`, { frame: hex(unkeyedClose(code)), fields: { status: code } }),
        ),
        validTest('Normal', 'keyed', {
          frame: hex(keyed),
          fields: { status: 1, statusName: 'end session', digest: hex(digest) },
        }),
        ...refusals('frame', 5, refused),
      ],
    },
  ],
};
