import test from 'ava';
import { contains, overlaps, parsePrefix } from '../../packets/prefix.ts';
import { kindOf } from '../../packets/reserved.ts';
import { reachable } from './group.ts';
import { groupOf, meansNone } from './resolver.ts';

test('a name without port means 3265', async (t) => {
  const resolver = { addresses: async () => ['10.0.0.1', 'fd00::1'], services: async () => [] };
  const endpointsOf = async (name: string) => (await reachable(resolver, name, true))[0]?.endpoints;
  t.deepEqual(await endpointsOf('server.test'), [
    { address: '10.0.0.1', port: 3265 },
    { address: 'fd00::1', port: 3265 },
  ]);
  t.is((await endpointsOf('server.test:1'))?.[0]?.port, 1);
});

test('a group is what the records name; a single root says that there is no such service', (t) => {
  const record = { name: 'one.test', port: 3265, priority: 1, weight: 2 };
  t.deepEqual(groupOf('server.test', [record]), [{ host: 'one.test', port: 3265, priority: 1, weight: 2 }]);
  t.throws(() => groupOf('server.test', [{ ...record, name: '' }]), { message: /server\.test decidedly/ });
});

for (const [code, settings, none] of [
  ['ENODATA', 'nameserver 10.77.0.53\n', true],
  ['ENOTFOUND', 'nameserver 10.77.0.53\n', true],
  ['ECONNREFUSED', '', true],
  ['ECONNREFUSED', '# nameserver 10.77.0.53\nsearch test\n', true],
  ['ECONNREFUSED', 'search test\nnameserver 127.0.0.1\n', false],
  ['ESERVFAIL', '', false],
  ['EREFUSED', '', false],
  ['ETIMEOUT', '', false],
] as const)
  test(`${code} with ${JSON.stringify(settings)} in resolv.conf: ${none ? 'no records' : 'a fault'}`, (t) =>
    t.is(meansNone(Object.assign(new Error(code), { code }), settings), none));

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
