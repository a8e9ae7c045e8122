import test from 'ava';
import { parsePrefix } from '../../packets/prefix.ts';
import { wayTo } from './route-table.ts';

const far = '198.51.100.7';
const routes = [
  { dst: '0.0.0.0/0', gateway: '192.0.2.1', dev: 'wlan0', metric: 600 },
  { dst: '0.0.0.0/0', gateway: '192.0.2.2', dev: 'eth0', metric: 100 },
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
].map(({ dst, ...route }) => ({ ...route, prefix: parsePrefix(dst) }));
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
