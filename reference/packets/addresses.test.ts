import { isIP } from 'node:net';
import test from 'ava';
import fc from 'fast-check';
import { Misuse } from '../errors.ts';
import { addressFamily, ipv4Octets, ipv4Text, ipv6Octets, ipv6Text } from './addresses.ts';

test('IPv4: text and octets are one another', (t) => {
  t.deepEqual(ipv4Octets('10.8.0.1'), Uint8Array.of(10, 8, 0, 1));
  t.is(ipv4Text(Uint8Array.of(255, 0, 10, 1)), '255.0.10.1');
  for (const wrong of ['', '10.8.0', '10.8.0.256', '10.8.0.01', '10.8.0.1.2', 'fd00::1'])
    t.throws(() => ipv4Octets(wrong), { instanceOf: Misuse }, wrong);
});

/** RFC 4291 §2.2, each with its octets and the text that RFC 5952 §4 asks for. */
const texts = [
  ['::', '00000000000000000000000000000000', '::'],
  ['::1', '00000000000000000000000000000001', '::1'],
  ['FD00:0008:0:A::', 'fd0000080000000a0000000000000000', 'fd00:8:0:a::'],
  ['fd00:8:0:a:1234:5:6:7', 'fd0000080000000a1234000500060007', 'fd00:8:0:a:1234:5:6:7'],
  ['2001:db8:0:0:1:0:0:1', '20010db8000000000001000000000001', '2001:db8::1:0:0:1'],
  ['2001:0:0:1::1', '20010000000000010000000000000001', '2001:0:0:1::1'],
  ['1::3:4:5:6:7:8', '00010000000300040005000600070008', '1:0:3:4:5:6:7:8'],
  ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201', '::ffff:192.0.2.1'],
  ['64:ff9b::192.0.2.1', '0064ff9b0000000000000000c0000201', '64:ff9b::c000:201'],
] as const;

test('IPv6: every form is read, and RFC 5952 written', (t) => {
  for (const [text, hex, canonical] of texts) {
    t.is(ipv6Octets(text).toHex(), hex, text);
    t.is(ipv6Text(Uint8Array.fromHex(hex)), canonical);
  }
});

test('IPv6: what is no address is told', (t) => {
  for (const wrong of ['', ':', '1::2::3', 'fd00:8', 'fd00::10000', 'fe80::1%eth0', '10.8.0.1', 'fd00::/48'])
    t.throws(() => ipv6Octets(wrong), { instanceOf: Misuse }, wrong);
  t.throws(() => ipv6Text(new Uint8Array(4)), { instanceOf: Misuse });
});

test('the family of a text is what Node says, but for zones', (t) => {
  const wrong = [
    '',
    ':',
    '1::2::3',
    'fd00:8',
    'fd00::10000',
    '0:0:0:0:0:0:0:0:0',
    '::01.2.3.4',
    '10.8.0.256',
    'fd00::/48',
  ];
  for (const text of [...texts.map(([text]) => text), ...wrong, '10.8.0.1', '::1 ', '[::1]'])
    t.is(addressFamily(text), isIP(text) as 0 | 4 | 6, text);
  t.is(addressFamily('fe80::1%eth0'), 0);
});

test('IPv6: octets come back from their text', (t) => {
  // Zeros are what the text shortens.
  const octet = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(octet, { minLength: 16, maxLength: 16 }), (octets) => {
      t.deepEqual([...ipv6Octets(ipv6Text(Uint8Array.from(octets)))], octets);
    }),
  );
});
