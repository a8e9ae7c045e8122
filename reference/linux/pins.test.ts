import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { enterPrivateNetwork, openTap, whyNoPrivateNetwork } from '../testing/private-network.ts';
import { removeAddress, setAddress } from './address.ts';
import { ip, type KernelRoute } from './iproute2.ts';
import { LocalStack } from './local-stack.ts';
import { NetworkWatch } from './network-watch.ts';
import { Pins, removeLeftovers } from './pins.ts';
import { wayTo } from './route-table.ts';

const why = whyNoPrivateNetwork();
if (!why) enterPrivateNetwork();
const kernel = why ? test.skip : test.serial;
const title = (text: string) => (why ? `kernel (${why}): ${text}` : `kernel: ${text}`);

const far = '198.51.100.7';
const near = '10.77.0.2';
const everything = { address: '0.0.0.0', length: 0, gateway: '10.8.0.1' };
const never = (error: unknown): never => {
  throw error;
};

/** An adapter pna0 on 10.8.0.0/24, and one to the outside, on 10.77.0.0/24 with a default route. */
async function machine(t: ExecutionContext): Promise<void> {
  for (const [name, address] of [
    ['outside', '10.77.0.1'],
    ['pna0', '10.8.0.10'],
  ] as const) {
    const adapter = await openTap(name);
    t.teardown(() => adapter.close());
    adapter.setUp(true);
    await setAddress(name, { address, length: 24 });
  }
  await ip('route', 'add', 'default', 'via', '10.77.0.254', 'dev', 'outside');
}

const table = async () => (await ip('-N', 'route', 'show')) as KernelRoute[];
const way = async (to: string) => (await ip('route', 'get', to))[0] as { dev: string; gateway?: string };
const pinOf = async (host: string) => (await table()).filter(({ dst }) => dst === host);

/** Waits for the kernel to tell of changes until the condition holds. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const target = new EventTarget();
  await using _watch = new NetworkWatch(() => target.dispatchEvent(new Event('change')));
  for (let change = once(target, 'change'); !(await condition()); change = once(target, 'change')) await change;
}

kernel(title('a default route spares the first hop and the route that was there'), async (t) => {
  await machine(t);
  const before = await table();
  const stack = new LocalStack('pna0', never);
  t.deepEqual(await stack.configure({ routes: [everything], firstHops: [far] }), []);
  t.like(await way('203.0.113.9'), { dev: 'pna0', gateway: '10.8.0.1' });
  t.like(await way(far), { dev: 'outside', gateway: '10.77.0.254' });
  await stack.configure({ routes: [everything], firstHops: [far] });
  t.like(await way(far), { dev: 'outside', gateway: '10.77.0.254' });
  await stack.close();
  t.deepEqual(await table(), before);
});

kernel(title('a first hop inside a narrower route keeps its way too, one outside gets no route'), async (t) => {
  await machine(t);
  await using stack = new LocalStack('pna0', never);
  const routes = [{ address: '198.51.100.0', length: 24, gateway: '10.8.0.1' }];
  await stack.configure({ routes, firstHops: [far, '203.0.113.9'] });
  t.is((await way(far)).dev, 'outside');
  t.is((await way('198.51.100.8')).dev, 'pna0');
  t.deepEqual(await pinOf('203.0.113.9'), []);
});

kernel(title('what a DHCP client may lay is reason enough for a pin, and what it laid does not count'), async (t) => {
  await machine(t);
  await using stack = new LocalStack('pna0', never);
  await stack.configure({ routes: [], firstHops: [far], reachable: [everything] });
  await ip('route', 'add', '198.51.100.0/24', 'via', '10.8.0.1', 'dev', 'pna0');
  t.like(await way(far), { dev: 'outside', gateway: '10.77.0.254' });
  await stack.configure({ routes: [], firstHops: [far], reachable: [] });
  t.is((await way(far)).dev, 'pna0');
});

kernel(title("a DHCP client that replaces the machine's own default route leaves the pin as it is"), async (t) => {
  await machine(t);
  await using stack = new LocalStack('pna0', never);
  await stack.configure({ routes: [], firstHops: [far], reachable: [everything] });
  await ip('route', 'replace', 'default', 'via', '10.8.0.1', 'dev', 'pna0');
  await stack.configure({ routes: [], firstHops: [far], reachable: [everything] });
  t.like(await way(far), { dev: 'outside', gateway: '10.77.0.254' });
});

kernel(title('pins follow the machine: another address, another gateway, none at all'), async (t) => {
  await machine(t);
  await using stack = new LocalStack('pna0', never);
  await stack.configure({ routes: [everything], firstHops: [far, near] });
  t.like((await pinOf(near))[0], { dev: 'outside', prefsrc: '10.77.0.1' });

  await removeAddress('outside', { address: '10.77.0.1', length: 24 });
  await until(async () => (await pinOf(far))[0]?.type !== undefined && (await pinOf(near))[0]?.type !== undefined);
  await t.throwsAsync(way(far), undefined, 'without a way outside there is none through the tunnel either');

  await setAddress('outside', { address: '10.77.0.100', length: 24 });
  await ip('route', 'add', 'default', 'via', '10.77.0.253', 'dev', 'outside');
  await until(async () => (await pinOf(far))[0]?.gateway === '10.77.0.253');
  await until(async () => (await pinOf(near))[0]?.prefsrc === '10.77.0.100');
  t.is((await pinOf(far)).length, 1);
});

kernel(title('IPv6 hops are pinned, follow the machine, and leave nothing'), async (t) => {
  await machine(t);
  const hop = 'fd99::7';
  const pin = async () =>
    ((await ip('-N', '-6', 'route', 'show', 'proto', '80')) as KernelRoute[]).filter(({ dst }) => dst === hop);
  await ip('-6', 'address', 'add', 'fd77::1/64', 'dev', 'outside', 'nodad');
  await ip('-6', 'route', 'add', 'default', 'via', 'fd77::254', 'dev', 'outside');
  const stack = new LocalStack('pna0', never);
  const all = { address: '::', length: 0, gateway: 'fe80::450:4eff:fe41:5300' };
  await stack.configure({ routes: [all], firstHops: [hop] });
  t.like((await pin())[0], { gateway: 'fd77::254', dev: 'outside' });
  await ip('-6', 'route', 'delete', 'default', 'via', 'fd77::254', 'dev', 'outside');
  await ip('-6', 'route', 'delete', hop, 'dev', 'outside');
  await until(async () => (await pin())[0]?.type !== undefined);
  await ip('-6', 'route', 'add', 'default', 'via', 'fd77::253', 'dev', 'outside');
  await until(async () => (await pin())[0]?.gateway === 'fd77::253');
  t.is((await pin()).length, 1);
  await stack.close();
  t.deepEqual(await pin(), []);
});

kernel(title('a pin that another manager removes is put back'), async (t) => {
  await machine(t);
  await using stack = new LocalStack('pna0', never);
  await stack.configure({ routes: [everything], firstHops: [far] });
  await ip('route', 'delete', far);
  await until(async () => (await pinOf(far)).length === 1);
  t.is((await way(far)).dev, 'outside');
});

kernel(title('two tunnels to one host have a pin each'), async (t) => {
  await machine(t);
  const other = await openTap('pna1');
  t.teardown(() => other.close());
  const [one, two] = [new Pins('pna0'), new Pins('pna1')];
  await one.set([far]);
  await two.set([far]);
  t.is((await pinOf(far)).length, 2);
  await one.remove();
  t.is((await pinOf(far)).length, 1);
  t.like(await way(far), { dev: 'outside', gateway: '10.77.0.254' });
  await two.remove();
  t.deepEqual(await pinOf(far), []);
});

kernel(title('only pins whose adapter is gone are leftovers'), async (t) => {
  await machine(t);
  const killed = await openTap('pna1');
  await new Pins('pna1').set([far, '203.0.113.9']);
  const pins = new Pins('pna0');
  await pins.set([far]);
  await ip('route', 'add', '203.0.113.10/32', 'via', '10.77.0.254', 'dev', 'outside', 'metric', '999');
  await removeLeftovers();
  t.is((await pinOf(far)).length, 2);
  await killed.close();
  await until(async () =>
    ((await ip('link', 'show')) as { ifname: string }[]).every(({ ifname }) => ifname !== 'pna1'),
  );
  await removeLeftovers();
  t.is((await pinOf(far)).length, 1);
  t.deepEqual(await pinOf('203.0.113.9'), []);
  t.is((await pinOf('203.0.113.10')).length, 1, 'a route of somebody else stays');
});

const routes: KernelRoute[] = [
  { dst: 'default', gateway: '192.0.2.1', dev: 'wlan0', metric: 600 },
  { dst: 'default', gateway: '192.0.2.2', dev: 'eth0', metric: 100 },
  { dst: '0.0.0.0/1', gateway: '10.8.0.1', dev: 'pna0', protocol: '80' },
  { dst: '198.51.0.0/16', gateway: '10.8.0.1', dev: 'pna0', protocol: '16' },
  { dst: '198.51.100.7', gateway: '192.0.2.9', dev: 'old0', protocol: '80', metric: 4 },
  { dst: '203.0.113.0/24', dev: 'eth1', prefsrc: '203.0.113.5' },
  { dst: '203.0.113.0/28', gateway: '192.0.2.3', dev: 'gone0', flags: ['dead'] },
  { dst: '100.64.0.0/10', type: '7' },
  {
    dst: '192.88.99.0/24',
    nexthops: [
      { gateway: '192.0.2.4', dev: 'eth0', flags: ['dead'] },
      { gateway: '192.0.2.5', dev: 'eth1', flags: ['onlink'] },
    ],
  },
  { dst: '8.8.8.0/24', via: { family: 'inet6', host: 'fe80::1' }, dev: 'eth0' },
];
for (const [host, expected] of [
  [far, 'via 192.0.2.2 dev eth0'],
  ['203.0.113.1', 'dev eth1 src 203.0.113.5'],
  ['100.64.0.1', undefined],
  ['192.88.99.1', 'via 192.0.2.5 dev eth1 onlink'],
  ['8.8.8.8', 'via inet6 fe80::1 dev eth0'],
] as const)
  test(`the way to ${host} without the tunnel: ${expected ?? 'none'}`, (t) => {
    t.is(wayTo(host, routes, 'pna0')?.join(' '), expected);
  });

test('without any route there is no way', (t) => t.is(wayTo(far, [], 'pna0'), undefined));
