/** RFC 768 by hand. */
import test from 'ava';
import { Malformed } from '../errors.ts';
import { decodeUdp, encodeUdp } from './udp.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const malformed = { instanceOf: Malformed };

test('RFC 768’s checksum, none, and none over IPv6', (t) => {
  const four = { source: hex('0a000001'), destination: hex('0a000002') };
  const sixes = { source: hex(`${'00'.repeat(15)}01`), destination: hex(`${'00'.repeat(15)}02`) };
  // 0a00+0001+0a00+0002 + 0011+000a + 0044+0043+000a+4142 = 55f1; its complement is aa0e.
  const datagram = '0044 0043 000a aa0e 4142';
  t.deepEqual(encodeUdp({ sourcePort: 68, destinationPort: 67, payload: hex('4142') }, four), hex(datagram));
  t.is(decodeUdp(hex(datagram), four).sourcePort, 68);
  t.throws(() => decodeUdp(hex(datagram).with(9, 0x43), four), { ...malformed, message: /checksum/ });
  t.notThrows(() => decodeUdp(hex(datagram).with(9, 0x43)));
  const bare = '0044 0043 000a 0000 4142';
  t.notThrows(() => decodeUdp(hex(bare), four));
  t.throws(() => decodeUdp(hex(bare), sixes), { ...malformed, message: /checksum/ });
});

test('a checksum that comes out as 0 is sent as all ones', (t) => {
  const nowhere = { source: new Uint8Array(4), destination: new Uint8Array(4) };
  // 0011+000a + 000a + ffda = ffff, whose complement is 0.
  const octets = encodeUdp({ sourcePort: 0, destinationPort: 0, payload: hex('ffda') }, nowhere);
  t.is(octets.subarray(6, 8).toHex(), 'ffff');
  t.notThrows(() => decodeUdp(octets, nowhere));
});

test('refused: a length that is too short or too long', (t) => {
  for (const length of ['0007', '000b'])
    t.throws(() => decodeUdp(hex(`0044 0043 ${length} 0000 4142`)), { ...malformed, message: /length/ });
  t.deepEqual(decodeUdp(hex('0044 0043 0009 0000 4142')).payload, hex('41'));
});
