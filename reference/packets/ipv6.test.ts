/** RFC 8200 §3 by hand. */
import test from 'ava';
import { Malformed } from '../errors.ts';
import { decodeIpv6, encodeIpv6 } from './ipv6.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const malformed = { instanceOf: Malformed };

test('a datagram, with octets after its payload', (t) => {
  const addresses = 'fe800000000000000000000000000001 ff020000000000000000000000000002';
  const datagram = decodeIpv6(hex(`62b 12345 0004 3a ff ${addresses} 85000001 0000`));
  t.is(datagram.trafficClass, 0x2b);
  t.is(datagram.flowLabel, 0x12345);
  t.is(datagram.nextHeader, 58);
  t.is(datagram.hopLimit, 255);
  t.deepEqual(datagram.payload, hex('85000001'));
  t.deepEqual(encodeIpv6(datagram), hex(`62b 12345 0004 3a ff ${addresses} 85000001`));
  t.throws(() => decodeIpv6(hex(`62b 12345 0005 3a ff ${addresses} 85000001`)), malformed);
  t.throws(() => decodeIpv6(hex(`42b 12345 0004 3a ff ${addresses} 85000001`)), malformed);
  t.throws(() => decodeIpv6(hex(`62b 12345 0000 3a ff ${addresses}`).subarray(0, 39)), malformed);
});
