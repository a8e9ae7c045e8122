/** A whole tunnel conversation, RELAY to CLOSE, for each suite and transform, every octet of each direction. */
import { z } from 'zod';
import { clientData, dhcpOptions } from './client-data.ts';
import { unkeyedClose } from './close.ts';
import { clientAddress, clientPhysical, serverAddress, serverPhysical } from './dhcp-packet.ts';
import { type HandshakeInput, handshake } from './handshake-steps.ts';
import { lifetimes, tlv, usual } from './key-exchange-data.ts';
import { type Group, octets, type Subject, type Test } from './model.ts';
import { cat, fixed, flip, hex, u16, zeros } from './octets.ts';
import { openedRequest, openedResponse } from './opened.ts';
import { checksum, ipv4 } from './packets.ts';
import { x25519Public } from './primitives.ts';
import { relayFrame } from './relay.ts';
import { keyedClose, keysOf, seal, type TransformName, transformNames, transforms } from './schedule.ts';

type Suite = 1 | 2;
const suiteNames = { 1: 'x25519', 2: 'hybrid' } as const;
const secret = (what: string, length?: number): Uint8Array => fixed(`conversation ${what}`, length);
const base64 = (key: Uint8Array): string => key.toBase64();

const path = ['server.test'];
const relay = relayFrame('origin.invalid', path);
const greaseTransform = 0x0a0a;
const greaseTlv = { id: 0x1a1a, value: secret('grease', 7) };
const network = { routes: ['10.9.0.0/24'], dns: ['10.9.0.53'], domain: 'corp.test', mtu: 1400 };

/** RFC 792: an echo reply that nobody asked for, so that no stack answers it. */
function echoReply(source: string, destination: string, length: number, sequence: number): Uint8Array {
  const message = (sum: number): Uint8Array =>
    cat([0, 0], u16(sum), u16(0x504e), u16(sequence), secret(`echo ${source} ${sequence}`, length - 28));
  const payload = cat(message(checksum(message(0))));
  return ipv4({ source, destination, protocol: 1, payload });
}

const datagrams = {
  initiator: [60, 61, 1400].map((length, index) => echoReply(clientAddress, serverAddress, length, index)),
  server: [84, 29, 1400].map((length, index) => echoReply(serverAddress, clientAddress, length, index)),
};

/** The configuration of either end, as the project's neutral JSON has it. */
function configuration(suite: Suite, transform: TransformName): { client: object; server: object } {
  const hybrid = suite === 2;
  return {
    client: {
      role: 'client',
      name: 'alice',
      privateKey: base64(secret('initiator static')),
      path,
      origin: 'origin.invalid',
      server: { publicKey: base64(x25519Public(secret('server static'))), suite: suiteNames[suite] },
      transforms: [transform],
      adapter: { name: 'pna0', configure: 'none' },
      lifetime: usual,
      reconnect: false,
      deterministic: {
        x25519: [hex(secret('initiator ephemeral'))],
        ...(hybrid ? { kemSeed: [hex(secret('d, z', 64))] } : {}),
        grease: {
          transform: { id: hex(u16(greaseTransform)), index: 0 },
          tlv: { id: hex(u16(greaseTlv.id)), value: hex(greaseTlv.value) },
        },
        padding: 0,
      },
    },
    server: {
      role: 'server',
      listen: '0.0.0.0:3265',
      names: path,
      privateKey: base64(secret('server static')),
      initiators: [
        {
          name: 'alice',
          publicKey: base64(x25519Public(secret('initiator static'))),
          suites: [suiteNames[suite]],
          address: clientAddress,
        },
      ],
      transforms: [transform],
      adapter: { name: 'pna0', address: `${serverAddress}/24`, mtu: network.mtu, clientPhysical, serverPhysical },
      clientData: { routes: network.routes, dns: network.dns, domain: network.domain, leaseSeconds: 3600 },
      lifetime: usual,
      deterministic: {
        x25519: [hex(secret('server ephemeral'))],
        ...(hybrid ? { kemMessage: [hex(secret('m'))] } : {}),
        padding: 0,
      },
    },
  };
}

interface Step {
  readonly from: 'initiator' | 'server';
  readonly frame: string;
  readonly octets: Uint8Array;
  readonly datagram?: Uint8Array;
}

function converse(suite: Suite, transform: TransformName) {
  const requestPayload = openedRequest({
    suite,
    keyExchangeData: cat(lifetimes(usual), tlv(greaseTlv.id, greaseTlv.value)),
    transforms: [greaseTransform, transforms[transform]],
    destination: path.at(-1) ?? '',
    clientData: clientData([]),
    initiator: 'alice',
  });
  const responsePayload = openedResponse({
    suite,
    keyExchangeData: lifetimes(usual),
    transforms: [transforms[transform]],
    clientData: clientData(dhcpOptions(network)),
  });
  const input: HandshakeInput = {
    suite,
    prologue: cat('PNA/1', relay),
    initiatorStatic: secret('initiator static'),
    serverStatic: secret('server static'),
    initiatorEphemeral: secret('initiator ephemeral'),
    serverEphemeral: secret('server ephemeral'),
    kemSeed: secret('d, z', 64),
    kemMessage: secret('m'),
    requestPayload,
    responsePayload,
  };
  const output = handshake(input);
  const keys = {
    initiator: keysOf(output.initiatorKey, transform, output.handshakeHash),
    server: keysOf(output.serverKey, transform, output.handshakeHash),
  };
  const plain = {
    initiator: [zeros(0), ...datagrams.initiator],
    server: datagrams.server,
  };
  const data = (from: 'initiator' | 'server'): Step[] =>
    seal(
      transform,
      keys[from],
      plain[from].map((datagram) => ({ datagram })),
    ).map((frame, index) => ({ from, frame: 'DATA', octets: frame, datagram: plain[from][index] ?? zeros(0) }));
  const [keepAlive, ...up] = data('initiator');
  const steps: Step[] = [
    { from: 'initiator', frame: 'RELAY', octets: relay },
    { from: 'initiator', frame: 'REQUEST', octets: cat(requestPayload.slice(0, 18), output.request) },
    { from: 'server', frame: 'RESPONSE', octets: cat(responsePayload.slice(0, 14), output.response) },
    ...(keepAlive ? [keepAlive] : []),
    ...up,
    ...data('server'),
  ];
  return { steps, keys, output, requestPayload, responsePayload };
}

const joined = (steps: readonly Step[], from: string): string =>
  hex(cat(...steps.filter((step) => step.from === from).map((step) => step.octets)));

function tests(suite: Suite, transform: TransformName): Test[] {
  const { steps, keys, output, requestPayload, responsePayload } = converse(suite, transform);
  const valid: Test = {
    comment: `suite ${suite}, ${transform}`,
    flags: ['Normal'],
    result: 'valid',
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
  };
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
  ): Test => ({ comment, flags: [flag], result: 'invalid', status, after, instead: hex(instead), answer: hex(answer) });
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

const group = (suite: Suite, transform: TransformName): Group => ({
  type: 'Conversation',
  comment: `suite ${suite}, ${transform}, direct`,
  suite,
  transform,
  transformId: transforms[transform],
  configuration: configuration(suite, transform),
  tests: tests(suite, transform),
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
          .describe('What reproduces the octets; nothing but the datagrams named here may enter an adapter.'),
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
  groups: ([1, 2] as const).flatMap((suite) => transformNames.map((transform) => group(suite, transform))),
};
