/** DATA frames that must not be opened: altered on the way, out of order, or made by a peer that breaks a rule. */
import { cat, fixed, flip, patch, u32, u64, zeros } from './octets.ts';
import { datagram4 } from './packets.ts';
import { hmac } from './primitives.ts';
import { dataHeader, isAead, type Keys, keysOf, type Plain, seal, type TransformName } from './schedule.ts';

export const h = fixed('transform h');
const client = '10.8.0.10';
const server = '10.8.0.1';
/** An IPv4 datagram of so many octets in all, its payload by label. */
export const ip4 = (length: number, label: string): Uint8Array =>
  datagram4(client, server, length, `datagram ${label}`);

/** What an invalid test is made of: three small frames in order, the middle one to be spoiled. */
export const shortRun: readonly Plain[] = [zeros(0), ip4(60, 'k'), ip4(61, 'l'), ip4(62, 'm')].map((datagram) => ({
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

/** A frame that has to be sealed is made when it is wanted: one of many may be enough. */
export type Refusal = [flag: string, comment: string, n: number, frame: Uint8Array | (() => Uint8Array)];
/** The frame itself, sealed now if it was left for later. */
export const frameOf = ([, , , frame]: Refusal): Uint8Array => (typeof frame === 'function' ? frame() : frame);

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
  const others = keys.others ?? keysOf(fixed(`transform ${name} server to initiator`), name, h);
  return [
    ['Replay', 'the first frame again', 1, first],
    ['Replay', 'the second frame again', 2, second],
    ['Order', 'the third frame in place of the second: swapped, or the second was dropped', 1, third],
    ['Order', 'the second frame in place of the first: the first was dropped', 0, second],
    ['Direction', 'a frame of the other direction, reflected', 1, () => seal(name, others, shortRun)[1] ?? zeros(0)],
    ['Count', 'sealed for n + 1', 1, () => seal(name, keys, patched({ n: 2 }))[1] ?? zeros(0)],
    ['Count', 'sealed for n = 0', 1, () => seal(name, keys, patched({ n: 0 }))[1] ?? zeros(0)],
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
    () => seal(name, keys, patched(change))[1] ?? zeros(0),
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
      ['Mistake', 'a nonce of n alone, without iv', 1, () => seal(name, iv, shortRun)[1] ?? zeros(0)],
      ['Mistake', 'n little-endian in the nonce', 1, () => seal(name, keys, patched({ n: 1n << 56n }))[1] ?? zeros(0)],
    ];
  }
  const mac = keys.mac ?? zeros(0);
  const header = good.slice(0, 16);
  const digest = (message: Uint8Array) => (): Uint8Array => patch(good, 16, hmac(mac, message));
  const anew = (): Uint8Array => seal(name, keys, [{ datagram: ip4(61, 'l'), n: 2 }])[0] ?? zeros(0);
  const aligned = (): Uint8Array =>
    seal(name, keys, [
      { datagram: ip4(60, 'k'), padding: 4 },
      { datagram: ip4(61, 'l'), n: 2 },
    ])[1] ?? zeros(0);
  return [
    ['Mistake', 'the digest is of the ciphertext', 1, digest(cat(good.slice(48), u64(1)))],
    ['Mistake', 'the digest is of the datagram alone', 1, digest(datagram)],
    ['Mistake', 'n before the datagram in the digest', 1, digest(cat(u64(1), datagram))],
    ['Mistake', 'n in four octets', 1, digest(cat(datagram, u32(1)))],
    ['Mistake', 'n little-endian in the digest', 1, digest(cat(datagram, u64(1).toReversed()))],
    ['Mistake', 'the header in the digest', 1, digest(cat(header, datagram, u64(1)))],
    ['Mistake', 'the digest keyed with key', 1, () => patch(good, 16, hmac(keys.key, cat(datagram, u64(1))))],
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

/** Everything that is refused in place of the second frame of {@link shortRun}, or of the one that it says. */
export function refusalsOf(name: TransformName, keys: Keys, frames: readonly Uint8Array[]): Refusal[] {
  const second = frames[1] ?? zeros(0);
  const datagram = shortRun[1]?.datagram ?? zeros(0);
  const digestLength = isAead(name) ? 16 : 32;
  return [
    ...spoiled(second, digestLength),
    ...cut(second, datagram, digestLength),
    ...order(name, keys, frames),
    ...dishonest(name, keys),
    ...mistakes(name, keys, frames),
  ];
}
