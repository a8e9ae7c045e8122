import { once } from 'node:events';
import type { ExecutionContext } from 'ava';
import { prefixText } from '../../packets/prefix.ts';
import { kernelTests, openTap } from '../../testing/private-network.ts';
import { ip, showLinks, showRoutes } from '../programs/iproute2.ts';
import { removeAddress, setAddress } from './address.ts';
import { LocalStack } from './local-stack.ts';
import { watchNetwork } from './network-watch.ts';
import { Pins, removeLeftovers } from './pins.ts';

const kernel = kernelTests();

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

const table = () => showRoutes(false);
const way = async (to: string) => (await ip('route', 'get', to))[0] as { dev: string; gateway?: string };
const pinOf = async (host: string) => (await table()).filter(({ prefix }) => prefixText(prefix) === `${host}/32`);

/** Waits for the kernel to tell of changes until the condition holds. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const target = new EventTarget();
  await using _watch = watchNetwork(() => target.dispatchEvent(new Event('change')));
  for (let change = once(target, 'change'); !(await condition()); change = once(target, 'change')) await change;
}

kernel('a default route spares the first hop and the route that was there', async (t) => {
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

kernel('a first hop inside a narrower route keeps its way too, one outside gets no route', async (t) => {
  await machine(t);
  await using stack = new LocalStack('pna0', never);
  const routes = [{ address: '198.51.100.0', length: 24, gateway: '10.8.0.1' }];
  await stack.configure({ routes, firstHops: [far, '203.0.113.9'] });
  t.is((await way(far)).dev, 'outside');
  t.is((await way('198.51.100.8')).dev, 'pna0');
  t.deepEqual(await pinOf('203.0.113.9'), []);
});

kernel('what a DHCP client may lay is reason enough for a pin, and what it laid does not count', async (t) => {
  await machine(t);
  await using stack = new LocalStack('pna0', never);
  await stack.configure({ routes: [], firstHops: [far], reachable: [everything] });
  await ip('route', 'add', '198.51.100.0/24', 'via', '10.8.0.1', 'dev', 'pna0');
  t.like(await way(far), { dev: 'outside', gateway: '10.77.0.254' });
  await stack.configure({ routes: [], firstHops: [far], reachable: [] });
  t.is((await way(far)).dev, 'pna0');
});

kernel("a DHCP client that replaces the machine's own default route leaves the pin as it is", async (t) => {
  await machine(t);
  await using stack = new LocalStack('pna0', never);
  await stack.configure({ routes: [], firstHops: [far], reachable: [everything] });
  await ip('route', 'replace', 'default', 'via', '10.8.0.1', 'dev', 'pna0');
  await stack.configure({ routes: [], firstHops: [far], reachable: [everything] });
  t.like(await way(far), { dev: 'outside', gateway: '10.77.0.254' });
});

kernel('pins follow the machine: another address, another gateway, none at all', async (t) => {
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

kernel('IPv6 hops are pinned, follow the machine, and leave nothing', async (t) => {
  await machine(t);
  const hop = 'fd99::7';
  const pin = async () =>
    (await showRoutes(true, 'proto', '80')).filter(({ prefix }) => prefixText(prefix) === `${hop}/128`);
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

kernel('a pin that another manager removes is put back', async (t) => {
  await machine(t);
  await using stack = new LocalStack('pna0', never);
  await stack.configure({ routes: [everything], firstHops: [far] });
  await ip('route', 'delete', far);
  await until(async () => (await pinOf(far)).length === 1);
  t.is((await way(far)).dev, 'outside');
});

kernel('two tunnels to one host have a pin each', async (t) => {
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

kernel('only pins whose adapter is gone are leftovers', async (t) => {
  await machine(t);
  const killed = await openTap('pna1');
  await new Pins('pna1').set([far, '203.0.113.9']);
  const pins = new Pins('pna0');
  await pins.set([far]);
  await ip('route', 'add', '203.0.113.10/32', 'via', '10.77.0.254', 'dev', 'outside', 'metric', '999');
  await removeLeftovers();
  t.is((await pinOf(far)).length, 2);
  await killed.close();
  await until(async () => (await showLinks()).every(({ ifname }) => ifname !== 'pna1'));
  await removeLeftovers();
  t.is((await pinOf(far)).length, 1);
  t.deepEqual(await pinOf('203.0.113.9'), []);
  t.is((await pinOf('203.0.113.10')).length, 1, 'a route of somebody else stays');
});
