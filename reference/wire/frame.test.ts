import test from 'ava';
import fc from 'fast-check';
import { Malformed } from '../errors.ts';
import { concat } from '../octets.ts';
import { altered, anyFrame, frameOf } from '../testing/random-frames.ts';
import { encodeDataHeader, encodeDataHeaderPlain } from './data.ts';
import { decodeFrame, encodeFrame, type Frame } from './frame.ts';
import { bounds } from './frame-start.ts';

test('what is encoded decodes to the same frame, within the bounds of its type', (t) => {
  fc.assert(
    fc.property(anyFrame, (frame) => {
      const octets = encodeFrame(frame);
      const { min, max } = bounds[frame.type];
      t.true(octets.length >= min && octets.length <= max);
      t.deepEqual(decodeFrame(octets) as unknown, frame as unknown);
    }),
  );
});

const oneEncoding = (octets: Uint8Array): boolean => {
  let frame: Frame;
  try {
    frame = decodeFrame(octets);
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
  if (encodeFrame(frame).toHex() !== octets.toHex()) throw new Error(`a second encoding of ${frame.type}`);
  return true;
};

test('altered frames are refused or re-encode to the same octets', (t) => {
  let decoded = 0;
  fc.assert(
    fc.property(
      anyFrame.chain((frame) => altered(encodeFrame(frame))),
      (octets) => {
        if (oneEncoding(octets)) decoded += 1;
      },
    ),
    { numRuns: 2_000 },
  );
  t.true(decoded > 0, 'some alterations give another valid frame');
});

test('any octets behind a possible start are refused or re-encode to the same octets', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.uint8Array({ maxLength: 400 }), (type, content) => {
      oneEncoding(frameOf(type, content));
    }),
    { numRuns: 2_000 },
  );
  t.pass();
});

test('the hot path writes the DATA header that is declared', (t) => {
  const u8 = fc.integer({ min: 0, max: 0xff });
  const u16 = fc.integer({ min: 0, max: 0xffff });
  const header = fc.record({
    protocol: u16,
    datagramLength: u16,
    flags: u16,
    segmentSize: u16,
    paddingLength: u8,
    digestLength: u8,
  });
  fc.assert(
    fc.property(header, fc.integer({ min: 16, max: 2_000 }), (fields, length) => {
      const fast = new Uint8Array(length);
      const plain = new Uint8Array(length);
      encodeDataHeader(fields, fast);
      encodeDataHeaderPlain(fields, plain);
      t.deepEqual(fast, plain);
    }),
  );
});

/** Octets as [EP] figs. 6 and 10 and the widths of the binding give them, by hand. */
const byHand: readonly (readonly [Frame, string])[] = [
  [{ type: 'RELAY', origin: 'a', path: ['b', 'c:1'] }, '00000016 01 01 0000 02 00 0002 0004 61 00 62 00 63 3a 31 00'],
  [{ type: 'CLOSE', status: 14 }, '00000008 05 01 000e'],
  [{ type: 'CLOSE', status: 3, digest: new Uint8Array(32).fill(0xaa) }, `00000028 05 01 0003 ${'aa'.repeat(32)}`],
];

test('frames written by hand', (t) => {
  for (const [frame, hex] of byHand) {
    t.is(encodeFrame(frame).toHex(), hex.replaceAll(' ', ''));
    t.deepEqual(decodeFrame(Uint8Array.fromHex(hex.replaceAll(' ', ''))), frame);
  }
});

test('faults are named with field, numeral and offset', (t) => {
  const relay = encodeFrame({ type: 'RELAY', origin: 'a', path: ['b', 'c:1'] });
  const faults: readonly (readonly [number, number, RegExp])[] = [
    [6, 1, /origin index \(106/],
    [8, 17, /hop count \(octet 8\): 17/],
    [9, 1, /reserved \(octet 9\): 1/],
    [11, 3, /path index 0 \(108\): 3/],
    [13, 3, /path index 1 \(110\): 3/],
    [14, 0x41, /lower-case/],
    [21, 0x31, /no NUL/],
  ];
  t.throws(() => decodeFrame(frameOf(1, concat(relay.subarray(6), Uint8Array.of(0)))), {
    instanceOf: Malformed,
    message: /string buffer \(112\): 1 octets after/,
  });
  for (const [offset, value, message] of faults) {
    t.throws(() => decodeFrame(relay.with(offset, value)), { instanceOf: Malformed, message });
  }
});
