import test from 'ava';
import { ResponderHandshake } from '../crypto/handshake.ts';
import { deterministicRandomness } from '../crypto/randomness.ts';
import { Malformed } from '../errors.ts';
import {
  clientData,
  type DrivenNode,
  datagram,
  lifetimes,
  MemoryTunnel,
  serverKeys,
} from '../testing/memory-tunnel.ts';
import { encodeClose } from '../wire/close.ts';
import { Transform } from '../wire/identifiers.ts';
import { makeKeyExchangeData } from '../wire/key-exchange-data.ts';
import { decodeOpenedResponse, encodeOpenedResponse, type OpenedResponse } from '../wire/response.ts';
import { checkChoice, makeResponse, prologueOf, readRequest } from './exchange.ts';

type Attack = (frames: readonly Uint8Array[]) => readonly Uint8Array[];

const changed =
  (at: number, mask: number): Attack =>
  ([first, ...others]) => {
    const copy = first!.slice();
    copy[at < 0 ? copy.length + at : at]! ^= mask;
    return [copy, ...others];
  };

/** What happens to three DATA frames on the way. The header's fields by their place in [EP] fig. 9. */
const attacks: Readonly<Record<string, Attack>> = {
  'a longer length (170)': changed(2, 1),
  'a length (170) beyond all bounds': changed(0, 1),
  'a length (170) below all bounds': ([first, ...others]) => {
    const copy = first!.slice();
    copy.set([0, 0, 0, 7]);
    return [copy, ...others];
  },
  'another protocol (176)': changed(6, 0x80),
  'another datagram length (178)': changed(9, 1),
  'flags (180)': changed(11, 1),
  'a segment size (182)': changed(12, 1),
  'another padding length (184)': changed(14, 1),
  'a shorter digest length (186)': changed(15, 1),
  'another digest (187)': changed(16, 1),
  'another last octet of the digest': changed(31, 1),
  'another datagram (188)': changed(-1, 1),
  'a repeated frame': ([first, ...others]) => [first!, first!, ...others],
  'two frames swapped': ([first, second, third]) => [second!, first!, third!],
  'a frame left out': ([, ...others]) => others,
};

for (const [name, transform] of Object.entries(Transform))
  for (const [attack, apply] of Object.entries(attacks))
    for (const direction of ['downstream', 'upstream'] as const)
      test(`${name}, ${direction}: ${attack} is an integrity failure`, (t) => {
        const tunnel = new MemoryTunnel({ transforms: [transform] }).connect();
        const [from, to] =
          direction === 'downstream' ? [tunnel.initiator, tunnel.server] : [tunnel.server, tunnel.initiator];
        const caught: Uint8Array[] = [];
        tunnel.tamper = (octets, way) => {
          if (way !== direction) return [octets];
          caught.push(octets);
          return [];
        };
        for (let fill = 1; fill <= 3; fill++) tunnel.send(from, datagram(100, fill));
        t.is(caught.length, 3);
        tunnel.tamper = (octets) => [octets];
        for (const octets of apply(caught)) tunnel.inject(to, octets);
        // A length that grew makes the receiver wait for what never comes.
        tunnel.pass(10_000);
        t.deepEqual(to.all('ended')[0]?.cause, { status: 4, by: 'self', reason: reasonOf(to) });
        t.is(from.all('ended')[0]?.cause.status, 4);
        const delivered = to.all('deliver').map((effect) => effect.datagram);
        t.deepEqual(delivered, attack === 'a repeated frame' ? [datagram(100, 1)] : []);
      });

function reasonOf(driven: DrivenNode): string {
  const reason = driven.all('ended')[0]?.cause.reason ?? '';
  return ['integrity failure', 'a frame never became whole'].includes(reason) ? reason : '';
}

test('the CLOSE of an integrity failure is keyed, and the same whatever the fault', (t) => {
  const sent = [changed(9, 1), changed(16, 1), changed(-1, 1)].map((apply) => {
    const tunnel = new MemoryTunnel().connect();
    tunnel.tamper = (octets, direction) => (direction === 'downstream' ? apply([octets]) : [octets]);
    tunnel.send(tunnel.initiator, datagram());
    return tunnel.wire.upstream.at(-1)!;
  });
  for (const octets of sent) {
    t.is(octets.length, 40);
    t.is(octets.subarray(0, 8).toHex(), '0000002805010004');
  }
});

test('another version in Authorized is an unsupported version', (t) => {
  const tunnel = new MemoryTunnel().connect();
  tunnel.inject(tunnel.server, Uint8Array.fromHex('000000400402'));
  t.is(tunnel.server.all('ended')[0]?.cause.status, 6);
});

for (const octets of ['000000200901', '000012000101', '0000002003010000'])
  test(`a frame beginning with ${octets} in Authorized is a protocol error`, (t) => {
    const tunnel = new MemoryTunnel().connect();
    tunnel.inject(tunnel.server, Uint8Array.fromHex(octets));
    tunnel.inject(tunnel.initiator, Uint8Array.fromHex(octets));
    if (octets.startsWith('00001200')) {
      t.is(tunnel.server.node.state, 'Authorized', 'a RELAY of that length is judged once it is whole');
      return;
    }
    t.is(tunnel.server.all('ended')[0]?.cause.status, 5);
  });

for (const [what, frame] of [
  ['RELAY', 0],
  ['REQUEST', 1],
] as const)
  test(`a second ${what} in Authorized is a protocol error`, (t) => {
    const tunnel = new MemoryTunnel().connect();
    tunnel.inject(tunnel.server, tunnel.wire.downstream[frame]!);
    t.is(tunnel.server.all('ended')[0]?.cause.status, 5);
    t.like(tunnel.initiator.all('ended')[0]?.cause, { status: 5, by: 'peer' });
  });

test('a second RESPONSE is a protocol error', (t) => {
  const tunnel = new MemoryTunnel().connect();
  tunnel.inject(tunnel.initiator, tunnel.wire.upstream[0]!);
  t.is(tunnel.initiator.all('ended')[0]?.cause.status, 5);
});

for (const direction of ['downstream', 'upstream'] as const) {
  test(`${direction}: a last DATA frame left out is truncation, even if the CLOSE arrives`, (t) => {
    const tunnel = new MemoryTunnel().connect();
    const [from, to] =
      direction === 'downstream' ? [tunnel.initiator, tunnel.server] : [tunnel.server, tunnel.initiator];
    tunnel.tamper = (octets, way) => (way === direction && octets[4] === 4 ? [] : [octets]);
    tunnel.send(from, datagram()).input(from, { type: 'command', command: 'end session' });
    const { cause } = to.all('ended')[0]!;
    t.is(cause.by, 'network');
    t.is(cause.status, undefined);
    t.regex(cause.reason, /truncation/);
    t.is(to.all('hint').length, 1);
  });

  test(`${direction}: an unkeyed CLOSE is no end of session`, (t) => {
    const tunnel = new MemoryTunnel().connect();
    const to = direction === 'downstream' ? tunnel.server : tunnel.initiator;
    tunnel.inject(to, encodeClose({ type: 'CLOSE', status: 1 }));
    t.like(to.all('ended')[0]?.cause, { by: 'network', status: undefined });
    if (direction === 'upstream') t.true(to.all('ended')[0]?.retry, 'and the standing order stands');
  });

  test(`${direction}: a CLOSE with an invented digest is no end of session`, (t) => {
    const tunnel = new MemoryTunnel().connect();
    const to = direction === 'downstream' ? tunnel.server : tunnel.initiator;
    tunnel.inject(to, encodeClose({ type: 'CLOSE', status: 14, digest: new Uint8Array(32) }));
    t.like(to.all('ended')[0]?.cause, { by: 'network', status: undefined });
  });

  test(`${direction}: end of stream without CLOSE is truncation`, (t) => {
    const tunnel = new MemoryTunnel().connect();
    const to = direction === 'downstream' ? tunnel.server : tunnel.initiator;
    tunnel.input(to, { type: 'end of stream' });
    t.regex(to.all('ended')[0]?.cause.reason ?? '', /truncation/);
  });
}

test('before the RESPONSE a CLOSE proves nothing: the standing order stands', (t) => {
  for (const status of [1, 14]) {
    const tunnel = new MemoryTunnel();
    tunnel.tamper = (octets, direction) => (direction === 'upstream' ? [] : [octets]);
    tunnel.connect().inject(tunnel.initiator, encodeClose({ type: 'CLOSE', status }));
    t.like(tunnel.initiator.all('ended')[0], { cause: { status, by: 'peer' }, retry: true });
  }
});

test('simultaneous CLOSE frames: one in each direction, and both ends die', (t) => {
  const tunnel = new MemoryTunnel().connect();
  const closes = (['downstream', 'upstream'] as const).map(
    (way) => () => tunnel.wire[way].filter((octets) => octets[4] === 5).length,
  );
  tunnel.tamper = (octets, direction) => {
    if (direction === 'downstream' && octets[4] === 5)
      tunnel.input(tunnel.server, { type: 'command', command: 'end session' });
    return [octets];
  };
  tunnel.input(tunnel.initiator, { type: 'command', command: 'end session' });
  t.deepEqual(
    closes.map((count) => count()),
    [1, 1],
  );
  t.deepEqual([tunnel.initiator.node.state, tunnel.server.node.state], ['Dead', 'Dead']);
});

test('a CLOSE is not answered with a CLOSE', (t) => {
  const tunnel = new MemoryTunnel().connect();
  tunnel.input(tunnel.initiator, { type: 'command', command: 'end session' });
  t.is(tunnel.wire.upstream.filter((octets) => octets[4] === 5).length, 0);
});

test('no DATA is delivered that comes after a CLOSE, or while one is being sent', (t) => {
  const tunnel = new MemoryTunnel().connect();
  const caught: Uint8Array[] = [];
  tunnel.tamper = (octets, direction) => {
    if (direction === 'downstream') caught.push(octets);
    return direction === 'downstream' ? [] : [octets];
  };
  tunnel.send(tunnel.initiator, datagram(80, 1));
  tunnel.input(tunnel.server, { type: 'command', command: 'end session' });
  tunnel.inject(tunnel.server, caught[0]!);
  t.deepEqual(tunnel.server.all('deliver'), []);
});

/** An initiator that waits for its RESPONSE, which `change` makes. */
function answered(
  change: (response: OpenedResponse) => OpenedResponse,
  spoil: (frame: Uint8Array, opened: Uint8Array) => Uint8Array = (frame) => frame,
): MemoryTunnel {
  const tunnel = new MemoryTunnel();
  let relay = new Uint8Array(0);
  tunnel.tamper = (octets, direction) => {
    if (direction === 'downstream' && octets[4] === 1) relay = octets.slice();
    if (direction === 'upstream' || octets[4] === 1) return [octets];
    if (octets[4] !== 2) return [];
    const handshake = new ResponderHandshake({
      suite: 1,
      prologue: prologueOf(relay),
      staticPrivate: serverKeys.privateKey,
      randomness: deterministicRandomness({}),
    });
    const { request } = readRequest(handshake, octets);
    const { suite, keyExchangeData } = request;
    const response = change({ suite, keyExchangeData, transform: 1, clientData });
    frame = spoil(makeResponse(handshake, response), encodeOpenedResponse(response));
    return [];
  };
  let frame = new Uint8Array(0) as Uint8Array;
  tunnel.connect();
  tunnel.inject(tunnel.initiator, frame);
  return tunnel;
}

test('a RESPONSE made by hand is good', (t) => {
  t.is(answered((response) => response).initiator.node.state, 'Authorized');
});

for (const [what, change, status] of [
  ['a transform that was not offered', (r: OpenedResponse) => ({ ...r, transform: 2 }), 5],
  ['a transform that means nothing', (r: OpenedResponse) => ({ ...r, transform: 0x0a0a }), 5],
  [
    'a longer lifetime',
    (r: OpenedResponse) => ({
      ...r,
      keyExchangeData: makeKeyExchangeData({ lifetimes: { ...lifetimes, seconds: lifetimes.seconds + 1 } }),
    }),
    5,
  ],
  [
    'an option that was not offered',
    (r: OpenedResponse) => ({ ...r, keyExchangeData: makeKeyExchangeData({ lifetimes, options: 1 }) }),
    5,
  ],
  ['no client data', (r: OpenedResponse) => ({ ...r, clientData: { dhcp: [], neighbour: [] } }), 5],
] as const)
  test(`a RESPONSE with ${what} is refused with a keyed CLOSE`, (t) => {
    const tunnel = answered(change);
    const sent = tunnel.wire.downstream.at(-1)!;
    t.is(sent.length, 40);
    t.is(sent.subarray(0, 8).toHex(), `000000280501000${status}`);
    t.deepEqual(tunnel.initiator.all('authorized'), []);
  });

test('a RESPONSE of another suite is refused', (t) => {
  const keyExchangeData = makeKeyExchangeData({ lifetimes });
  const proposed = { transforms: [1], lifetimes, suite: 1, dataOptions: 0 };
  const response = { suite: 1, keyExchangeData, transform: 1, clientData };
  t.notThrows(() => checkChoice(response, proposed));
  t.throws(() => checkChoice({ ...response, suite: 2 }, proposed), { instanceOf: Malformed });
});

test('a RESPONSE that names another suite decodes, so that it can be refused with a keyed CLOSE', (t) => {
  const opened = encodeOpenedResponse({
    suite: 2,
    keyExchangeData: makeKeyExchangeData({ lifetimes }),
    transform: 1,
    clientData,
  });
  for (const suite of [1, 3]) t.is(decodeOpenedResponse(opened.with(10, suite), 2).suite, suite);
});

test('a RESPONSE that does not open is an integrity failure, unkeyed', (t) => {
  const tunnel = answered(
    (response) => response,
    (frame) => changed(-1, 1)([frame])[0]!,
  );
  t.is(tunnel.wire.downstream.at(-1)?.toHex(), '0000000805010004');
});

test('a RESPONSE whose header is not the sealed one is an integrity failure', (t) => {
  const tunnel = answered(
    (response) => response,
    (frame) => changed(13, 1)([frame])[0]!,
  );
  t.is(tunnel.wire.downstream.at(-1)?.subarray(4, 8).toHex(), '05010004');
});

test('DATA before the RESPONSE is a protocol error', (t) => {
  const tunnel = new MemoryTunnel();
  tunnel.tamper = (octets, direction) => (direction === 'downstream' && octets[4] === 2 ? [] : [octets]);
  tunnel.connect().inject(tunnel.initiator, new MemoryTunnel().connect().wire.downstream.at(-1)!);
  t.is(tunnel.wire.downstream.at(-1)?.toHex(), '0000000805010005');
});
