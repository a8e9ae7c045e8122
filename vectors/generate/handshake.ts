/** [EP] fig. 5: the two Noise messages of either suite with every random choice fixed. */

import { z } from 'zod';
import { received } from './handshake-received.ts';
import { prologueFor, refusals } from './handshake-refused.ts';
import { fixedSecrets, type HandshakeInput, type HandshakeOutput, handshake } from './handshake-steps.ts';
import { type Group, invalidTest, octets, type Subject, type Test, validTest } from './model.ts';
import { fixed, hex } from './octets.ts';
import { x25519Public } from './primitives.ts';

function inputs(suite: 1 | 2, label: string, requestLength: number, responseLength: number): HandshakeInput {
  return {
    ...fixedSecrets(`handshake ${label}`),
    suite,
    prologue: prologueFor('relay-b.test', 'relay-c.test', 'server.test'),
    requestPayload: fixed(`handshake ${label} request payload`, requestLength),
    responsePayload: fixed(`handshake ${label} response payload`, responseLength),
  };
}

const invalid = (input: HandshakeInput, output: HandshakeOutput): Test[] =>
  refusals(input, output).map(({ refused, flag, comment, message }) =>
    invalidTest(flag, comment, { verdict: 'integrity failure', refused, message: hex(message()) }),
  );

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
