import test from 'ava';
import { enterPrivateNetwork, openTap, whyNoPrivateNetwork } from '../testing/private-network.ts';
import { ip } from './iproute2.ts';
import { LocalStack } from './local-stack.ts';
import { NetworkWatch } from './network-watch.ts';

const why = whyNoPrivateNetwork();
if (!why) enterPrivateNetwork();
const kernel = why ? test.skip : test.serial;
const title = (text: string) => (why ? `kernel (${why}): ${text}` : `kernel: ${text}`);

const route = { address: '10.9.0.0', length: 24, gateway: '10.8.0.1' };
const addresses = async () =>
  ((await ip('-4', 'address', 'show', 'dev', 'pna0')) as { addr_info: { local: string; prefixlen: number }[] }[])
    .flatMap(({ addr_info }) => addr_info)
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`);
const routes = async () =>
  ((await ip('-4', 'route', 'show', 'dev', 'pna0')) as { dst: string }[]).map(({ dst }) => dst).sort();

kernel(title('address and routes are set, changed, and taken back'), async (t) => {
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

/** Without the link-local one that the kernel gives itself, for which iproute2 leaves a gap. */
const addresses6 = async () =>
  (
    (await ip('-6', 'address', 'show', 'dev', 'pna0', 'scope', 'global')) as {
      addr_info: { local?: string; prefixlen: number; tentative?: boolean }[];
    }[]
  )
    .flatMap(({ addr_info }) => addr_info)
    .filter(({ local }) => local !== undefined)
    .map(({ local, prefixlen, tentative }) => `${local}/${prefixlen}${tentative ? ' tentative' : ''}`);
const routes6 = async () =>
  ((await ip('-6', 'route', 'show', 'dev', 'pna0')) as { dst: string }[])
    .map(({ dst }) => dst)
    .filter((dst) => dst !== 'fe80::/64')
    .sort();

kernel(title('addresses of both families are set, one of them changed, and all taken back'), async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  await using stack = new LocalStack('pna0', (error) => t.fail(String(error)));
  const four = { address: '10.8.0.10', length: 24 };
  const six = { address: 'fd00:8:0:a::1', length: 64, prefixRoute: false };
  const route6 = { address: 'fd00:9::', length: 48, gateway: 'fe80::1' };
  await stack.configure({ addresses: [four, six], routes: [route, route6] });
  t.deepEqual(await addresses(), ['10.8.0.10/24']);
  t.deepEqual(await addresses6(), ['fd00:8:0:a::1/64'], 'at once, without duplicate address detection');
  t.deepEqual(await routes(), ['10.8.0.0/24', '10.9.0.0/24']);
  t.deepEqual(await routes6(), ['fd00:9::/48'], 'none to the /64 itself');
  await stack.configure({ addresses: [four, { ...six, address: 'fd00:8:0:b::1' }], routes: [route] });
  t.deepEqual(await addresses(), ['10.8.0.10/24']);
  t.deepEqual(await addresses6(), ['fd00:8:0:b::1/64']);
  t.deepEqual(await routes(), ['10.8.0.0/24', '10.9.0.0/24'], 'the other family’s are left alone');
  t.deepEqual(await routes6(), []);
  await stack.close();
  for (const left of [addresses, addresses6, routes, routes6]) t.deepEqual(await left(), []);
});

kernel(title('the prefix of an address is routed through the adapter unless it is not to be'), async (t) => {
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

kernel(title('a DHCP client that flushes the adapter gets the routes back'), async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  await using stack = new LocalStack('pna0', (error) => t.fail(String(error)));
  await stack.configure({ routes: [route] });
  let changed = Promise.withResolvers<void>();
  await using _watch = new NetworkWatch(() => changed.resolve());
  await ip('address', 'add', '10.8.0.10/24', 'dev', 'pna0');
  await ip('route', 'flush', 'dev', 'pna0');
  while (!(await routes()).includes('10.9.0.0/24')) {
    await Promise.race([changed.promise, new Promise(setImmediate)]);
    changed = Promise.withResolvers();
  }
  t.pass();
});

kernel(title('another program that keeps removing a route is named, and not fought for ever'), async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  const told = Promise.withResolvers<string>();
  await using stack = new LocalStack('pna0', (error) => t.fail(String(error)), told.resolve);
  await stack.configure({ addresses: [{ address: '10.8.0.10', length: 24 }], routes: [route] });
  let done = false;
  let removals = 0;
  let seen = Promise.withResolvers<void>();
  await using _watch = new NetworkWatch(() => {
    seen.resolve();
    seen = Promise.withResolvers();
  });
  const line = told.promise.finally(() => {
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
