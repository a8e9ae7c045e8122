import test from 'ava';
import fc from 'fast-check';
import { IntegrityFailure, Misuse } from '../errors.ts';
import { concat } from '../octets.ts';
import { aeadEncryption } from './aead.ts';
import { Counter, maximumOctets } from './counter.ts';
import { sealer } from './data-frame.ts';
import { type DirectionKeys, deriveDirection } from './keys.ts';
import { plain } from './plain.ts';
import { aeadSeal, randomOctets } from './primitives.ts';
import { createOpener, createSealer } from './transforms.ts';

const keysFor = (transform: number): DirectionKeys => deriveDirection(randomOctets(32), transform, randomOctets(32));
const bundling = { dataOptions: 0x0008 };
const fast = { createSealer, createOpener };

function datagram(length: number): Uint8Array {
  const octets = randomOctets(length);
  octets.set([0x45, 0, length >> 8, length & 0xff]);
  return octets;
}

for (const transform of [0x0001, 0x0002])
  test(`0x000${transform}: fast equals plain for bundles and lone datagrams in turn, and each opens the other's`, (t) => {
    const lengths = fc.array(fc.integer({ min: 20, max: 300 }), { maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(lengths, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 255 }),
        (all, padding) => {
          const keys = keysFor(transform);
          const options = { ...bundling, padding: () => padding };
          const sealers = [fast, plain].map((library) => library.createSealer(transform, keys, options));
          const openers = [fast, plain].map((library) => library.createOpener(transform, keys, bundling));
          for (const these of all) {
            const sent = these.map(datagram);
            const [one, twin] = sealers.map((side) =>
              sent.length < 2 ? side.seal(sent[0] ?? new Uint8Array()) : side.sealBundle(sent),
            );
            t.deepEqual(one, twin);
            for (const side of openers) t.deepEqual(side.openAll(one!.slice()), sent);
          }
          const counts = [...sealers, ...openers].map(({ frames, octets }) => [frames, octets]);
          const octets = all.flat().reduce((sum, length) => sum + length, 0) + all.length * padding;
          for (const count of counts) t.deepEqual(count, [all.length, octets]);
        },
      ),
      { numRuns: 60 },
    );
  });

test('the header of a bundle: protocol of the first datagram, datagram length 0, flag 3', (t) => {
  const keys = keysFor(0x0001);
  const six = new Uint8Array(40).with(0, 0x60);
  const frame = createSealer(0x0001, keys, { ...bundling, padding: () => 5 }).sealBundle([six, datagram(20)]);
  t.deepEqual([...frame.subarray(0, 16)], [0, 0, 0, 97, 4, 1, 0x86, 0xdd, 0, 0, 0, 8, 0, 0, 5, 16]);
});

test('a bundle is sealed and opened only where it was negotiated', (t) => {
  const keys = keysFor(0x0001);
  const two = [datagram(20), datagram(21)];
  for (const { createSealer: create, createOpener: open } of [fast, plain]) {
    for (const dataOptions of [0, 0x0007, 0xfff7])
      t.throws(() => create(0x0001, keys, { dataOptions }).sealBundle(two), { instanceOf: Misuse });
    const frame = create(0x0001, keys, bundling).sealBundle(two);
    for (const dataOptions of [0, 0x0007, 0xfff7])
      t.throws(() => open(0x0001, keys, { dataOptions }).openAll(frame), { instanceOf: IntegrityFailure });
    t.deepEqual(open(0x0001, keys, bundling).open(frame), two[0]);
  }
});

/** A frame whose header and plaintext are as given, sealed as n = 0. */
function forged({ key, iv }: DirectionKeys, header: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const { ciphertext, tag } = aeadSeal('aes-256-gcm', key, iv, header, plaintext, new Uint8Array());
  return concat(header, tag, ...ciphertext);
}

test('what is wrong about a bundle is an integrity failure, and the opener stays dead', (t) => {
  const keys = keysFor(0x0001);
  const two = concat(datagram(20), datagram(24));
  const header = (fields: Record<number, number>, length = 32 + two.length): Uint8Array => {
    const octets = Uint8Array.of(0, 0, 0, length, 4, 1, 8, 0, 0, 0, 0, 8, 0, 0, 0, 16);
    for (const [at, value] of Object.entries(fields)) octets[Number(at)] = value;
    return octets;
  };
  const right = forged(keys, header({}), two);
  const wrong: Record<string, Uint8Array> = {
    'a datagram length': forged(keys, header({ 9: 44 }), two),
    'the length of the first datagram': forged(keys, header({ 9: 20 }), two),
    'a segment size': forged(keys, header({ 13: 1 }), two),
    'flag 0 too': forged(keys, header({ 11: 9 }), two),
    'flag 4 too': forged(keys, header({ 11: 0x18 }), two),
    'flag 15 too': forged(keys, header({ 10: 0x80 }), two),
    'the protocol of IPv6': forged(keys, header({ 6: 0x86, 7: 0xdd }), two),
    'protocol 0': forged(keys, header({ 6: 0 }), two),
    'padding that eats the last octet': forged(keys, header({ 14: 1 }), two.with(-1, 0)),
    'padding of all': forged(keys, header({ 14: 44 }), new Uint8Array(44)),
    'padding of more': forged(keys, header({ 14: 45 }), two),
    'padding that is not zero': forged(keys, header({ 14: 1 }, 33 + two.length), concat(two, Uint8Array.of(1))),
    'zeros that no padding length tells': forged(keys, header({}, 33 + two.length), concat(two, Uint8Array.of(0))),
    'one datagram': forged(keys, header({}, 52), two.subarray(0, 20)),
    'no datagram': forged(keys, header({ 6: 0 }, 32), new Uint8Array()),
    'another digest length': forged(keys, header({ 15: 15 }), two),
    'no octet behind the header': header({}, 16),
  };
  for (const { createOpener: open } of [fast, plain]) {
    t.is(open(0x0001, keys, bundling).openAll(right.slice()).length, 2);
    for (const [what, frame] of Object.entries(wrong)) {
      const side = open(0x0001, keys, bundling);
      t.throws(() => side.openAll(frame.slice()), { instanceOf: IntegrityFailure }, what);
      t.throws(() => side.openAll(right.slice()), { instanceOf: IntegrityFailure }, what);
      t.is(side.frames, 0);
    }
  }
});

test('no frame is longer than a receiver takes, and none goes beyond the bound of the key', (t) => {
  const keys = keysFor(0x0001);
  const room = 131_072 - 32 - 255;
  const filled = [datagram(65_535), datagram(room - 65_535)];
  const padded = { ...bundling, padding: () => 255 };
  t.is(createSealer(0x0001, keys, padded).sealBundle(filled).length, 131_072);
  for (const library of [fast, plain]) {
    const side = library.createSealer(0x0001, keys, padded);
    t.throws(() => side.sealBundle([...filled.slice(0, 1), datagram(room - 65_534)]), { instanceOf: Misuse });
    t.is(side.frames, 0);
  }
  const late = sealer(
    aeadEncryption('aes-256-gcm', keys, () => 0),
    new Counter(0, maximumOctets - 41),
    0x0008,
  );
  t.throws(() => late.sealBundle([datagram(20), datagram(22)]), { instanceOf: Misuse, message: /bound/ });
  t.is(late.sealBundle([datagram(20), datagram(21)]).length, 73);
});
