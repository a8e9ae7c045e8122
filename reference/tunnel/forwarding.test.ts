import test from 'ava';
import { Forwarding } from './forwarding.ts';
import type { Resolver, Service } from './resolver.ts';

const hosts: Record<string, string[]> = {
  'server.test': ['10.0.0.1', '10.0.0.2'],
  'one.test': ['10.0.1.1'],
  'two.test': ['10.0.1.2'],
  'evil.test': ['127.0.0.1', '0.0.0.0', '169.254.0.1', '::1'],
};
const member = (host: string, more: Partial<Service> = {}): Service => ({
  host,
  port: 3265,
  priority: 0,
  weight: 0,
  ...more,
});

function forwarding(services: Service[] | Error = [], clock = { now: 0 }) {
  const resolver: Resolver = {
    addresses: async (host) => hosts[host] ?? Promise.reject(new Error('ENOTFOUND')),
    services: async () => {
      if (services instanceof Error) throw services;
      return services;
    },
  };
  const allow = [
    { name: 'server.test', ports: [3265] },
    { name: 'evil.test', ports: [3265] },
  ];
  return new Forwarding({ allow, allowAddresses: [] }, resolver, () => clock.now);
}
const places = (candidates: readonly { address: string; port: number }[]) =>
  candidates.map(({ address, port }) => `${address}:${port}`);

test('a name on the allow-list gives its addresses', async (t) => {
  t.deepEqual(places(await forwarding().candidates('server.test', true)), ['10.0.0.1:3265', '10.0.0.2:3265']);
  t.deepEqual(places(await forwarding().candidates('server.test:3265', false)), ['10.0.0.1:3265', '10.0.0.2:3265']);
});

test('a name or a port off the allow-list is refused', async (t) => {
  await t.throwsAsync(forwarding().candidates('one.test', true), { message: /one\.test is not on the allow-list/ });
  await t.throwsAsync(forwarding().candidates('server.test:22', true), { message: /port 22 is not on the allow-list/ });
  await t.throwsAsync(forwarding([member('one.test', { port: 22 })]).candidates('server.test', true), {
    message: /port 22/,
  });
});

test('a name that leads to this machine or to the link is refused', async (t) => {
  await t.throwsAsync(forwarding().candidates('evil.test', true), {
    message: /no address that this relay may connect to/,
  });
});

test('only the last hop without port is looked up as a group', async (t) => {
  const group = [member('one.test')];
  t.deepEqual(places(await forwarding(group).candidates('server.test', true)), ['10.0.1.1:3265']);
  t.deepEqual(places(await forwarding(group).candidates('server.test', false)), ['10.0.0.1:3265', '10.0.0.2:3265']);
  t.deepEqual(places(await forwarding(group).candidates('server.test:3265', true)), ['10.0.0.1:3265', '10.0.0.2:3265']);
});

test('a fault of the look-up is not the absence of a group', async (t) => {
  await t.throwsAsync(forwarding(new Error('ESERVFAIL')).candidates('server.test', true), { message: 'ESERVFAIL' });
});

test('priority comes first, then the least used, then weight', async (t) => {
  const group = [member('one.test', { priority: 1, weight: 9 }), member('two.test')];
  t.deepEqual(places(await forwarding(group).candidates('server.test', true)), ['10.0.1.2:3265', '10.0.1.1:3265']);
  const equal = forwarding([member('one.test'), member('two.test', { weight: 5 })]);
  const [first] = await equal.candidates('server.test', true);
  t.is(first?.address, '10.0.1.2');
  const release = equal.use(first!);
  t.is((await equal.candidates('server.test', true))[0]?.address, '10.0.1.1');
  release();
  t.is((await equal.candidates('server.test', true))[0]?.address, '10.0.1.2');
});

test('a member that does not answer is rested for a while', async (t) => {
  const clock = { now: 0 };
  const group = forwarding([member('one.test'), member('two.test', { priority: 1 })], clock);
  const [first] = await group.candidates('server.test', true);
  group.avoid(first!);
  t.is((await group.candidates('server.test', true))[0]?.address, '10.0.1.2');
  clock.now = 30_001;
  t.is((await group.candidates('server.test', true))[0]?.address, '10.0.1.1');
});

test('a member whose name has no address leaves the others', async (t) => {
  const group = forwarding([member('gone.test'), member('two.test', { priority: 1 })]);
  t.deepEqual(places(await group.candidates('server.test', true)), ['10.0.1.2:3265']);
});
