/** Octets of the transport cut in any pieces → frames, or a refusal as soon as the first octets are impossible. */
import { z } from 'zod';
import { unkeyedClose } from './close.ts';
import { invalidTest, octets, type Subject, status, type Test, validTest } from './model.ts';
import { ascii, cat, fixed, hex, u16, u32, zeros } from './octets.ts';
import { relayFrame } from './relay.ts';
import { dataHeader } from './schedule.ts';

const relay = relayFrame('origin.invalid', ['server.test']);
const close = unkeyedClose(1);
const data = (length: number): Uint8Array =>
  cat(dataHeader(zeros(length), 0, 16, { protocol: length === 0 ? 0 : 0x0800 }), fixed('deframing', 16 + length));
const begin = (length: number, type: number, version = 1): Uint8Array => cat(u32(length), [type, version]);

/** Cuts at the given places. */
function cutAt(stream: Uint8Array, ...places: readonly number[]): Uint8Array[] {
  const all = [0, ...places, stream.length];
  return all.slice(1).map((place, index) => stream.slice(all[index], place));
}
const each = (stream: Uint8Array, size: number): Uint8Array[] =>
  [...Array(Math.ceil(stream.length / size)).keys()].map((i) => stream.slice(i * size, (i + 1) * size));

const texts = (frames: readonly Uint8Array[]): { type: number; octets: string }[] =>
  frames.map((frame) => ({ type: frame[4] ?? 0, octets: hex(frame) }));

const valid = (
  flag: string,
  comment: string,
  pieces: readonly Uint8Array[],
  frames: readonly Uint8Array[],
  partial = false,
): Test => validTest(flag, comment, { pieces: pieces.map(hex), frames: texts(frames), partial });
const invalid = (
  flag: string,
  comment: string,
  pieces: readonly Uint8Array[],
  code = 5,
  frames: readonly Uint8Array[] = [],
): Test => invalidTest(flag, comment, { pieces: pieces.map(hex), frames: texts(frames), status: code });

const three = cat(relay, data(0), close);
const long = data(3000);

const bounds: [name: string, type: number, shortest: number, longest: number][] = [
  ['RELAY', 1, 16, 4608],
  ['REQUEST', 2, 260, 4096],
  ['RESPONSE', 3, 204, 16384],
  ['DATA', 4, 16, 131072],
  ['CLOSE', 5, 8, 40],
];

const source = fixed('deframing pieces', 400);
const random = (stream: Uint8Array): Uint8Array[] => {
  const places: number[] = [];
  for (let at = 0, i = 0; at < stream.length; i++) {
    at += 1 + ((source[i % 400] ?? 0) % 37);
    if (at < stream.length) places.push(at);
  }
  return cutAt(stream, ...places);
};

export const subject: Subject = {
  subject: 'deframing',
  source: ['[EP] figs. 6 to 10, fields 100, 102 and 104'],
  requirements: [
    'FRAME-01',
    'FRAME-04',
    'FRAME-05',
    'FRAME-06',
    'FRAME-07',
    'FRAME-08',
    'FRAME-09',
    'FRAME-10',
    'FRAME-14',
  ],
  notes: {
    Whole: 'A piece is a frame, or several.',
    Pieces: 'Frames are cut in pieces.',
    Partial: 'The last frame is not whole: nothing to deliver, nothing to refuse.',
    Length: 'A length outside the bounds of its type: refused by its first 6 octets, before any is stored.',
    Version: 'Not version 1. The version is looked at before the type.',
    Type: 'A type that an end point does not know.',
    AfterFrame: 'What went before is delivered first.',
  },
  shapes: {
    Stream: {
      valid: {
        pieces: z.array(octets).describe('What the transport delivers, in order.'),
        frames: z.array(z.strictObject({ type: z.int(), octets })),
        partial: z.boolean().describe('Whether a frame is begun at the end.'),
      },
      invalid: {
        pieces: z.array(octets),
        frames: z.array(z.strictObject({ type: z.int(), octets })).describe('Delivered before the refusal.'),
        status,
      },
    },
  },
  groups: [
    {
      type: 'Stream',
      comment: 'An end point: frames are cut off the stream, not looked into.',
      tests: [
        valid('Whole', 'nothing', [], []),
        valid('Whole', 'one frame', [relay], [relay]),
        valid('Whole', 'three frames in one piece', [three], [relay, data(0), close]),
        valid('Whole', 'three frames in three pieces', [relay, data(0), close], [relay, data(0), close]),
        valid('Pieces', 'an octet at a time', each(three, 1), [relay, data(0), close]),
        valid('Pieces', 'five octets at a time', each(three, 5), [relay, data(0), close]),
        valid('Pieces', 'cut inside the length', cutAt(three, 2), [relay, data(0), close]),
        valid('Pieces', 'cut before the version', cutAt(three, 5), [relay, data(0), close]),
        valid('Pieces', 'cut behind the first 6 octets', cutAt(three, 6), [relay, data(0), close]),
        valid('Pieces', 'cut one octet before a frame ends', cutAt(three, relay.length - 1), [relay, data(0), close]),
        valid('Pieces', 'cut one octet after a frame begins', cutAt(three, relay.length + 1), [relay, data(0), close]),
        valid('Pieces', 'a long frame in many pieces', random(cat(long, close)), [long, close]),
        valid('Pieces', 'empty pieces between', [zeros(0), relay, zeros(0), close, zeros(0)], [relay, close]),
        valid('Partial', 'one octet', [Uint8Array.of(0)], [], true),
        valid('Partial', 'half a length', [u16(0)], [], true),
        valid('Partial', 'all but the last octet', [relay.slice(0, -1)], [], true),
        valid('Partial', 'a frame and the beginning of another', [cat(relay, close.slice(0, 7))], [relay], true),
        ...bounds.flatMap(([name, type, shortest, longest]) => [
          valid('Partial', `${name} of ${shortest} octets begins`, [begin(shortest, type)], [], true),
          valid('Partial', `${name} of ${longest} octets begins`, [begin(longest, type)], [], true),
        ]),
        ...bounds.flatMap(([name, type, shortest, longest]) => [
          invalid('Length', `${name} of ${shortest - 1} octets`, [begin(shortest - 1, type)]),
          invalid('Length', `${name} of ${longest + 1} octets`, [begin(longest + 1, type)]),
        ]),
        invalid('Length', 'length 0', [begin(0, 4)]),
        invalid('Length', 'length 5', [begin(5, 4)]),
        invalid('Length', 'length 6', [begin(6, 4)]),
        invalid('Length', 'length 2^31', [begin(0x8000_0000, 4)]),
        invalid('Length', 'length 2^32 - 1', [begin(0xffff_ffff, 4)]),
        invalid('Length', 'an octet at a time', each(begin(4609, 1), 1)),
        invalid('Version', 'version 0', [begin(64, 1, 0)], 6),
        invalid('Version', 'version 2', [begin(64, 1, 2)], 6),
        invalid('Version', 'version 255', [begin(64, 4, 255)], 6),
        invalid('Version', 'version 2 of a type that is unknown', [begin(64, 9, 2)], 6),
        invalid('Version', 'version 2 and a length above the bound', [begin(0xffff_ffff, 1, 2)], 6),
        invalid('Version', 'an HTTP request', [ascii('GET / HTTP/1.1\r\n\r\n')], 6),
        invalid('Type', 'type 0', [begin(64, 0)]),
        invalid('Type', 'type 6', [begin(64, 6)]),
        invalid('Type', 'type 255', [begin(64, 255)]),
        invalid('AfterFrame', 'length 0 behind a frame', [cat(relay, begin(0, 4))], 5, [relay]),
        invalid('AfterFrame', 'version 2 behind two frames', [relay, cat(data(0), begin(64, 1, 2))], 6, [
          relay,
          data(0),
        ]),
        invalid('AfterFrame', 'an unknown type behind a frame', [relay, begin(64, 6)], 5, [relay]),
      ],
    },
  ],
};
