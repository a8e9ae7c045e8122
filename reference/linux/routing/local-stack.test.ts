import { isIpv6 } from '../../packets/addresses.ts';
import { prefixText } from '../../packets/prefix.ts';
import { kernelTests, openTap } from '../../testing/private-network.ts';
import { ip, showAddresses, showRoutes } from '../programs/iproute2.ts';
import { LocalStack } from './local-stack.ts';
import { watchNetwork } from './network-watch.ts';

const kernel = kernelTests();

const route = { address: '10.9.0.0', length: 24, gateway: '10.8.0.1' };
const addresses = async () =>
  (await showAddresses('dev', 'pna0')).filter(({ address }) => !isIpv6(address)).map(prefixText);
const routes = async () => (await showRoutes(false, 'dev', 'pna0')).map(({ prefix }) => prefixText(prefix)).sort();

kernel('address and routes are set, changed, and taken back', async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  const stack = new LocalStack('pna0', (error) => t.fail(String(error)));
  await stack.configure({ addresses: [{ address: '10.8.0.10', length: 24 }], routes: [route] });
  t.deepEqual(await addresses(), ['10.8.0.10/24']);
  t.deepEqual(await routes(), ['10.8.0.0/24', '10.9.0.0/24']);
  await stack.configure({ addresses: [{ address: '10.8.0.11', length: 24 }], routes: [] });
  t.deepEqual(await addresses(), ['10.8.0.11/24']);
  t.deepEqual(await routes(), ['10.8.0.0/24']);
  await stack.close();
  t.deepEqual(await addresses(), []);
  t.deepEqual(await routes(), []);
});

/** Without the link-local one that the kernel gives itself. */
const addresses6 = async () =>
  (await showAddresses('dev', 'pna0', 'scope', 'global')).filter(({ address }) => isIpv6(address)).map(prefixText);
const tentative = () => showAddresses('dev', 'pna0', 'scope', 'global', 'tentative');
const routes6 = async () =>
  (await showRoutes(true, 'dev', 'pna0'))
    .map(({ prefix }) => prefixText(prefix))
    .filter((text) => text !== 'fe80::/64')
    .sort();

kernel('addresses of both families are set, one of them changed, and all taken back', async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  await using stack = new LocalStack('pna0', (error) => t.fail(String(error)));
  const four = { address: '10.8.0.10', length: 24 };
  const six = { address: 'fd00:8:0:a::1', length: 64, prefixRoute: false };
  const route6 = { address: 'fd00:9::', length: 48, gateway: 'fe80::1' };
  await stack.configure({ addresses: [four, six], routes: [route, route6] });
  t.deepEqual(await addresses(), ['10.8.0.10/24']);
  t.deepEqual(await addresses6(), ['fd00:8:0:a::1/64']);
  t.deepEqual(await tentative(), [], 'it can be used at once, without duplicate address detection');
  t.deepEqual(await routes(), ['10.8.0.0/24', '10.9.0.0/24']);
  t.deepEqual(await routes6(), ['fd00:9::/48'], 'none to the /64 itself');
  await stack.configure({ addresses: [four, { ...six, address: 'fd00:8:0:b::1' }], routes: [route] });
  t.deepEqual(await addresses(), ['10.8.0.10/24']);
  t.deepEqual(await addresses6(), ['fd00:8:0:b::1/64']);
  t.deepEqual(await tentative(), []);
  t.deepEqual(await routes(), ['10.8.0.0/24', '10.9.0.0/24'], 'the other family’s are left alone');
  t.deepEqual(await routes6(), []);
  await stack.close();
  for (const left of [addresses, addresses6, routes, routes6]) t.deepEqual(await left(), []);
});

kernel('what an adapter loses while it is down it has again once it is up, however long that takes', async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  await using stack = new LocalStack('pna0', (error) => t.fail(String(error)), t.fail);
  const six = { address: 'fd00:8:0:a::1', length: 64, prefixRoute: false };
  await stack.configure({ addresses: [{ address: '10.8.0.10', length: 24 }, six], routes: [route] });
  await ip('link', 'set', 'pna0', 'down');
  for (let last = 1; last <= 10; last += 1) await ip('address', 'add', `10.66.0.${last}/32`, 'dev', 'lo');
  t.deepEqual(await routes(), []);
  await ip('link', 'set', 'pna0', 'up');
  while ((await routes()).length < 2 || (await addresses6()).length < 1);
  t.deepEqual([await routes(), await addresses6()], [['10.8.0.0/24', '10.9.0.0/24'], ['fd00:8:0:a::1/64']]);
});

kernel('the prefix of an address is routed through the adapter unless it is not to be', async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  await using stack = new LocalStack('pna0', (error) => t.fail(String(error)));
  const all = (prefixRoute: boolean) =>
    ['10.8.0.1/24', 'fd00:8::1/48'].map((text) => {
      const [address = '', length] = text.split('/');
      return { address, length: Number(length), prefixRoute };
    });
  await stack.configure({ addresses: all(true), routes: [] });
  t.deepEqual([await routes(), await routes6()], [['10.8.0.0/24'], ['fd00:8::/48']]);
  await stack.configure({ addresses: [], routes: [] });
  await stack.configure({ addresses: all(false), routes: [] });
  t.deepEqual([await addresses(), await addresses6()], [['10.8.0.1/24'], ['fd00:8::1/48']]);
  t.deepEqual([await routes(), await routes6()], [[], []]);
});

kernel('a DHCP client that flushes the adapter gets the routes back', async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  await using stack = new LocalStack('pna0', (error) => t.fail(String(error)));
  await stack.configure({ routes: [route] });
  let changed = Promise.withResolvers<void>();
  await using _watch = watchNetwork(() => changed.resolve());
  await ip('address', 'add', '10.8.0.10/24', 'dev', 'pna0');
  await ip('route', 'flush', 'dev', 'pna0');
  while (!(await routes()).includes('10.9.0.0/24')) {
    await Promise.race([changed.promise, new Promise(setImmediate)]);
    changed = Promise.withResolvers();
  }
  t.pass();
});

kernel('another program that keeps removing a route is named, and not fought for ever', async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  const contested = Promise.withResolvers<string>();
  await using stack = new LocalStack('pna0', (error) => t.fail(String(error)), contested.resolve);
  await stack.configure({ addresses: [{ address: '10.8.0.10', length: 24 }], routes: [route] });
  let done = false;
  let removals = 0;
  let seen = Promise.withResolvers<void>();
  await using _watch = watchNetwork(() => {
    seen.resolve();
    seen = Promise.withResolvers();
  });
  const line = contested.promise.finally(() => {
    done = true;
    seen.resolve();
  });
  while (!done && removals < 7) {
    const next = seen.promise;
    if ((await routes()).includes('10.9.0.0/24')) {
      await ip('route', 'delete', '10.9.0.0/24');
      removals += 1;
    } else await next;
  }
  t.is(removals, 6);
  t.is(await line, 'another program keeps removing the route to 10.9.0.0/24: it is not put back for 60 s');
});

/** As a tunnel server has it: each address of the prefix that is used would be a neighbour of its own on link. */
kernel(
  'a prefix that leads through a link-local gateway makes one neighbour, and is the source of what goes there',
  async (t) => {
    await using device = await openTap('pna0');
    device.setUp(true);
    const stack = new LocalStack('pna0', (error) => t.fail(String(error)));
    const gateway = 'fe80::450:4eff:fe41:4300';
    const refused = await stack.configure({
      addresses: [{ address: 'fd00:8::1', length: 48, prefixRoute: false }],
      routes: [{ address: 'fd00:8::', length: 48, gateway }],
    });
    t.deepEqual(refused, []);
    t.deepEqual(await routes6(), ['fd00:8::/48']);
    for (const host of ['a::1', 'a::2', 'b::1'])
      t.like(await ip('route', 'get', `fd00:8:0:${host}`), [{ gateway, dev: 'pna0', prefsrc: 'fd00:8::1' }]);
    await stack.close();
    t.deepEqual(await routes6(), []);
  },
);

/** As a tunnel server has it: an entry for each client would leave no room in the kernel's table. */
kernel('a LAN that leads through a permanent neighbour makes no other one, and comes back', async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  const stack = new LocalStack('pna0', (error) => t.fail(String(error)));
  const gateway = '169.254.0.1';
  await stack.configure({
    addresses: [{ address: '10.8.0.1', length: 24, prefixRoute: 'last' }],
    neighbours: [{ address: gateway, physical: Uint8Array.fromHex('06504e414300') }],
    ownRoutes: [{ address: '10.8.0.0', length: 24, gateway }],
    routes: [],
  });
  const neighbours = () => ip('-4', 'neighbour', 'show', 'dev', 'pna0', 'nud', 'all');
  const permanent = { dst: gateway, lladdr: '06:50:4e:41:43:00', state: ['PERMANENT'] };
  const way = () => ip('route', 'get', '10.8.0.9');
  t.like(await way(), [{ gateway, dev: 'pna0', prefsrc: '10.8.0.1' }]);
  t.like(await neighbours(), [permanent]);
  await ip('link', 'set', 'pna0', 'down');
  await ip('link', 'set', 'pna0', 'up');
  while (!('gateway' in ((await way())[0] as object)));
  t.like(await way(), [{ gateway, dev: 'pna0', prefsrc: '10.8.0.1' }]);
  t.like(await neighbours(), [permanent]);
  await stack.leaveAlone();
  await ip('link', 'set', 'pna0', 'down');
  await ip('link', 'set', 'pna0', 'up');
  t.like(await way(), [{ dev: 'pna0', prefsrc: '10.8.0.1' }], 'on link, where nobody puts the route back');
  await stack.close();
  t.deepEqual(await neighbours(), []);
});
