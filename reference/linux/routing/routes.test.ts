import type { ExecutionContext } from 'ava';
import type { Tap } from '../../adapter/tap.ts';
import { prefixText } from '../../packets/prefix.ts';
import { kernelTests, openTap } from '../../testing/private-network.ts';
import { ip, showRoutes } from '../programs/iproute2.ts';
import { removeAddress, setAddress } from './address.ts';
import { watchNetwork } from './network-watch.ts';
import { Routes } from './routes.ts';

const kernel = kernelTests();

const gateway = '10.8.0.1';
const route = (text: string, via = gateway) => {
  const [address = '', length = ''] = text.split('/');
  return { address, length: Number(length), gateway: via };
};

/** An adapter pna0 on 10.8.0.0/24, and one to the outside, on 10.77.0.0/24 with a default route. */
async function machine(t: ExecutionContext): Promise<Tap> {
  const outside = await openTap('outside');
  t.teardown(() => outside.close());
  const adapter = await openTap('pna0');
  t.teardown(() => adapter.close());
  outside.setUp(true);
  adapter.setUp(true);
  await setAddress('outside', { address: '10.77.0.1', length: 24 });
  await setAddress('pna0', { address: '10.8.0.10', length: 24 });
  await ip('route', 'add', 'default', 'via', '10.77.0.254', 'dev', 'outside');
  return adapter;
}

const table = async () => (await showRoutes(false)).map(({ prefix }) => prefixText(prefix)).sort();
/** What the kernel has through the adapter, gateways only. */
const byGateway = async () =>
  [...(await showRoutes(false, 'dev', 'pna0')), ...(await showRoutes(true, 'dev', 'pna0'))].flatMap(
    ({ prefix, gateway: via }) => (via === undefined ? [] : [{ ...prefix, gateway: via }]),
  );
const way = async (to: string) => (await ip('route', 'get', to))[0] as { dev: string; gateway?: string };

kernel('routes lead through the adapter, by way of the other end', async (t) => {
  await machine(t);
  const routes = new Routes('pna0');
  t.deepEqual(await routes.install([route('10.9.0.0/24'), route('192.168.5.0/24')]), []);
  t.like(await way('10.9.0.7'), { dev: 'pna0', gateway });
  t.like(await way('192.168.5.1'), { dev: 'pna0', gateway });
  t.deepEqual(await byGateway(), [route('10.9.0.0/24'), route('192.168.5.0/24')]);
});

kernel('installing twice is installing once; other routes than before replace them', async (t) => {
  await machine(t);
  const routes = new Routes('pna0');
  await routes.install([route('10.9.0.0/24')]);
  await routes.install([route('10.9.0.0/24')]);
  t.deepEqual(await byGateway(), [route('10.9.0.0/24')]);
  await routes.install([route('10.10.0.0/16')]);
  t.deepEqual(await byGateway(), [route('10.10.0.0/16')]);
});

kernel('a gateway that no address of the adapter covers is reached all the same', async (t) => {
  await machine(t);
  await removeAddress('pna0', { address: '10.8.0.10', length: 24 });
  const routes = new Routes('pna0');
  await routes.install([route('10.9.0.0/24')]);
  t.like(await way('10.9.0.7'), { dev: 'pna0', gateway });
});

kernel('a route that another manager removed is repaired', async (t) => {
  await machine(t);
  const routes = new Routes('pna0');
  await routes.install([route('10.9.0.0/24')]);
  await ip('route', 'delete', '10.9.0.0/24');
  t.is((await way('10.9.0.7')).dev, 'outside');
  await routes.repair();
  t.is((await way('10.9.0.7')).dev, 'pna0');
});

kernel('a route that is there is not laid again, and none that may not be', async (t) => {
  await machine(t);
  const routes = new Routes('pna0');
  await routes.install([route('10.9.0.7/32'), route('fd00:09:0::/64', 'fe80::1')]);
  const asked: string[] = [];
  const never = (prefix: string) => asked.push(prefix) < 0;
  await routes.repair(never);
  t.deepEqual(asked, []);
  await ip('route', 'delete', '10.9.0.7/32');
  await routes.repair(never);
  t.deepEqual(asked, ['the route to 10.9.0.7/32']);
  t.is((await way('10.9.0.7')).dev, 'outside');
});

kernel('a route that another manager removes is noticed, and repaired', async (t) => {
  await machine(t);
  const routes = new Routes('pna0');
  await routes.install([route('10.9.0.0/24')]);
  let repaired = Promise.withResolvers<void>();
  // The adapter goes with the test, and the last change may be noticed after it.
  await using _watch = watchNetwork(
    () =>
      void routes.repair().then(
        () => repaired.resolve(),
        () => {},
      ),
  );
  for (const taken of [
    ['route', 'delete', '10.9.0.0/24'],
    ['route', 'flush', 'dev', 'pna0'],
  ]) {
    await ip(...taken);
    while ((await way('10.9.0.7')).dev !== 'pna0') {
      await repaired.promise;
      repaired = Promise.withResolvers();
    }
  }
  t.pass();
});

kernel('removal takes back what was installed and nothing else', async (t) => {
  await machine(t);
  const before = await table();
  {
    const routes = new Routes('pna0');
    await routes.install([route('10.9.0.0/24'), route('10.10.0.0/16')]);
    await ip('route', 'delete', '10.9.0.0/24');
    t.notDeepEqual(await table(), before);
    await routes.remove();
  }
  t.deepEqual(await table(), before);
});

kernel('a route that is someone else’s is refused and stays', async (t) => {
  await machine(t);
  await ip('route', 'add', '10.9.0.0/24', 'via', '10.77.0.2', 'dev', 'outside');
  const routes = new Routes('pna0');
  const refused = await routes.install([route('10.9.0.0/24'), route('10.77.0.128/25')]);
  t.deepEqual(
    refused.map(({ reason }) => reason),
    [
      '10.9.0.0/24 is routed through outside already',
      '10.77.0.128/25 is in the subnet 10.77.0.1/24, to which this machine is connected',
    ],
  );
  await routes.remove();
  t.like(await way('10.9.0.7'), { dev: 'outside', gateway: '10.77.0.2' });
});

kernel('IPv6 routes by way of a link-local gateway', async (t) => {
  await machine(t);
  const routes = new Routes('pna0');
  t.deepEqual(await routes.install([route('fd00:9::/64', 'fe80::450:4eff:fe41:5300')]), []);
  t.deepEqual(await byGateway(), [route('fd00:9::/64', 'fe80::450:4eff:fe41:5300')]);
});

kernel('what iproute2 complains of is told', async (t) => {
  await t.throwsAsync(new Routes('absent0').install([route('10.9.0.0/24')]), {
    message: /ip -4 route replace 10\.9\.0\.0\/24 .*absent0/,
  });
});
