import test from 'ava';
import { InitiatorHandshake } from '../crypto/handshake.ts';
import { generateKeyPair } from '../crypto/identity.ts';
import { deterministicRandomness } from '../crypto/randomness.ts';
import { concat } from '../octets.ts';
import {
  clientData,
  DrivenNode,
  initiatorKeys,
  lifetimes,
  MemoryTunnel,
  serverKeys,
} from '../testing/memory-tunnel.ts';
import { noClientData } from '../wire/client-data.ts';
import { Suite, Transform } from '../wire/identifiers.ts';
import { makeKeyExchangeData } from '../wire/key-exchange-data.ts';
import { encodeRelay } from '../wire/relay.ts';
import { encodeOpenedRequest, encodeRequest, type OpenedRequest } from '../wire/request.ts';
import { makeRequest, prologueOf } from './exchange.ts';

const relay = encodeRelay({ type: 'RELAY', origin: 'origin.invalid', path: ['server.test:3265'] });
const good: OpenedRequest = {
  suite: Suite.x25519,
  keyExchangeData: makeKeyExchangeData({ lifetimes }),
  transforms: [Transform.aes256gcm],
  destinationName: 'server.test',
  clientData: noClientData,
  initiatorName: 'alice',
};

function handshake(suite: number = Suite.x25519, prologue = prologueOf(relay)): InitiatorHandshake {
  const staticPrivate = initiatorKeys.privateKey;
  const serverPublic = serverKeys.publicKey;
  return new InitiatorHandshake({
    suite,
    prologue,
    staticPrivate,
    serverPublic,
    randomness: deterministicRandomness({}),
  });
}

/** A REQUEST whose opened frame was changed before it was sealed, so that header and seal agree. */
function sealed(change: (opened: Uint8Array) => void, inTheClear: (frame: Uint8Array) => void = () => {}): Uint8Array {
  const opened = encodeOpenedRequest(good);
  change(opened);
  const frame = encodeRequest({
    type: 'REQUEST',
    initiatorNameOffset: 0,
    destinationNameOffset: 0,
    keyExchangeDataOffset: 0,
    transformsOffset: 0,
    flags: 0,
    clientDataOffset: 0,
    message: handshake().writeRequest(opened),
  });
  frame.set(opened.subarray(0, 18));
  inTheClear(frame);
  return frame;
}

/** A server in Connect Wait, fed by hand. */
function waiting(tunnel = new MemoryTunnel()): { tunnel: MemoryTunnel; server: DrivenNode } {
  const server = new DrivenNode(tunnel.newServer());
  tunnel.servers.push(server);
  tunnel.input(server, { type: 'tcp accepted' }).inject(server, relay);
  return { tunnel, server };
}

const flip =
  (at: number, mask = 1) =>
  (octets: Uint8Array): void => {
    octets[at]! ^= mask;
  };

const requests: Readonly<Record<string, Uint8Array>> = {
  'a Noise message that does not open': sealed(() => {}, flip(200)),
  'another ephemeral key': sealed(() => {}, flip(20)),
  'a header field that differs from the sealed one': sealed(() => {}, flip(7)),
  'another suite in the clear': sealed(() => {}, flip(14, 3)),
  'an unknown suite': sealed(
    () => {},
    (frame) => frame.set([0x7f, 0], 14),
  ),
  'reserved flags': sealed(() => {}, flip(15)),
  'reserved flags, sealed as well': sealed(flip(15)),
  'offsets out of order': sealed(flip(11, 0xff)),
  'padding that is not zero': sealed((opened) => opened.fill(1, -1)),
  'another destination': makeRequest(handshake(), { ...good, destinationName: 'other.test' }),
  'the handshake of another RELAY frame': makeRequest(
    handshake(Suite.x25519, prologueOf(encodeRelay({ type: 'RELAY', origin: 'a', path: ['server.test'] }))),
    good,
  ),
  'an unknown critical entry': makeRequest(handshake(), {
    ...good,
    keyExchangeData: makeKeyExchangeData({ lifetimes, extra: [{ id: 0x8001, value: new Uint8Array(2) }] }),
  }),
};

for (const [fault, octets] of Object.entries(requests))
  test(`a REQUEST with ${fault} is not authorized, 250 ms later`, (t) => {
    const { tunnel, server } = waiting();
    tunnel.inject(server, octets);
    t.is(server.node.state, 'Close');
    tunnel.pass(249);
    t.deepEqual(server.all('send'), []);
    tunnel.pass(1);
    t.deepEqual(
      server.all('send').map(({ octets: sent }) => sent.toHex()),
      ['0000000805010003'],
    );
    t.is(server.node.state, 'Dying');
    t.deepEqual(tunnel.asked, [], 'the authority is not even asked');
  });

test('the end of the program while a refusal is delayed changes nothing of it', (t) => {
  const { tunnel, server } = waiting();
  tunnel.inject(server, requests['a Noise message that does not open']!);
  tunnel.input(server, { type: 'command', command: 'shut down' });
  tunnel.pass(250);
  t.deepEqual(
    server.all('send').map(({ octets: sent }) => sent.toHex()),
    ['0000000805010003'],
  );
});

test('the same REQUEST without a fault is authorized', (t) => {
  const { tunnel, server } = waiting();
  tunnel.inject(
    server,
    sealed(() => {}),
  );
  t.is(server.node.state, 'Authorized');
});

for (const [reason, status] of [
  ['not authorized', 3],
  ['no common transform', 7],
  ['no address left', 10],
  ['resource limit', 12],
] as const)
  test(`what the authority refuses: ${reason}`, (t) => {
    const tunnel = new MemoryTunnel({ verdict: () => ({ type: 'refusal', reason }) }).connect();
    t.is(tunnel.initiator.node.state, 'Response Wait');
    tunnel.pass(250);
    t.deepEqual(
      tunnel.wire.upstream.map((octets) => octets.toHex()),
      [`000000080501${status.toString(16).padStart(4, '0')}`],
    );
    t.deepEqual(tunnel.initiator.all('ended')[0]?.cause, { status, by: 'peer', reason });
    t.deepEqual(tunnel.server.states.slice(2), ['Close', 'Dying', 'Dead']);
    t.deepEqual(tunnel.authorityCalls, ['ended']);
  });

test('an authority that knows no offered transform grants none', (t) => {
  const tunnel = new MemoryTunnel({ transforms: [0x0a0a, 0] }).connect().pass(250);
  t.deepEqual(tunnel.asked[0]?.transforms, [0x0a0a, 0]);
  t.like(tunnel.initiator.all('ended')[0]?.cause, { reason: 'no common transform' });
});

test('an initiator with another key for the server gets the same refusal as everybody', (t) => {
  const server = { publicKey: generateKeyPair().publicKey, suite: Suite.hybrid };
  const tunnel = new MemoryTunnel({ initiator: { server } }).connect().pass(250);
  t.is(tunnel.initiator.all('ended')[0]?.cause.status, 3);
});

test('a RELAY frame that another node changed breaks the handshake', (t) => {
  const tunnel = new MemoryTunnel();
  tunnel.tamper = (octets, direction) => {
    if (direction === 'downstream' && octets[4] === 1) octets[octets.length - 1 - 'server.test:3265'.length - 2] = 0x61;
    return [octets];
  };
  tunnel.connect().pass(250);
  t.is(tunnel.initiator.all('ended')[0]?.cause.status, 3);
});

test('during the delay frames are discarded, and the peer’s end of stream does not hasten the CLOSE', (t) => {
  const { tunnel, server } = waiting();
  tunnel.inject(server, requests['another destination']!).pass(100);
  tunnel.inject(server, new Uint8Array(5000)).input(server, { type: 'end of stream' });
  t.is(server.node.state, 'Close');
  tunnel.pass(150);
  t.deepEqual(
    server.all('send').map(({ octets }) => octets.toHex()),
    ['0000000805010003'],
  );
  t.like(server.all('disconnect')[0], { abort: false }, 'the CLOSE leaves before the connection is closed');
});

for (const [path, position] of Object.entries({
  'elsewhere.test': 'is absent',
  'server.test,server.test': 'is there twice',
  'server.test,elsewhere.test': 'is not the last',
}))
  test(`a server that ${position} on the path is not on it`, (t) => {
    const tunnel = new MemoryTunnel();
    const server = new DrivenNode(tunnel.newServer());
    tunnel.input(server, { type: 'tcp accepted' });
    tunnel.inject(server, encodeRelay({ type: 'RELAY', origin: 'o', path: path.split(',') }));
    t.deepEqual(
      server.all('send').map(({ octets }) => octets.toHex()),
      ['0000000805010009'],
    );
    t.deepEqual(server.states, ['Receive Relay', 'Close', 'Dying']);
    t.deepEqual(server.all('finish').length, 1);
  });

test('too many half-open connections: resource limit, and nothing is read', (t) => {
  const authority = {
    opening: () => false,
    authorize: () => t.fail() as never,
    confirmed: () => t.fail(),
    ending: () => t.pass(),
    ended: () => t.pass(),
  };
  const tunnel = new MemoryTunnel({ server: { authority } }).connect();
  t.deepEqual(
    tunnel.wire.upstream.map((octets) => octets.toHex()),
    ['000000080501000c'],
  );
  t.is(tunnel.server.node.state, 'Dead');
});

for (const [what, octets, status] of [
  ['REQUEST before RELAY', requests['another destination']!, 5],
  ['DATA before RELAY', Uint8Array.fromHex('00000020040100000000000000000010').slice(0, 16), 5],
  ['a frame of length 5', Uint8Array.fromHex('000000050101'), 5],
  ['version 2', concat(relay.slice(0, 5), Uint8Array.of(2), relay.slice(6)), 6],
  ['an unknown type', Uint8Array.fromHex('0000002009010000'), 5],
  ['a RELAY of 4,609 octets', Uint8Array.fromHex('000012010101'), 5],
  ['a RELAY without a hop', concat(relay.slice(0, 8), Uint8Array.of(0), relay.slice(9)), 5],
] as const)
  test(`Receive Relay answers ${what} with status ${status}`, (t) => {
    const tunnel = new MemoryTunnel();
    const server = new DrivenNode(tunnel.newServer());
    const whole = what === 'DATA before RELAY' ? concat(octets, new Uint8Array(16)) : octets;
    tunnel.input(server, { type: 'tcp accepted' }).inject(server, whole);
    t.deepEqual(
      server.all('send').map((effect) => effect.octets.toHex()),
      [`000000080501000${status}`],
    );
  });

test('a second RELAY frame is a protocol error', (t) => {
  const { tunnel, server } = waiting();
  tunnel.inject(server, relay);
  t.is(server.all('ended').length, 0);
  t.deepEqual(
    server.all('send').map(({ octets }) => octets.toHex()),
    ['0000000805010005'],
  );
});

test('client data that a RESPONSE cannot hold is the server’s own fault, not a crash', (t) => {
  const dhcp = Array.from({ length: 80 }, () => ({ code: 224, value: new Uint8Array(255) }));
  const grant = { type: 'grant', transform: 1, lifetimes, clientData: { ...clientData, dhcp } } as const;
  const tunnel = new MemoryTunnel({ verdict: () => grant }).connect().pass(250);
  t.is(tunnel.initiator.all('ended')[0]?.cause.status, 12);
});

for (const [state, make] of [
  ['Receive Relay', () => []],
  ['Connect Wait', () => [relay]],
] as const)
  test(`what gives way in ${state} gets resource limit, and is not waited for`, (t) => {
    const tunnel = new MemoryTunnel();
    tunnel.tamper = (octets, direction) => (direction === 'downstream' ? [] : [octets]);
    tunnel.connect();
    for (const octets of make()) tunnel.inject(tunnel.server, octets);
    t.is(tunnel.server.node.state, state);
    tunnel.input(tunnel.server, { type: 'gives way' });
    t.deepEqual(
      tunnel.server.all('send').map(({ octets }) => octets.toHex()),
      ['000000080501000c'],
    );
    t.false(tunnel.server.all('disconnect')[0]?.abort, 'the CLOSE leaves first');
    t.is(tunnel.server.all('finish').length, 0);
  });

test('what gives way while its refusal is delayed gets none', (t) => {
  const tunnel = new MemoryTunnel();
  tunnel.tamper = (octets, direction) => (direction === 'downstream' ? [] : [octets]);
  tunnel.connect().inject(tunnel.server, relay);
  tunnel.inject(tunnel.server, requests['another destination']!);
  t.is(tunnel.server.node.state, 'Close');
  tunnel.input(tunnel.server, { type: 'gives way' });
  t.deepEqual(tunnel.server.all('send'), []);
  t.is(tunnel.server.all('disconnect').length, 1);
});
