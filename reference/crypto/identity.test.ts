import test from 'ava';
import { Misuse } from '../errors.ts';
import { decodeKey, encodeKey, generateKeyPair } from './identity.ts';
import { x25519Public } from './primitives.ts';

test('a key pair belongs together and survives its text', (t) => {
  const keys = generateKeyPair();
  t.deepEqual(x25519Public(keys.privateKey), keys.publicKey);
  t.notDeepEqual(generateKeyPair().privateKey, keys.privateKey);
  const text = encodeKey(keys.publicKey);
  t.is(text, Buffer.from(keys.publicKey).toString('base64'));
  t.is(text.length, 44);
  t.deepEqual(decodeKey(text), keys.publicKey);
});

test('a key has one text only, and an error does not quote it', (t) => {
  const text = `${'QUJD'.repeat(10)}QUI=`; // 32 octets
  t.is(decodeKey(text).length, 32);
  const refused = [
    text.slice(0, -1),
    `${text}\n`,
    ` ${text.slice(1)}`,
    text.replace('QUI=', 'QUJ='), // the last two bits belong to no octet
    text.replace('QUI=', 'QQ=='),
    text.replace('Q', '-'),
    '',
  ];
  for (const wrong of refused) {
    const error = t.throws(() => decodeKey(wrong), { instanceOf: Misuse });
    t.is(error.message, 'key: 44 characters of base64 expected');
  }
  t.throws(() => encodeKey(new Uint8Array(33)), { instanceOf: Misuse });
});
