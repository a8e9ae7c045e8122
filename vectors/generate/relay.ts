/** [EP] fig. 6: RELAY. */
import { z } from 'zod';
import { octets, type Refusal, refusals, type Subject, status, type Test, validTest } from './model.ts';
import { ascii, cat, flip, frame, hex, patch, relength, u8, u16, u32 } from './octets.ts';

/** RELAY with its parts as given: only as honest as its arguments. */
function rawRelay(
  originIndex: number,
  hopCount: number,
  reserved: number,
  pathIndexes: readonly number[],
  stringBuffer: Uint8Array,
): Uint8Array {
  return frame(1, u16(originIndex), u8(hopCount), u8(reserved), ...pathIndexes.map(u16), stringBuffer);
}

/** RELAY as it ought to be: the origin first, then the path in order, each name NUL-terminated. */
export function relayFrame(origin: string, path: readonly string[]): Uint8Array {
  const indexes: number[] = [];
  let at = origin.length + 1;
  for (const name of path) {
    indexes.push(at);
    at += name.length + 1;
  }
  const buffer = cat(...[origin, ...path].map((name) => cat(ascii(name), [0])));
  return rawRelay(0, path.length, 0, indexes, buffer);
}

const label63 = 'a'.repeat(63);
export const longestName = `${label63}.${label63}.${label63}.${'b'.repeat(61)}`;
const hops = (count: number): string[] => [...Array(count).keys()].map((hop) => `n${hop}.test`);

function valid(comment: string, origin: string, path: readonly string[]): Test {
  return validTest('Normal', comment, {
    frame: hex(relayFrame(origin, path)),
    fields: { origin, path },
  });
}

const base = relayFrame('origin.invalid', ['relay-b.test', 'relay-c.test', 'server.test']);
const one = (name: string): Uint8Array => relayFrame('origin.invalid', [name]);
const names = cat('o\0', 'b\0', 's\0');

const refused: readonly Refusal[] = [
  ['Length', 'the length field is one less than the octets', patch(base, 0, u32(base.length - 1))],
  ['Length', 'the length field is one more than the octets', patch(base, 0, u32(base.length + 1))],
  ['Length', 'the last octet is missing and the length agrees', relength(base.slice(0, -1))],
  ['Length', 'an octet follows the last name', relength(cat(base, [0]))],
  ['Length', 'a name follows the last name', relength(cat(base, 'x\0'))],
  ['Length', 'the header alone', relength(base.slice(0, 10))],
  ['Length', 'the path indexes are cut', relength(base.slice(0, 15))],
  ['Length', 'no string buffer', relength(base.slice(0, 16))],
  ['Version', 'version 0', patch(base, 5, [0]), 6],
  ['Version', 'version 2', patch(base, 5, [2]), 6],
  ['Type', 'type 0', patch(base, 4, [0])],
  ['Type', 'type 6', patch(base, 4, [6])],
  ['Reserved', 'the reserved octet is 1', patch(base, 9, [1])],
  ['Reserved', 'the highest reserved bit is set', flip(base, 9, 7)],
  ['HopCount', 'no hop', rawRelay(0, 0, 0, [], cat('o\0'))],
  ['HopCount', '17 hops', relayFrame('origin.invalid', hops(17))],
  ['HopCount', 'a hop less than there are indexes', patch(base, 8, [2])],
  ['HopCount', 'a hop more than there are indexes', patch(base, 8, [4])],
  ['Index', 'the origin does not begin the string buffer', rawRelay(2, 2, 0, [0, 4], names)],
  ['Index', 'the path indexes out of order', rawRelay(0, 2, 0, [4, 2], names)],
  ['Index', 'two path indexes name one string', rawRelay(0, 2, 0, [2, 2], names)],
  ['Index', 'a path index names the origin', rawRelay(0, 2, 0, [0, 2], names)],
  ['Index', 'an index inside a name', rawRelay(0, 1, 0, [3], cat('o\0', 'ab\0'))],
  ['Index', 'a gap between two names', rawRelay(0, 2, 0, [2, 5], cat('o\0', 'b\0', 'x', 's\0'))],
  ['Index', 'an index at the end of the string buffer', rawRelay(0, 2, 0, [2, 6], names)],
  ['Index', 'an index beyond the string buffer', rawRelay(0, 2, 0, [2, 0xffff], names)],
  ['Index', 'indexes counted from the start of the frame', rawRelay(14, 2, 0, [16, 18], names)],
  ['Name', 'the last name has no NUL', relength(one('server.test').slice(0, -1))],
  ['Name', 'an empty name in the path', relayFrame('origin.invalid', ['relay-b.test', ''])],
  ['Name', 'an empty origin', relayFrame('', ['server.test'])],
  ['Name', 'an upper-case letter', one('Server.test')],
  ['Name', 'a space', one('server test')],
  ['Name', 'an octet above 127', one('s\u00e9rver.test')],
  ['Name', 'a control octet', one('server\u0001test')],
  ['Name', 'a slash', one('server/test')],
  ['Name', 'a trailing dot', one('server.test.')],
  ['Name', 'an empty label', one('server..test')],
  ['Name', 'an upper-case origin', relayFrame('Origin.invalid', ['server.test'])],
  ['Name', 'a name of 254 octets', one(`${longestName}b`)],
  ['Port', 'port 0', one('server.test:0')],
  ['Port', 'port 65536', one('server.test:65536')],
  ['Port', 'a leading zero', one('server.test:03265')],
  ['Port', 'an empty port', one('server.test:')],
  ['Port', 'two ports', one('server.test:1:2')],
  ['Port', 'a port that is no number', one('server.test:http')],
  ['Port', 'a port without name', one(':3265')],
];

export const subject: Subject = {
  subject: 'relay',
  source: ['[EP] fig. 6'],
  requirements: [
    'FRAME-04',
    'FRAME-08',
    'FRAME-09',
    'FRAME-11',
    'FRAME-12',
    'RELAY-02',
    'RELAY-03',
    'RELAY-04',
    'RELAY-05',
    'RELAY-06',
  ],
  notes: {
    Normal: 'A RELAY frame in its one valid encoding.',
    Length: 'The length field, the octets and what they hold do not agree.',
    Version: 'Not version 1: CLOSE unsupported version.',
    Type: 'No frame type.',
    Reserved: 'A reserved bit is set.',
    HopCount: 'Not 1 to 16 hops, or not as many as there are indexes.',
    Index: 'The indexes are not those of the one valid encoding.',
    Name: 'A name outside the syntax.',
    Port: 'A port outside 1 to 65535, or not in its one notation.',
  },
  shapes: {
    Frame: {
      valid: {
        frame: octets,
        fields: z.strictObject({ origin: z.string(), path: z.array(z.string()).min(1).max(16) }),
      },
      invalid: { frame: octets, status },
    },
  },
  groups: [
    {
      type: 'Frame',
      comment:
        'The octets of one frame, as a whole: decoding it yields the fields, encoding the fields the same octets.',
      tests: [
        valid('direct: the server is the only hop', 'origin.invalid', ['server.test']),
        valid('[EP] fig. 3: B, C, D', 'a.test', ['relay-b.test', 'relay-c.test', 'server-d.test']),
        valid('ports', 'origin.invalid', ['relay-b.test:1', 'server.test:65535']),
        valid('the default port written out', 'origin.invalid', ['server.test:3265']),
        valid('names of one octet', 'o', ['s']),
        valid('every kind of character', 'a-b_c.0-9.test', ['x_y--z.9', 'server.test']),
        valid('16 hops', 'origin.invalid', hops(16)),
        valid('a name of 253 octets', 'origin.invalid', [longestName]),
        valid('the longest frame without ports', longestName, Array(16).fill(longestName)),
        valid('one name twice: well-formed, though no node will find itself once', 'origin.invalid', [
          'relay-b.test',
          'relay-b.test',
        ]),
        valid('addresses as names', 'origin.invalid', ['192.0.2.1:3265', '198.51.100.7']),
        valid('the origin stands in the path too', 'server.test', ['relay-b.test', 'server.test']),
        ...refusals('frame', 5, refused),
      ],
    },
  ],
};
