/** Long directions in a compact form: what each datagram is made of, and the digest of all frames up to a place. */
import { z } from 'zod';
import { count, decimal, type Group, invalidTest, octets, type Test, validTest } from './model.ts';
import { fixed, flip, hex, zeros } from './octets.ts';
import { sha256 } from './primitives.ts';
import { isAead, type Keys, keysOf, keyTexts, type Plain, seal, type TransformName, transforms } from './schedule.ts';
import { h } from './transform-refusals.ts';
import { begun } from './transform-sizes.ts';

const place = { after: count.describe('As many valid frames go before.') };

export const streamShape = {
  group: {
    label: z
      .string()
      .describe('Datagram i, from 0: SHA-256(label ‖ " " ‖ i in decimal ‖ u32 block) for block 0, 1, …, octet 0 = 45.'),
    lengths: z.array(count).describe('The length of each datagram, in order.'),
    paddings: z.array(count).describe('Octets of padding that the sender chose to add to each.'),
  },
  valid: {
    frames: count.describe('How many frames, from the first.'),
    sha256: octets.describe('SHA-256 of all these frames, joined.'),
    header: octets.describe('Of the last of them, header and digest.'),
  },
  invalid: {
    verdict: z.literal('integrity failure'),
    ...place,
    frame: octets.optional().describe('What comes instead of the next frame.'),
    spoil: z
      .strictObject({ offset: count, bit: count })
      .optional()
      .describe('Where no frame is given: the next frame with this bit of this octet changed; bit 0 is the lowest.'),
  },
};

export interface Long {
  readonly comment: string;
  readonly label: string;
  readonly lengths: readonly number[];
  readonly paddings?: readonly number[];
  /** Numbers of frames up to which the digest is told. */
  readonly told: readonly number[];
  readonly refused: (
    name: TransformName,
    keys: Keys,
    plain: readonly Plain[],
    frames: readonly Uint8Array[],
  ) => readonly Spoilt[];
}

/** What comes after so many right frames is made when it is wanted: one of many may be enough. */
type Spoilt = readonly [flag: string, comment: string, after: number, fields: () => Record<string, unknown>];
const spoilt = ([flag, comment, after, fields]: Spoilt): Test =>
  invalidTest(flag, comment, { verdict: 'integrity failure', after, ...fields() });

/** What goes into the frames. */
export function plainOf(name: TransformName, { label, lengths, paddings = [] }: Long): readonly Plain[] {
  return lengths.map((length, index) => ({
    datagram: begun(length, `${label} ${index}`),
    ...(isAead(name) && paddings[index] ? { padding: paddings[index] } : {}),
  }));
}

function stream(name: TransformName, long: Long): Group {
  const keys = keysOf(fixed(`transform ${name} ${long.label}`), name, h);
  const paddings = isAead(name) ? (long.paddings ?? []) : [];
  const plain = plainOf(name, long);
  const frames = seal(name, keys, plain);
  const digestLength = isAead(name) ? 16 : 32;
  const valid = long.told.map((number) => {
    const last = frames[number - 1] ?? zeros(0);
    return validTest('Long', `${number.toLocaleString('en')} frames, the last of ${last.length} octets`, {
      frames: number,
      sha256: hex(sha256(Uint8Array.from(Buffer.concat(frames.slice(0, number))))),
      header: hex(last.slice(0, 16 + digestLength)),
    });
  });
  return {
    type: 'LongDirection',
    comment: long.comment,
    transform: name,
    transformId: transforms[name],
    keys: keyTexts(keys),
    label: long.label,
    lengths: long.lengths,
    paddings: long.lengths.map((_, index) => paddings[index] ?? 0),
    tests: [...valid, ...long.refused(name, keys, plain, frames).map(spoilt)],
  };
}

/** What is refused in it needs the frames before. */
export const many: Long = {
  comment: '300 frames; every seventh is empty.',
  label: 'stream',
  lengths: Array.from({ length: 300 }, (_, index) => (index % 7 === 0 ? 0 : 1 + ((index * 37) % 190))),
  told: [1, 2, 15, 16, 17, 100, 128, 255, 256, 257, 299, 300],
  refused: (name, keys, plain, frames) => {
    const other = (comment: string, after: number, n: number): Spoilt => {
      const changed = plain.slice(0, after + 1).map((one, index) => (index === after ? { ...one, n } : one));
      return ['Count', comment, after, () => ({ frame: hex(seal(name, keys, changed)[after] ?? zeros(0)) })];
    };
    const instead = (flag: string, comment: string, after: number, index: number): Spoilt => [
      flag,
      comment,
      after,
      () => ({ frame: hex(frames[index] ?? zeros(0)) }),
    ];
    return [
      other('sealed for n in one octet', 257, 1),
      other('sealed for n in seven bits', 129, 1),
      other('sealed for n that keep-alives do not raise', 100, 100 - Math.ceil(100 / 7)),
      instead('Replay', 'the frame before again', 100, 99),
      instead('Replay', 'the first frame again', 299, 0),
      instead('Replay', 'a frame of 256 before', 257, 1),
      instead('Order', 'a frame is dropped', 100, 101),
      instead('Order', '99 frames are dropped', 100, 199),
      instead('Order', 'the last frame comes too early', 298, 299),
    ];
  },
};

const edges = [16383, 16384, 16385, 32767, 32768, ...Array.from({ length: 17 }, (_, index) => 65519 + index), 65535];
/** What is refused in it is the next frame, spoilt. */
export const long: Long = {
  comment: 'The longest datagrams; with an AEAD transform the last one has the longest padding.',
  label: 'long',
  lengths: edges,
  paddings: edges.map((_, index) => (index === edges.length - 1 ? 255 : 0)),
  told: edges.map((_, index) => index + 1),
  refused: (name, _keys, _plain, frames) =>
    edges.flatMap((length, after) => {
      const frame = frames[after] ?? zeros(0);
      const at = (flag: string, comment: string, offset: number, bit: number): Spoilt => {
        if (flip(frame, offset, bit).length !== frame.length) throw new Error(`no octet ${offset}`);
        return [flag, `${length.toLocaleString('en')} octets: ${comment}`, after, () => ({ spoil: { offset, bit } })];
      };
      return [
        at('Body', 'the last bit of the frame', frame.length - 1, 0),
        at('Body', 'the first bit behind the digest', isAead(name) ? 32 : 48, 7),
        at('Header', 'the lowest bit of the datagram length', 9, 0),
      ];
    }),
};

/** A direction of many short frames, and one of long ones. */
export const streamsOf = (name: TransformName): Group[] => [stream(name, many), stream(name, long)];
export const stateShape = {
  start: decimal.describe('DATA frames that went before the first of this group, all of them empty: its n.'),
};
