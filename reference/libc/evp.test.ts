import { randomBytes } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { aeadOpen, aeadSeal } from '../crypto/primitives.ts';
import { type AeadName, evp } from './evp.ts';
import { addressOf } from './native.ts';

const messageOf = (nonce: Uint8Array, header: Uint8Array, text: Uint8Array, tag: Uint8Array) => ({
  nonce: addressOf(nonce),
  header: addressOf(header),
  headerLength: header.length,
  text: addressOf(text),
  length: text.length,
  tag: addressOf(tag),
});

for (const aead of ['aes-256-gcm', 'chacha20-poly1305'] satisfies AeadName[])
  test(`${aead}: a retained context does in place what node:crypto does`, (t) => {
    const calls = evp()!;
    const key = new Uint8Array(randomBytes(32));
    const [sealing, opening] = [calls.context(aead, key, true), calls.context(aead, key, false)];
    t.teardown(() =>
      [sealing, opening].forEach((context) => {
        calls.free(context);
      }),
    );
    const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(
        octets(12),
        octets(16),
        fc.uint8Array({ maxLength: 3_000 }),
        fc.nat(15),
        (nonce, header, text, at) => {
          const expected = aeadSeal(aead, key, nonce, header, text);
          const [place, tag] = [text.slice(), new Uint8Array(16)];
          const message = messageOf(nonce, header, place, tag);
          calls.seal(sealing, message);
          t.deepEqual(place, expected.ciphertext[0]);
          t.deepEqual(tag, expected.tag);
          t.deepEqual(aeadOpen(aead, key, nonce, header, place, tag), text);
          t.true(calls.open(opening, message));
          t.deepEqual(place, text);
          calls.seal(sealing, message);
          tag[at]! ^= 1;
          t.false(calls.open(opening, message));
        },
      ),
    );
  });

test('what OpenSSL refuses to seal is an error', (t) => {
  const calls = evp()!;
  const opening = calls.context('aes-256-gcm', new Uint8Array(32), false);
  t.teardown(() => calls.free(opening));
  const [nonce, header, text, tag] = [new Uint8Array(12), new Uint8Array(16), new Uint8Array(100), new Uint8Array(16)];
  // A context that opens has no tag to give, and no message that ends without one.
  t.throws(() => calls.seal(opening, messageOf(nonce, header, text, tag)), { message: 'EVP_CipherFinal_ex failed' });
});
