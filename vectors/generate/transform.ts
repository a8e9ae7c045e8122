/** [EP] fig. 9: one file for each transform, DATA frames of one direction in order and what must not be opened. */
import { z } from 'zod';
import { count, decimal, type Group, octets, type Subject, type Test } from './model.ts';
import { cat, fixed, flip, hex, patch, u32, u64, zeros } from './octets.ts';
import { datagram4, datagram6 } from './packets.ts';
import { hmac } from './primitives.ts';
import { dataHeader, isAead, type Keys, keysOf, type Plain, seal, type TransformName, transforms } from './schedule.ts';

const h = fixed('transform h');
const client = '10.8.0.10';
const server = '10.8.0.1';
const ip4 = (length: number, label: string): Uint8Array => datagram4(client, server, length, `datagram ${label}`);

const longRun: [string, Uint8Array][] = [
  ['empty: the keep-alive, first', zeros(0)],
  ['1 octet', Uint8Array.of(0x45)],
  ['28 octets: an IPv4 datagram with nothing in it', ip4(28, 'a')],
  ['31 octets: one less than two blocks', ip4(31, 'b')],
  ['32 octets: two blocks', ip4(32, 'c')],
  ['33 octets: one more than two blocks', ip4(33, 'd')],
  ['empty, between others', zeros(0)],
  ['empty, twice in a row', zeros(0)],
  ['IPv6, 40 octets', datagram6(40, 'datagram e')],
  ['IPv6, 87 octets', datagram6(87, 'datagram f')],
  ['1,400 octets', ip4(1400, 'g')],
  ['1,400 octets: the same datagram again', ip4(1400, 'g')],
  ['60,000 octets', ip4(60000, 'h')],
  ['65,535 octets: the longest datagram', ip4(65535, 'i')],
  ['100 octets, after the long ones', ip4(100, 'j')],
];

/** What an invalid test is made of: three small frames in order, the middle one to be spoiled. */
const shortRun: readonly Plain[] = [zeros(0), ip4(60, 'k'), ip4(61, 'l'), ip4(62, 'm')].map((datagram) => ({
  datagram,
}));

const fields: readonly [string, number, number, number][] = [
  ['length', 0, 4, 0],
  ['type', 4, 1, 0],
  ['version', 5, 1, 0],
  ['protocol', 6, 2, 3],
  ['datagram length', 8, 2, 0],
  ['flags', 10, 2, 0],
  ['segment size', 12, 2, 0],
  ['padding length', 14, 1, 0],
  ['digest length', 15, 1, 0],
];

type Refusal = [flag: string, comment: string, n: number, frame: Uint8Array];

function spoiled(frame: Uint8Array, digestLength: number): Refusal[] {
  const out: Refusal[] = [];
  for (const [name, offset, width, bit] of fields) {
    out.push(['Header', `the lowest bit of ${name}`, 1, flip(frame, offset + width - 1, bit)]);
    out.push(['Header', `the highest bit of ${name}`, 1, flip(frame, offset, 7)]);
  }
  out.push(['Digest', 'the first bit of the digest', 1, flip(frame, 16, 7)]);
  out.push(['Digest', 'the last bit of the digest', 1, flip(frame, 16 + digestLength - 1, 0)]);
  out.push(['Digest', 'a digest of zeros', 1, patch(frame, 16, zeros(digestLength))]);
  out.push(['Body', 'the first bit of the datagram', 1, flip(frame, 16 + digestLength, 7)]);
  out.push(['Body', 'the last octet', 1, flip(frame, -1, 0)]);
  return out;
}

function cut(frame: Uint8Array, datagram: Uint8Array, digestLength: number): Refusal[] {
  const body = frame.slice(16 + digestLength);
  const digest = frame.slice(16, 16 + digestLength);
  const short = digest.slice(0, 1);
  return [
    ['Length', 'the last octet is missing, the length as it was', 1, frame.slice(0, -1)],
    [
      'Length',
      'the last octet is missing, all lengths agree',
      1,
      cat(
        dataHeader(datagram.slice(0, -1), frame.length - 16 - digestLength - datagram.length, digestLength),
        digest,
        body.slice(0, -1),
      ),
    ],
    ['Length', 'an octet more, the length as it was', 1, cat(frame, [0])],
    ['Length', 'an octet more, the length agrees', 1, patch(cat(frame, [0]), 0, u32(frame.length + 1))],
    ['Length', 'the header alone', 1, patch(frame.slice(0, 16), 0, u32(16))],
    ['Length', 'half a header', 1, patch(frame.slice(0, 8), 0, u32(8))],
    ['DigestLength', 'a digest of one octet, as the header says', 1, cat(dataHeader(datagram, 0, 1), short, body)],
    ['DigestLength', 'no digest, as the header says', 1, cat(dataHeader(datagram, 0, 0), body)],
  ];
}

function order(name: TransformName, keys: Keys, frames: readonly Uint8Array[]): Refusal[] {
  const [first = zeros(0), second = zeros(0), third = zeros(0)] = frames;
  const other = seal(name, keysOf(fixed(`transform ${name} server to initiator`), name, h), shortRun);
  return [
    ['Replay', 'the first frame again', 1, first],
    ['Replay', 'the second frame again', 2, second],
    ['Order', 'the third frame in place of the second: swapped, or the second was dropped', 1, third],
    ['Order', 'the second frame in place of the first: the first was dropped', 0, second],
    ['Direction', 'a frame of the other direction, reflected', 1, other[1] ?? zeros(0)],
    ['Count', 'sealed for n + 1', 1, seal(name, keys, patched({ n: 2 }))[1] ?? zeros(0)],
    ['Count', 'sealed for n = 0', 1, seal(name, keys, patched({ n: 0 }))[1] ?? zeros(0)],
  ];
}

const patched = (change: Partial<Plain>): Plain[] =>
  shortRun.map((frame, index) => (index === 1 ? { ...frame, ...change } : frame));

/** Frames of a peer that holds the keys and breaks a rule all the same. */
function dishonest(name: TransformName, keys: Keys): Refusal[] {
  const one = (flag: string, comment: string, change: Partial<Plain>): Refusal => [
    flag,
    comment,
    1,
    seal(name, keys, patched(change))[1] ?? zeros(0),
  ];
  const datagram = shortRun[1]?.datagram ?? zeros(0);
  const six = patch(datagram, 0, [0x65]);
  const five = patch(datagram, 0, [0x55]);
  const out: Refusal[] = [
    one('Protocol', 'protocol 86DD of an IPv4 datagram', { header: { protocol: 0x86dd } }),
    one('Protocol', 'protocol 0800 of an IPv6 datagram', { datagram: six, header: { protocol: 0x0800 } }),
    one('Protocol', 'protocol 0806', { header: { protocol: 0x0806 } }),
    one('Protocol', 'protocol 0 of a datagram', { header: { protocol: 0 } }),
    one('Protocol', 'protocol 0800 of an empty datagram', { datagram: zeros(0), header: { protocol: 0x0800 } }),
    one('Protocol', 'a datagram of neither version 4 nor 6', { datagram: five, header: { protocol: 0x0800 } }),
    one('Flags', 'flag 0, not negotiated', { header: { flags: 1 } }),
    one('Flags', 'flag 3, not negotiated', { header: { flags: 8 } }),
    one('Flags', 'flag 15, of no meaning', { header: { flags: 0x8000 } }),
    one('Flags', 'a segment size without its flag', { header: { segmentSize: 1000 } }),
    one('DatagramLength', 'a datagram length one too short', { header: { datagramLength: datagram.length - 1 } }),
    one('DatagramLength', 'a datagram length one too long', { header: { datagramLength: datagram.length + 1 } }),
    one('DatagramLength', 'a datagram length of 0', { header: { datagramLength: 0 } }),
  ];
  if (isAead(name)) {
    const lastOne = cat(zeros(15), [1]);
    out.push(
      one('Padding', 'the first octet of the padding is 1', { padding: 16, paddingOctets: lastOne.toReversed() }),
    );
    out.push(one('Padding', 'the last octet of the padding is 1', { padding: 16, paddingOctets: lastOne }));
    out.push(one('Padding', 'a padding length one too long', { padding: 16, header: { paddingLength: 17 } }));
    out.push(one('Padding', 'a padding length one too short', { padding: 16, header: { paddingLength: 15 } }));
    out.push(one('Padding', 'PKCS #7 in place of zeros', { padding: 4, paddingOctets: [4, 4, 4, 4] }));
  } else if (name === 'aes256cbc-hmacsha256') {
    out.push(one('Padding', 'the last octet of the padding is 1', { paddingOctets: [0, 0, 0, 1] }));
    out.push(one('Padding', 'PKCS #7 in place of zeros', { paddingOctets: [4, 4, 4, 4] }));
    out.push(one('Padding', 'a block of padding more than needed', { padding: 20 }));
    out.push(one('Padding', 'padding of an empty datagram', { datagram: zeros(0), padding: 16 }));
    out.push(one('Padding', 'a whole block of padding where none is needed', { datagram: ip4(64, 'n'), padding: 16 }));
  } else {
    out.push(one('Padding', 'padding, where a stream needs none', { padding: 4 }));
    out.push(one('Padding', 'padding that is in the digest', { padding: 4, digested: cat(datagram, zeros(4)) }));
    out.push(one('Padding', 'padding of an empty datagram', { datagram: zeros(0), padding: 1 }));
  }
  return out;
}

/** Implementations that are wrong in one place: what they would send. */
function mistakes(name: TransformName, keys: Keys, frames: readonly Uint8Array[]): Refusal[] {
  const good = frames[1] ?? zeros(0);
  const datagram = shortRun[1]?.datagram ?? zeros(0);
  if (isAead(name)) {
    const tagLast = cat(good.slice(0, 16), good.slice(32), good.slice(16, 32));
    const iv = { ...keys, iv: cat(zeros(4), u64(0)) };
    return [
      ['Mistake', 'the tag at the end', 1, tagLast],
      ['Mistake', 'a nonce of n alone, without iv', 1, seal(name, iv, shortRun)[1] ?? zeros(0)],
      ['Mistake', 'n little-endian in the nonce', 1, seal(name, keys, patched({ n: 1n << 56n }))[1] ?? zeros(0)],
    ];
  }
  const mac = keys.mac ?? zeros(0);
  const header = good.slice(0, 16);
  const digest = (message: Uint8Array): Uint8Array => patch(good, 16, hmac(mac, message));
  const anew = seal(name, keys, [{ datagram: ip4(61, 'l'), n: 2 }])[0] ?? zeros(0);
  const aligned = seal(name, keys, [
    { datagram: ip4(60, 'k'), padding: 4 },
    { datagram: ip4(61, 'l'), n: 2 },
  ])[1];
  return [
    ['Mistake', 'the digest is of the ciphertext', 1, digest(cat(good.slice(48), u64(1)))],
    ['Mistake', 'the digest is of the datagram alone', 1, digest(datagram)],
    ['Mistake', 'n before the datagram in the digest', 1, digest(cat(u64(1), datagram))],
    ['Mistake', 'n in four octets', 1, digest(cat(datagram, u32(1)))],
    ['Mistake', 'n little-endian in the digest', 1, digest(cat(datagram, u64(1).toReversed()))],
    ['Mistake', 'the header in the digest', 1, digest(cat(header, datagram, u64(1)))],
    ['Mistake', 'the digest keyed with key', 1, patch(good, 16, hmac(keys.key, cat(datagram, u64(1))))],
    ...(name === 'aes256ctr-hmacsha256'
      ? ([
          ['Mistake', 'the keystream starts anew with each frame', 2, anew],
          ['Mistake', 'the keystream starts at a block with each frame', 2, aligned],
        ] as Refusal[])
      : ([
          ['Mistake', 'the chain starts anew with each frame', 2, anew],
          ['Mistake', 'the padding is in the digest', 1, digest(cat(datagram, zeros(4), u64(1)))],
        ] as Refusal[])),
  ];
}

function keyTexts(name: TransformName, keys: Keys): Record<string, unknown> {
  return {
    transform: name,
    transformId: transforms[name],
    keys: {
      key: hex(keys.key),
      iv: hex(keys.iv),
      ...(keys.mac ? { mac: hex(keys.mac) } : {}),
      close: hex(keys.close),
    },
  };
}

function run(
  name: TransformName,
  comment: string,
  flag: string,
  label: string,
  plain: readonly (Plain & { comment: string })[],
): Group {
  const keys = keysOf(fixed(`transform ${name} ${label}`), name, h);
  const frames = seal(name, keys, plain);
  return {
    type: 'Direction',
    comment,
    ...keyTexts(name, keys),
    tests: plain.map(
      (one, index): Test => ({
        comment: one.comment,
        flags: [flag],
        result: 'valid',
        n: String(index),
        datagram: hex(one.datagram),
        padding: one.padding ?? 0,
        frame: hex(frames[index] ?? zeros(0)),
      }),
    ),
  };
}

function refusals(name: TransformName): Group {
  const keys = keysOf(fixed(`transform ${name} initiator to server`), name, h);
  const frames = seal(name, keys, shortRun);
  const datagram = shortRun[1]?.datagram ?? zeros(0);
  const digestLength = isAead(name) ? 16 : 32;
  const all: Refusal[] = [
    ...spoiled(frames[1] ?? zeros(0), digestLength),
    ...cut(frames[1] ?? zeros(0), datagram, digestLength),
    ...order(name, keys, frames),
    ...dishonest(name, keys),
    ...mistakes(name, keys, frames),
  ];
  const valid = shortRun.map(
    (one, index): Test => ({
      comment: `${one.datagram.length} octets`,
      flags: ['Normal'],
      result: 'valid',
      n: String(index),
      datagram: hex(one.datagram),
      padding: 0,
      frame: hex(frames[index] ?? zeros(0)),
    }),
  );
  return {
    type: 'Direction',
    comment: 'Each invalid frame stands in place of the valid one of the same n: open the valid ones before it first.',
    ...keyTexts(name, keys),
    tests: [
      ...valid,
      ...all.map(
        ([flag, comment, n, frame]): Test => ({
          comment,
          flags: [flag],
          result: 'invalid',
          verdict: 'integrity failure',
          n: String(n),
          frame: hex(frame),
        }),
      ),
    ],
  };
}

function make(name: TransformName): Subject {
  const groups = [
    run(
      name,
      'Frames of many lengths, in order',
      'Normal',
      'lengths',
      longRun.map(([comment, datagram]) => ({ comment, datagram })),
    ),
  ];
  if (isAead(name))
    groups.push(
      run(name, 'Padding', 'PaddingAdded', 'padding', [
        { comment: 'a padded keep-alive', datagram: zeros(0), padding: 255 },
        { comment: '1 octet of padding', datagram: ip4(60, 'p'), padding: 1 },
        { comment: '255 octets of padding', datagram: ip4(60, 'q'), padding: 255 },
        { comment: 'none again', datagram: ip4(60, 'r'), padding: 0 },
      ]),
    );
  groups.push(refusals(name));
  const used = new Set(groups.flatMap((group) => group.tests.flatMap((test) => test.flags)));
  return {
    subject: `transform-${name}`,
    source: [
      '[EP] fig. 9, claims 5, 9 and 12',
      isAead(name) ? (name === 'aes256gcm' ? 'SP 800-38D' : 'RFC 8439') : 'SP 800-38A',
      ...(isAead(name) ? [] : ['RFC 2104']),
    ],
    notes: Object.fromEntries(Object.entries(notes).filter(([flag]) => used.has(flag))),
    shapes: {
      Direction: {
        group: {
          transform: z.literal(name),
          transformId: z.literal(transforms[name]),
          keys: z.strictObject({ key: octets, iv: octets, mac: octets.optional(), close: octets }),
        },
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
      },
    },
    groups,
  };
}

const notes = {
  Normal: 'Seals to this frame, and opens to this datagram, after the frames of lower n.',
  PaddingAdded: 'Zeros that the sender adds to hide the length.',
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
