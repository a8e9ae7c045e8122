/** What a server's configuration file says of IPv6, and each fault of it with its place and remedy. */
import test from 'ava';
import { faultsOf, server } from '../../testing/configurations.ts';

const withLan = (address6: unknown, address = '10.8.0.1/24') => ({
  ...server,
  adapter: { address, address6 },
  clientData: {},
});

for (const [address6, address] of [
  ['fd00:8::1/48', '10.8.0.1/24'],
  ['fd00:8::1/56', '10.8.0.1/24'],
  ['fd00::1/16', '10.8.0.1/8'],
  ['fd00:8::1/40', '10.8.0.1/8'],
  ['fd00:8::4/62', '10.8.0.1/30'],
  ['2001:db8:0:ff00:1:2:3:4/56', '10.8.0.1/24'],
] as const)
  test(`${address6} suits ${address}`, (t) => {
    t.deepEqual(faultsOf('server', withLan(address6, address)), []);
  });

const noAddress = 'is not an IPv6 address with a prefix length, such as "fd00:8::1/48"';
for (const [address6, address, fault] of [
  ['fd00:8::1', '10.8.0.1/24', `"fd00:8::1" ${noAddress}`],
  ['fd00:8::1/129', '10.8.0.1/24', `"fd00:8::1/129" ${noAddress}`],
  ['fd00:8::g/48', '10.8.0.1/24', `"fd00:8::g/48" ${noAddress}`],
  ['fd00:8::1::/48', '10.8.0.1/24', `"fd00:8::1::/48" ${noAddress}`],
  ['10.8.0.1/24', '10.8.0.1/24', `"10.8.0.1/24" ${noAddress}`],
  ['FD00:8::1/48', '10.8.0.1/24', `"FD00:8::1/48" ${noAddress}`],
  [true, '10.8.0.1/24', `true ${noAddress}`],
  [
    'fd00:8::1/15',
    '10.8.0.1/24',
    'fd00:8::1/15 has no /64 for each address of 10.8.0.1/24: choose a prefix of /16 to /56, such as fd00:8::1/48',
  ],
  [
    'fd00:8::1/57',
    '10.8.0.1/24',
    'fd00:8::1/57 has no /64 for each address of 10.8.0.1/24: choose a prefix of /16 to /56, such as fd00:8::1/48',
  ],
  [
    'fd00:8::1/64',
    '10.8.0.1/30',
    'fd00:8::1/64 has no /64 for each address of 10.8.0.1/30: choose a prefix of /16 to /62, such as fd00:8::1/48',
  ],
  ['fe80::1/48', '10.8.0.1/24', 'fe80::1 is link-local: choose a private address, such as fd00:8::1/48'],
  ['ff02::1/48', '10.8.0.1/24', 'ff02::1 is multicast: choose a private address, such as fd00:8::1/48'],
  ['::1/48', '10.8.0.1/24', '::1 is loopback: choose a private address, such as fd00:8::1/48'],
  ['::/48', '10.8.0.1/24', ':: is unspecified: choose a private address, such as fd00:8::1/48'],
  [
    'fd00:8::/48',
    '10.8.0.1/24',
    "fd00:8:: is the anycast address of all routers (RFC 4291 §2.6.1): choose a host's, such as fd00:8::1/48",
  ],
  [
    'fd00:8:0:1::1/48',
    '10.8.0.1/24',
    "fd00:8:0:1::1 is not in the first /64 of its prefix, which is the server's: choose an address there, such as fd00:8::1/48",
  ],
] as const)
  test(`refused beside ${address}: ${address6}`, (t) => {
    t.deepEqual(faultsOf('server', withLan(address6, address)), [`server.json: adapter.address6: ${fault}`]);
  });

test('a fault of the IPv4 address is told beside one of the IPv6 address', (t) => {
  const faults = faultsOf('server', withLan('fe80::1/48', '10.8.0.1/31'));
  t.is(faults.length, 2);
  t.regex(faults[0] ?? '', /^server\.json: adapter\.address: 10\.8\.0\.1\/31 is no virtual LAN/);
  t.regex(faults[1] ?? '', /^server\.json: adapter\.address6: fe80::1 is link-local/);
});

const remedy = 'is IPv6, which this server does not offer: give "adapter.address6", such as fd00:8::1/48';
for (const [place, text, change] of [
  ['clientData.routes[1]', 'fd00:9::/48', { clientData: { routes: ['10.9.0.0/24', 'fd00:9::/48'] } }],
  ['clientData.dns[0]', 'fd00:9::53', { clientData: { dns: ['fd00:9::53'] } }],
  [
    'initiators[0].networks[1]',
    'fd00:7::/48',
    { initiators: [{ ...server.initiators[0], networks: ['10.7.0.0/24', 'fd00:7::/48'] }] },
  ],
] as const)
  test(`IPv6 in ${place} needs adapter.address6`, (t) => {
    t.deepEqual(faultsOf('server', { ...server, ...change }), [`server.json: ${place}: ${text} ${remedy}`]);
    t.deepEqual(faultsOf('server', { ...withLan('fd00:8::1/48'), ...change }), []);
  });

test('routes and DNS servers that are no addresses are told as such', (t) => {
  const clientData = { routes: ['fd00:9::/129'], dns: ['fd00:9::53/64'] };
  t.deepEqual(faultsOf('server', { ...withLan('fd00:8::1/48'), clientData }), [
    'server.json: clientData.routes[0]: "fd00:9::/129" is not a prefix, such as "10.9.0.0/24" or "fd00::/64"',
    'server.json: clientData.dns[0]: "fd00:9::53/64" is not an address, such as "10.9.0.53" or "fd00:9::53"',
  ]);
});
