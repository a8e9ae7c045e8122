import test from 'ava';
import { hasBitsBeyond, lastAddressOf, maskOctets, networkOf, parsePrefix, prefixText, sameStart } from './prefix.ts';

for (const [text, network, last] of [
  ['10.8.0.10/24', '10.8.0.0/24', '10.8.0.255'],
  ['10.8.0.10/31', '10.8.0.10/31', '10.8.0.11'],
  ['10.8.0.10/32', '10.8.0.10/32', '10.8.0.10'],
  ['192.168.31.255/20', '192.168.16.0/20', '192.168.31.255'],
  ['10.8.0.10/0', '0.0.0.0/0', '255.255.255.255'],
  ['fd00:8:0:a::1/64', 'fd00:8:0:a::/64', 'fd00:8:0:a:ffff:ffff:ffff:ffff'],
  ['fd00::1/0', '::/0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
] as const)
  test(`the first and the last address of ${text}`, (t) => {
    const prefix = parsePrefix(text);
    t.is(prefixText(networkOf(prefix)), network);
    t.is(lastAddressOf(prefix), last);
    t.is(hasBitsBeyond(prefix), text !== network);
  });

test('masks have the octets of their family', (t) => {
  t.is(maskOctets(20).toHex(), 'fffff000');
  t.is(maskOctets(32).toHex(), 'ffffffff');
  t.is(maskOctets(0).toHex(), '00000000');
  t.is(maskOctets(65, 16).toHex(), `${'ff'.repeat(8)}80${'00'.repeat(7)}`);
});

test('the start of octets is compared in place; octets that are not there count as 0', (t) => {
  const start = Uint8Array.of(10, 9, 0, 0);
  t.true(sameStart(start, Uint8Array.of(0, 10, 9, 7, 7), 16, 1));
  t.false(sameStart(start, Uint8Array.of(0, 10, 9, 7, 7), 22, 1));
  t.true(sameStart(start, Uint8Array.of(10, 9), 32));
  t.true(sameStart(start, Uint8Array.of(), 0));
});
