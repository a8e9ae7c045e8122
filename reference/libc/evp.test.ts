import { randomBytes } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { aeadOpen, aeadSeal } from '../crypto/primitives.ts';
import { type AeadName, type Evp, evp } from './evp.ts';
import { addressOf } from './native.ts';

/** All but the end of a message. */
function beginning(calls: Evp, context: number, nonce: Uint8Array, header: Uint8Array, text: Uint8Array): void {
  calls.begin(context, addressOf(nonce), addressOf(header), header.length);
  calls.replace(context, addressOf(text), text.length);
}

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
          const seal = (): void => {
            beginning(calls, sealing, nonce, header, place);
            calls.writeTag(sealing, addressOf(tag));
          };
          const opens = (): boolean => {
            beginning(calls, opening, nonce, header, place);
            return calls.verifies(opening, addressOf(tag));
          };
          seal();
          t.deepEqual(place, expected.ciphertext[0]);
          t.deepEqual(tag, expected.tag);
          t.deepEqual(aeadOpen(aead, key, nonce, header, place, tag), text);
          t.true(opens());
          t.deepEqual(place, text);
          seal();
          tag[at]! ^= 1;
          t.false(opens());
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
  beginning(calls, opening, nonce, header, text);
  t.throws(() => calls.writeTag(opening, addressOf(tag)), { message: 'EVP_CipherFinal_ex failed' });
});
