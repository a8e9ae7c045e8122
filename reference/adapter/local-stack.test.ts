import test from 'ava';
import { ip } from './iproute2.ts';
import { LocalStack } from './local-stack.ts';
import { enterPrivateNetwork, openTap, whyNoPrivateNetwork } from './private-network.ts';
import { RouteWatch } from './route-watch.ts';

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

kernel(title('a DHCP client that flushes the adapter gets the routes back'), async (t) => {
  await using device = await openTap('pna0');
  device.setUp(true);
  await using stack = new LocalStack('pna0', (error) => t.fail(String(error)));
  await stack.configure({ routes: [route] });
  let changed = Promise.withResolvers<void>();
  await using _watch = new RouteWatch(() => changed.resolve());
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
  await using _watch = new RouteWatch(() => {
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
