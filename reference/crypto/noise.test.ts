import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  decapsulate,
  diffieHellman,
  encapsulate,
} from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import { IntegrityFailure, Misuse } from '../errors.ts';
import { InitiatorHandshake, ResponderHandshake } from './handshake.ts';
import { HandshakeState } from './noise.ts';
import { IK } from './patterns.ts';
import { randomOctets } from './primitives.ts';
import { deterministicRandomness, type Randomness, systemRandomness } from './randomness.ts';
import { CipherState } from './symmetric-state.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text);
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** Noise_IK_25519_ChaChaPoly_SHA256 among the published vectors of cacophony. */
const published = {
  prologue: hex('4a6f686e2047616c74'),
  initStatic: hex('e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1'),
  initEphemeral: hex('893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a'),
  initRemoteStatic: hex('31e0303fd6418d2f8c0e78b91f22e8caed0fbe48656dcf4767e4834f701b8f62'),
  respStatic: hex('4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893'),
  respEphemeral: hex('bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b'),
  handshakeHash: '0b0f68fb0c27e03ce9b97565995ed4838cc0581b762ef72b062f6a546419fad7',
  messages: [
    [
      '4c756477696720766f6e204d69736573',
      'ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944718da798efbcd91528520204f904b9bd6c7413dccdc214d9' +
        '51e15253e39987f18146e8cd0873654207148333479d4d16c289f0294b29960a72f48e0b7bba2e89083169825e59642148d492020664ccf7',
    ],
    [
      '4d757272617920526f746862617264',
      '95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f1448088435361e70b2ed446e6c9ec387d1d6b3b840f194e373979d241' +
        'b203c4acafccf5',
    ],
    ['462e20412e20486179656b', '050e9f3c8fac16b68dbce8f8c4bfbf6617c897f9ada4aa29aa19c8'],
    ['4361726c204d656e676572', '344233a6cabb7141d80f3da2fedc311d9646bbb0f505afe403a667'],
    ['4a65616e2d426170746973746520536179', '62cdeeb172ad7ade7aa7d9e069da5790f12331bfa00177787a1d0810c67dc3b2b4'],
    [
      '457567656e2042f6686d20766f6e2042617765726b',
      '029bead1b40992327044d409d9a1f3ad8f36c3c452775d557e18bbeb2e8dfcead32d514024',
    ],
  ] as const,
};

test('suite 1: the published vector, its transport messages included', (t) => {
  const { prologue, messages } = published;
  const initiator = new InitiatorHandshake({
    suite: 1,
    prologue,
    staticPrivate: published.initStatic,
    serverPublic: published.initRemoteStatic,
    randomness: deterministicRandomness({ x25519: [published.initEphemeral] }),
  });
  const responder = new ResponderHandshake({
    suite: 1,
    prologue,
    staticPrivate: published.respStatic,
    randomness: deterministicRandomness({ x25519: [published.respEphemeral] }),
  });
  const request = initiator.writeRequest(hex(messages[0][0]));
  t.is(request.toHex(), messages[0][1]);
  t.is(responder.readRequest(request).payload.toHex(), messages[0][0]);
  const response = responder.writeResponse(hex(messages[1][0]));
  t.is(response.toHex(), messages[1][1]);
  t.is(initiator.readResponse(response).toHex(), messages[1][0]);
  const [ours, theirs] = [initiator.split(), responder.split()];
  t.deepEqual(ours, theirs);
  t.is(ours.handshakeHash.toHex(), published.handshakeHash);
  const ciphers = [new CipherState(ours.initiatorKey), new CipherState(ours.serverKey)] as const;
  for (const [i, [payload, ciphertext]] of messages.slice(2).entries()) {
    const sealed = ciphers[i % 2 === 0 ? 0 : 1].encryptWithAd(new Uint8Array(0), hex(payload));
    t.is(sealed.toHex(), ciphertext);
  }
});

/** Noise a second time, straight down the page on node:crypto alone. */
function straightLine(protocolName: string, prologue: Uint8Array, responderPublic: Uint8Array) {
  const sha = (...parts: Uint8Array[]) =>
    new Uint8Array(
      createHash('sha256')
        .update(join(...parts))
        .digest(),
    );
  const mac = (key: Uint8Array, data: Uint8Array) => new Uint8Array(createHmac('sha256', key).update(data).digest());
  const two = (ck: Uint8Array, ikm: Uint8Array) => {
    const temporary = mac(ck, ikm);
    const first = mac(temporary, Uint8Array.of(1));
    return [first, mac(temporary, join(first, Uint8Array.of(2)))] as const;
  };
  const name = ascii(protocolName);
  let h: Uint8Array = name.length > 32 ? sha(name) : join(name, new Uint8Array(32 - name.length));
  let ck: Uint8Array = h;
  let k: Uint8Array = new Uint8Array(0);
  let n = 0;
  const nonce = () => Uint8Array.of(0, 0, 0, 0, n++, 0, 0, 0, 0, 0, 0, 0);
  const mixHash = (data: Uint8Array) => {
    h = sha(h, data);
  };
  mixHash(prologue);
  mixHash(responderPublic);
  return {
    mixHash,
    mixKey(ikm: Uint8Array) {
      [ck, k] = two(ck, ikm);
      n = 0;
    },
    seal(plaintext: Uint8Array): Uint8Array {
      const cipher = createCipheriv('chacha20-poly1305', k, nonce(), { authTagLength: 16 });
      cipher.setAAD(h, { plaintextLength: plaintext.length });
      const sealed = join(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
      mixHash(sealed);
      return sealed;
    },
    open(sealed: Uint8Array): Uint8Array {
      const cipher = createDecipheriv('chacha20-poly1305', k, nonce(), { authTagLength: 16 });
      cipher.setAAD(h, { plaintextLength: sealed.length - 16 });
      cipher.setAuthTag(sealed.subarray(-16));
      const plaintext = join(cipher.update(sealed.subarray(0, -16)), cipher.final());
      mixHash(sealed);
      return plaintext;
    },
    end: () => {
      const [initiatorKey, serverKey] = two(ck, new Uint8Array(0));
      return { initiatorKey, serverKey, handshakeHash: h };
    },
  };
}

const raw = { format: 'raw-private', asymmetricKeyType: 'x25519' } as const;
const privateX = (key: Uint8Array) => createPrivateKey({ key, ...raw });
const publicX = (privateKey: Uint8Array) =>
  new Uint8Array(createPublicKey(privateX(privateKey)).export({ format: 'raw-public' }));
const dh = (privateKey: Uint8Array, publicKey: Uint8Array) =>
  new Uint8Array(
    diffieHellman({
      privateKey: privateX(privateKey),
      publicKey: createPublicKey({ key: publicKey, format: 'raw-public', asymmetricKeyType: 'x25519' }),
    }),
  );
const seedKey = (seed: Uint8Array) =>
  createPrivateKey({ key: seed, format: 'raw-seed', asymmetricKeyType: 'ml-kem-768' });
const encapsulationKey = (seed: Uint8Array) =>
  new Uint8Array(createPublicKey(seedKey(seed)).export({ format: 'raw-public' }));

interface Given {
  readonly suite: 1 | 2;
  readonly prologue: Uint8Array;
  readonly initiator: Uint8Array;
  readonly responder: Uint8Array;
  readonly e: Uint8Array;
  readonly seed: Uint8Array;
}

const names = {
  1: 'Noise_IK_25519_ChaChaPoly_SHA256',
  2: 'Noise_IKhfs_25519+MLKEM768_ChaChaPoly_SHA256',
} as const;

function given(suite: 1 | 2): Given {
  return {
    suite,
    prologue: join(ascii('PNA/1'), randomOctets(30)),
    initiator: randomOctets(32),
    responder: randomOctets(32),
    e: randomOctets(32),
    seed: randomOctets(64),
  };
}

function referenceInitiator(g: Given, randomness?: Randomness): InitiatorHandshake {
  return new InitiatorHandshake({
    suite: g.suite,
    prologue: g.prologue,
    staticPrivate: g.initiator,
    serverPublic: publicX(g.responder),
    randomness: randomness ?? deterministicRandomness({ x25519: [g.e], kemSeed: [g.seed] }),
  });
}

function referenceResponder(g: Given): ResponderHandshake {
  const { suite, prologue } = g;
  return new ResponderHandshake({ suite, prologue, staticPrivate: g.responder, randomness: systemRandomness });
}

/** A REQUEST by the straight line; `wrong` replaces what an honest initiator would have sent. */
function straightRequest(g: Given, payload: Uint8Array, wrong: { s?: Uint8Array; ek?: Uint8Array } = {}) {
  const responderPublic = publicX(g.responder);
  const noise = straightLine(names[g.suite], g.prologue, responderPublic);
  const parts: Uint8Array[] = [publicX(g.e)];
  noise.mixHash(parts[0]!);
  noise.mixKey(dh(g.e, responderPublic));
  if (g.suite === 2) parts.push(noise.seal(wrong.ek ?? encapsulationKey(g.seed)));
  parts.push(noise.seal(wrong.s ?? publicX(g.initiator)));
  noise.mixKey(wrong.s ? new Uint8Array(32) : dh(g.initiator, responderPublic));
  parts.push(noise.seal(payload));
  return { noise, message: join(...parts) };
}

for (const suite of [1, 2] as const) {
  test(`suite ${suite}: the reference answers a straight-line initiator`, (t) => {
    const g = given(suite);
    const payload = randomOctets(146);
    const { noise, message } = straightRequest(g, payload);
    t.is(message.length, suite === 1 ? 32 + 48 + 146 + 16 : 32 + 1200 + 48 + 146 + 16);
    t.deepEqual(referenceInitiator(g).writeRequest(payload), message);

    const responder = referenceResponder(g);
    t.deepEqual(responder.readRequest(message), { payload, initiatorStatic: publicX(g.initiator) });
    const answer = randomOctets(70);
    const response = responder.writeResponse(answer);
    t.is(response.length, suite === 1 ? 32 + 70 + 16 : 32 + 1104 + 70 + 16);

    const re = response.slice(0, 32);
    let rest = response.subarray(32);
    noise.mixHash(re);
    noise.mixKey(dh(g.e, re));
    if (suite === 2) {
      const ciphertext = noise.open(rest.slice(0, 1104));
      noise.mixKey(new Uint8Array(decapsulate(seedKey(g.seed), ciphertext)));
      rest = rest.subarray(1104);
    }
    noise.mixKey(dh(g.initiator, re));
    t.deepEqual(noise.open(rest), answer);
    t.deepEqual(responder.split(), noise.end());
  });

  test(`suite ${suite}: the reference understands a straight-line responder`, (t) => {
    const g = given(suite);
    const initiator = referenceInitiator(g);
    const payload = randomOctets(146);
    initiator.writeRequest(payload);
    const { noise } = straightRequest(g, payload); // h and ck after message 1
    const er = randomOctets(32);
    const parts: Uint8Array[] = [publicX(er)];
    noise.mixHash(parts[0]!);
    noise.mixKey(dh(er, publicX(g.e)));
    if (suite === 2) {
      const ek = createPublicKey({
        key: encapsulationKey(g.seed),
        format: 'raw-public',
        asymmetricKeyType: 'ml-kem-768',
      });
      const { ciphertext, sharedKey } = encapsulate(ek);
      parts.push(noise.seal(new Uint8Array(ciphertext)));
      noise.mixKey(new Uint8Array(sharedKey));
    }
    noise.mixKey(dh(er, publicX(g.initiator)));
    parts.push(noise.seal(ascii('answer')));
    t.deepEqual(initiator.readResponse(join(...parts)), ascii('answer'));
    t.deepEqual(initiator.split(), noise.end());
  });

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
      { ...g, prologue: join(g.prologue, Uint8Array.of(0)) },
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
    const response = join(new Uint8Array(32), randomOctets(1200));
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

test('a failed write takes nothing back and gives nothing away', (t) => {
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

test('the caller keeps his static key, and no suite is guessed', (t) => {
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
  yield join(message, Uint8Array.of(0));
  yield new Uint8Array(65536);
}
