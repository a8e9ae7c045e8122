import test from 'ava';
import { ResponderHandshake } from '../crypto/handshake.ts';
import { deterministicRandomness } from '../crypto/randomness.ts';
import { Malformed } from '../errors.ts';
import { clientData, datagram, type Host, lifetimes, Pair, serverKeys } from '../testing/pair.ts';
import { encodeClose } from '../wire/close.ts';
import { Transform } from '../wire/identifiers.ts';
import { makeKeyExchangeData } from '../wire/key-exchange-data.ts';
import { encodeOpenedResponse, type OpenedResponse } from '../wire/response.ts';
import { checkChoice, makeResponse, prologueOf, readRequest } from './exchange.ts';

type Attack = (frames: readonly Uint8Array[]) => readonly Uint8Array[];

const changed =
  (at: number, mask: number): Attack =>
  ([first, ...rest]) => {
    const copy = first!.slice();
    copy[at < 0 ? copy.length + at : at]! ^= mask;
    return [copy, ...rest];
  };

/** What happens to three DATA frames on the way. The header's fields by their place in [EP] fig. 9. */
const attacks: Readonly<Record<string, Attack>> = {
  'a longer length (170)': changed(2, 1),
  'a length (170) beyond all bounds': changed(0, 1),
  'a length (170) below all bounds': ([first, ...rest]) => {
    const copy = first!.slice();
    copy.set([0, 0, 0, 7]);
    return [copy, ...rest];
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
  'a repeated frame': ([first, ...rest]) => [first!, first!, ...rest],
  'two frames swapped': ([first, second, third]) => [second!, first!, third!],
  'a frame left out': ([, ...rest]) => rest,
};

for (const [name, transform] of Object.entries(Transform))
  for (const [attack, apply] of Object.entries(attacks))
    for (const direction of ['there', 'back'] as const)
      test(`${name}, ${direction}: ${attack} is an integrity failure`, (t) => {
        const pair = new Pair({ transforms: [transform] }).connect();
        const [from, to] = direction === 'there' ? [pair.initiator, pair.server] : [pair.server, pair.initiator];
        const caught: Uint8Array[] = [];
        pair.tamper = (octets, way) => {
          if (way !== direction) return [octets];
          caught.push(octets);
          return [];
        };
        for (let fill = 1; fill <= 3; fill++) pair.send(from, datagram(100, fill));
        t.is(caught.length, 3);
        pair.tamper = (octets) => [octets];
        for (const octets of apply(caught)) pair.inject(to, octets);
        // A length that grew makes the receiver wait for what never comes.
        pair.pass(10_000);
        t.deepEqual(to.all('ended')[0]?.cause, { status: 4, by: 'self', reason: reasonOf(to) });
        t.is(from.all('ended')[0]?.cause.status, 4);
        const delivered = to.all('deliver').map((effect) => effect.datagram);
        t.deepEqual(delivered, attack === 'a repeated frame' ? [datagram(100, 1)] : []);
      });

function reasonOf(host: Host): string {
  const reason = host.all('ended')[0]?.cause.reason ?? '';
  return ['integrity failure', 'a frame never became whole'].includes(reason) ? reason : '';
}

test('the CLOSE of an integrity failure is keyed, and the same whatever the fault', (t) => {
  const sent = [changed(9, 1), changed(16, 1), changed(-1, 1)].map((apply) => {
    const pair = new Pair().connect();
    pair.tamper = (octets, way) => (way === 'there' ? apply([octets]) : [octets]);
    pair.send(pair.initiator, datagram());
    return pair.wire.back.at(-1)!;
  });
  for (const octets of sent) {
    t.is(octets.length, 40);
    t.is(octets.subarray(0, 8).toHex(), '0000002805010004');
  }
});

test('another version in Authorized is an unsupported version', (t) => {
  const pair = new Pair().connect();
  pair.inject(pair.server, Uint8Array.fromHex('000000400402'));
  t.is(pair.server.all('ended')[0]?.cause.status, 6);
});

for (const octets of ['000000200901', '000012000101', '0000002003010000'])
  test(`a frame beginning with ${octets} in Authorized is a protocol error`, (t) => {
    const pair = new Pair().connect();
    pair.inject(pair.server, Uint8Array.fromHex(octets));
    pair.inject(pair.initiator, Uint8Array.fromHex(octets));
    if (octets.startsWith('00001200')) {
      t.is(pair.server.node.state, 'Authorized', 'a RELAY of that length is judged once it is whole');
      return;
    }
    t.is(pair.server.all('ended')[0]?.cause.status, 5);
  });

for (const [what, frame] of [
  ['RELAY', 0],
  ['REQUEST', 1],
] as const)
  test(`a second ${what} in Authorized is a protocol error`, (t) => {
    const pair = new Pair().connect();
    pair.inject(pair.server, pair.wire.there[frame]!);
    t.is(pair.server.all('ended')[0]?.cause.status, 5);
    t.like(pair.initiator.all('ended')[0]?.cause, { status: 5, by: 'peer' });
  });

test('a second RESPONSE is a protocol error', (t) => {
  const pair = new Pair().connect();
  pair.inject(pair.initiator, pair.wire.back[0]!);
  t.is(pair.initiator.all('ended')[0]?.cause.status, 5);
});

for (const direction of ['there', 'back'] as const) {
  test(`${direction}: a last DATA frame left out is truncation, however well the CLOSE arrives`, (t) => {
    const pair = new Pair().connect();
    const [from, to] = direction === 'there' ? [pair.initiator, pair.server] : [pair.server, pair.initiator];
    pair.tamper = (octets, way) => (way === direction && octets[4] === 4 ? [] : [octets]);
    pair.send(from, datagram()).input(from, { type: 'command', command: 'end session' });
    const { cause } = to.all('ended')[0]!;
    t.is(cause.by, 'network');
    t.is(cause.status, undefined);
    t.regex(cause.reason, /truncation/);
    t.is(to.all('hint').length, 1);
  });

  test(`${direction}: an unkeyed CLOSE is no end of session`, (t) => {
    const pair = new Pair().connect();
    const to = direction === 'there' ? pair.server : pair.initiator;
    pair.inject(to, encodeClose({ type: 'CLOSE', status: 1 }));
    t.like(to.all('ended')[0]?.cause, { by: 'network', status: undefined });
    if (direction === 'back') t.true(to.all('ended')[0]?.retry, 'and the standing order stands');
  });

  test(`${direction}: a CLOSE with an invented digest is no end of session`, (t) => {
    const pair = new Pair().connect();
    const to = direction === 'there' ? pair.server : pair.initiator;
    pair.inject(to, encodeClose({ type: 'CLOSE', status: 14, digest: new Uint8Array(32) }));
    t.like(to.all('ended')[0]?.cause, { by: 'network', status: undefined });
  });

  test(`${direction}: end of stream without CLOSE is truncation`, (t) => {
    const pair = new Pair().connect();
    const to = direction === 'there' ? pair.server : pair.initiator;
    pair.input(to, { type: 'end of stream' });
    t.regex(to.all('ended')[0]?.cause.reason ?? '', /truncation/);
  });
}

test('before the RESPONSE a CLOSE proves nothing: the standing order stands', (t) => {
  for (const status of [1, 14]) {
    const pair = new Pair();
    pair.tamper = (octets, way) => (way === 'back' ? [] : [octets]);
    pair.connect().inject(pair.initiator, encodeClose({ type: 'CLOSE', status }));
    t.like(pair.initiator.all('ended')[0], { cause: { status, by: 'peer' }, retry: true });
  }
});

test('simultaneous CLOSE frames: one a direction, and both ends die', (t) => {
  const pair = new Pair().connect();
  const closes = (['there', 'back'] as const).map(
    (way) => () => pair.wire[way].filter((octets) => octets[4] === 5).length,
  );
  pair.tamper = (octets, way) => {
    if (way === 'there' && octets[4] === 5) pair.input(pair.server, { type: 'command', command: 'end session' });
    return [octets];
  };
  pair.input(pair.initiator, { type: 'command', command: 'end session' });
  t.deepEqual(
    closes.map((count) => count()),
    [1, 1],
  );
  t.deepEqual([pair.initiator.node.state, pair.server.node.state], ['Dead', 'Dead']);
});

test('a CLOSE is not answered with a CLOSE', (t) => {
  const pair = new Pair().connect();
  pair.input(pair.initiator, { type: 'command', command: 'end session' });
  t.is(pair.wire.back.filter((octets) => octets[4] === 5).length, 0);
});

test('nothing after a CLOSE is delivered, nor what comes while one is being sent', (t) => {
  const pair = new Pair().connect();
  const caught: Uint8Array[] = [];
  pair.tamper = (octets, way) => {
    if (way === 'there') caught.push(octets);
    return way === 'there' ? [] : [octets];
  };
  pair.send(pair.initiator, datagram(80, 1));
  pair.input(pair.server, { type: 'command', command: 'end session' });
  pair.inject(pair.server, caught[0]!);
  t.deepEqual(pair.server.all('deliver'), []);
});

/** An initiator that waits for its RESPONSE, which `change` makes. */
function answered(
  change: (response: OpenedResponse) => OpenedResponse,
  spoil: (frame: Uint8Array, opened: Uint8Array) => Uint8Array = (frame) => frame,
): Pair {
  const pair = new Pair();
  let relay = new Uint8Array(0);
  pair.tamper = (octets, direction) => {
    if (direction === 'there' && octets[4] === 1) relay = octets.slice();
    if (direction === 'back' || octets[4] === 1) return [octets];
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
  pair.connect();
  pair.inject(pair.initiator, frame);
  return pair;
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
    const pair = answered(change);
    const sent = pair.wire.there.at(-1)!;
    t.is(sent.length, 40);
    t.is(sent.subarray(0, 8).toHex(), `000000280501000${status}`);
    t.deepEqual(pair.initiator.all('authorized'), []);
  });

test('a RESPONSE of another suite is refused', (t) => {
  const keyExchangeData = makeKeyExchangeData({ lifetimes });
  const proposed = { transforms: [1], lifetimes, suite: 1 };
  const response = { suite: 1, keyExchangeData, transform: 1, clientData };
  t.notThrows(() => checkChoice(response, proposed));
  t.throws(() => checkChoice({ ...response, suite: 2 }, proposed), { instanceOf: Malformed });
});

test('a RESPONSE that does not open is an integrity failure, unkeyed', (t) => {
  const pair = answered(
    (response) => response,
    (frame) => changed(-1, 1)([frame])[0]!,
  );
  t.is(pair.wire.there.at(-1)?.toHex(), '0000000805010004');
});

test('a RESPONSE whose header is not the sealed one is an integrity failure', (t) => {
  const pair = answered(
    (response) => response,
    (frame) => changed(13, 1)([frame])[0]!,
  );
  t.is(pair.wire.there.at(-1)?.subarray(4, 8).toHex(), '05010004');
});

test('DATA before the RESPONSE is a protocol error', (t) => {
  const pair = new Pair();
  pair.tamper = (octets, direction) => (direction === 'there' && octets[4] === 2 ? [] : [octets]);
  pair.connect().inject(pair.initiator, new Pair().connect().wire.there.at(-1)!);
  t.is(pair.wire.there.at(-1)?.toHex(), '0000000805010005');
});
