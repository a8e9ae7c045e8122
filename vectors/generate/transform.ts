/** [EP] fig. 9: one file for each transform, DATA frames of one direction in order and what must not be opened. */
import { z } from 'zod';
import { count, decimal, type Group, invalidTest, octets, type Subject, validTest } from './model.ts';
import { fixed, hex, zeros } from './octets.ts';
import { isAead, keysOf, keyTexts, seal, type TransformName, transforms } from './schedule.ts';
import { type Direction, directionsOf } from './transform-directions.ts';
import { frameOf, h } from './transform-refusals.ts';
import { stateShape, streamShape, streamsOf } from './transform-streams.ts';

function groupOf(name: TransformName, run: Direction): Group {
  const { comment, flag, label, plain, refused, start } = run;
  const keys = run.keys ?? keysOf(fixed(`transform ${name} ${label}`), name, h);
  const frames = seal(name, keys, plain);
  const valid = plain.map((one, index) =>
    validTest(flag, one.comment, {
      n: String(one.n ?? index),
      datagram: hex(one.datagram),
      padding: one.padding ?? 0,
      frame: hex(frames[index] ?? zeros(0)),
    }),
  );
  const invalid = refused(name, keys, frames).map((refusal) => {
    const [of, what, n] = refusal;
    return invalidTest(of, what, { verdict: 'integrity failure', n: String(n), frame: hex(frameOf(refusal)) });
  });
  return {
    type: start === undefined ? 'Direction' : 'DirectionFrom',
    comment,
    transform: name,
    transformId: transforms[name],
    keys: keyTexts(keys),
    ...(start === undefined ? {} : { start: String(start) }),
    tests: [...valid, ...invalid],
  };
}

function make(name: TransformName): Subject {
  const groups = [...directionsOf(name).map((run) => groupOf(name, run)), ...streamsOf(name)];
  const used = new Set(groups.flatMap((group) => group.tests.flatMap((test) => test.flags)));
  return {
    subject: `transform-${name}`,
    source: [
      '[EP] fig. 9, claims 5, 9 and 12',
      isAead(name) ? (name === 'aes256gcm' ? 'SP 800-38D' : 'RFC 8439') : 'SP 800-38A',
      ...(isAead(name) ? [] : ['RFC 2104']),
    ],
    requirements: requirements[name],
    notes: Object.fromEntries(Object.entries(notes).filter(([flag]) => used.has(flag))),
    shapes: {
      Direction: { group: groupShape(name), ...frameShape },
      DirectionFrom: { group: { ...groupShape(name), ...stateShape }, ...frameShape },
      LongDirection: { ...streamShape, group: { ...groupShape(name), ...streamShape.group } },
    },
    groups,
  };
}

const groupShape = (name: TransformName) => ({
  transform: z.literal(name),
  transformId: z.literal(transforms[name]),
  keys: z.strictObject({ key: octets, iv: octets, mac: octets.optional(), close: octets }),
});
const frameShape = {
  valid: {
    n: decimal.describe('DATA frames that went before in this direction.'),
    datagram: octets,
    padding: count.describe(
      'Octets of padding that the sender chose to add; what a block cipher needs is not counted.',
    ),
    frame: octets,
  },
  invalid: {
    verdict: z.literal('integrity failure'),
    n: decimal.describe('Valid frames of this group that are opened before: those of a lower n.'),
    frame: octets,
  },
};

const ofEvery = ['DATA-02', 'DATA-03', 'DATA-04', 'DATA-05', 'DATA-06', 'DATA-07', 'DATA-10', 'DATA-11', 'KEY-02'];
const requirements: Readonly<Record<TransformName, readonly string[]>> = {
  aes256gcm: [...ofEvery, 'TRF-01', 'TRF-03', 'TRF-04'],
  chacha20poly1305: [...ofEvery, 'TRF-02', 'TRF-03', 'TRF-04'],
  'aes256ctr-hmacsha256': [...ofEvery, 'TRF-05', 'TRF-06', 'TRF-07'],
  'aes256cbc-hmacsha256': [...ofEvery, 'TRF-07', 'TRF-08', 'TRF-09'],
};

const notes = {
  Normal: 'Seals to this frame, and opens to this datagram, after the frames of lower n.',
  PaddingAdded: 'Zeros that the sender adds to hide the length.',
  Size: 'A length around that of a block or of a field.',
  Counter: 'n where it needs another octet.',
  Carry: 'The counter block of AES-CTR counts in all its 128 bits.',
  Long: 'All frames of a long direction, told by their digest.',
  Header: 'One bit of the header differs.',
  Digest: 'The digest differs.',
  Body: 'One bit of the encrypted datagram differs.',
  Length: 'The frame is shorter or longer than its fields say.',
  DigestLength: 'The frame brings a digest length of its own: the transform alone says how long a digest is.',
  Replay: 'A frame that was opened before.',
  Order: 'Frames were swapped or dropped.',
  Direction: 'A frame sealed with the keys of the other direction.',
  Count: 'Sealed for another n.',
  Protocol: 'The keys are right; the protocol field does not fit the datagram.',
  Flags: 'The keys are right; flags or segment size that nobody negotiated.',
  DatagramLength: 'The keys are right; the datagram length does not fit the rest.',
  Padding: 'The keys are right; the padding is not the zeros that belong there.',
  Mistake: 'What an implementation sends that is wrong in one place.',
};

export const subjects: readonly Subject[] = (Object.keys(transforms) as TransformName[]).map(make);
