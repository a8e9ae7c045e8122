/** Messages that are received instead of the right ones, by flag and comment: each is refused. */
import { type Forged, type HandshakeInput, type HandshakeOutput, handshake, prologueOf } from './handshake-steps.ts';
import { cat, fixed, flip, unhex, zeros } from './octets.ts';
import { relayFrame } from './relay.ts';

/** The prologue of a RELAY frame of that path. */
export const prologueFor = (...path: string[]): Uint8Array => prologueOf(relayFrame('origin.invalid', path));

/** RFC 7748 §6.1: points of small order, whose product with any scalar is zero. */
const lowOrder = {
  '0': zeros(32),
  '1': cat([1], zeros(31)),
  'a point of order 8': unhex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
};

/** A message that stands for the right one of that name. */
export interface Refusal {
  readonly refused: 'request' | 'response';
  readonly flag: string;
  readonly comment: string;
  readonly message: () => Uint8Array;
}

/**
 * @param input of both end points, or of the server with what it received
 * @param right what they send
 */
export function refusals(input: HandshakeInput, right: Pick<HandshakeOutput, 'request' | 'response'>): Refusal[] {
  const hybrid = input.suite === 2;
  const all: Refusal[] = [];
  const refuse = (refused: Refusal['refused'], flag: string, comment: string, message: () => Uint8Array): void => {
    all.push({ refused, flag, comment, message });
  };
  const run = (forged: Forged): HandshakeOutput => handshake({ ...input, forged });
  const { received: _, ...own } = input;
  /** A handshake of other end points. */
  const other = (changed: Partial<HandshakeInput>): HandshakeOutput => handshake({ ...own, ...changed });
  const { request, response } = right;
  const s = hybrid ? 32 + 1184 + 16 : 32;
  const kem = (name: string, length: number): [string, number][] =>
    hybrid
      ? [
          [`the encrypted ${name}`, 40],
          [`the tag of the ${name}`, 32 + length],
        ]
      : [];
  const requestParts: [string, number][] = [
    ['e', 0],
    ...kem('encapsulation key', 1184),
    ['the encrypted s', s],
    ['the tag of s', s + 32],
    ['the encrypted payload', s + 48],
    ['the last octet', request.length - 1],
  ];
  for (const [what, offset] of requestParts)
    refuse('request', 'FlippedBit', `one bit of ${what}`, () => flip(request, offset, 3));
  const responseParts: [string, number][] = [
    ['e', 0],
    ...kem('ciphertext', 1088),
    ['the encrypted payload', response.length - input.responsePayload.length - 16],
    ['the last octet', response.length - 1],
  ];
  for (const [what, offset] of responseParts)
    refuse('response', 'FlippedBit', `one bit of ${what}`, () => flip(response, offset, 3));
  for (const [refused, message] of [
    ['request', request],
    ['response', response],
  ] as const) {
    refuse(refused, 'Length', `${refused} without its last octet`, () => message.slice(0, -1));
    refuse(refused, 'Length', `${refused} with an octet more`, () => cat(message, [0]));
    refuse(refused, 'Length', `${refused} of nothing`, () => zeros(0));
    refuse(refused, 'Length', `${refused} that ends inside e`, () => message.slice(0, 31));
  }
  const altered = prologueFor('relay-b.test', 'relay-x.test', 'server.test');
  refuse(
    'request',
    'Prologue',
    'the initiator sent another tunnel path than the server received',
    () => other({ prologue: altered }).request,
  );
  refuse(
    'request',
    'Prologue',
    'the prologue without "PNA/1"',
    () => other({ prologue: input.prologue.slice(5) }).request,
  );
  refuse(
    'request',
    'Key',
    "made for another server's key",
    () => other({ serverStatic: fixed('another server') }).request,
  );
  refuse('request', 'Suite', 'a message of the other suite', () => other({ suite: hybrid ? 1 : 2 }).request);
  refuse(
    'response',
    'Key',
    'answers another request',
    () => other({ initiatorEphemeral: fixed('another request') }).response,
  );
  refuse(
    'response',
    'Key',
    "a server that does not hold the server's key",
    () => other({ serverStatic: fixed('another server') }).response,
  );
  refuse('response', 'Suite', 'a message of the other suite', () => other({ suite: hybrid ? 1 : 2 }).response);
  for (const [what, point] of Object.entries(lowOrder)) {
    refuse('request', 'LowOrder', `e is ${what}`, () => run({ initiatorEphemeral: point }).request);
    refuse('request', 'LowOrder', `s is ${what}`, () => run({ initiatorStatic: point }).request);
    refuse('response', 'LowOrder', `e is ${what}`, () => run({ serverEphemeral: point }).response);
  }
  if (hybrid) {
    const above = cat([0xff, 0xff, 0xff], zeros(1181));
    refuse(
      'request',
      'Modulus',
      'two coefficients of the encapsulation key are 4095',
      () => run({ encapsulationKey: above }).request,
    );
    const modulus = cat([0x01, 0x0d, 0x00], zeros(1181));
    refuse(
      'request',
      'Modulus',
      'a coefficient of the encapsulation key is q = 3329',
      () => run({ encapsulationKey: modulus }).request,
    );
    refuse(
      'response',
      'ImplicitRejection',
      'the ciphertext is sealed well and decapsulates to another secret',
      () => run({ ciphertext: (honest) => flip(honest, 100) }).response,
    );
  }
  return all;
}
