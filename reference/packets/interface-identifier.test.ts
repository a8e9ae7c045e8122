import test from 'ava';
import { Misuse } from '../errors.ts';
import { ipv6Octets, ipv6Text } from './addresses.ts';
import { interfaceAddress, linkLocalOf } from './interface-identifier.ts';

/** RFC 2464 §4, the example: 34-56-78-9A-BC-DE becomes 36-56-78-FF-FE-9A-BC-DE. */
const physical = Uint8Array.fromHex('3456789abcde');

test('ff fe goes in between, and the universal bit is inverted (RFC 4291 appendix A)', (t) => {
  t.is(ipv6Text(linkLocalOf(physical)), 'fe80::3656:78ff:fe9a:bcde');
});

test('a locally administered address loses the bit', (t) => {
  t.is(ipv6Text(linkLocalOf(Uint8Array.fromHex('06504e415300'))), 'fe80::450:4eff:fe41:5300');
});

test('in a /64, whatever stands after its prefix', (t) => {
  for (const prefix of ['fd00:8:0:a::', 'fd00:8:0:a:1:2:3:4'])
    t.is(ipv6Text(interfaceAddress(ipv6Octets(prefix), physical)), 'fd00:8:0:a:3656:78ff:fe9a:bcde');
});

test('a physical address of another length is the caller’s error', (t) => {
  for (const length of [0, 5, 8]) t.throws(() => linkLocalOf(new Uint8Array(length)), { instanceOf: Misuse });
});
