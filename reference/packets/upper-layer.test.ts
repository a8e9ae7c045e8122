import test from 'ava';
import { concat } from '../octets.ts';
import { configuresLink, upperLayerOf } from './upper-layer.ts';

const ipv4 = (protocol: number, fragment: number, options: number, ...payload: number[]): Uint8Array =>
  concat(
    Uint8Array.of(0x45 + options, 0, 0, 20 + 4 * options + payload.length, 0, 0, fragment >> 8, fragment & 0xff, 64),
    Uint8Array.of(protocol, 0, 0, 10, 8, 0, 1, 10, 8, 0, 10),
    new Uint8Array(4 * options).fill(1),
    Uint8Array.from(payload),
  );
const ipv6 = (next: number, ...payload: number[]): Uint8Array =>
  concat(Uint8Array.of(0x60, 0, 0, 0, 0, payload.length, next, 255), new Uint8Array(32), Uint8Array.from(payload));
const extension = (next: number): number[] => [next, 0, 1, 4, 0, 0, 0, 0];

test('the upper layer is behind options and extension headers', (t) => {
  t.deepEqual(upperLayerOf(ipv4(17, 0, 0)), { protocol: 17, offset: 20 });
  t.deepEqual(upperLayerOf(ipv4(17, 0x2000, 10)), { protocol: 17, offset: 60 });
  t.is(upperLayerOf(ipv4(17, 1, 0)), undefined);
  t.deepEqual(upperLayerOf(ipv6(58)), { protocol: 58, offset: 40 });
  for (const header of [0, 43, 60])
    t.deepEqual(upperLayerOf(ipv6(header, ...extension(17))), { protocol: 17, offset: 48 }, String(header));
  // Payload length 4: six words of 4 octets.
  t.deepEqual(upperLayerOf(ipv6(51, 17, 4, ...new Uint8Array(22))), { protocol: 17, offset: 64 });
  t.deepEqual(upperLayerOf(ipv6(44, 17, 0, 0, 1, 0, 0, 0, 0)), { protocol: 17, offset: 48 });
  t.is(upperLayerOf(ipv6(44, 17, 0, 0, 8, 0, 0, 0, 0)), undefined);
  t.deepEqual(upperLayerOf(ipv6(0, ...extension(60), ...extension(6))), { protocol: 6, offset: 56 });
});

test('an extension header that is cut is no reason to fail', (t) => {
  t.deepEqual(upperLayerOf(ipv6(0)), { protocol: 0, offset: 48 });
  t.false(configuresLink(ipv6(58)));
  t.false(configuresLink(ipv4(17, 0, 0)));
});

test('what configures a link', (t) => {
  for (const type of [133, 134, 135, 136, 137]) t.true(configuresLink(ipv6(58, type)), String(type));
  for (const type of [128, 132, 138]) t.false(configuresLink(ipv6(58, type)), String(type));
  for (const type of [5, 9, 10]) t.true(configuresLink(ipv4(1, 0, 0, type)), String(type));
  for (const type of [0, 3, 4, 6, 8, 11]) t.false(configuresLink(ipv4(1, 0, 0, type)), String(type));
  t.true(configuresLink(ipv4(17, 0, 2, 0, 67, 0, 68)));
  t.false(configuresLink(ipv4(6, 0, 0, 0, 67, 0, 68)));
  t.false(configuresLink(ipv4(17, 0, 0, 0, 68, 0, 67)));
  t.true(configuresLink(ipv6(17, 0, 0, 2, 34)));
  t.false(configuresLink(ipv6(17, 0, 0, 0, 68)));
  t.false(configuresLink(ipv4(17, 0, 0, 0, 0, 2, 34)));
});
