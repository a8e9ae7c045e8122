/** [EP] figs. 7 and 8, 130 and 156: key exchange data. */
import { z } from 'zod';
import { decimal, octets, type Refusal, refusals, type Subject, status, type Test, validTest } from './model.ts';
import { cat, fixed, hex, type Part, u16, u32, u64, zeros } from './octets.ts';

/** An entry: id u16, length u16, value. */
export const tlv = (id: number, value: Part): Uint8Array => cat(u16(id), u16(cat(value).length), value);

export interface Lifetimes {
  readonly seconds: number;
  readonly frames: number | bigint;
  readonly octets: number | bigint;
}
/** Entry 1: seconds u32, frames u64, octets u64. */
export const lifetimes = (of: Lifetimes): Uint8Array => tlv(1, cat(u32(of.seconds), u64(of.frames), u64(of.octets)));
const compression = (...ids: readonly number[]): Uint8Array => tlv(2, cat(...ids.map(u16)));
/** Entry 3: the option bits of DATA, u16. */
export const optionBits = (bits: number): Uint8Array => tlv(3, u16(bits));
/** Entry 4: u64. */
export const freshness = (value: number | bigint): Uint8Array => tlv(4, u64(value));

/** Microseconds since 1970 UTC. */
export const usualFreshness = 1_764_000_000_000_000;
export const usual: Lifetimes = { seconds: 3600, frames: 2 ** 32, octets: 2 ** 40 };

interface Fields {
  readonly lifetimes?: Lifetimes;
  readonly compression?: readonly number[];
  readonly options?: number;
  readonly freshness?: number | bigint;
  readonly others?: readonly [id: number, value: Uint8Array][];
}

function valid(flag: string, comment: string, parts: readonly Uint8Array[], fields: Fields): Test {
  const { lifetimes: life, compression: ids, options, freshness: fresh, others } = fields;
  return validTest(flag, comment, {
    keyExchangeData: hex(cat(...parts)),
    fields: {
      ...(life && { lifetimes: { seconds: life.seconds, frames: String(life.frames), octets: String(life.octets) } }),
      ...(ids && { compression: ids }),
      ...(options === undefined ? {} : { options }),
      ...(fresh === undefined ? {} : { freshness: String(fresh) }),
      others: (others ?? []).map(([id, value]) => ({ id, value: hex(value) })),
    },
  });
}

const life = lifetimes(usual);
const grease = (id: number, value: Part = []): Uint8Array => tlv(id, value);
const longest: Lifetimes = { seconds: 0xffff_ffff, frames: 0xffff_ffff_ffff_ffffn, octets: 0xffff_ffff_ffff_ffffn };

const refused: readonly Refusal[] = [
  ['Order', 'descending', cat(optionBits(0), life)],
  ['Order', 'one id twice', cat(life, life)],
  ['Order', 'an unknown id twice', cat(life, grease(0x1a1a), grease(0x1a1a))],
  ['Order', 'an unknown id out of order', cat(grease(0x0a0a), life)],
  ['Unknown', 'unknown id 0x8000', cat(life, grease(0x8000))],
  ['Unknown', 'unknown id 0xFFFF', cat(life, grease(0xffff))],
  ['Length', 'an octet at the end', cat(life, [0])],
  ['Length', 'three octets of an entry', cat(life, [0x0a, 0x0a, 0])],
  ['Length', 'a value that ends beyond the data', cat(life, u16(0x0a0a), u16(5), zeros(4))],
  ['Length', 'a length of 65535', cat(u16(1), u16(0xffff), zeros(20))],
  ['Value', 'lifetimes of 19 octets', tlv(1, zeros(19))],
  ['Value', 'lifetimes of 21 octets', tlv(1, zeros(21))],
  ['Value', 'no bound in seconds', lifetimes({ ...usual, seconds: 0 })],
  ['Value', 'no bound in frames', lifetimes({ ...usual, frames: 0 })],
  ['Value', 'no bound in octets', lifetimes({ ...usual, octets: 0 })],
  ['Missing', 'nothing', zeros(0)],
  ['Missing', 'no lifetimes', optionBits(1)],
  ['Value', 'half a compression id', cat(life, tlv(2, [0]))],
  ['Value', 'one and a half compression ids', cat(life, tlv(2, [0, 1, 0]))],
  ['Value', 'option bits of one octet', cat(life, tlv(3, [0]))],
  ['Value', 'option bits of three octets', cat(life, tlv(3, [0, 0, 0]))],
];

/** A valid one with entries of unknown ids behind the lifetimes. */
const unknownIds = [5, 6, 0x00ff, 0x0100, 0x2a2a, 0x4a4a, 0x6a6a, 0x7ffe];
const refusedLater: readonly Refusal[] = [
  ...[0x8001, 0x8a8a, 0xcaca, 0xfafa, 0xfffe].map(
    (id): Refusal => ['Unknown', `unknown id ${id.toString(16).toUpperCase()}`, cat(life, tlv(id, [1]))],
  ),
  ...[0, 1, 8, 12, 18, 22, 24, 40].map(
    (length): Refusal => ['Value', `lifetimes of ${length} octets`, tlv(1, fixed('lifetimes', length))],
  ),
  ['Value', 'no bound at all', tlv(1, zeros(20))],
  ['Value', 'compression without an id', cat(life, tlv(2, []))],
  ['Value', 'option bits without octets', cat(life, tlv(3, []))],
  ['Value', 'option bits of four octets', cat(life, tlv(3, zeros(4)))],
  ['Order', 'compression behind option bits', cat(life, optionBits(1), compression(1))],
  ['Order', 'compression twice', cat(life, compression(1), compression(1))],
  ['Order', 'option bits twice', cat(life, optionBits(1), optionBits(1))],
  ['Order', 'id 0 behind the lifetimes', cat(life, tlv(0, []))],
  ['Order', 'unknown ids descending', cat(life, grease(0x2a2a), grease(0x1a1a))],
  ...[0, 1, 4, 7, 9, 16].map(
    (length): Refusal => ['Value', `freshness of ${length} octets`, cat(life, tlv(4, zeros(length)))],
  ),
  ['Order', 'freshness twice', cat(life, freshness(1), freshness(1))],
  ['Order', 'freshness before the lifetimes', cat(freshness(1), life)],
  ['Order', 'option bits behind freshness', cat(life, freshness(1), optionBits(1))],
  ['Missing', 'freshness alone', freshness(1)],
  ['Length', 'freshness that ends beyond the data', cat(life, freshness(1).slice(0, -1))],
  ['Missing', 'an unknown id alone', grease(0x1a1a)],
  ['Missing', 'compression alone', compression(1)],
  ['Length', 'one octet', Uint8Array.of(0)],
  ['Length', 'two octets behind the last entry', cat(life, [0, 0])],
  ['Length', 'an id without a length', cat(life, u16(0x1a1a))],
  ['Length', 'a length one too long', cat(life, u16(0x1a1a), u16(4), zeros(3))],
  ['Length', 'lifetimes whose length is little-endian', cat(u16(1), [20, 0], life.slice(4))],
];

export const subject: Subject = {
  subject: 'key-exchange-data',
  source: ['[EP] fig. 7, 130', '[EP] fig. 8, 156'],
  requirements: ['REQ-12', 'REQ-13', 'REQ-14', 'REQ-15'],
  notes: {
    Normal: 'Entries in ascending order of their ids.',
    Grease: 'An unknown id below 0x8000 is skipped, and kept where the same octets are written again.',
    Order: 'Ids not ascending, or one twice.',
    Unknown: 'An unknown id of 0x8000 or above is refused.',
    Length: 'The data ends inside an entry.',
    Missing: 'Lifetimes are always there.',
    Value: 'A value of the wrong length, or a bound of 0.',
  },
  shapes: {
    KeyExchangeData: {
      valid: {
        keyExchangeData: octets,
        fields: z.strictObject({
          lifetimes: z.strictObject({ seconds: z.int(), frames: decimal, octets: decimal }).optional(),
          compression: z.array(z.int()).optional(),
          options: z.int().optional(),
          freshness: decimal.optional(),
          others: z.array(z.strictObject({ id: z.int(), value: octets })).describe('Unknown ids, skipped.'),
        }),
      },
      invalid: { keyExchangeData: octets, status },
    },
  },
  groups: [
    {
      type: 'KeyExchangeData',
      comment: 'The octets between two offsets of an opened frame.',
      tests: [
        valid('Normal', 'lifetimes', [life], { lifetimes: usual }),
        valid('Normal', 'the longest lifetimes', [lifetimes(longest)], { lifetimes: longest }),
        valid('Normal', 'the shortest lifetimes', [lifetimes({ seconds: 1, frames: 1, octets: 1 })], {
          lifetimes: { seconds: 1, frames: 1, octets: 1 },
        }),
        valid('Normal', 'compression ids', [life, compression(0xf001, 1)], {
          lifetimes: usual,
          compression: [0xf001, 1],
        }),
        valid('Normal', 'all three', [life, compression(1), optionBits(0x001f)], {
          lifetimes: usual,
          compression: [1],
          options: 0x001f,
        }),
        valid('Normal', 'all four', [life, compression(1), optionBits(1), freshness(usualFreshness)], {
          lifetimes: usual,
          compression: [1],
          options: 1,
          freshness: usualFreshness,
        }),
        valid('Normal', 'lifetimes and option bits', [life, optionBits(0)], { lifetimes: usual, options: 0 }),
        valid('Grease', 'id 0x0A0A without value', [life, grease(0x0a0a)], {
          lifetimes: usual,
          others: [[0x0a0a, zeros(0)]],
        }),
        valid('Grease', 'id 0x7A7A', [life, grease(0x7a7a, fixed('grease', 9))], {
          lifetimes: usual,
          others: [[0x7a7a, fixed('grease', 9)]],
        }),
        valid('Grease', 'id 0x7FFF, the last that is skipped', [life, grease(0x7fff, [1])], {
          lifetimes: usual,
          others: [[0x7fff, Uint8Array.of(1)]],
        }),
        valid('Grease', 'two unknown ids', [life, grease(0x1a1a, [1]), grease(0x2a2a, [2])], {
          lifetimes: usual,
          others: [
            [0x1a1a, Uint8Array.of(1)],
            [0x2a2a, Uint8Array.of(2)],
          ],
        }),
        ...refusals('keyExchangeData', 5, refused),
      ],
    },
    {
      type: 'KeyExchangeData',
      comment: 'Ids and lengths at their bounds.',
      tests: [
        ...unknownIds.map((id) =>
          valid('Grease', `unknown id ${id.toString(16).toUpperCase()}`, [life, grease(id, [id & 0xff])], {
            lifetimes: usual,
            others: [[id, Uint8Array.of(id & 0xff)]],
          }),
        ),
        valid('Grease', 'an unknown id of 300 octets', [life, grease(0x1a1a, fixed('long grease', 300))], {
          lifetimes: usual,
          others: [[0x1a1a, fixed('long grease', 300)]],
        }),
        ...[0, 1, usualFreshness, 2n ** 63n, 2n ** 64n - 1n].map((value) =>
          valid('Normal', `freshness ${value}`, [life, freshness(value)], { lifetimes: usual, freshness: value }),
        ),
        valid('Grease', 'an unknown id behind freshness', [life, freshness(2), grease(5, [1])], {
          lifetimes: usual,
          freshness: 2,
          others: [[5, Uint8Array.of(1)]],
        }),
        ...[1, 2, 4, 8, 16, 0xffff].map((bits) =>
          valid('Normal', `option bits ${bits}`, [life, optionBits(bits)], { lifetimes: usual, options: bits }),
        ),
        ...refusals('keyExchangeData', 5, refusedLater),
      ],
    },
  ],
};
