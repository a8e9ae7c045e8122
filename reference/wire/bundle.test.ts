import test from 'ava';
import { Misuse } from '../errors.ts';
import { concat } from '../octets.ts';
import { cutBundle, joinBundle, partIntoBundles } from './bundle.ts';

function four(length: number): Uint8Array {
  const octets = new Uint8Array(length);
  octets.set([0x45, 0, length >> 8, length & 0xff]);
  return octets;
}

function six(length: number): Uint8Array {
  const octets = new Uint8Array(length);
  octets.set([0x60, 0, 0, 0, (length - 40) >> 8, (length - 40) & 0xff]);
  return octets;
}

test('datagrams of both families, the shortest and the longest, come back as they were joined', (t) => {
  for (const datagrams of [
    [four(20), four(20)],
    [six(40), four(21), six(41)],
    [four(65_535), six(40)],
    [six(65_575), four(20)],
    Array.from({ length: 300 }, (_, index) => four(20 + index)),
  ])
    t.deepEqual(cutBundle(joinBundle(datagrams)), datagrams);
});

test('what is no two whole datagrams is no bundle', (t) => {
  const good = four(20);
  const wrong: Record<string, Uint8Array> = {
    nothing: new Uint8Array(),
    'one datagram': four(60),
    'an octet behind': concat(good, good, Uint8Array.of(0x45)),
    '19 octets behind': concat(good, good, four(20).subarray(0, 19)),
    '39 octets of IPv6 behind': concat(good, good, six(40).subarray(0, 39)),
    'a first nibble of 5': concat(good, good.with(0, 0x55), good),
    'a first nibble of 0 at the start': concat(good.with(0, 0), good),
    'a total length of 19': concat(good, good.with(3, 19), good),
    'a total length of 0': concat(good, good.with(3, 0), good),
    'a total length that goes beyond': concat(good, four(20).with(3, 21)),
    'a payload length that goes beyond': concat(good, six(40).with(5, 1)),
    'a first one that is all': concat(four(20).with(3, 40), good),
  };
  for (const [what, octets] of Object.entries(wrong)) t.is(cutBundle(octets), undefined, what);
});

test('a header length does not matter for the cut', (t) => {
  const odd = four(24).with(0, 0x4f);
  t.deepEqual(cutBundle(concat(odd, four(20))), [odd, four(20)]);
});

test('only two whole datagrams and more can be joined', (t) => {
  for (const datagrams of [[], [four(20)], [four(20), four(20).subarray(0, 19)], [four(20), new Uint8Array(20)]])
    t.throws(() => joinBundle(datagrams), { instanceOf: Misuse });
});

test('datagrams are parted in their order, each part within its bound', (t) => {
  const parted = (lengths: readonly number[], most: number) =>
    partIntoBundles(lengths.map(four), most).map((part) => part.map(({ length }) => length));
  t.deepEqual(parted([], 100), []);
  t.deepEqual(parted([40, 60], 100), [[40, 60]]);
  t.deepEqual(parted([40, 61], 100), [[40], [61]]);
  t.deepEqual(parted([101, 20, 30], 100), [[101], [20, 30]]);
  t.deepEqual(parted([20, 101, 30], 100), [[20], [101], [30]]);
  t.deepEqual(parted([50, 50, 20], 100), [[50, 50], [20]]);
});

test('what is not whole goes alone', (t) => {
  const [one, broken, empty] = [four(20), four(20).subarray(0, 19), new Uint8Array()];
  t.deepEqual(partIntoBundles([one, broken, one, one, empty], 100), [[one], [broken], [one, one], [empty]]);
});
