/** [EP] fig. 9: frames made and opened in place are those of the readable form, octet by octet. */
import test from 'ava';
import fc from 'fast-check';
import { deriveDirection } from '../crypto/keys.ts';
import { plain } from '../crypto/plain.ts';
import { aeadSeal } from '../crypto/primitives.ts';
import { aeadOf, createOpener } from '../crypto/transforms.ts';
import { evp } from '../libc/evp.ts';
import { concat, viewOf } from '../octets.ts';
import { EtherType } from '../packets/ethernet.ts';
import { datagramsOfStack, rulesOf } from '../testing/data-rules.ts';
import { lengthInBundle } from '../wire/bundle.ts';
import { encodeDataHeader } from '../wire/data.ts';
import { bounds } from '../wire/frame-start.ts';
import { DataOption, Transform } from '../wire/identifiers.ts';
import { cipherOf, lead, openRecord, Slab, sealRecord, startOf } from './record.ts';
import { TunnelState } from './shared.ts';

const transforms = [Transform.aes256gcm, Transform.chacha20poly1305] as const;
type Aead = (typeof transforms)[number];
const slabLength = 2 * bounds.DATA.max;

const keysOf = (transform: number) =>
  deriveDirection(new Uint8Array(32).fill(7), transform, new Uint8Array(32).fill(8));

/** One direction in place. */
function direction(transform: Aead, seals: boolean) {
  const state = new TunnelState();
  const { key, iv } = keysOf(transform);
  state.sent.begin(iv, 0, 0);
  const context = evp()!.context(aeadOf(transform)!, key, seals);
  return { cipher: cipherOf(evp()!, context, state.sent), slab: new Slab(slabLength), used: state.sent };
}

const datagram = datagramsOfStack(rulesOf.client());
const datagrams = fc.array(datagram, { minLength: 1, maxLength: 8 });
const start = fc.nat(40);

for (const transform of transforms)
  test(`what is sealed in place is what the readable form seals: transform ${transform}`, (t) => {
    fc.assert(
      fc.property(fc.array(datagrams, { minLength: 1, maxLength: 5 }), start, (frames, at) => {
        const { cipher, slab, used } = direction(transform, true);
        const sealer = plain.createSealer(transform, keysOf(transform), { dataOptions: DataOption.bundle });
        for (const parts of frames) {
          const text = concat(...parts);
          slab.octets.set(text, at + lead);
          sealRecord(cipher, slab, { at, length: text.length, count: parts.length });
          const expected = parts.length === 1 ? sealer.seal(text) : sealer.sealBundle(parts);
          t.is(slab.octets.slice(at, at + lead + text.length).toHex(), expected.toHex());
        }
        t.deepEqual([used.frames, used.octets], [sealer.frames, sealer.octets]);
      }),
      { numRuns: 60 },
    );
  });

test('nothing is sealed beyond the bound of a key', (t) => {
  const { cipher, slab, used } = direction(Transform.aes256gcm, true);
  used.begin(new Uint8Array(12), 2 ** 32, 0);
  t.throws(() => sealRecord(cipher, slab, { at: 0, length: 0, count: 1 }), {
    message: 'the key has reached its bound',
  });
});

/** What a peer that has the key may send, right or wrong. */
interface Sent {
  readonly parts: readonly Uint8Array[];
  readonly cut: number;
  readonly padding: number;
  readonly last: number;
  readonly flags: number;
  readonly segmentSize: number;
  readonly protocol: number | undefined;
  readonly stated: number | undefined;
  readonly paddingLength: number | undefined;
}

const rarely = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

const few = fc.oneof(datagram, fc.constantFrom(Uint8Array.of(0x45), new Uint8Array(20).fill(0x45), new Uint8Array(0)));
/** Flags and segment size: those that there are, and others. */
const kinds: fc.Arbitrary<readonly [flags: number, segmentSize: number]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant([DataOption.bundle, 0] as const) },
  { weight: 8, arbitrary: fc.constantFrom([0, 0] as const, [1, 0] as const, [3, 256] as const, [3, 300] as const) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(0, 1, 2, 3, 8, 9, 0x8008), fc.constantFrom(0, 1, 255, 256, 1_200, 60_000)),
  },
);
const sent: fc.Arbitrary<Sent> = fc
  .record({
    parts: fc.oneof({ weight: 6, arbitrary: datagrams }, { weight: 1, arbitrary: fc.array(few, { maxLength: 3 }) }),
    cut: rarely(0, 1, 20, 39),
    padding: fc.constantFrom(0, 0, 1, 255),
    last: rarely(0, 1),
    kind: kinds,
    protocol: rarely<number | undefined>(undefined, 0, EtherType.ipv4, EtherType.ipv6, EtherType.arp),
    stated: rarely<number | undefined>(undefined, 0, 1, 28),
    paddingLength: rarely<number | undefined>(undefined, 0, 2),
  })
  .map(({ kind: [flags, segmentSize], ...rest }) => ({ ...rest, flags, segmentSize }));

/** The frame, rightly sealed over all of that. */
function forge(transform: Aead, n: number, one: Sent): Uint8Array {
  const { key, iv } = keysOf(transform);
  const all = concat(...one.parts);
  const text = all.subarray(0, Math.max(0, all.length - one.cut));
  const padding = new Uint8Array(one.padding).fill(one.last, -1);
  const frame = new Uint8Array(lead + text.length + padding.length);
  const version = (text[0] ?? 0) >> 4;
  const usual = text.length === 0 ? 0 : version === 4 ? EtherType.ipv4 : EtherType.ipv6;
  encodeDataHeader(
    {
      protocol: one.protocol ?? usual,
      datagramLength: one.stated ?? ((one.flags & DataOption.bundle) === 0 ? text.length & 0xffff : 0),
      flags: one.flags,
      segmentSize: one.segmentSize,
      paddingLength: one.paddingLength ?? padding.length,
      digestLength: 16,
    },
    frame,
  );
  const nonce = iv.slice();
  viewOf(nonce).setUint32(8, viewOf(nonce).getUint32(8) ^ n);
  const { ciphertext, tag } = aeadSeal(aeadOf(transform)!, key, nonce, frame.subarray(0, 16), text, padding);
  frame.set(concat(tag, ...ciphertext), 16);
  return frame;
}

/** The datagrams of a frame that was put into the slab, and what the only one lacks; undefined if it is refused. */
function openInPlace({ cipher, slab }: ReturnType<typeof direction>, at: number, length: number, dataOptions: number) {
  const found = startOf(slab, at, dataOptions);
  if (found?.length !== length || !openRecord(cipher, slab, at, found)) return undefined;
  const end = at + lead + found.datagramLength;
  const opened: Uint8Array[] = [];
  for (let from = at + lead; from < end; from += opened.at(-1)!.length)
    opened.push(slab.octets.slice(from, found.bundled ? from + lengthInBundle(slab.octets, from, end)! : end));
  return { opened, offload: found.offload };
}

const hex = (all: readonly Uint8Array[]): string[] => all.map((one) => one.toHex());

for (const transform of transforms)
  test(`what is opened in place, or refused, the readable form opens or refuses: transform ${transform}`, (t) => {
    const seen = { lone: 0, bundles: 0, lacking: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.array(sent, { minLength: 1, maxLength: 4 }),
        start,
        rarely<number>(DataOption.bundle | 3, 0, 1, 3, DataOption.bundle),
        (frames, at, dataOptions) => {
          const place = direction(transform, false);
          const readable = [createOpener, plain.createOpener].map((create) =>
            create(transform, keysOf(transform), { dataOptions }),
          );
          for (const [n, one] of frames.entries()) {
            const frame = forge(transform, n, one);
            place.slab.octets.set(frame, at);
            const { opened, offload } = openInPlace(place, at, frame.length, dataOptions) ?? {};
            for (const opener of readable)
              if (opened === undefined) t.throws(() => opener.openAll(frame));
              else {
                t.deepEqual(hex(opener.openAll(frame)), hex(opened));
                t.deepEqual(opener.offload, offload);
              }
            if (opened === undefined) seen.refused += 1;
            else if (offload !== undefined) seen.lacking += 1;
            else if (opened.length > 1) seen.bundles += 1;
            else seen.lone += 1;
            // Nothing comes after a frame that was refused.
            if (opened === undefined) return;
            for (const { frames: count, octets } of readable)
              t.deepEqual([place.used.frames, place.used.octets], [count, octets]);
          }
        },
      ),
      { numRuns: 300 },
    );
    t.true(Math.min(...Object.values(seen)) > 20, JSON.stringify(seen));
  });
