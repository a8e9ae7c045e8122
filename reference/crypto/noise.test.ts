import { createPublicKey, decapsulate, encapsulate } from 'node:crypto';
import test from 'ava';
import { ascii, concat } from '../octets.ts';
import {
  dh,
  encapsulationKey,
  given,
  publicX,
  referenceInitiator,
  referenceResponder,
  seedKey,
  straightRequest,
} from '../testing/straight-line-noise.ts';
import { InitiatorHandshake, ResponderHandshake } from './handshake.ts';
import { randomOctets } from './primitives.ts';
import { deterministicRandomness } from './randomness.ts';
import { CipherState } from './symmetric-state.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text);

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
    let sealed = response.subarray(32);
    noise.mixHash(re);
    noise.mixKey(dh(g.e, re));
    if (suite === 2) {
      const ciphertext = noise.open(sealed.slice(0, 1104));
      noise.mixKey(new Uint8Array(decapsulate(seedKey(g.seed), ciphertext)));
      sealed = sealed.subarray(1104);
    }
    noise.mixKey(dh(g.initiator, re));
    t.deepEqual(noise.open(sealed), answer);
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
    t.deepEqual(initiator.readResponse(concat(...parts)), ascii('answer'));
    t.deepEqual(initiator.split(), noise.end());
  });
}
