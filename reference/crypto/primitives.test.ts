import test from 'ava';
import fc from 'fast-check';
import { IntegrityFailure, Misuse } from '../errors.ts';
import { ascii, concat } from '../octets.ts';
import { noble } from './noble.ts';
import {
  aeadOpen,
  aeadSeal,
  cbcDecryptStream,
  cbcEncryptStream,
  constantTimeEqual,
  ctrStream,
  hkdfExpand,
  hmacSha256,
  isZero,
  kem,
  randomOctets,
  sha256,
  x25519,
  x25519Public,
} from './primitives.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));

test('SHA-256 (FIPS 180-4, "abc") and HMAC (RFC 4231 case 2), in any parts', (t) => {
  t.is(sha256(ascii('a'), ascii('bc')).toHex(), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  const mac = hmacSha256(ascii('Jefe'), ascii('what do ya want '), ascii('for nothing?'));
  t.is(mac.toHex(), '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
});

test('HKDF-Expand: RFC 5869 A.1 and A.2', (t) => {
  const a1 = hkdfExpand(
    hex('077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5'),
    hex('f0f1f2f3f4f5f6f7f8f9'),
    42,
  );
  t.is(a1.toHex(), '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865');
  const a2 = hkdfExpand(
    hex('06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244'),
    Uint8Array.from({ length: 80 }, (_, i) => 0xb0 + i),
    82,
  );
  t.is(
    a2.toHex(),
    'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8' +
      '367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
  );
  t.throws(() => hkdfExpand(new Uint8Array(32), new Uint8Array(0), 8161), { instanceOf: Misuse });
});

/** X25519 twice: the one in use and the one to be read. */
const x25519Twins = {
  'node:crypto': { publicKey: x25519Public, shared: x25519 },
  '@noble': { publicKey: noble.x25519Public, shared: noble.x25519 },
};
for (const [name, { publicKey, shared }] of Object.entries(x25519Twins)) {
  test(`X25519 of ${name}: RFC 7748 §5.2 and §6.1`, (t) => {
    const first = shared(
      hex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'),
      hex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c'),
    );
    t.is(first.toHex(), 'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552');
    const second = shared(
      hex('4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d'),
      hex('e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493'), // Its top bit is set, and ignored.
    );
    t.is(second.toHex(), '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957');
    let [k, u] = [hex(`09${'00'.repeat(31)}`), hex(`09${'00'.repeat(31)}`)];
    for (let i = 1; i <= 1000; i++) {
      [k, u] = [shared(k, u), k];
      if (i === 1) t.is(k.toHex(), '422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079');
    }
    t.is(k.toHex(), '684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51');
    const alice = hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a');
    const bob = hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb');
    t.is(publicKey(alice).toHex(), '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a');
    t.is(publicKey(bob).toHex(), 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f');
    const agreed = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742';
    t.is(shared(alice, publicKey(bob)).toHex(), agreed);
    t.is(shared(bob, publicKey(alice)).toHex(), agreed);
  });
}

const littleEndian = (value: bigint): Uint8Array => hex(value.toString(16).padStart(64, '0')).reverse();
const p = 2n ** 255n - 19n;
const octets32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
/** Private keys with each of the bits that clamping sets or clears (RFC 7748 §5). */
const privateKeys = fc.tuple(octets32, fc.nat(7), fc.nat(3)).map(([key, low, high]) => {
  key[0] = (key[0]! & 0xf8) | low;
  key[31] = (key[31]! & 0x3f) | (high << 6);
  return key;
});
/** Any octets, the coordinates not reduced modulo p (p to 2²⁵⁵ − 1), and either with the top bit set. */
const publicKeys = fc
  .tuple(fc.oneof(octets32, fc.bigInt(p, 2n ** 255n - 1n).map(littleEndian)), fc.boolean())
  .map(([key, top]) => {
    key[31] = (key[31]! & 0x7f) | (top ? 0x80 : 0);
    return key;
  });
const outcome = (work: () => Uint8Array): string => {
  try {
    return work().toHex();
  } catch {
    return 'refused';
  }
};

test('X25519: both twins compute the same, whatever the bits of the keys', (t) => {
  fc.assert(
    fc.property(privateKeys, publicKeys, (privateKey, publicKey) => {
      t.is(x25519Public(privateKey).toHex(), noble.x25519Public(privateKey).toHex());
      t.is(
        outcome(() => x25519(privateKey, publicKey)),
        outcome(() => noble.x25519(privateKey, publicKey)),
      );
    }),
  );
});

test('X25519: a private key is clamped, a public key reduced modulo p without its top bit', (t) => {
  fc.assert(
    fc.property(privateKeys, publicKeys, (privateKey, publicKey) => {
      const clamped = privateKey.slice();
      clamped[0]! &= 248;
      clamped[31] = (clamped[31]! & 127) | 64;
      const u = BigInt(`0x${publicKey.slice().reverse().toHex()}`) % 2n ** 255n;
      t.is(x25519Public(privateKey).toHex(), x25519Public(clamped).toHex());
      t.is(
        outcome(() => x25519(privateKey, publicKey)),
        outcome(() => x25519(clamped, littleEndian(u % p))),
      );
    }),
  );
});

// The points of order 1, 2, 4 and 8, and their encodings not reduced modulo p.
const lowOrder = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
];
for (const point of lowOrder) {
  test(`X25519 refuses the all-zero result of ${point.slice(0, 8)}…, its top bit set or not`, (t) => {
    const privateKey = randomOctets(32);
    for (const top of [0, 0x80]) {
      const publicKey = hex(point);
      publicKey[31]! |= top;
      const error = t.throws(() => x25519(privateKey, publicKey), { instanceOf: IntegrityFailure });
      t.is(error.message, 'X25519: public key of low order');
      t.throws(() => noble.x25519(privateKey, publicKey));
    }
  });
}

test('a key of the wrong size is named, not quoted', (t) => {
  const key = hex('c0ffee'.repeat(11));
  const error = t.throws(() => x25519Public(key), { instanceOf: Misuse });
  t.is(error.message, 'X25519 private key: 32 octets expected');
  t.throws(() => x25519(key, new Uint8Array(32)), { instanceOf: Misuse });
  t.throws(() => x25519(new Uint8Array(32), key), { instanceOf: Misuse });
});

test('ChaCha20-Poly1305: RFC 8439 §2.8.2', (t) => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i);
  const nonce = hex('070000004041424344454647');
  const associated = hex('50515253c0c1c2c3c4c5c6c7');
  const plaintext = ascii(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const parts = [plaintext.subarray(0, 50), plaintext.subarray(50)];
  const { ciphertext, tag } = aeadSeal('chacha20-poly1305', key, nonce, associated, ...parts);
  const body = concat(...ciphertext);
  t.is(
    body.toHex(),
    'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b29' +
      '05d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b' +
      '6116',
  );
  t.is(tag.toHex(), '1ae10b594f09e26a7e902ecbd0600691');
  t.deepEqual(aeadOpen('chacha20-poly1305', key, nonce, associated, body, tag), plaintext);
  tag[15]! ^= 1;
  t.is(aeadOpen('chacha20-poly1305', key, nonce, associated, body, tag), undefined);
});

test('AES-256-GCM: test cases 13 and 14 of the GCM submission', (t) => {
  const [key, nonce, none] = [new Uint8Array(32), new Uint8Array(12), new Uint8Array(0)];
  t.is(aeadSeal('aes-256-gcm', key, nonce, none).tag.toHex(), '530f8afbc74536b9a963b4f1c4cb738b');
  const { ciphertext, tag } = aeadSeal('aes-256-gcm', key, nonce, none, new Uint8Array(16));
  t.is(ciphertext[0]?.toHex(), 'cea7403d4d606b6e074ec5d3baf39d18');
  t.is(tag.toHex(), 'd0d1c8a799996bf0265b98b5d48ab919');
});

const sp80038a = {
  key: hex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4'),
  plaintext: hex(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17' +
      'ad2b417be66c3710',
  ),
};

test('AES-256-CTR: SP 800-38A F.5.5, in pieces', (t) => {
  const stream = ctrStream(sp80038a.key, hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'));
  const pieces = [0, 3, 20, 20, 49, 64].map((at, i, cuts) => stream(sp80038a.plaintext.subarray(cuts[i - 1] ?? 0, at)));
  t.is(
    concat(...pieces).toHex(),
    '601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada6' +
      '13c2dd08457941a6',
  );
});

test('AES-256-CBC: SP 800-38A F.2.5, in pieces', (t) => {
  const iv = hex('000102030405060708090a0b0c0d0e0f');
  const stream = cbcEncryptStream(sp80038a.key, iv);
  const ciphertext = concat(stream(sp80038a.plaintext.subarray(0, 21)), stream(sp80038a.plaintext.subarray(21)));
  t.is(
    ciphertext.toHex(),
    'f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fc' +
      'da6c19078c6a9d1b',
  );
  const back = cbcDecryptStream(sp80038a.key, iv);
  t.deepEqual(concat(back(ciphertext.subarray(0, 16)), back(ciphertext.subarray(16))), sp80038a.plaintext);
});

test('ML-KEM-768: both twins compute the same in all three functions', (t) => {
  const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  fc.assert(
    fc.property(octets(64), octets(32), fc.nat(1087), fc.integer({ min: 1, max: 255 }), (seed, message, at, change) => {
      const [pair, twin] = [kem.generate(seed), noble.kem.generate(seed)];
      t.is(pair.publicKey.toHex(), twin.publicKey.toHex());
      const chosen = kem.encapsulate(pair.publicKey, message);
      t.deepEqual(chosen, noble.kem.encapsulate(pair.publicKey, message));
      const drawn = kem.encapsulate(pair.publicKey);
      t.notDeepEqual(drawn, kem.encapsulate(pair.publicKey));
      for (const { ciphertext, sharedSecret } of [chosen, drawn]) {
        t.deepEqual([ciphertext.length, sharedSecret.length], [1088, 32]);
        t.is(kem.decapsulate(pair.privateKey, ciphertext).toHex(), sharedSecret.toHex());
        t.is(noble.kem.decapsulate(twin.privateKey, ciphertext).toHex(), sharedSecret.toHex());
        // Implicit rejection (FIPS 203 §7.3): the same unrelated secret from both.
        ciphertext[at]! ^= change;
        const unrelated = kem.decapsulate(pair.privateKey, ciphertext).toHex();
        t.not(unrelated, sharedSecret.toHex());
        t.is(unrelated, noble.kem.decapsulate(twin.privateKey, ciphertext).toHex());
      }
    }),
  );
});

test('ML-KEM-768: what has the wrong size is named', (t) => {
  const seed = new Uint8Array(64);
  const { publicKey } = kem.generate(seed);
  const wrong: readonly [string, () => unknown][] = [
    ['ML-KEM seed: 64 octets expected', () => kem.generate(new Uint8Array(63))],
    ['ML-KEM seed: 64 octets expected', () => kem.decapsulate(new Uint8Array(2400), new Uint8Array(1088))],
    ['ML-KEM ciphertext: 1088 octets expected', () => kem.decapsulate(seed, new Uint8Array(1087))],
    ['ML-KEM message: 32 octets expected', () => kem.encapsulate(publicKey, new Uint8Array(31))],
  ];
  for (const [message, work] of wrong) t.throws(work, { instanceOf: Misuse, message });
});

test('FIPS 203 §7.2: an encapsulation key with one coefficient of q or more is refused', (t) => {
  const { publicKey } = kem.generate(randomOctets(64));
  t.notThrows(() => kem.checkPublicKey(publicKey));
  fc.assert(
    fc.property(fc.nat(767), fc.integer({ min: 0, max: 4095 }), (coefficient, value) => {
      const key = publicKey.slice();
      const at = Math.floor(coefficient / 2) * 3;
      if (coefficient % 2 === 0) {
        key[at] = value & 255;
        key[at + 1] = (key[at + 1]! & 0xf0) | (value >> 8);
      } else {
        key[at + 1] = (key[at + 1]! & 0x0f) | ((value & 15) << 4);
        key[at + 2] = value >> 4;
      }
      for (const message of [undefined, new Uint8Array(32)]) {
        if (value < 3329) t.notThrows(() => kem.encapsulate(key, message));
        else t.throws(() => kem.encapsulate(key, message), { instanceOf: IntegrityFailure });
      }
    }),
  );
  t.throws(() => kem.encapsulate(publicKey.subarray(1)), { instanceOf: IntegrityFailure });
});

test('comparison and zero test', (t) => {
  t.true(constantTimeEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2)));
  t.false(constantTimeEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 3)));
  t.false(constantTimeEqual(Uint8Array.of(1, 2), Uint8Array.of(1)));
  t.true(isZero(new Uint8Array(9)));
  t.false(isZero(Uint8Array.of(0, 0, 128)));
});
