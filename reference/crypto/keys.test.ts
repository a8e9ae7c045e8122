import { createHmac } from 'node:crypto';
import test from 'ava';
import { Misuse } from '../errors.ts';
import { closeDigest, verifyClose } from './close.ts';
import { decodeKey, encodeKey, generateKeyPair, publicFromPrivate } from './identity.ts';
import { deriveDirection } from './keys.ts';
import { randomOctets } from './primitives.ts';
import { deterministicRandomness, systemRandomness } from './randomness.ts';

const mac = (key: Uint8Array, ...parts: readonly (Uint8Array | string)[]): Uint8Array => {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return new Uint8Array(hmac.digest());
};

for (const [transform, octets, iv] of [
  [0x0001, [0x00, 0x01], 12],
  [0x0002, [0x00, 0x02], 12],
  [0x0101, [0x01, 0x01], 16],
  [0x0102, [0x01, 0x02], 16],
] as const) {
  test(`schedule of transform 0x${transform.toString(16)}: HKDF-Expand's first block for each label, k erased`, (t) => {
    const [k, h] = [randomOctets(32), randomOctets(32)];
    // One output block suffices: T(1) = HMAC(k, info ‖ 01).
    const expected = (label: string, length: number) =>
      mac(k, `PNA/1 ${label}`, Uint8Array.of(0, ...octets), h, Uint8Array.of(1)).subarray(0, length);
    const key = expected('key', 32);
    const close = expected('close', 32);
    const separate = iv === 16 ? { mac: expected('mac', 32) } : {};
    const wanted = { key, iv: expected('iv', iv), ...separate, close };
    t.deepEqual(deriveDirection(k, transform, h), wanted);
    t.deepEqual(k, new Uint8Array(32));
  });
}

test('the schedule refuses secrets of another size', (t) => {
  t.throws(() => deriveDirection(randomOctets(31), 1, randomOctets(32)), { instanceOf: Misuse });
  t.throws(() => deriveDirection(randomOctets(32), 1, randomOctets(33)), { instanceOf: Misuse });
  t.throws(() => deriveDirection(randomOctets(32), 0x10000, randomOctets(32)), { instanceOf: Misuse });
});

test('CLOSE digest: HMAC of header ‖ n as u64', (t) => {
  const key = randomOctets(32);
  const header = Uint8Array.of(0, 0, 0, 40, 5, 1, 0, 1);
  const n = 0x01_0203_0405n;
  const digest = closeDigest(key, header, n);
  t.deepEqual(digest, mac(key, header, Uint8Array.of(0, 0, 0, 1, 2, 3, 4, 5)));
  t.true(verifyClose(key, header, n, digest));
  t.false(verifyClose(key, header, n + 1n, digest));
  t.false(verifyClose(key, header, n, digest.subarray(0, 31)));
  t.false(verifyClose(key, header, n, digest.subarray(0, 0)));
  t.false(verifyClose(randomOctets(32), header, n, digest));
  for (let bit = 0; bit < 64; bit++) {
    const other = header.slice();
    other[bit >> 3]! ^= 1 << (bit & 7);
    t.false(verifyClose(key, other, n, digest));
  }
  for (let bit = 0; bit < 256; bit++) {
    const other = digest.slice();
    other[bit >> 3]! ^= 1 << (bit & 7);
    t.false(verifyClose(key, header, n, other));
  }
});

test('a key pair belongs together and survives its text', (t) => {
  const pair = generateKeyPair();
  t.deepEqual(publicFromPrivate(pair.privateKey), pair.publicKey);
  t.notDeepEqual(generateKeyPair().privateKey, pair.privateKey);
  const text = encodeKey(pair.publicKey);
  t.is(text, Buffer.from(pair.publicKey).toString('base64'));
  t.is(text.length, 44);
  t.deepEqual(decodeKey(text), pair.publicKey);
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

test('deterministic choices come in order, and the last repeats', (t) => {
  const x25519 = [randomOctets(32), randomOctets(32)];
  const kemSeed = [randomOctets(64)];
  const grease = { tlv: { id: 0x1a1a, value: Uint8Array.of(1) } };
  const randomness = deterministicRandomness({ x25519, kemSeed, grease, padding: 7 });
  t.deepEqual(
    [1, 2, 3].map(() => randomness.x25519Ephemeral()),
    [x25519[0], x25519[1], x25519[1]],
  );
  randomness.kemSeed().fill(0);
  t.deepEqual(randomness.kemSeed(), kemSeed[0]);
  t.is(randomness.kemMessage()?.length, 32);
  t.notDeepEqual(randomness.kemMessage(), randomness.kemMessage());
  t.deepEqual(randomness.grease(), grease);
  t.is(randomness.padding(), 7);
  t.deepEqual(deterministicRandomness({}).grease(), {});
  t.throws(() => deterministicRandomness({ x25519: [randomOctets(31)] }), { instanceOf: Misuse });
  t.throws(() => deterministicRandomness({ padding: 256 }), { instanceOf: Misuse });
});

test("the system's choices have their sizes, and GREASE stays within its identifiers", (t) => {
  t.deepEqual(
    [systemRandomness.x25519Ephemeral(), systemRandomness.kemSeed()].map((o) => o.length),
    [32, 64],
  );
  t.is(systemRandomness.kemMessage(), undefined);
  const seen = new Set<number>();
  for (let i = 0; i < 500; i++) {
    const { transform, tlv } = systemRandomness.grease();
    t.regex(transform!.id.toString(16).padStart(4, '0'), /^([0-9a-e])a\1a$/);
    t.regex(tlv!.id.toString(16).padStart(4, '0'), /^([0-7])a\1a$/);
    t.true(transform!.index >= 0);
    t.true(tlv!.value.length < 16);
    const jitter = systemRandomness.jitter();
    t.true(jitter >= 0 && jitter < 1);
    seen.add(jitter);
  }
  t.true(seen.size > 490);
});
