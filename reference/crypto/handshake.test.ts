import test, { type ExecutionContext } from 'ava';
import { IntegrityFailure, Misuse } from '../errors.ts';
import { ascii, concat } from '../octets.ts';
import {
  encapsulationKey,
  type Given,
  given,
  publicX,
  referenceInitiator,
  referenceResponder,
  straightRequest,
} from '../testing/straight-line-noise.ts';
import { ResponderHandshake } from './handshake.ts';
import { HandshakeState } from './noise.ts';
import { IK } from './patterns.ts';
import { randomOctets } from './primitives.ts';
import { deterministicRandomness, systemRandomness } from './randomness.ts';

for (const suite of [1, 2] as const) {
  test(`suite ${suite}: a REQUEST with one bit flipped, cut or prolonged fails and leaves the state`, (t) => {
    const g = given(suite);
    const { message } = straightRequest(g, ascii('payload'));
    const responder = referenceResponder(g);
    for (const wrong of variants(message))
      t.throws(() => responder.readRequest(wrong), { instanceOf: IntegrityFailure });
    t.deepEqual(responder.readRequest(message).payload, ascii('payload'));
  });

  test(`suite ${suite}: a RESPONSE with one bit flipped, cut or prolonged fails and leaves the state`, (t) => {
    const g = given(suite);
    const initiator = referenceInitiator(g);
    const responder = referenceResponder(g);
    responder.readRequest(initiator.writeRequest(ascii('payload')));
    const response = responder.writeResponse(ascii('answer'));
    for (const wrong of variants(response))
      t.throws(() => initiator.readResponse(wrong), { instanceOf: IntegrityFailure });
    t.deepEqual(initiator.readResponse(response), ascii('answer'));
    t.deepEqual(initiator.split(), responder.split());
  });

  test(`suite ${suite}: another prologue, static key or suite does not open`, (t) => {
    const g = given(suite);
    const { message } = straightRequest(g, ascii('payload'));
    const others: Given[] = [
      { ...g, prologue: concat(g.prologue, Uint8Array.of(0)) },
      { ...g, responder: randomOctets(32) },
      { ...g, suite: suite === 1 ? 2 : 1 },
    ];
    for (const other of others) {
      t.throws(() => referenceResponder(other).readRequest(message), { instanceOf: IntegrityFailure });
    }
  });

  test(`suite ${suite}: an ephemeral or static key of low order is refused`, (t) => {
    const g = given(suite);
    const { message } = straightRequest(g, ascii('payload'));
    const responder = referenceResponder(g);
    const zeroE = message.slice();
    zeroE.fill(0, 0, 32);
    lowOrderRefused(t, () => responder.readRequest(zeroE));
    lowOrderRefused(t, () =>
      responder.readRequest(straightRequest(g, ascii('payload'), { s: new Uint8Array(32) }).message),
    );
    responder.readRequest(message);

    const initiator = referenceInitiator(g);
    const response = concat(new Uint8Array(32), randomOctets(1200));
    initiator.writeRequest(ascii('payload'));
    lowOrderRefused(t, () => initiator.readResponse(response));
  });

  test(`suite ${suite}: out of turn is the caller's error`, (t) => {
    const g = given(suite);
    const initiator = referenceInitiator(g);
    t.throws(() => initiator.readResponse(new Uint8Array(200)), { instanceOf: Misuse });
    t.throws(() => initiator.split(), { instanceOf: Misuse });
    const responder = referenceResponder(g);
    t.throws(() => responder.writeResponse(new Uint8Array(0)), { instanceOf: Misuse });
    const request = initiator.writeRequest(new Uint8Array(0));
    t.throws(() => initiator.writeRequest(new Uint8Array(0)), { instanceOf: Misuse });
    responder.readRequest(request);
    t.throws(() => responder.readRequest(request), { instanceOf: Misuse });
    initiator.readResponse(responder.writeResponse(new Uint8Array(0)));
    initiator.split();
    t.throws(() => initiator.split(), { instanceOf: Misuse });
    t.throws(() => initiator.writeRequest(new Uint8Array(0)), { instanceOf: Misuse });
  });
}

test('suite 2: an encapsulation key that is not reduced is refused, though it is authentic', (t) => {
  const g = given(2);
  const ek = encapsulationKey(g.seed);
  ek.set([0x01, 0xdd], 0); // the first coefficient becomes 0xD01 = 3329 = q
  const responder = referenceResponder(g);
  const { message } = straightRequest(g, ascii('payload'), { ek });
  const error = t.throws(() => responder.readRequest(message), { instanceOf: IntegrityFailure });
  t.regex(error.message, /not reduced/);
  t.notThrows(() => responder.readRequest(straightRequest(g, ascii('payload')).message));
});

test('a failed write changes nothing and reveals nothing', (t) => {
  const g = given(1);
  const state = new HandshakeState({
    pattern: IK,
    initiator: true,
    prologue: g.prologue,
    staticPrivate: g.initiator,
    remoteStatic: publicX(g.responder),
    randomness: deterministicRandomness({ x25519: [randomOctets(32), g.e] }),
  });
  t.throws(() => state.writeMessage(new Uint8Array(65535)), { instanceOf: Misuse });
  t.deepEqual(state.writeMessage(ascii('payload')), straightRequest(g, ascii('payload')).message);
});

test('the static key of the caller is not erased, and an unknown suite is refused', (t) => {
  const g = given(1);
  const before = g.initiator.slice();
  const initiator = referenceInitiator(g);
  const responder = referenceResponder(g);
  responder.readRequest(initiator.writeRequest(new Uint8Array(0)));
  initiator.readResponse(responder.writeResponse(new Uint8Array(0)));
  initiator.split();
  t.deepEqual(g.initiator, before);
  t.throws(() => referenceInitiator({ ...g, suite: 3 as 1 }), { instanceOf: Misuse });
  const short = randomOctets(31);
  const error = t.throws(() =>
    referenceInitiator({ ...g, initiator: randomOctets(32), suite: 1, prologue: short }).split(),
  );
  t.false(error.message.includes(short.toHex()));
  t.throws(() => new ResponderHandshake({ ...g, staticPrivate: short, randomness: systemRandomness }), {
    instanceOf: Misuse,
    message: 'static private key: 32 octets expected',
  });
});

function lowOrderRefused(t: ExecutionContext, work: () => unknown): void {
  const error = t.throws(work, { instanceOf: IntegrityFailure });
  t.regex(error.message, /low order/);
}

/** One bit flipped in each of some octets (all of the first and last 100, then every 37th), cut and prolonged. */
function* variants(message: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < message.length; at += at < 100 || at > message.length - 100 ? 1 : 37) {
    const wrong = message.slice();
    wrong[at]! ^= 1 << (at % 7); // the topmost bit of an X25519 public key is ignored (RFC 7748 §5), but hashed
    yield wrong;
  }
  yield message.subarray(0, -1);
  yield message.subarray(0, 31);
  yield message.subarray(0, 0);
  yield concat(message, Uint8Array.of(0));
  yield new Uint8Array(65536);
}
