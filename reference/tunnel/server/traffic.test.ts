import test from 'ava';
import { type Prefix, prefixText } from '../../packets/prefix.ts';
import { createLog } from '../log.ts';
import { openTraffic, Traffic } from './traffic.ts';

/** Traffic that writes down what it tells. */
function recorded() {
  const calls: string[] = [];
  const port = <Address extends string | Prefix>(who: string) => ({
    add: (address: Address) => void calls.push(`${who} add ${textOf(address)}`),
    remove: (address: Address) => void calls.push(`${who} remove ${textOf(address)}`),
    close: async () => void calls.push(`${who} close`),
    seen: (source: Uint8Array) => void calls.push(`${who} seen ${source.toHex()}`),
  });
  const hook = {
    run: (change: string, address: string, name: string) => void calls.push(`hook ${change} ${address} ${name}`),
    idle: async () => void calls.push('hook idle'),
  };
  const routes = port<Prefix>('route');
  const traffic = new Traffic<string>({ routes, arp: port('arp'), neighbours: port('neighbours'), hook });
  return { calls, traffic };
}
const textOf = (address: string | Prefix) => (typeof address === 'string' ? address : prefixText(address));

const addressesOf = (address: string, ...networks: Prefix[]) => ({ address, networks });
/** One that has a /64 besides. */
const addressesOf6 = (address: string, ...networks: Prefix[]) => ({
  ...addressesOf(address, ...networks),
  prefix: { address: 'fd00:8:0:a::', length: 64 },
});

test('everybody hears of a session when it is confirmed, and when it ends', (t) => {
  const { calls, traffic } = recorded();
  traffic.add('tunnel', addressesOf('10.8.0.10', { address: '10.20.0.0', length: 24 }), 'alice');
  traffic.remove('tunnel', '10.8.0.10');
  traffic.remove('tunnel', '10.8.0.10');
  const address = '10.8.0.10';
  const host = `${address}/32`;
  const prefixes = [`${host} alice`, '10.20.0.0/24 alice'];
  t.deepEqual(calls, [
    ...[`route add ${host}`, `arp add ${address}`, ...prefixes.map((prefix) => `hook add ${prefix}`)],
    ...[`arp remove ${address}`, ...prefixes.map((prefix) => `hook remove ${prefix}`), `route remove ${host}`],
  ]);
});

test('everybody hears of a /64 as of an address, and the hook of the networks behind it', (t) => {
  const { calls, traffic } = recorded();
  const networks = [
    { address: '10.20.0.0', length: 24 },
    { address: 'fd00:20::', length: 48 },
  ];
  traffic.add('tunnel', addressesOf6('10.8.0.10', ...networks), 'alice');
  const added = calls.splice(0);
  traffic.remove('tunnel', '10.8.0.10');
  const [host, prefix] = ['10.8.0.10/32', 'fd00:8:0:a::/64'];
  const hooks = (change: string) =>
    [host, prefix, ...networks.map(prefixText)].map((at) => `hook ${change} ${at} alice`);
  const [routes, neighbours] = [[`route add ${host}`, `route add ${prefix}`], `neighbours add ${prefix}`];
  t.deepEqual(added, [...routes, 'arp add 10.8.0.10', neighbours, ...hooks('add')]);
  t.deepEqual(calls, [
    ...['arp remove 10.8.0.10', `neighbours remove ${prefix}`, ...hooks('remove')],
    ...[`route remove ${host}`, `route remove ${prefix}`],
  ]);
});

for (const make of [addressesOf, addressesOf6])
  test(`a session that supersedes another leaves no gap: ${make.name}`, (t) => {
    const { calls, traffic } = recorded();
    const count = (start: string) => calls.filter((line) => line.startsWith(start)).length;
    const each = make === addressesOf ? 1 : 2;
    traffic.add('older', make('10.8.0.10'), 'alice');
    traffic.add('newer', make('10.8.0.10'), 'alice');
    traffic.remove('older', '10.8.0.10');
    t.false(calls.some((line) => line.includes('remove')));
    t.deepEqual([count('arp add'), count('neighbours add')], [2, 2 * (each - 1)]);
    t.is(count('hook add'), each);
    traffic.remove('newer', '10.8.0.10');
    t.is(calls.filter((line) => line.includes('remove')).length, 3 * each);
  });

test('the end takes everything back, and waits for the hook', async (t) => {
  const { calls, traffic } = recorded();
  traffic.add('one', addressesOf('10.8.0.10'), 'alice');
  traffic.add('other', addressesOf('10.8.0.11'), 'bob');
  await traffic.close();
  t.is(calls.filter((line) => line.includes('remove')).length, 6);
  t.deepEqual(calls.slice(-4), ['route close', 'arp close', 'neighbours close', 'hook idle']);
});

test('only sources of IPv6 datagrams are passed on', (t) => {
  const { calls, traffic } = recorded();
  for (const length of [4, 16, 0]) traffic.seen(new Uint8Array(length));
  t.deepEqual(calls, [`neighbours seen ${'00'.repeat(16)}`]);
});

test('a device that is not there is an error with key and name', async (t) => {
  const log = createLog('error', () => {});
  await t.throwsAsync(openTraffic({ proxyArp: 'absent0' }, 'lo', { log }, { ipv6: new Uint8Array(16) }), {
    message: /^traffic\.proxyArp: there is no device absent0/,
  });
});
