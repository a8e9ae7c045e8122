/** RFC 791 by hand. */
import test from 'ava';
import { Malformed, Misuse } from '../errors.ts';
import { checksum } from './checksum.ts';
import { decodeIpv4, encodeIpv4, isFragment } from './ipv4.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const malformed = { instanceOf: Malformed };

/** The header of a datagram in general use as an example: 0xb861 is its checksum. */
const ipv4 = '4500 0073 0000 4000 4011 b861 c0a80001 c0a800c7';

test('a datagram by hand', (t) => {
  const octets = new Uint8Array(0x73);
  octets.set(hex(ipv4));
  const datagram = decodeIpv4(octets);
  t.is(datagram.source, '192.168.0.1');
  t.is(datagram.destination, '192.168.0.199');
  t.is(datagram.protocol, 17);
  t.is(datagram.timeToLive, 64);
  t.is(datagram.flags, 2);
  t.is(datagram.payload.length, 0x73 - 20);
  t.false(isFragment(datagram));
  t.deepEqual(encodeIpv4(datagram), octets);
});

test('refused: wrong checksum, version, header length and total length', (t) => {
  const octets = new Uint8Array(0x73);
  octets.set(hex(ipv4));
  const sealed = (header: Uint8Array): Uint8Array => {
    const result = header.with(10, 0).with(11, 0);
    const sum = checksum(result.subarray(0, Math.min(4 * (result[0]! & 15), result.length)));
    return result.with(10, sum >> 8).with(11, sum & 0xff);
  };
  t.throws(() => decodeIpv4(octets.subarray(0, 19)), malformed);
  t.throws(() => decodeIpv4(octets.with(8, 63)), { ...malformed, message: /checksum/ });
  t.throws(() => decodeIpv4(sealed(octets.with(0, 0x65))), { ...malformed, message: /version/ });
  t.throws(() => decodeIpv4(sealed(octets.with(0, 0x44))), { ...malformed, message: /header 16/ });
  t.throws(() => decodeIpv4(sealed(octets.with(3, 0x74))), { ...malformed, message: /total length 116/ });
  t.throws(() => decodeIpv4(sealed(octets.with(3, 19))), { ...malformed, message: /total length 19/ });
  t.throws(() => decodeIpv4(sealed(octets.with(0, 0x4f).with(3, 56))), { ...malformed, message: /header 60/ });
});

test('more fragments or an offset make a fragment', (t) => {
  t.true(isFragment({ flags: 1, fragmentOffset: 0 } as ReturnType<typeof decodeIpv4>));
  t.true(isFragment({ flags: 0, fragmentOffset: 1 } as ReturnType<typeof decodeIpv4>));
  t.false(isFragment({ flags: 2, fragmentOffset: 0 } as ReturnType<typeof decodeIpv4>));
});

test('a field that is left out is 0, and 64 for the time to live', (t) => {
  const datagram = encodeIpv4({ protocol: 17, source: '10.8.0.1', destination: '10.8.0.10', payload: hex('01') });
  t.is(datagram.with(10, 0).with(11, 0).toHex(), '4500001500000000' + '40110000' + '0a080001' + '0a08000a' + '01');
});

test('what does not fit is the caller’s error', (t) => {
  const octets = new Uint8Array(0x73);
  octets.set(hex(ipv4));
  const datagram = decodeIpv4(octets);
  t.throws(() => encodeIpv4({ ...datagram, options: new Uint8Array(3) }), { instanceOf: Misuse });
  t.throws(() => encodeIpv4({ ...datagram, options: new Uint8Array(44) }), { instanceOf: Misuse });
  t.throws(() => encodeIpv4({ ...datagram, payload: new Uint8Array(65_516) }), { instanceOf: Misuse });
  t.throws(() => encodeIpv4({ ...datagram, source: '192.168.0.256' }), { instanceOf: Misuse });
});
