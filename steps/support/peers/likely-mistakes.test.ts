import test from 'ava';
import { InitiatorHandshake } from '../../../reference/crypto/handshake.ts';
import { deriveDirection } from '../../../reference/crypto/keys.ts';
import { hmacSha256 } from '../../../reference/crypto/primitives.ts';
import { systemRandomness } from '../../../reference/crypto/randomness.ts';
import { createOpener, createSealer } from '../../../reference/crypto/transforms.ts';
import { ascii, concat } from '../../../reference/octets.ts';
import { Transform } from '../../../reference/wire/identifiers.ts';
import { encodeRelay } from '../../../reference/wire/relay.ts';
import { prologueOf } from './handshake.ts';
import { identityOf } from './identities.ts';
import { explaining, mistakeInRequest, mistakeOfServer } from './likely-mistakes.ts';

const relay = encodeRelay({ type: 'RELAY', origin: 'origin.invalid', path: ['server.test'] });
const [k, otherK, handshakeHash] = [1, 2, 3].map((octet) => new Uint8Array(32).fill(octet)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const datagram = Uint8Array.from([0x45, 0, 0, 20, ...new Uint8Array(16)]);
const { chacha20poly1305, 'aes256ctr-hmacsha256': ctr } = Transform;

/** A direction that seals by other keys than those that it ought to have, and what its opener says. */
function directionOf(transform: number, own = k, hash = handshakeHash) {
  const sealing = { transform, k, otherK, handshakeHash };
  const opener = createOpener(transform, deriveDirection(k.slice(), transform, handshakeHash));
  return {
    sealer: createSealer(transform, deriveDirection(own.slice(), transform, hash)),
    opener: explaining(opener, sealing),
  };
}

test('a REQUEST that is sealed under another prologue', (t) => {
  const { staticPrivate, staticPublic } = identityOf('server.test');
  const explained = (prologue: Uint8Array): string => {
    const initiator = new InitiatorHandshake({
      suite: 1,
      prologue,
      staticPrivate: identityOf('alice').staticPrivate,
      serverPublic: staticPublic,
      randomness: systemRandomness,
    });
    return mistakeInRequest(1, relay, staticPrivate, initiator.writeRequest(new Uint8Array(18)));
  };
  t.regex(explained(ascii('PNA/1')), /^the prologue is "PNA\/1" alone, .*HS-01/);
  t.regex(explained(relay), /without "PNA\/1"/);
  t.regex(explained(concat(prologueOf(relay), Uint8Array.of(1))), /^no usual mistake/);
});

test('a server that opens a REQUEST under another prologue alone', async (t) => {
  const answers = (wanted: Uint8Array) => (prologue: (frame: Uint8Array) => Uint8Array) =>
    Buffer.from(prologue(relay)).equals(wanted) ? Promise.resolve() : Promise.reject(new Error('CLOSE'));
  t.regex((await mistakeOfServer(answers(ascii('PNA/1')))) ?? '', /^it answers RESPONSE if .* "PNA\/1" alone.*HS-01/);
  t.is(await mistakeOfServer(answers(ascii('PNA/2'))), undefined);
});

for (const transform of [chacha20poly1305, Transform.aes256gcm, ctr]) {
  test(`frames of transform ${transform} that are right open`, (t) => {
    const { sealer, opener } = directionOf(transform);
    for (const one of [new Uint8Array(), datagram]) t.deepEqual(opener.open(sealer.seal(one)), one);
    t.is(opener.frames, 2);
    t.is(opener.octets, 20);
  });

  test(`keys of transform ${transform} that are others`, (t) => {
    const others = directionOf(transform, otherK);
    t.throws(() => others.opener.open(others.sealer.seal(datagram)), {
      message: /DATA frame 0 .* the other direction/,
    });
    const extracted = directionOf(transform, hmacSha256(new Uint8Array(32), k));
    t.throws(() => extracted.opener.open(extracted.sealer.seal(datagram)), { message: /Expand alone/ });
    const unknown = directionOf(transform, k, k);
    t.throws(() => unknown.opener.openAll(unknown.sealer.seal(datagram)), { message: /no usual mistake/ });
  });

  test(`a frame of transform ${transform} that was not counted, or is missing`, (t) => {
    const { sealer, opener } = directionOf(transform);
    sealer.seal(new Uint8Array());
    const later = sealer.seal(datagram);
    t.throws(() => opener.open(later), { message: /n is one more/ });
    t.throws(() => opener.open(later), { message: /an earlier frame/ });
  });
}

test('a keystream that begins anew with each frame', (t) => {
  const { sealer, opener } = directionOf(ctr);
  opener.open(sealer.seal(datagram));
  const keys = deriveDirection(k.slice(), ctr, handshakeHash);
  // What is sealed over zeros is the keystream: the datagram under that of the first frame, its digest under n = 1.
  const [first] = [createSealer(ctr, keys)];
  const frame = first.seal(datagram);
  frame.set(hmacSha256(keys.mac ?? k, datagram, Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1)), 16);
  t.throws(() => opener.open(frame), { message: /DATA frame 1 .* begins anew/ });
});

test('a header that is not canonical, under a digest that verifies', (t) => {
  const { sealer, opener } = directionOf(ctr);
  const frame = sealer.seal(datagram).with(13, 1);
  t.throws(() => opener.open(frame), { message: /its digest verifies: header, padding or datagram/ });
});
