import test, { type ExecutionContext } from 'ava';
import { setAddress } from './address.ts';
import { HostRoutes } from './host-routes.ts';
import { ip } from './iproute2.ts';
import { enterPrivateNetwork, openTap, whyNoPrivateNetwork } from './private-network.ts';

const why = whyNoPrivateNetwork();
if (!why) enterPrivateNetwork();
const kernel = why ? test.skip : test.serial;
const title = (text: string) => (why ? `kernel (${why}): ${text}` : `kernel: ${text}`);

/** An adapter pna0 that has an address of 10.8.0.0/24, and eth1, through which all of that network is reached. */
async function member(t: ExecutionContext) {
  for (const name of ['eth1', 'pna0']) {
    const tap = await openTap(name);
    t.teardown(() => tap.close());
    tap.setUp(true);
  }
  await setAddress('eth1', { address: '10.77.0.1', length: 24 });
  await ip('route', 'add', '10.8.0.0/24', 'dev', 'eth1');
  await setAddress('pna0', { address: '10.8.0.1', length: 24, prefixRoute: false });
  const routes = new HostRoutes('pna0');
  t.teardown(() => routes.close());
  return routes;
}
const way = async (to: string) => ((await ip('route', 'get', to))[0] as { dev: string }).dev;
const through = async () =>
  ((await ip('route', 'show', 'dev', 'pna0')) as { dst: string }[]).map(({ dst }) => dst).sort();

kernel(title('only what was added leads through the adapter, as long as it is there'), async (t) => {
  const routes = await member(t);
  t.deepEqual(await through(), []);
  routes.add('10.8.0.10');
  routes.add('10.8.0.11');
  routes.add('10.8.0.10');
  t.deepEqual([await way('10.8.0.10'), await way('10.8.0.12')], ['pna0', 'eth1']);
  routes.remove('10.8.0.10');
  routes.remove('10.8.0.10');
  t.deepEqual(await through(), ['10.8.0.11']);
  t.is(await way('10.8.0.10'), 'eth1');
});

kernel(title('a route of another manager stays, behind ours'), async (t) => {
  const routes = await member(t);
  await ip('route', 'add', '10.8.0.10/32', 'via', '10.77.0.2', 'dev', 'eth1');
  routes.add('10.8.0.10');
  t.is(await way('10.8.0.10'), 'pna0');
  routes.remove('10.8.0.10');
  t.like(await ip('route', 'show', 'exact', '10.8.0.10/32'), [{ gateway: '10.77.0.2', dev: 'eth1' }]);
});

kernel(title('one that somebody else removed is no error, and comes back when it is added again'), async (t) => {
  const routes = await member(t);
  routes.add('10.8.0.10');
  await ip('route', 'flush', 'dev', 'pna0');
  routes.add('10.8.0.10');
  t.deepEqual(await through(), ['10.8.0.10']);
  await ip('route', 'flush', 'dev', 'pna0');
  t.notThrows(() => routes.remove('10.8.0.10'));
});

kernel(title('a thousand are added and taken back'), async (t) => {
  const routes = await member(t);
  for (let index = 0; index < 1_000; index += 1) routes.add(`10.8.${4 + (index >> 8)}.${index & 255}`);
  t.is((await through()).length, 1_000);
  routes.close();
  t.deepEqual(await through(), []);
  t.pass();
});

kernel(title('an adapter that is down takes none, and that is told'), async (t) => {
  const routes = await member(t);
  await ip('link', 'set', 'pna0', 'down');
  t.throws(() => routes.add('10.8.0.10'), {
    message: 'the route to 10.8.0.10/32 through pna0 could not be added (ENETDOWN)',
  });
});
