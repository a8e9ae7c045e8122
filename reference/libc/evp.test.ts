import { randomBytes } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { aeadOpen, aeadSeal } from '../crypto/primitives.ts';
import { type AeadName, evp } from './evp.ts';
import { addressOf } from './native.ts';

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
          const [nonceAt, headerAt, placeAt, tagAt] = [nonce, header, place, tag].map(addressOf) as [
            number,
            number,
            number,
            number,
          ];
          calls.seal(sealing, nonceAt, headerAt, 16, placeAt, text.length, tagAt);
          t.deepEqual(place, expected.ciphertext[0]);
          t.deepEqual(tag, expected.tag);
          t.deepEqual(aeadOpen(aead, key, nonce, header, place, tag), text);
          t.true(calls.open(opening, nonceAt, headerAt, 16, placeAt, text.length, tagAt));
          t.deepEqual(place, text);
          calls.seal(sealing, nonceAt, headerAt, 16, placeAt, text.length, tagAt);
          tag[at]! ^= 1;
          t.false(calls.open(opening, nonceAt, headerAt, 16, placeAt, text.length, tagAt));
        },
      ),
    );
  });
