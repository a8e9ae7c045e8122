/** The key schedule: k of a direction, a transform and h give key, iv, mac and close. */
import { z } from 'zod';
import { invalidTest, octets, type Subject, type Test, validTest } from './model.ts';
import { cat, fixed, hex, type Part, u16, zeros } from './octets.ts';
import { hkdfExpand, hmac } from './primitives.ts';
import { isAead, keysOf, keyTexts, type TransformName, transformNames, transforms } from './schedule.ts';

/** The schedule with one thing wrong: `expand` says how. */
function mistaken(name: TransformName, expand: (label: string, length: number) => Uint8Array): Record<string, string> {
  return keyTexts({
    key: expand('key', 32),
    iv: expand('iv', isAead(name) ? 12 : 16),
    ...(isAead(name) ? {} : { mac: expand('mac', 32) }),
    close: expand('close', 32),
  });
}

function mistakes(name: TransformName, k: Uint8Array, h: Uint8Array): [string, string, Record<string, string>][] {
  const id = u16(transforms[name]);
  const other = transforms[name] === 1 ? 2 : 1;
  const info =
    (...parts: readonly Part[]) =>
    (label: string, length: number) =>
      hkdfExpand(k, cat(...parts.map((part) => (part === '*' ? label : part))), length);
  return [
    ['Info', 'no zero octet after the label', mistaken(name, info('PNA/1 ', '*', id, h))],
    ['Info', 'no space after PNA/1', mistaken(name, info('PNA/1', '*', [0], id, h))],
    ['Info', 'the transform in four octets', mistaken(name, info('PNA/1 ', '*', [0], [0, 0], id, h))],
    ['Info', 'without h', mistaken(name, info('PNA/1 ', '*', [0], id))],
    ['Info', 'h before the transform', mistaken(name, info('PNA/1 ', '*', [0], h, id))],
    ['Info', 'of another transform', mistaken(name, info('PNA/1 ', '*', [0], u16(other), h))],
    [
      'Extract',
      'HKDF-Extract first: k is a key already',
      mistaken(name, (label, length) => hkdfExpand(hmac(zeros(32), k), cat('PNA/1 ', label, [0], id, h), length)),
    ],
  ];
}

function tests(name: TransformName): Test[] {
  const h = fixed('key schedule h');
  const of = (direction: string): Uint8Array => fixed(`key schedule ${name} ${direction}`);
  const directions = ['initiator to server', 'server to initiator'];
  const valid = directions.map((direction) =>
    validTest('Normal', direction, {
      k: hex(of(direction)),
      h: hex(h),
      keys: keyTexts(keysOf(of(direction), name, h)),
    }),
  );
  const [first = ''] = directions;
  const invalid = mistakes(name, of(first), h).map(([flag, comment, keys]) =>
    invalidTest(flag, comment, { verdict: 'differs', k: hex(of(first)), h: hex(h), keys }),
  );
  return [...valid, ...invalid];
}

const keys = z.strictObject({
  key: octets,
  iv: octets.describe('12 octets for an AEAD, otherwise 16.'),
  mac: octets.optional().describe('0x01xx only.'),
  close: octets,
});
const shape = { k: octets.describe('32 octets from Split().'), h: octets, keys };

export const subject: Subject = {
  subject: 'key-schedule',
  source: ['[EP] fig. 5', 'RFC 5869 §2.3'],
  requirements: ['KEY-01'],
  notes: {
    Normal: 'HKDF-Expand-SHA256(k, "PNA/1 " ‖ label ‖ 00 ‖ transform u16 ‖ h, L).',
    Info: 'What comes of a mistake in the info string: a derivation that gives these keys is wrong.',
    Extract: 'What comes of extracting before expanding.',
  },
  shapes: {
    KeySchedule: {
      group: { transform: z.string(), transformId: z.int() },
      valid: shape,
      invalid: { verdict: z.literal('differs').describe('The right keys are others than these.'), ...shape },
    },
  },
  groups: transformNames.map((name) => ({
    type: 'KeySchedule',
    comment: name,
    transform: name,
    transformId: transforms[name],
    tests: tests(name),
  })),
};
