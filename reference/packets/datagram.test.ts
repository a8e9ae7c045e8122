/** RFC 791 §3.1 and RFC 8200 §3 by hand. */
import test from 'ava';
import { datagramLength, destinationOf, etherTypeFor, sourceOf } from './datagram.ts';

const ipv4 = (first: number, total: number, octets: number): Uint8Array => {
  const datagram = Uint8Array.from({ length: octets }, (_, index) => index);
  datagram.set([first, 0, total >> 8, total & 0xff]);
  return datagram;
};
const ipv6 = (payload: number, octets: number): Uint8Array => {
  const datagram = Uint8Array.from({ length: octets }, (_, index) => index);
  datagram.set([0x60, 0, 0, 0, payload >> 8, payload & 0xff]);
  return datagram;
};

test('the length is that of the header’s own field, at each side of each bound', (t) => {
  const lengths: readonly (readonly [Uint8Array, number | undefined])[] = [
    [new Uint8Array(0), undefined],
    [ipv4(0x45, 20, 20), 20],
    [ipv4(0x45, 20, 19), undefined],
    [ipv4(0x45, 19, 20), undefined],
    [ipv4(0x45, 21, 20), undefined],
    [ipv4(0x45, 20, 46), 20],
    [ipv4(0x45, 300, 300), 300],
    [ipv4(0x44, 20, 20), undefined],
    [ipv4(0x46, 24, 24), 24],
    [ipv4(0x46, 23, 24), undefined],
    [ipv6(0, 40), 40],
    [ipv6(0, 39), undefined],
    [ipv6(1, 40), undefined],
    [ipv6(1, 41), 41],
    [ipv6(0, 46), 40],
    [ipv6(260, 300), 300],
    [ipv4(0x55, 40, 60), undefined],
  ];
  for (const [octets, length] of lengths)
    t.is(datagramLength(octets), length, `${octets.subarray(0, 6).toHex()}, ${octets.length} octets`);
});

test('version and addresses are read in place', (t) => {
  const [four, six] = [ipv4(0x45, 20, 20), ipv6(0, 40)];
  t.deepEqual(sourceOf(four), four.subarray(12, 16));
  t.deepEqual(destinationOf(four), four.subarray(16, 20));
  t.deepEqual(sourceOf(six), six.subarray(8, 24));
  t.deepEqual(destinationOf(six), six.subarray(24, 40));
  t.deepEqual([four, six, Uint8Array.of(0x50), new Uint8Array(0)].map(etherTypeFor), [
    0x0800,
    0x86dd,
    undefined,
    undefined,
  ]);
});
