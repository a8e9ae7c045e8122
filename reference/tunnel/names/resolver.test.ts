import test from 'ava';
import { groupOf, meansNone } from './resolver.ts';

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
