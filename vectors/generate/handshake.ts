/** [EP] fig. 5: the two Noise messages of either suite with every random choice fixed. */

import { z } from 'zod';
import { received } from './handshake-received.ts';
import { fixedSecrets, type HandshakeInput, type HandshakeOutput, handshake, prologueOf } from './handshake-steps.ts';
import { type Group, invalidTest, octets, type Subject, type Test, validTest } from './model.ts';
import { cat, fixed, flip, hex, unhex, zeros } from './octets.ts';
import { x25519Public } from './primitives.ts';
import { relayFrame } from './relay.ts';

const prologueFor = (...path: string[]): Uint8Array => prologueOf(relayFrame('origin.invalid', path));

function inputs(suite: 1 | 2, label: string, requestLength: number, responseLength: number): HandshakeInput {
  return {
    ...fixedSecrets(`handshake ${label}`),
    suite,
    prologue: prologueFor('relay-b.test', 'relay-c.test', 'server.test'),
    requestPayload: fixed(`handshake ${label} request payload`, requestLength),
    responsePayload: fixed(`handshake ${label} response payload`, responseLength),
  };
}

/** RFC 7748 §6.1: points of small order, whose product with any scalar is zero. */
const lowOrder = {
  '0': zeros(32),
  '1': cat([1], zeros(31)),
  'a point of order 8': unhex('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
};

function invalid(input: HandshakeInput, output: HandshakeOutput): Test[] {
  const hybrid = input.suite === 2;
  const tests: Test[] = [];
  const refuse = (refused: 'request' | 'response', flag: string, comment: string, message: Uint8Array): void => {
    tests.push(invalidTest(flag, comment, { verdict: 'integrity failure', refused, message: hex(message) }));
  };
  const run = (changed: Partial<HandshakeInput>): HandshakeOutput => handshake({ ...input, ...changed });
  const { request, response } = output;
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
    refuse('request', 'FlippedBit', `one bit of ${what}`, flip(request, offset, 3));
  const responseParts: [string, number][] = [
    ['e', 0],
    ...kem('ciphertext', 1088),
    ['the encrypted payload', response.length - input.responsePayload.length - 16],
    ['the last octet', response.length - 1],
  ];
  for (const [what, offset] of responseParts)
    refuse('response', 'FlippedBit', `one bit of ${what}`, flip(response, offset, 3));
  for (const [refused, message] of [
    ['request', request],
    ['response', response],
  ] as const) {
    refuse(refused, 'Length', `${refused} without its last octet`, message.slice(0, -1));
    refuse(refused, 'Length', `${refused} with an octet more`, cat(message, [0]));
    refuse(refused, 'Length', `${refused} of nothing`, zeros(0));
    refuse(refused, 'Length', `${refused} that ends inside e`, message.slice(0, 31));
  }
  const altered = run({ prologue: prologueFor('relay-b.test', 'relay-x.test', 'server.test') });
  refuse('request', 'Prologue', 'the initiator sent another tunnel path than the server received', altered.request);
  const bare = run({ prologue: input.prologue.slice(5) });
  refuse('request', 'Prologue', 'the prologue without "PNA/1"', bare.request);
  refuse('request', 'Key', "made for another server's key", run({ serverStatic: fixed('another server') }).request);
  refuse('request', 'Suite', 'a message of the other suite', run({ suite: hybrid ? 1 : 2 }).request);
  refuse('response', 'Key', 'answers another request', run({ initiatorEphemeral: fixed('another request') }).response);
  refuse(
    'response',
    'Key',
    "a server that does not hold the server's key",
    run({ serverStatic: fixed('another server') }).response,
  );
  refuse('response', 'Suite', 'a message of the other suite', run({ suite: hybrid ? 1 : 2 }).response);
  for (const [what, point] of Object.entries(lowOrder)) {
    refuse('request', 'LowOrder', `e is ${what}`, run({ forged: { initiatorEphemeral: point } }).request);
    refuse('request', 'LowOrder', `s is ${what}`, run({ forged: { initiatorStatic: point } }).request);
    refuse('response', 'LowOrder', `e is ${what}`, run({ forged: { serverEphemeral: point } }).response);
  }
  if (hybrid) {
    const above = cat([0xff, 0xff, 0xff], zeros(1181));
    refuse(
      'request',
      'Modulus',
      'two coefficients of the encapsulation key are 4095',
      run({ forged: { encapsulationKey: above } }).request,
    );
    const modulus = cat([0x01, 0x0d, 0x00], zeros(1181));
    refuse(
      'request',
      'Modulus',
      'a coefficient of the encapsulation key is q = 3329',
      run({ forged: { encapsulationKey: modulus } }).request,
    );
    const other = run({ forged: { ciphertext: (honest) => flip(honest, 100) } });
    refuse(
      'response',
      'ImplicitRejection',
      'the ciphertext is sealed well and decapsulates to another secret',
      other.response,
    );
  }
  return tests;
}

function group(input: HandshakeInput, comment: string, alsoInvalid: boolean): Group {
  const output = handshake(input);
  const valid = validTest('Normal', comment, {
    request: hex(output.request),
    response: hex(output.response),
    handshakeHash: hex(output.handshakeHash),
    initiatorKey: hex(output.initiatorKey),
    serverKey: hex(output.serverKey),
    trace: output.trace.map(({ after, h, ck }) => ({ after, h: hex(h), ck: hex(ck) })),
  });
  return {
    type: 'Handshake',
    comment: 'The inputs of both end points; an invalid message is what one of them receives instead of the right one.',
    suite: input.suite,
    prologue: hex(input.prologue),
    initiatorStaticPrivate: hex(input.initiatorStatic),
    initiatorStaticPublic: hex(x25519Public(input.initiatorStatic)),
    serverStaticPrivate: hex(input.serverStatic),
    serverStaticPublic: hex(x25519Public(input.serverStatic)),
    initiatorEphemeralPrivate: hex(input.initiatorEphemeral),
    serverEphemeralPrivate: hex(input.serverEphemeral),
    ...(input.suite === 2 ? { kemSeed: hex(input.kemSeed), kemMessage: hex(input.kemMessage) } : {}),
    requestPayload: hex(input.requestPayload),
    responsePayload: hex(input.responsePayload),
    tests: [valid, ...(alsoInvalid ? invalid(input, output) : [])],
  };
}

/** The group whose inputs later messages are made with. */
const laterInput = (suite: 1 | 2): HandshakeInput =>
  inputs(suite, `${suite === 1 ? 'x25519' : 'hybrid'} forged`, 32, 32);

function laterGroups(suite: 1 | 2): Group[] {
  const input = laterInput(suite);
  const { type: _, comment: __, tests: ___, ...shared } = group(input, '', false);
  return [
    {
      type: 'Received',
      comment:
        'The inputs of both end points; a message is received by one of them, which goes on with what it opens to. ' +
        'Its sender is not bound by the inputs.',
      ...shared,
      tests: received(input),
    },
  ];
}

const invalidShape = {
  verdict: z.literal('integrity failure'),
  refused: z
    .enum(['request', 'response'])
    .describe('Which message it stands for: the server or the initiator refuses it.'),
  message: octets,
};
const groupShape = {
  suite: z.union([z.literal(1), z.literal(2)]),
  prologue: octets,
  initiatorStaticPrivate: octets,
  initiatorStaticPublic: octets,
  serverStaticPrivate: octets,
  serverStaticPublic: octets,
  initiatorEphemeralPrivate: octets,
  serverEphemeralPrivate: octets,
  kemSeed: octets.optional().describe('d ‖ z, 64 octets; suite 2.'),
  kemMessage: octets.optional().describe('m, 32 octets; suite 2.'),
  requestPayload: octets,
  responsePayload: octets,
};

export const subject: Subject = {
  subject: 'handshake',
  source: ['[EP] fig. 5, steps 90 and 92', 'Noise rev. 34 §5, §7.5', 'Noise HFS', 'RFC 7748', 'FIPS 203'],
  requirements: ['HS-01', 'HS-02', 'HS-03', 'HS-05', 'HS-06', 'HS-09'],
  notes: {
    Normal: 'Both messages, the final handshake hash h and Split() of one handshake.',
    FlippedBit: 'One bit of the message differs.',
    Length: 'The message is shorter or longer than its parts.',
    Prologue: 'The end points do not agree on the prologue, "PNA/1" ‖ the RELAY frame.',
    Key: 'The message is made with or for other keys.',
    Suite: 'A message of the other suite.',
    LowOrder:
      'A public key of small order. The sender goes on with DH results of zero, so that without the check the message would open.',
    Modulus: 'An encapsulation key that fails the modulus check of FIPS 203 §7.2, sealed as it should be.',
    NonCanonical:
      'A public key not below p, or with the highest bit set: RFC 7748 §5 has both accepted, and hashed as they came.',
    Coefficient: 'An encapsulation key with a coefficient of 3328, the largest below q.',
    KemLength: 'An encapsulation key or a ciphertext that is an octet too short or too long, sealed as it should be.',
    Mistake: 'What an implementation sends that runs the handshake wrongly in one place.',
    ImplicitRejection: 'FIPS 203 §7.3 step 9: decapsulation does not fail, what follows must.',
  },
  shapes: {
    Handshake: {
      group: groupShape,
      valid: {
        request: octets,
        response: octets,
        handshakeHash: octets,
        initiatorKey: octets.describe('k_i, initiator → server.'),
        serverKey: octets.describe('k_r, server → initiator.'),
        trace: z
          .array(z.strictObject({ after: z.string(), h: octets, ck: octets }))
          .describe('h and ck after each token, to find where another run departs.'),
      },
      invalid: invalidShape,
    },
    Received: {
      group: groupShape,
      valid: {
        accepted: z.enum(['request', 'response']).describe('Which message it stands for.'),
        message: octets,
        payload: octets.describe('What it opens to.'),
        initiatorStatic: octets.optional().describe("Of a request: the initiator's static key as it came."),
      },
      invalid: invalidShape,
    },
  },
  groups: [
    ...([1, 2] as const).flatMap((suite) => {
      const label = suite === 1 ? 'x25519' : 'hybrid';
      return [
        group(inputs(suite, label, 256, 384), `suite ${suite}`, true),
        group(inputs(suite, `${label} empty`, 0, 0), `suite ${suite}, empty payloads`, false),
        group(inputs(suite, `${label} odd`, 1, 1000), `suite ${suite}, payloads of 1 and 1,000 octets`, false),
      ];
    }),
    ...([1, 2] as const).flatMap(laterGroups),
  ],
};
