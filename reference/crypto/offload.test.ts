import test from 'ava';
import fc from 'fast-check';
import { IntegrityFailure, Misuse } from '../errors.ts';
import { concat } from '../octets.ts';
import { type DirectionKeys, deriveDirection } from './keys.ts';
import { plain } from './plain.ts';
import { aeadSeal, randomOctets } from './primitives.ts';
import { createOpener, createSealer } from './transforms.ts';

const keysFor = (transform: number): DirectionKeys => deriveDirection(randomOctets(32), transform, randomOctets(32));
const [checksum, both, all] = [0x0001, 0x0003, 0x000b];
const fast = { createSealer, createOpener };

function datagram(length: number): Uint8Array {
  const octets = randomOctets(length);
  octets.set([0x45, 0, length >> 8, length & 0xff]);
  return octets;
}

for (const transform of [0x0001, 0x0002])
  test(`0x000${transform}: fast equals plain for datagrams that lack something, and others in turn`, (t) => {
    const lengths = fc.array(fc.integer({ min: 300, max: 900 }), { maxLength: 3 });
    const lacks = fc.option(fc.constantFrom(0, 256, 299), { nil: undefined });
    fc.assert(
      fc.property(
        fc.array(fc.record({ lengths, segmentSize: lacks }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 255 }),
        (frames, padding) => {
          const keys = keysFor(transform);
          const options = { dataOptions: all, padding: () => padding };
          const sealers = [fast, plain].map((library) => library.createSealer(transform, keys, options));
          const openers = [fast, plain].map((library) => library.createOpener(transform, keys, { dataOptions: all }));
          for (const { lengths: these, segmentSize } of frames) {
            const sent = these.map(datagram);
            const offload = segmentSize === undefined || sent.length !== 1 ? undefined : { segmentSize };
            const [one, twin] = sealers.map((side) => {
              if (offload !== undefined) return side.sealUnfinished(sent[0]!, offload);
              return sent.length < 2 ? side.seal(sent[0] ?? new Uint8Array()) : side.sealBundle(sent);
            });
            t.deepEqual(one, twin);
            for (const side of openers) {
              t.deepEqual(side.openAll(one!.slice()), sent);
              t.deepEqual(side.offload, offload);
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

test('the header of a datagram that lacks something', (t) => {
  const keys = keysFor(0x0001);
  const sealer = createSealer(0x0001, keys, { dataOptions: both, padding: () => 5 });
  const partial = sealer.sealUnfinished(datagram(300), { segmentSize: 0 });
  t.deepEqual([...partial.subarray(0, 16)], [0, 0, 1, 81, 4, 1, 8, 0, 1, 44, 0, 1, 0, 0, 5, 16]);
  const long = sealer.sealUnfinished(datagram(300), { segmentSize: 258 });
  t.deepEqual([...long.subarray(0, 16)], [0, 0, 1, 81, 4, 1, 8, 0, 1, 44, 0, 3, 1, 2, 5, 16]);
});

test('each is sealed and opened only where it was negotiated', (t) => {
  const keys = keysFor(0x0001);
  for (const { createSealer: create, createOpener: open } of [fast, plain])
    for (const [segmentSize, needed] of [
      [0, checksum],
      [256, both],
    ] as const) {
      const frame = create(0x0001, keys, { dataOptions: both }).sealUnfinished(datagram(300), { segmentSize });
      for (let dataOptions = 0; dataOptions < 32; dataOptions += 1) {
        const [sealer, opener] = [create(0x0001, keys, { dataOptions }), open(0x0001, keys, { dataOptions })];
        if ((dataOptions & needed) === needed) {
          sealer.sealUnfinished(datagram(300), { segmentSize });
          opener.open(frame.slice());
          t.deepEqual(opener.offload, { segmentSize });
        } else {
          t.throws(() => sealer.sealUnfinished(datagram(300), { segmentSize }), { instanceOf: Misuse });
          t.throws(() => opener.open(frame.slice()), { instanceOf: IntegrityFailure });
        }
      }
    }
});

test('a segment size that no datagram of this length can have is not sealed', (t) => {
  for (const { createSealer: create } of [fast, plain]) {
    const sealer = create(0x0001, keysFor(0x0001), { dataOptions: both });
    for (const segmentSize of [1, 255, 300, 65_535])
      t.throws(() => sealer.sealUnfinished(datagram(300), { segmentSize }), { instanceOf: Misuse }, `${segmentSize}`);
    t.throws(() => sealer.sealUnfinished(new Uint8Array(), { segmentSize: 0 }), { instanceOf: Misuse });
    t.is(sealer.frames, 0);
  }
});

/** A frame whose header and plaintext are as given, sealed as n = 0. */
function forged({ key, iv }: DirectionKeys, header: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const { ciphertext, tag } = aeadSeal('aes-256-gcm', key, iv, header, plaintext, new Uint8Array());
  return concat(header, tag, ...ciphertext);
}

/** Flags, then the segment size; the datagram has 300 octets. */
const wrong: Record<string, [number, number, Uint8Array?]> = {
  'flag 1 without flag 0': [0x0002, 256],
  'flag 1 without a segment size': [0x0003, 0],
  'a segment size below 256': [0x0003, 255],
  'a segment size as long as the datagram': [0x0003, 300],
  'the greatest segment size': [0x0003, 65_535],
  'flag 0 with a segment size': [0x0001, 256],
  'a segment size without a flag': [0x0000, 256],
  'flag 2 as well': [0x0007, 256],
  'flag 2 instead': [0x0005, 256],
  'flag 3 as well': [0x0009, 0],
  'flags 1 and 3 as well': [0x000b, 256],
  'flag 4 as well': [0x0011, 0],
  'flag 15 as well': [0x8001, 0],
  'the flags in the other octet': [0x0100, 0],
  'a keep-alive with flag 0': [0x0001, 0, new Uint8Array()],
  'a keep-alive with flag 1': [0x0003, 256, new Uint8Array()],
};

for (const [what, [flags, segmentSize, octets = datagram(300)]] of Object.entries(wrong))
  test(`${what} is an integrity failure, whatever was negotiated`, (t) => {
    const keys = keysFor(0x0001);
    const [length, protocol] = [octets.length, octets.length === 0 ? 0 : 8];
    const fields = [0, 0, (32 + length) >> 8, (32 + length) & 0xff, 4, 1, protocol, 0, length >> 8, length & 0xff];
    const rest = [flags >> 8, flags & 0xff, segmentSize >> 8, segmentSize & 0xff, 0, 16];
    const frame = forged(keys, Uint8Array.from([...fields, ...rest]), octets);
    for (const { createOpener: open } of [fast, plain])
      for (const dataOptions of [all, 0x001f, 0xffff]) {
        const side = open(0x0001, keys, { dataOptions });
        t.throws(() => side.openAll(frame.slice()), { instanceOf: IntegrityFailure });
        t.is(side.frames, 0);
      }
  });
