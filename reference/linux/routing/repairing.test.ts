import { prefixText } from '../../packets/prefix.ts';
import { kernelTests, openTap } from '../../testing/private-network.ts';
import { ip, showAddresses, showRoutes } from '../programs/iproute2.ts';
import { HostRoutes } from './host-routes.ts';
import { LocalStack } from './local-stack.ts';
import { watchNetwork } from './network-watch.ts';
import { Repairing } from './repairing.ts';

const kernel = kernelTests();

const addresses = async () =>
  (await showAddresses('dev', 'pna0', 'scope', 'global')).map(({ address }) => address).sort();
const routes = async () =>
  [...(await showRoutes(false, 'dev', 'pna0')), ...(await showRoutes(true, 'dev', 'pna0'))]
    .map(({ prefix }) => prefixText(prefix))
    .filter((text) => text !== 'fe80::/64')
    .sort();

/** Looks again after each change of the routing table, until what is there is what is expected. */
async function eventually(look: () => Promise<string[]>, expected: readonly string[]): Promise<void> {
  let changed = Promise.withResolvers<void>();
  await using _watch = watchNetwork(() => {
    changed.resolve();
    changed = Promise.withResolvers();
  });
  for (let next = changed.promise; (await look()).join() !== expected.join(); next = changed.promise) await next;
}

const wanted = {
  addresses: [
    { address: '10.8.0.10', length: 24 },
    { address: 'fd00:8:0:0a::1', length: 64, prefixRoute: false },
  ],
  routes: [{ address: 'fd00:9::', length: 64, gateway: 'fe80::1' }],
};
const both = ['10.8.0.10', 'fd00:8:0:a::1'];

kernel('an address that autoconfiguration began with can be used at once all the same', async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  await using stack = new LocalStack('pna0', (error) => t.fail(String(error)));
  await ip('address', 'add', 'fd00:8:0:a::1/64', 'dev', 'pna0');
  const tentative = async () => (await showAddresses('dev', 'pna0', 'tentative')).map(({ address }) => address);
  t.true((await tentative()).includes('fd00:8:0:a::1'), 'its detection takes a second');
  await stack.configure(wanted);
  t.false((await tentative()).includes('fd00:8:0:a::1'));
  t.deepEqual(await addresses(), both);
});

kernel('addresses that are deleted', async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  await using stack = new LocalStack('pna0', (error) => t.fail(String(error)));
  await stack.configure(wanted);
  t.deepEqual(await addresses(), both);
  for (const text of ['10.8.0.10/24', 'fd00:8:0:a::1/64']) {
    await ip('address', 'delete', text, 'dev', 'pna0');
    await eventually(addresses, both);
  }
  t.pass();
});

kernel('an IPv6 address and the routes, which the kernel drops while the adapter is down', async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  // Nothing can be routed through an adapter that is down: that is told, and no more.
  await using stack = new LocalStack('pna0', (error) => t.regex(String(error), /[Dd]own|unreachable/));
  await stack.configure(wanted);
  await ip('link', 'set', 'pna0', 'down');
  await ip('link', 'set', 'pna0', 'up');
  await eventually(addresses, both);
  await eventually(routes, ['10.8.0.0/24', 'fd00:9::/64']);
  t.pass();
});

kernel('routes to tunnel clients, and none that was removed meanwhile', async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  const hosts = new HostRoutes('pna0');
  t.teardown(() => hosts.close());
  const repairing = new Repairing({
    repair: (admit) => hosts.repair(admit),
    failed: (error) => t.fail(String(error)),
    contested: (line) => t.fail(line),
  });
  t.teardown(() => repairing.close());
  const [alice, bob, six] = [
    { address: '10.8.0.10', length: 32 },
    { address: '10.8.0.11', length: 32 },
    { address: 'fd00:8:0:a::', length: 64 },
  ];
  for (const prefix of [alice, bob, six]) hosts.add(prefix);
  for (const family of ['-4', '-6']) await ip(family, 'route', 'flush', 'dev', 'pna0', 'proto', 'static');
  hosts.remove(bob);
  await eventually(routes, ['10.8.0.10/32', 'fd00:8:0:a::/64']);
  t.pass();
});
