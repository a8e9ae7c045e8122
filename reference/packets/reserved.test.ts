import test from 'ava';
import { contains, overlaps, parsePrefix } from './prefix.ts';
import { kindOf, plainAddress, reservedFault } from './reserved.ts';

for (const [address, kind] of [
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['0.0.0.0', 'unspecified'],
  ['::', 'unspecified'],
  ['169.254.1.1', 'link-local'],
  ['fe80::1%eth0', 'link-local'],
  ['224.0.0.1', 'multicast'],
  ['ff02::1', 'multicast'],
  ['255.255.255.255', 'broadcast'],
  ['10.0.0.1', 'ordinary'],
  ['2001:db8::1', 'ordinary'],
  ['128.0.0.1', 'ordinary'],
] as const)
  test(`${address} is ${kind}`, (t) => t.is(kindOf(address), kind));

test('prefixes contain and overlap by their addresses', (t) => {
  const of = parsePrefix;
  t.true(contains(of('10.0.0.0/8'), of('10.9.0.0/24')));
  t.false(contains(of('10.9.0.0/24'), of('10.0.0.0/8')));
  t.false(contains(of('0.0.0.0/0'), of('::/0')));
  t.true(contains(of('0.0.0.0/0'), of('0.0.0.0/0')));
  t.true(overlaps(of('10.0.0.0/8'), of('10.9.0.0/24')));
  t.true(overlaps(of('10.9.0.0/24'), of('10.0.0.0/8')));
  t.false(overlaps(of('10.9.0.0/24'), of('10.9.1.0/24')));
});

test('only ::ffff:a.b.c.d is an IPv4 address inside IPv6', (t) => {
  t.is(plainAddress('::ffff:10.0.0.1'), '10.0.0.1');
  t.is(plainAddress('::ffff:0a00:0001%eth0'), '10.0.0.1');
  t.is(plainAddress('10.0.0.1'), '10.0.0.1');
  for (const text of ['::fffe:10.0.0.1', '::feff:10.0.0.1', '::fe00:10.0.0.1', '::10.0.0.1', '1::ffff:10.0.0.1'])
    t.is(plainAddress(text), text);
  t.is(plainAddress('fe80::1%eth0'), 'fe80::1');
});

test('a prefix that shares addresses with a reserved one is refused, from either side', (t) => {
  const fault = (text: string): string | undefined => reservedFault(parsePrefix(text));
  t.regex(fault('0.0.0.0/0') ?? '', /^0\.0\.0\.0\/0 shares addresses with .*, which is /);
  t.regex(fault('127.1.0.0/16') ?? '', /with 127\.0\.0\.0\/8, which is loopback$/);
  t.regex(fault('ff02::/16') ?? '', /with ff00::\/8, which is multicast$/);
  t.regex(fault('::ffff:10.0.0.0/104') ?? '', /with ::ffff:.*\/96, which is an IPv4 address inside IPv6$/);
  t.is(fault('10.0.0.0/8'), undefined);
  t.is(fault('fd00::/8'), undefined);
});
