import test from 'ava';
import { contains, overlaps, parsePrefix } from './prefix.ts';
import { kindOf } from './reserved.ts';

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
