/** RFC 826 by hand. */
import test from 'ava';
import { Malformed } from '../errors.ts';
import { decodeArp, encodeArp } from './arp.ts';

const hex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));
const request = '0001 0800 06 04 0001 06504e414300 0a08000a 000000000000 0a080001';

test('a request, padded by Ethernet', (t) => {
  const packet = {
    operation: 1,
    senderPhysical: hex('06504e414300'),
    senderAddress: '10.8.0.10',
    targetPhysical: new Uint8Array(6),
    targetAddress: '10.8.0.1',
  };
  t.deepEqual(decodeArp(hex(request + '00'.repeat(18))), packet);
  t.deepEqual(encodeArp(packet), hex(request));
});

test('refused: cut, of other hardware, protocol or lengths', (t) => {
  const octets = hex(request);
  t.throws(() => decodeArp(octets.subarray(0, 27)), { instanceOf: Malformed });
  for (const offset of [0, 1, 2, 3, 4, 5]) t.throws(() => decodeArp(octets.with(offset, 9)), { instanceOf: Malformed });
});
