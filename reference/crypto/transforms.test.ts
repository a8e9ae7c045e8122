import { createCipheriv, createHmac } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import { IntegrityFailure, Misuse } from '../errors.ts';
import { aeadDecryption, aeadEncryption } from './aead.ts';
import { Counter } from './counter.ts';
import { ctrDecryption, ctrEncryption, type DigestKeys } from './ctr-hmac.ts';
import { opener, sealer } from './data-frame.ts';
import { type DirectionKeys, deriveDirection } from './keys.ts';
import { plain } from './plain.ts';
import { randomOctets } from './primitives.ts';
import { createOpener, createSealer } from './transforms.ts';

const transforms = [0x0001, 0x0002, 0x0101, 0x0102];
const digestLength = (transform: number): number => (transform < 0x0100 ? 16 : 32);
const hex = (text: string): Uint8Array => Uint8Array.fromHex(text);
const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
const keysFor = (transform: number): DirectionKeys => deriveDirection(randomOctets(32), transform, randomOctets(32));

/** A datagram as far as the transforms look: its first nibble. */
function datagram(length: number, version: 4 | 6 = 4): Uint8Array {
  const octets = randomOctets(length);
  if (length > 0) octets[0] = (version << 4) | (octets[0]! & 15);
  return octets;
}

/** Sizes around blocks, and the ones nobody thinks of. */
const sizes = fc.array(
  fc.oneof(fc.constantFrom(0, 1, 15, 16, 17, 31, 32, 33, 1399, 1400), fc.integer({ min: 0, max: 2000 })),
  { minLength: 10, maxLength: 40, size: 'max' },
);

for (const transform of transforms) {
  const name = `0x${transform.toString(16).padStart(4, '0')}`;

  test(`${name}: fast equals plain over hundreds of frames, and each opens the other's`, (t) => {
    let frames = 0;
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 255 }), (lengths, padding) => {
        const keys = keysFor(transform);
        const options = { padding: () => padding };
        const [fast, twin] = [createSealer(transform, keys, options), plain.createSealer(transform, keys, options)];
        const [fastOpener, twinOpener] = [createOpener(transform, keys), plain.createOpener(transform, keys)];
        for (const [i, length] of lengths.entries()) {
          const sent = datagram(length, i % 3 ? 4 : 6);
          const frame = fast.seal(sent);
          t.is(frame.toHex(), twin.seal(sent).toHex());
          t.is(fastOpener.open(frame.slice()).toHex(), sent.toHex());
          t.is(twinOpener.open(frame).toHex(), sent.toHex());
          frames++;
        }
        const counts = [fast, twin, fastOpener, twinOpener].map((side) => [side.frames, side.octets]);
        for (const count of counts) t.deepEqual(count, counts[0]);
        t.is(fast.frames, lengths.length);
      }),
      { numRuns: 40 },
    );
    t.true(frames > 300);
  });

  test(`${name}: any bit of a frame flipped is an integrity failure, and the opener stays dead`, (t) => {
    const keys = keysFor(transform);
    const from = createSealer(transform, keys, { padding: () => 3 });
    const frames = [datagram(20), datagram(21, 6), new Uint8Array(0)].map((octets) => from.seal(octets));
    for (const create of [createOpener, plain.createOpener]) {
      for (const [i, target] of frames.entries()) {
        for (let bit = 0; bit < target.length * 8; bit++) {
          const side = create(transform, keys);
          for (const before of frames.slice(0, i)) side.open(before);
          const wrong = target.slice();
          wrong[bit >> 3]! ^= 1 << (bit & 7);
          if (!fails(() => side.open(wrong))) t.fail(`bit ${bit} of frame ${i}`);
          if (!fails(() => side.open(target))) t.fail(`opens again after bit ${bit} of frame ${i}`);
          if (side.frames !== i) t.fail('a refused frame was counted');
        }
      }
    }
    t.pass();
  });

  test(`${name}: cut, prolonged, repeated, swapped, dropped`, (t) => {
    const keys = keysFor(transform);
    const from = createSealer(transform, keys);
    const [a, b, c, d] = [datagram(40), datagram(40), new Uint8Array(0), datagram(16)].map((o) => from.seal(o)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const orders: readonly (readonly Uint8Array[])[] = [
      [a, a],
      [b],
      [a, c],
      [a, b, b],
      [a, b, d],
      [a, b, c, c],
      [a, b, c, a],
      [a.subarray(0, -1)],
      [a.subarray(0, 47)],
      [a.subarray(0, 16)],
      [a.subarray(0, 15)],
      [a.subarray(0, 0)],
      [join(a, Uint8Array.of(0))],
      [join(a, b)],
      [createSealer(transform, keysFor(transform)).seal(datagram(40))],
    ];
    for (const create of [createOpener, plain.createOpener]) {
      for (const order of orders) {
        const side = create(transform, keys);
        for (const frame of order.slice(0, -1)) side.open(frame);
        t.throws(() => side.open(order.at(-1)!), { instanceOf: IntegrityFailure });
        t.throws(() => side.open(a), { instanceOf: IntegrityFailure });
      }
      const side = create(transform, keys);
      for (const frame of [a, b, c, d]) side.open(frame);
      t.is(side.frames, 4);
    }
  });

  test(`${name}: what is no datagram is the caller's error and changes nothing`, (t) => {
    const keys = keysFor(transform);
    for (const library of [{ createSealer, createOpener }, plain]) {
      const from = library.createSealer(transform, keys);
      const to = library.createOpener(transform, keys);
      t.throws(() => from.seal(Uint8Array.of(0x50, 1, 2)), { instanceOf: Misuse });
      t.throws(() => from.seal(datagram(65536)), { instanceOf: Misuse });
      t.is(from.frames, 0);
      const largest = datagram(65535);
      t.deepEqual(to.open(from.seal(largest)), largest);
    }
  });

  test(`${name}: the header's fields are where fig. 9 has them`, (t) => {
    const frame = createSealer(transform, keysFor(transform), { padding: () => 5 }).seal(datagram(21, 6));
    const padding = transform < 0x0100 ? 5 : transform === 0x0102 ? 11 : 0;
    const length = 16 + digestLength(transform) + 21 + padding;
    const expected = [0, 0, 0, length, 4, 1, 0x86, 0xdd, 0, 21, 0, 0, 0, 0, padding, digestLength(transform)];
    t.deepEqual([...frame.subarray(0, 16)], expected);
    t.is(frame.length, length);
    const empty = createSealer(transform, keysFor(transform)).seal(new Uint8Array(0));
    t.deepEqual([...empty.subarray(4, 10)], [4, 1, 0, 0, 0, 0]);
    t.is(empty.length, 16 + digestLength(transform));
  });
}

test('0x0001: nonce iv ⊕ (0⁴ ‖ n), header as associated data, zeros at the end', (t) => {
  const keys = keysFor(0x0001);
  const from = createSealer(0x0001, keys, { padding: () => 9 });
  for (let n = 0; n < 300; n++) {
    const sent = datagram(n % 70);
    const frame = from.seal(sent);
    const nonce = keys.iv.slice();
    nonce[10]! ^= n >> 8;
    nonce[11]! ^= n & 255;
    const cipher = createCipheriv('aes-256-gcm', keys.key, nonce).setAAD(frame.subarray(0, 16));
    const c = join(cipher.update(join(sent, new Uint8Array(9))), cipher.final());
    t.is(frame.subarray(16).toHex(), join(cipher.getAuthTag(), c).toHex());
  }
});

/** SP 800-38A F.5.5, cut where an octet happens to begin like an IP datagram. */
test("0x0101: the frames' ciphertexts together are one CTR keystream, running on mid-block", (t) => {
  const plaintext = hex(
    '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17' +
      'ad2b417be66c3710',
  );
  const keys: DirectionKeys = {
    key: hex('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4'),
    iv: hex('f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff'),
    mac: randomOctets(32),
    close: randomOctets(32),
  };
  const from = createSealer(0x0101, keys);
  const cuts = [0, 5, 5, 26, 35, 64];
  const frames = cuts.slice(1).map((end, i) => from.seal(plaintext.subarray(cuts[i], end)));
  t.is(
    join(...frames.map((frame) => frame.subarray(48))).toHex(),
    '601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c52b0930daa23de94ce87017ba2d84988ddfc9c58db67aada6' +
      '13c2dd08457941a6',
  );
});

test("0x0102: the frames' ciphertexts together are one CBC chain over the padded datagrams", (t) => {
  const keys = keysFor(0x0102);
  const from = createSealer(0x0102, keys);
  const sent = [1, 16, 0, 17, 32, 1400, 5].map((length) => datagram(length));
  const frames = sent.map((octets) => from.seal(octets));
  const cipher = createCipheriv('aes-256-cbc', keys.key, keys.iv).setAutoPadding(false);
  const padded = sent.map((octets) => join(octets, new Uint8Array((16 - (octets.length % 16)) % 16)));
  t.is(join(...frames.map((frame) => frame.subarray(48))).toHex(), cipher.update(join(...padded)).toString('hex'));
});

for (const transform of [0x0101, 0x0102]) {
  test(`0x0${transform.toString(16)}: the digest is of the plaintext and the count of frames before (claims 5, 12)`, (t) => {
    const keys = keysFor(transform);
    const from = createSealer(transform, keys);
    for (let n = 0; n < 300; n++) {
      const sent = datagram(n % 50);
      const digest = createHmac('sha256', keys.mac!)
        .update(sent)
        .update(Uint8Array.of(0, 0, 0, 0, 0, 0, n >> 8, n))
        .digest();
      t.is(from.seal(sent).subarray(16, 48).toHex(), digest.toString('hex'));
    }
  });
}

test('0x0102: padding that is not zero is refused though the digest verifies', (t) => {
  const keys = keysFor(0x0102);
  const sent = datagram(20);
  const frame = createSealer(0x0102, keys).seal(sent);
  const cipher = createCipheriv('aes-256-cbc', keys.key, keys.iv).setAutoPadding(false);
  const padding = new Uint8Array(12);
  padding[11] = 1;
  frame.set(cipher.update(join(sent, padding)), 48);
  for (const create of [createOpener, plain.createOpener]) {
    t.throws(() => create(0x0102, keys).open(frame), { instanceOf: IntegrityFailure });
  }
});

for (const [transform, cipherName, honest, extra] of [
  [0x0101, 'aes-256-ctr', 0, 3],
  [0x0102, 'aes-256-cbc', 12, 16],
] as const) {
  test(`0x0${transform.toString(16)}: more padding than the transform gives is refused though all of it is zero`, (t) => {
    const keys = keysFor(transform);
    const sent = datagram(20);
    const forge = (padding: number, digested = sent): Uint8Array => {
      const cipher = createCipheriv(cipherName, keys.key, keys.iv).setAutoPadding(false);
      const c = cipher.update(join(sent, new Uint8Array(padding)));
      const header = Uint8Array.of(0, 0, 0, 48 + c.length, 4, 1, 8, 0, 0, 20, 0, 0, 0, 0, padding, 32);
      const digest = createHmac('sha256', keys.mac!).update(digested).update(new Uint8Array(8)).digest();
      return join(header, digest, c);
    };
    for (const create of [createOpener, plain.createOpener]) {
      t.deepEqual(create(transform, keys).open(forge(honest)), sent);
      for (const digested of [sent, join(sent, new Uint8Array(honest + extra))]) {
        const surplus = forge(honest + extra, digested);
        t.throws(() => create(transform, keys).open(surplus), { instanceOf: IntegrityFailure });
      }
    }
  });
}

test('0x0001: authentic, but the padding is not zero, the protocol or the flags do not fit', (t) => {
  const keys = keysFor(0x0001);
  const forge = (change: (header: Uint8Array, body: Uint8Array) => void): Uint8Array => {
    const frame = createSealer(0x0001, keys, { padding: () => 4 }).seal(datagram(20));
    const [header, body] = [frame.subarray(0, 16), join(datagram(20), new Uint8Array(4))];
    change(header, body);
    const cipher = createCipheriv('aes-256-gcm', keys.key, keys.iv).setAAD(header);
    const c = cipher.update(body);
    cipher.final();
    return join(header, cipher.getAuthTag(), c);
  };
  const wrongs = [
    forge((_, body) => body.fill(1, 23)),
    forge((header) => header.set([0x86, 0xdd], 6)),
    forge((header) => header.set([0x00, 0x00], 6)),
    forge((header) => header.set([0x80, 0x00], 10)),
    forge((header) => header.set([0x01, 0x00], 12)),
    forge((header) => header.set([2], 5)),
    forge((header) => header.set([21], 9)),
    forge((_, body) => body.set([0x50])),
  ];
  for (const create of [createOpener, plain.createOpener]) {
    t.notThrows(() => create(0x0001, keys).open(forge(() => {})));
    for (const wrong of wrongs) t.throws(() => create(0x0001, keys).open(wrong), { instanceOf: IntegrityFailure });
  }
});

test('a key takes 2^32 frames and 2^40 octets and no more, on either side', (t) => {
  const keys = keysFor(0x0001);
  const encryption = () => aeadEncryption('aes-256-gcm', keys, () => 0);
  const decryption = () => aeadDecryption('aes-256-gcm', keys);

  const lastFrame = [2 ** 32 - 1, 0] as const;
  const from = sealer(encryption(), new Counter(...lastFrame));
  const to = opener(decryption(), new Counter(...lastFrame));
  const sent = datagram(20);
  const frame = from.seal(sent);
  t.deepEqual(to.open(frame), sent);
  t.is(from.frames, 2 ** 32);
  t.throws(() => from.seal(sent), { instanceOf: Misuse, message: /bound/ });
  t.is(from.frames, 2 ** 32);
  const beyond = sealer(encryption(), new Counter(0, 0)).seal(sent);
  t.throws(() => to.open(beyond), { instanceOf: IntegrityFailure });

  const lastOctets = [7, 2 ** 40 - 20] as const;
  const full = sealer(encryption(), new Counter(...lastOctets));
  t.throws(() => full.seal(datagram(21)), { instanceOf: Misuse, message: /bound/ });
  full.seal(datagram(20));
  t.is(full.octets, 2 ** 40);
  t.throws(() => full.seal(datagram(1)), { instanceOf: Misuse, message: /bound/ });
  const late = opener(decryption(), new Counter(7, 2 ** 40 - 10));
  t.throws(() => late.open(sealer(encryption(), new Counter(7)).seal(datagram(20))), { instanceOf: IntegrityFailure });
});

test('n is counted past 32 bits and in all of its octets', (t) => {
  t.is(new Counter(0x0102_0304).encode().toHex(), '0000000001020304');
  t.is(new Counter(2 ** 32).encode().toHex(), '0000000100000000');
  const keys = keysFor(0x0101) as DigestKeys;
  const frame = sealer(ctrEncryption(keys), new Counter(0x0102_0304)).seal(datagram(0));
  const digest = createHmac('sha256', keys.mac).update(hex('0000000001020304')).digest('hex');
  t.is(frame.subarray(16).toHex(), digest);
  t.is(opener(ctrDecryption(keys), new Counter(0x0102_0304)).open(frame).length, 0);
});

test('an unknown transform, or keys of another, are refused', (t) => {
  for (const library of [{ createSealer, createOpener }, plain]) {
    t.throws(() => library.createSealer(0x0a0a, keysFor(0x0001)), { instanceOf: Misuse });
    t.throws(() => library.createOpener(0x0003, keysFor(0x0001)), { instanceOf: Misuse });
  }
  const error = t.throws(() => createSealer(0x0101, keysFor(0x0001)), { instanceOf: Misuse });
  t.is(error.message, 'iv: 16 octets expected');
  const { mac: _, ...withoutMac } = keysFor(0x0101);
  t.throws(() => createSealer(0x0101, withoutMac), { instanceOf: Misuse, message: /^mac/ });
  t.throws(() => createSealer(0x0001, keysFor(0x0001), { padding: () => 256 }).seal(datagram(20)), {
    instanceOf: Misuse,
  });
});

test('two directions and two connections share nothing', (t) => {
  const sent = datagram(60);
  for (const transform of transforms) {
    const frames = [1, 2].map(() => createSealer(transform, keysFor(transform)).seal(sent).subarray(16).toHex());
    t.not(frames[0], frames[1]);
  }
});

function fails(work: () => unknown): boolean {
  try {
    work();
  } catch (error) {
    return error instanceof IntegrityFailure;
  }
  return false;
}
