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

export function received(input: HandshakeInput): Test[] {
  const right = handshake(input);
  const run = (forged: Forged, mistake?: Mistake) => handshake({ ...input, forged, ...(mistake ? { mistake } : {}) });
  const refuse = (refused: 'request' | 'response', flag: string, comment: string, message: Uint8Array): Test =>
    invalidTest(flag, comment, { verdict: 'integrity failure', refused, message: hex(message) });
  const acceptRequest = (flag: string, comment: string, message: Uint8Array, initiatorStatic: Uint8Array): Test =>
    validTest(flag, comment, {
      accepted: 'request',
      message: hex(message),
      payload: hex(input.requestPayload),
      initiatorStatic: hex(initiatorStatic),
    });
  const acceptResponse = (flag: string, comment: string, message: Uint8Array): Test =>
    validTest(flag, comment, { accepted: 'response', message: hex(message), payload: hex(input.responsePayload) });
  const S = x25519Public(input.initiatorStatic);

  const tests: Test[] = [
    acceptRequest('Normal', 'the right request', right.request, S),
    acceptResponse('Normal', 'the right response', right.response),
  ];
  for (const [what, point] of nonCanonical) {
    const works = true;
    tests.push(
      acceptRequest('NonCanonical', `e is ${what}`, run({ initiatorEphemeral: point, works }).request, S),
      acceptRequest('NonCanonical', `s is ${what}`, run({ initiatorStatic: point, works }).request, point),
      acceptResponse('NonCanonical', `e is ${what}`, run({ serverEphemeral: point, works }).response),
    );
  }
  for (const [what, point] of lowOrder)
    tests.push(
      refuse('request', 'LowOrder', `e is ${what}`, run({ initiatorEphemeral: point }).request),
      refuse('request', 'LowOrder', `s is ${what}`, run({ initiatorStatic: point }).request),
      refuse('response', 'LowOrder', `e is ${what}`, run({ serverEphemeral: point }).response),
    );
  if (input.suite === 2) tests.push(...kemTests(input, S, refuse, acceptRequest, acceptResponse));
  for (const [mistake, what] of Object.entries(mistakes)) {
    const wrong = run({}, mistake as Mistake);
    if (hex(wrong.request) !== hex(right.request)) tests.push(refuse('request', 'Mistake', what, wrong.request));
    if (hex(wrong.response) !== hex(right.response)) tests.push(refuse('response', 'Mistake', what, wrong.response));
  }
  return tests;
}

function kemTests(
  input: HandshakeInput,
  S: Uint8Array,
  refuse: (refused: 'request' | 'response', flag: string, comment: string, message: Uint8Array) => Test,
  acceptRequest: (flag: string, comment: string, message: Uint8Array, initiatorStatic: Uint8Array) => Test,
  acceptResponse: (flag: string, comment: string, message: Uint8Array) => Test,
): Test[] {
  const run = (forged: Forged) => handshake({ ...input, forged });
  const { encapsulationKey } = kemKeys(input.kemSeed);
  const requestWith = (key: Uint8Array): Uint8Array => run({ encapsulationKey: key }).request;
  const responseWith = (alter: (honest: Uint8Array) => Uint8Array, rejected = false): Uint8Array =>
    run({ ciphertext: alter, rejected }).response;
  const largest = coefficients.filter((_, place) => place % 3 === 0);
  const strange: [string, (honest: Uint8Array) => Uint8Array][] = [
    ['zeros', () => zeros(1088)],
    ['ones', () => zeros(1088).fill(0xff)],
    ['the right one but for a bit', (honest) => flip(honest, 1087, 7)],
  ];
  return [
    ...largest.map((index) =>
      acceptRequest(
        'Coefficient',
        `coefficient ${index} of the encapsulation key is 3328`,
        requestWith(withCoefficient(encapsulationKey, index, 3328)),
        S,
      ),
    ),
    ...coefficients.flatMap((index) =>
      [3329, 4095].map((value) =>
        refuse(
          'request',
          'Modulus',
          `coefficient ${index} of the encapsulation key is ${value}`,
          requestWith(withCoefficient(encapsulationKey, index, value)),
        ),
      ),
    ),
    refuse('request', 'KemLength', 'an encapsulation key of 1,183 octets', requestWith(encapsulationKey.slice(0, -1))),
    refuse('request', 'KemLength', 'an encapsulation key of 1,185 octets', requestWith(cat(encapsulationKey, [0]))),
    ...strange.map(([what, alter]) =>
      acceptResponse(
        'ImplicitRejection',
        `the ciphertext is ${what}, and what follows is sealed with what FIPS 203 §7.3 step 9 gives`,
        responseWith(alter, true),
      ),
    ),
    ...strange.map(([what, alter]) =>
      refuse(
        'response',
        'ImplicitRejection',
        `the ciphertext is ${what}, and what follows is sealed with the secret of the right one`,
        responseWith(alter),
      ),
    ),
    refuse(
      'response',
      'KemLength',
      'a ciphertext of 1,087 octets',
      responseWith((honest) => honest.slice(0, -1)),
    ),
    refuse(
      'response',
      'KemLength',
      'a ciphertext of 1,089 octets',
      responseWith((honest) => cat(honest, [0])),
    ),
  ];
}
