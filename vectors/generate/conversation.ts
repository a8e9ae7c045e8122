/** A whole tunnel conversation, RELAY to CLOSE, for each suite and transform, every octet of each direction. */
import { z } from 'zod';
import { unkeyedClose } from './close.ts';
import { configuration, converse, plainest, type Step, type Suite, type Variant } from './conversation-run.ts';
import { variants } from './conversation-variants.ts';
import { type Group, invalidTest, octets, type Subject, type Test, validTest } from './model.ts';
import { cat, flip, hex, zeros } from './octets.ts';
import { keyedClose, type TransformName, transformNames, transforms } from './schedule.ts';

const joined = (steps: readonly Step[], from: string): string =>
  hex(cat(...steps.filter((step) => step.from === from).map((step) => step.octets)));

function tests(suite: Suite, transform: TransformName, variant: Variant): Test[] {
  const conversation = converse(suite, transform, variant);
  const { steps, keys, output, requestPayload, responsePayload, datagrams } = conversation;
  const valid = validTest('Normal', `suite ${suite}, ${transform}`, {
    steps: steps.map(({ from, frame, octets: all, datagram }) => ({
      from,
      frame,
      octets: hex(all),
      ...(datagram === undefined ? {} : { datagram: hex(datagram) }),
    })),
    closes: {
      initiator: { status: 1, octets: hex(keyedClose(keys.initiator.close, 1, 1 + datagrams.initiator.length)) },
      server: { status: 13, octets: hex(keyedClose(keys.server.close, 13, datagrams.server.length)) },
    },
    initiatorToServer: joined(steps, 'initiator'),
    serverToInitiator: joined(steps, 'server'),
    secrets: {
      requestPayload: hex(requestPayload),
      responsePayload: hex(responsePayload),
      handshakeHash: hex(output.handshakeHash),
      initiatorKey: hex(output.initiatorKey),
      serverKey: hex(output.serverKey),
    },
  });
  const at = (index: number): Uint8Array => steps[index]?.octets ?? zeros(0);
  const firstUp = 4;
  const firstDown = firstUp + datagrams.initiator.length;
  const broken = (
    flag: string,
    comment: string,
    after: number,
    instead: Uint8Array,
    status: number,
    answer: Uint8Array,
  ): Test => invalidTest(flag, comment, { status, after, instead: hex(instead), answer: hex(answer) });
  const failure = 4;
  const byServer = keyedClose(keys.server.close, failure, 0);
  const byInitiator = keyedClose(keys.initiator.close, failure, firstDown - 3);
  return [
    valid,
    broken('Handshake', 'a bit of REQUEST flipped', 1, flip(at(1), -1), 3, unkeyedClose(3)),
    broken('Handshake', 'a bit of RESPONSE flipped', 2, flip(at(2), -1), failure, unkeyedClose(failure)),
    broken(
      'Data',
      "a bit of the initiator's first datagram flipped",
      firstUp,
      flip(at(firstUp), -1),
      failure,
      byServer,
    ),
    broken('Data', "the initiator's first DATA frame again", firstUp, at(firstUp - 1), failure, byServer),
    broken(
      'Data',
      "a bit of the server's first datagram flipped",
      firstDown,
      flip(at(firstDown), -1),
      failure,
      byInitiator,
    ),
  ];
}

const group = (suite: Suite, transform: TransformName, variant = plainest): Group => ({
  type: 'Conversation',
  comment: `suite ${suite}, ${transform}, ${variant.comment}`,
  suite,
  transform,
  transformId: transforms[transform],
  configuration: configuration(suite, transform, variant),
  tests: tests(suite, transform, variant),
});

const step = z.strictObject({
  from: z.enum(['initiator', 'server']),
  frame: z.enum(['RELAY', 'REQUEST', 'RESPONSE', 'DATA']),
  octets: octets.describe('The whole frame.'),
  datagram: octets.optional().describe('Of DATA: what enters the adapter of the one and leaves that of the other.'),
});
const close = z.strictObject({ status: z.int(), octets });

export const subject: Subject = {
  subject: 'conversation',
  source: ['[EP] figs. 4 to 12', '[EP] fig. 23'],
  requirements: [
    'HS-01',
    'REQ-01',
    'DATA-08',
    'DATA-15',
    'CLOSE-01',
    'CLOSE-02',
    'CLOSE-07',
    'INI-01',
    'INI-02',
    'INI-03',
    'INI-06',
    'INI-08',
    'SRV-04',
    'SRV-05',
    'SRV-06',
    'SRV-07',
    'SRV-11',
    'SRV-12',
    'KEY-01',
    'KEY-02',
  ],
  notes: {
    Normal:
      'All frames of a direction in order. Between directions only this is ordered: RESPONSE follows REQUEST, and a server sends no DATA before the first DATA frame of the initiator. The first DATA frame is the empty one that the initiator sends by itself.',
    Handshake: 'A frame of the handshake is altered on the way.',
    Data: 'A DATA frame is altered, or repeated, on the way.',
  },
  shapes: {
    Conversation: {
      group: {
        suite: z.union([z.literal(1), z.literal(2)]),
        transform: z.enum(transformNames as [TransformName, ...TransformName[]]),
        transformId: z.int(),
        configuration: z
          .strictObject({ client: z.looseObject({}), server: z.looseObject({}) })
          .describe(
            'What reproduces the octets, where no option of DATA is asked for; nothing but the datagrams named here may enter an adapter.',
          ),
      },
      valid: {
        steps: z.array(step),
        closes: z
          .strictObject({ initiator: close, server: close })
          .describe(
            'The frame that follows all the others of its direction if this end ends the session: the initiator by End Session, the server by shutting down. The other end does not answer it; if both end at once, both are sent.',
          ),
        initiatorToServer: octets.describe('The steps of the initiator, without CLOSE.'),
        serverToInitiator: octets.describe('The steps of the server, without CLOSE.'),
        secrets: z.strictObject({
          requestPayload: octets,
          responsePayload: octets,
          handshakeHash: octets,
          initiatorKey: octets,
          serverKey: octets,
        }),
      },
      invalid: {
        status: z.int(),
        after: z.int().describe('As many steps of the valid conversation go before.'),
        instead: octets.describe('What the receiver gets in place of the next step.'),
        answer: octets.describe('The CLOSE frame with which the receiver ends the connection.'),
      },
    },
  },
  groups: [
    ...([1, 2] as const).flatMap((suite) => transformNames.map((transform) => group(suite, transform))),
    ...variants.map(([suite, transform, variant]) => group(suite, transform, variant)),
  ],
};
