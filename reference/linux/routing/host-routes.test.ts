import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { addressOctets } from '../../packets/addresses.ts';
import { prefixText } from '../../packets/prefix.ts';
import { kernelTests, openTap } from '../../testing/private-network.ts';
import { ip, showRoutes } from '../programs/iproute2.ts';
import { setAddress } from './address.ts';
import { HostRoutes } from './host-routes.ts';

const kernel = kernelTests();

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
const host = (address: string) => ({ address, length: 32 });
const way = async (to: string) => ((await ip('route', 'get', to))[0] as { dev: string }).dev;
const through = async () => (await showRoutes(false, 'dev', 'pna0')).map(({ prefix }) => prefixText(prefix)).sort();

kernel('only what was added leads through the adapter, as long as it is there', async (t) => {
  const routes = await member(t);
  t.deepEqual(await through(), []);
  routes.add(host('10.8.0.10'));
  routes.add(host('10.8.0.11'));
  routes.add(host('10.8.0.10'));
  t.deepEqual([await way('10.8.0.10'), await way('10.8.0.12')], ['pna0', 'eth1']);
  routes.remove(host('10.8.0.10'));
  routes.remove(host('10.8.0.10'));
  t.deepEqual(await through(), ['10.8.0.11/32']);
  t.is(await way('10.8.0.10'), 'eth1');
});

kernel('a route of another manager stays, behind ours', async (t) => {
  const routes = await member(t);
  await ip('route', 'add', '10.8.0.10/32', 'via', '10.77.0.2', 'dev', 'eth1');
  routes.add(host('10.8.0.10'));
  t.is(await way('10.8.0.10'), 'pna0');
  routes.remove(host('10.8.0.10'));
  t.like(await ip('route', 'show', 'exact', '10.8.0.10/32'), [{ gateway: '10.77.0.2', dev: 'eth1' }]);
});

kernel('one that somebody else removed is no error, and comes back when it is added again', async (t) => {
  const routes = await member(t);
  routes.add(host('10.8.0.10'));
  await ip('route', 'flush', 'dev', 'pna0');
  routes.add(host('10.8.0.10'));
  t.deepEqual(await through(), ['10.8.0.10/32']);
  await ip('route', 'flush', 'dev', 'pna0');
  t.notThrows(() => routes.remove(host('10.8.0.10')));
});

kernel('a thousand are added and taken back', async (t) => {
  const routes = await member(t);
  for (let index = 0; index < 1_000; index += 1) routes.add(host(`10.8.${4 + (index >> 8)}.${index & 255}`));
  t.is((await through()).length, 1_000);
  routes.close();
  t.deepEqual(await through(), []);
  t.pass();
});

kernel('an adapter that is down takes none, and that is told', async (t) => {
  const routes = await member(t);
  await ip('link', 'set', 'pna0', 'down');
  t.throws(() => routes.add(host('10.8.0.10')), {
    message: 'the route to 10.8.0.10/32 through pna0 could not be added (ENETDOWN)',
  });
});

const alice = { address: 'fd00:8:0:a::', length: 64 };
const bob = { address: 'fd00:8:0:b::', length: 64 };
const network = 'fd00:8::/48';
/** As `member`, with IPv6: eth1 leads to all of fd00:8::/48. */
async function member6(t: ExecutionContext) {
  const routes = await member(t);
  await setAddress('eth1', { address: 'fd00:77::1', length: 64 });
  await ip('route', 'add', network, 'dev', 'eth1');
  return routes;
}
const through6 = async () =>
  (await showRoutes(true, 'dev', 'pna0', 'proto', 'static')).map(({ prefix }) => prefixText(prefix)).sort();

kernel('an IPv6 prefix that was added leads through the adapter, as long as it is there', async (t) => {
  const routes = await member6(t);
  t.is(await way('fd00:8:0:a::1'), 'eth1');
  for (const prefix of [alice, bob, alice, host('10.8.0.10')]) routes.add(prefix);
  t.deepEqual(await through6(), ['fd00:8:0:a::/64', 'fd00:8:0:b::/64']);
  t.deepEqual([await way('fd00:8:0:a::1'), await way('fd00:8:0:c::1')], ['pna0', 'eth1']);
  routes.remove(alice);
  routes.remove(alice);
  t.is(await way('fd00:8:0:a::1'), 'eth1');
  routes.close();
  t.deepEqual([await through6(), await through()], [[], []]);
});

kernel('all addresses of an IPv6 prefix, and all of IPv4, are one neighbour', async (t) => {
  const [ipv4, ipv6] = ['169.254.0.1', 'fe80::450:4eff:fe41:4300'];
  (await member6(t)).close();
  const routes = new HostRoutes('pna0', { ipv4: addressOctets(ipv4), ipv6: addressOctets(ipv6) });
  t.teardown(() => routes.close());
  routes.add(alice);
  for (let index = 1; index <= 100; index += 1) routes.add(host(`10.8.0.${index + 1}`));
  const neighbours = async (type: 'udp4' | 'udp6', nth: (index: number) => string) => {
    const socket = createSocket(type);
    const send = promisify(
      socket.send.bind(socket) as (data: string, port: number, to: string, done: () => void) => void,
    );
    for (let index = 1; index <= 100; index += 1) await send('x', 9, nth(index));
    socket.close();
    const family = type === 'udp4' ? '-4' : '-6';
    const all = (await ip(family, 'neighbour', 'show', 'dev', 'pna0', 'nud', 'all')) as { dst: string }[];
    return all.map(({ dst }) => dst).filter((dst) => !dst.startsWith('ff') && !dst.startsWith('224.'));
  };
  t.deepEqual(await neighbours('udp6', (index) => `fd00:8:0:a::${index.toString(16)}`), [ipv6]);
  t.deepEqual(await neighbours('udp4', (index) => `10.8.0.${index + 1}`), [ipv4]);
  routes.close();
  t.deepEqual([await through6(), await through()], [[], []]);
});

kernel('an IPv6 route of another manager stays, behind ours', async (t) => {
  const routes = await member6(t);
  const theirs = ['fd00:8:0:a::/64', 'via', 'fd00:77::2', 'dev', 'eth1'];
  await ip('route', 'add', ...theirs);
  routes.add(alice);
  t.is(await way('fd00:8:0:a::1'), 'pna0');
  routes.remove(alice);
  t.like(await ip('-6', 'route', 'show', 'exact', 'fd00:8:0:a::/64'), [{ gateway: 'fd00:77::2', dev: 'eth1' }]);
});

kernel('an IPv6 route that somebody else removed is no error, and comes back', async (t) => {
  const routes = await member6(t);
  for (let turn = 0; turn < 2; turn += 1) {
    routes.add(alice);
    t.deepEqual(await through6(), ['fd00:8:0:a::/64']);
    await ip('-6', 'route', 'flush', 'dev', 'pna0');
  }
  t.notThrows(() => routes.remove(alice));
});

kernel('an adapter without IPv6 takes no IPv6 route, and that is told with the remedy', async (t) => {
  const routes = await member(t);
  writeFileSync('/proc/sys/net/ipv6/conf/pna0/disable_ipv6', '1');
  t.throws(() => routes.add(alice), {
    message: /^the route to fd00:8:0:a::\/64 through pna0 could not be added \(EACCES\): .*pna0\.disable_ipv6=0"$/,
  });
});
