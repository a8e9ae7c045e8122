/** Messages made by someone who is right in everything but one thing, and what its receiver makes of them. */
import { type Forged, type HandshakeInput, handshake, type Mistake, mistakes } from './handshake-steps.ts';
import { invalidTest, type Test, validTest } from './model.ts';
import { cat, fixed, flip, hex, patch, zeros } from './octets.ts';
import { kemKeys, x25519Public } from './primitives.ts';

const p = (1n << 255n) - 19n;
const little = (value: bigint): Uint8Array => Uint8Array.fromHex(value.toString(16).padStart(64, '0')).toReversed();
const withHighBit = (point: Uint8Array): Uint8Array => flip(point, 31, 7);

/** RFC 7748 §6.1: every u whose product with any scalar is zero, in each of its encodings. */
const order8 = [
  0x00b8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0n,
  0x57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5fn,
];
const lowOrder: readonly (readonly [comment: string, point: Uint8Array])[] = [
  ['0', little(0n)] as const,
  ['1', little(1n)] as const,
  ['a point of order 8', little(order8[0] ?? 0n)] as const,
  ['the other point of order 8', little(order8[1] ?? 0n)] as const,
  ['p - 1', little(p - 1n)] as const,
  ['p, which is 0', little(p)] as const,
  ['p + 1, which is 1', little(p + 1n)] as const,
].flatMap(([comment, point]) => [
  [comment, point] as const,
  [`${comment}, the highest bit set`, withHighBit(point)] as const,
]);

/** Points of large order, in encodings that a sender would not choose. */
const nonCanonical: readonly (readonly [comment: string, point: Uint8Array])[] = [
  ['p + 2', little(p + 2n)],
  ['p + 9, the base point', little(p + 9n)],
  ['2^255 - 1', little((1n << 255n) - 1n)],
  ['p + 9 with the highest bit set', withHighBit(little(p + 9n))],
  ['a usual key with the highest bit set', withHighBit(x25519Public(fixed('a usual key')))],
];

/** 12 bits each, FIPS 203 §4.2.1. */
function withCoefficient(key: Uint8Array, index: number, value: number): Uint8Array {
  const at = 3 * (index >> 1);
  const [a = 0, b = 0, c = 0] = key.slice(at, at + 3);
  return index % 2 === 0
    ? patch(key, at, [value & 0xff, (b & 0xf0) | (value >> 8), c])
    : patch(key, at, [a, (b & 0x0f) | ((value & 0x0f) << 4), value >> 4]);
}
/** At both ends and about the middle of each of the three polynomials. */
const coefficients = [0, 1, 2, 127, 128, 254, 255, 256, 257, 511, 512, 640, 766, 767];

/** One thing that a sender does wrongly or strangely, and what its receiver makes of it. */
export interface Forgery {
  readonly message: 'request' | 'response';
  readonly result: 'valid' | 'invalid';
  readonly flag: string;
  readonly comment: string;
  readonly forged?: Forged;
  readonly mistake?: Mistake;
}

/** @param encapsulationKey the sender's own, suite 2 */
export function forgeries(suite: 1 | 2, encapsulationKey: Uint8Array): Forgery[] {
  const weak = lowOrder.flatMap(([what, point]): Forgery[] =>
    pointForgeries('LowOrder', 'invalid', what, (place) => ({ [place]: point })),
  );
  const strange = nonCanonical.flatMap(([what, point]): Forgery[] =>
    pointForgeries('NonCanonical', 'valid', what, (place) => ({ [place]: point, works: true })),
  );
  const wrong = Object.entries(mistakes).flatMap(([mistake, comment]) =>
    (['request', 'response'] as const).map(
      (message): Forgery => ({ message, result: 'invalid', flag: 'Mistake', comment, mistake: mistake as Mistake }),
    ),
  );
  return [...strange, ...weak, ...(suite === 2 ? kemForgeries(encapsulationKey) : []), ...wrong];
}

type Place = 'initiatorEphemeral' | 'initiatorStatic' | 'serverEphemeral';
const places: readonly (readonly [Forgery['message'], key: string, Place])[] = [
  ['request', 'e', 'initiatorEphemeral'],
  ['request', 's', 'initiatorStatic'],
  ['response', 'e', 'serverEphemeral'],
];
const pointForgeries = (
  flag: string,
  result: Forgery['result'],
  what: string,
  forged: (place: Place) => Forged,
): Forgery[] =>
  places.map(([message, key, place]) => ({
    message,
    result,
    flag,
    comment: `${key} is ${what}`,
    forged: forged(place),
  }));

function kemForgeries(encapsulationKey: Uint8Array): Forgery[] {
  const key = (result: Forgery['result'], flag: string, comment: string, altered: Uint8Array): Forgery => ({
    message: 'request',
    result,
    flag,
    comment,
    forged: { encapsulationKey: altered },
  });
  const text = (result: Forgery['result'], flag: string, comment: string, forged: Forged): Forgery => ({
    message: 'response',
    result,
    flag,
    comment,
    forged,
  });
  const strange: [string, (honest: Uint8Array) => Uint8Array][] = [
    ['zeros', () => zeros(1088)],
    ['ones', () => zeros(1088).fill(0xff)],
    ['the right one but for a bit', (honest) => flip(honest, 1087, 7)],
  ];
  const coefficient = (result: Forgery['result'], flag: string, index: number, value: number): Forgery =>
    key(
      result,
      flag,
      `coefficient ${index} of the encapsulation key is ${value}`,
      withCoefficient(encapsulationKey, index, value),
    );
  return [
    ...coefficients
      .filter((_, place) => place % 3 === 0)
      .map((index) => coefficient('valid', 'Coefficient', index, 3328)),
    ...coefficients.flatMap((index) => [3329, 4095].map((value) => coefficient('invalid', 'Modulus', index, value))),
    key('invalid', 'KemLength', 'an encapsulation key of 1,183 octets', encapsulationKey.slice(0, -1)),
    key('invalid', 'KemLength', 'an encapsulation key of 1,185 octets', cat(encapsulationKey, [0])),
    ...strange.map(([what, ciphertext]) =>
      text(
        'valid',
        'ImplicitRejection',
        `the ciphertext is ${what}, and what follows is sealed with what FIPS 203 §7.3 step 9 gives`,
        { ciphertext, rejected: true },
      ),
    ),
    ...strange.map(([what, ciphertext]) =>
      text(
        'invalid',
        'ImplicitRejection',
        `the ciphertext is ${what}, and what follows is sealed with the secret of the right one`,
        { ciphertext },
      ),
    ),
    text('invalid', 'KemLength', 'a ciphertext of 1,087 octets', { ciphertext: (honest) => honest.slice(0, -1) }),
    text('invalid', 'KemLength', 'a ciphertext of 1,089 octets', { ciphertext: (honest) => cat(honest, [0]) }),
  ];
}

/** What the forgery makes of a message. */
export function forge(
  input: HandshakeInput,
  { message, forged = {}, mistake }: Pick<Forgery, 'message' | 'forged' | 'mistake'>,
): Uint8Array {
  return handshake({ ...input, requestOnly: message === 'request', forged, ...(mistake ? { mistake } : {}) })[message];
}

/** Whether a forgery makes a difference: some do not in each suite. */
export const differs = (input: HandshakeInput, { message }: Pick<Forgery, 'message'>, made: Uint8Array): boolean =>
  hex(made) !== hex(handshake({ ...input, requestOnly: message === 'request' })[message]);

/** Each mistake in either message, and the right messages beside them. */
export function received(input: HandshakeInput): Test[] {
  const right = handshake(input);
  const S = x25519Public(input.initiatorStatic);
  const taken = (
    flag: string,
    comment: string,
    accepted: Forgery['message'],
    message: Uint8Array,
    initiatorStatic = S,
  ): Test =>
    validTest(flag, comment, {
      accepted,
      message: hex(message),
      payload: hex(accepted === 'request' ? input.requestPayload : input.responsePayload),
      ...(accepted === 'request' ? { initiatorStatic: hex(initiatorStatic) } : {}),
    });
  const tests = forgeries(input.suite, kemKeys(input.kemSeed).encapsulationKey).flatMap((forgery): Test[] => {
    const { message, result, flag, comment, forged } = forgery;
    const made = forge(input, forgery);
    if (!differs(input, forgery, made)) return [];
    if (result === 'valid') return [taken(flag, comment, message, made, forged?.initiatorStatic)];
    return [invalidTest(flag, comment, { verdict: 'integrity failure', refused: message, message: hex(made) })];
  });
  return [
    taken('Normal', 'the right request', 'request', right.request),
    taken('Normal', 'the right response', 'response', right.response),
    ...tests,
  ];
}
