/** [EP] fig. 9: datagrams and paddings of lengths about which implementations go wrong, each spoilt as well. */
import { cat, fixed, flip, type Part, patch, zeros } from './octets.ts';
import { dataHeader, isAead, type Keys, type Plain, seal, type TransformName } from './schedule.ts';
import type { Refusal } from './transform-refusals.ts';

export type Commented = Plain & { readonly comment: string };
/** Frames of one direction, and what must not be opened in place of one of them. */
export interface Run {
  readonly comment: string;
  readonly flag: string;
  readonly plain: readonly Commented[];
  readonly refused: (name: TransformName, keys: Keys, frames: readonly Uint8Array[]) => Refusal[];
}

/** Octets that begin like an IPv4 datagram: a receiver looks at no more than the first nibble. */
export const begun = (length: number, label: string): Uint8Array =>
  length === 0 ? zeros(0) : patch(fixed(label, length), 0, [0x45]);

const text = (length: number): string => `${length.toLocaleString('en')} ${length === 1 ? 'octet' : 'octets'}`;

/** Around the block of AES, of SHA-256, of the length fields' octets and of IPv6's least MTU. */
const lengths = [2, 15, 16, 17, 19, 20, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1279, 1280, 1281];
const sized: readonly Commented[] = lengths.map((length) => ({
  comment: text(length),
  datagram: begun(length, `size ${length}`),
}));

export const sizes: Run = {
  comment: 'Lengths around those of blocks and fields; a receiver judges no more of a datagram than its first nibble.',
  flag: 'Size',
  plain: sized,
  refused: (name, _keys, frames) =>
    lengths.flatMap((length, n): Refusal[] => {
      const frame = frames[n] ?? zeros(0);
      const digestLength = isAead(name) ? 16 : 32;
      const datagram = sized[n]?.datagram ?? zeros(0);
      const shorter = (): Uint8Array =>
        dataHeader(datagram.slice(0, -1), frame.length - 16 - digestLength - length, digestLength);
      return [
        ['Body', `${text(length)}: the last octet of the frame differs`, n, () => flip(frame, -1)],
        ['Length', `${text(length)}: one octet less, all lengths agree`, n, () => cat(shorter(), frame.slice(16, -1))],
      ];
    }),
};

/** A frame of a peer that holds the keys, in place of the n-th of `plain`. */
function dishonest(
  name: TransformName,
  keys: Keys,
  plain: readonly Plain[],
  comment: string,
  n: number,
  change: Partial<Plain>,
): Refusal {
  const changed = plain.slice(0, n + 1).map((one, index) => (index === n ? { ...one, ...change } : one));
  return ['Padding', comment, n, () => seal(name, keys, changed)[n] ?? zeros(0)];
}

const paddings = [2, 3, 4, 7, 8, 9, 12, 13, 14, 15, 16, 17, 31, 32, 63, 64, 127, 128, 129, 254, 255];
const paddedPlain: readonly Commented[] = [
  ...paddings.map((padding) => ({
    comment: `60 octets and ${padding} of padding`,
    datagram: begun(60, `padding ${padding}`),
    padding,
  })),
  ...[1, 16, 254].map((padding) => ({
    comment: `a keep-alive with ${padding} of padding`,
    datagram: zeros(0),
    padding,
  })),
];

/** AEAD: any number of zeros, and nothing but zeros. */
export const aeadPaddings: Run = {
  comment: 'Paddings of many lengths.',
  flag: 'PaddingAdded',
  plain: paddedPlain,
  refused: (name, keys) =>
    [1, 2, 10, 11, 17, 19, 20, 21, 22, 23].flatMap((n) => {
      const padding = paddedPlain[n]?.padding ?? 0;
      const bent = (at: number, octet: number): Part => patch(zeros(padding), at, [octet]);
      const one = (comment: string, change: Partial<Plain>): Refusal =>
        dishonest(name, keys, paddedPlain, `${comment} of ${padding}`, n, change);
      return [
        one('the first octet of padding is 80', { paddingOctets: bent(0, 0x80) }),
        one('the last octet of padding is 1', { paddingOctets: bent(-1, 1) }),
        ...(padding > 2 ? [one('the middle octet of padding is 1', { paddingOctets: bent(padding >> 1, 1) })] : []),
        one('the padding length is one too short', { header: { paddingLength: padding - 1 } }),
      ];
    }),
};

const blocks: readonly Commented[] = Array.from({ length: 16 }, (_, index) => ({
  comment: `${33 + index} octets: ${15 - index} of padding`,
  datagram: begun(33 + index, `block ${index}`),
}));

/** 0x0102: the zeros up to a block and nothing else. The digest is right: only the padding is not. */
export const cbcPaddings: Run = {
  comment: 'Every padding that a block asks for. Of the invalid frames nothing but the padding is wrong.',
  flag: 'Size',
  plain: blocks,
  refused: (name, keys) =>
    blocks.slice(0, 15).flatMap((_, n) => {
      const padding = 15 - n;
      const one = (comment: string, paddingOctets: Part): Refusal =>
        dishonest(name, keys, blocks, `${comment}, ${padding} of padding`, n, { paddingOctets });
      const all: [string, Part][] = [
        ['the first octet is 80 (ISO 7816-4)', cat([0x80], zeros(padding - 1))],
        ['the last octet tells the length (ANSI X9.23)', cat(zeros(padding - 1), [padding])],
        ['each octet tells the length (PKCS #7)', Array(padding).fill(padding)],
        ['the lowest bit of the last octet', cat(zeros(padding - 1), [1])],
      ];
      return padding === 1
        ? all.slice(0, 2).map(([comment, octets]) => one(comment, octets))
        : all.map((a) => one(...a));
    }),
};
