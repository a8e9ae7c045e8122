/** What IPv6 of the client data is accepted: section 11 of the protocol, CD-07, CD-08, ADP-17 to ADP-20. */
import test from 'ava';
import type { Ipv6Settings } from '../../wire/ipv6-settings.ts';
import { judge, type Offered } from './acceptance.ts';

const accept = { prefixes: ['0.0.0.0/0', '::/0'], dns: true, defaultRoute: false, ipv6: true };
const connected = [
  { address: '192.168.1.7', length: 24 },
  { address: '2001:db8:5::7', length: 64 },
];
const ipv6: Ipv6Settings = {
  prefix: 'fd00:8:0:a::',
  routes: [
    { address: 'fd00:8::', length: 48 },
    { address: 'fd00:9::', length: 48 },
  ],
  dns: ['fd00:9::53'],
  search: ['corp.test'],
  mtu: 1400,
};
const offered: Offered = {
  address: '10.8.0.10',
  prefixLength: 24,
  serverAddress: '10.8.0.1',
  routes: [{ address: '10.9.0.0', length: 24, gateway: '10.8.0.1' }],
  dns: ['10.9.0.53'],
  mtu: 1400,
  ipv6,
};
const { ipv6: _, ...four } = offered;
const with6 = (changes: Partial<Ipv6Settings>): Offered => ({ ...offered, ipv6: { ...ipv6, ...changes } });

test('ordinary client data of both families is accepted as it is', (t) => {
  t.deepEqual(judge(offered, accept, connected), { accepted: offered, refused: [] });
});

for (const [prefix, reason] of [
  ['fe80:0:0:a::', 'fe80:0:0:a:: is link-local'],
  ['ff02:0:0:a::', 'ff02:0:0:a:: is multicast'],
  ['::', ':: is unspecified'],
  ['2001:db8:5::', '2001:db8:5::/64 is in the subnet 2001:db8:5::7/64, to which this machine is connected'],
] as const)
  test(`the /64 ${prefix} is refused, and IPv4 goes on alone`, (t) => {
    t.deepEqual(judge(with6({ prefix }), accept, connected), {
      accepted: four,
      refused: [{ option: `IPv6 prefix (3) ${prefix}/64`, reason }],
    });
  });

test('a user who accepts no IPv6 gets IPv4 alone', (t) => {
  t.deepEqual(judge(offered, { ...accept, ipv6: false }, connected), {
    accepted: four,
    refused: [{ option: 'IPv6 prefix (3) fd00:8:0:a::/64', reason: '"accept": {"ipv6": false}' }],
  });
  t.deepEqual(judge(four, { ...accept, ipv6: false }, connected).refused, [], 'nothing is refused that is not offered');
});

test('without an IPv4 address there is no adapter, whatever IPv6 is offered', (t) => {
  t.is(judge({ ...offered, address: '127.0.0.2' }, accept, connected).accepted, undefined);
});

for (const [text, reason] of [
  ['::1/128', '::1/128 shares addresses with ::1/128, which is loopback'],
  ['::/1', '::/1 shares addresses with ::/128, which is unspecified'],
  ['fe80:0:0:1::/64', 'fe80:0:0:1::/64 shares addresses with fe80::/10, which is link-local'],
  ['8000::/1', '8000::/1 shares addresses with fe80::/10, which is link-local'],
  ['ff02::/16', 'ff02::/16 shares addresses with ff00::/8, which is multicast'],
  ['::/0', 'a default route needs "accept": {"defaultRoute": true}'],
  ['2001:db8:5::/64', '2001:db8:5::/64 is in the subnet 2001:db8:5::7/64, to which this machine is connected'],
  ['2001:db8:5::80/121', '2001:db8:5::80/121 is in the subnet 2001:db8:5::7/64, to which this machine is connected'],
] as const)
  test(`the route ${text} is refused, named, and the rest stays`, (t) => {
    const [destination = '', length] = text.split('/');
    const routes = [...ipv6.routes, { address: destination, length: Number(length) }];
    t.deepEqual(judge(with6({ routes }), accept, connected), {
      accepted: offered,
      refused: [{ option: `IPv6 route (24) ${text}`, reason }],
    });
  });

test('a default route is accepted where the user says so; a route wider than a connected subnet always', (t) => {
  const routes = [
    { address: '::', length: 0 },
    { address: '2001:db8::', length: 32 },
  ];
  const verdict = judge(with6({ routes }), { ...accept, defaultRoute: true }, connected);
  t.deepEqual(verdict, { accepted: with6({ routes }), refused: [] });
});

test('routes outside the accepted prefixes are refused, each family by its own', (t) => {
  const verdict = judge(offered, { ...accept, prefixes: ['10.9.0.0/16', 'fd00:8::/32'] }, connected);
  t.deepEqual(verdict.accepted, with6({ routes: ipv6.routes.slice(0, 1) }));
  t.deepEqual(verdict.refused, [
    { option: 'IPv6 route (24) fd00:9::/48', reason: 'fd00:9::/48 is not among "accept": {"prefixes"}' },
  ]);
  t.deepEqual(judge(offered, { ...accept, prefixes: ['0.0.0.0/0'] }, connected).accepted, with6({ routes: [] }));
});

for (const [server, reason] of [
  ['fe80::53', 'fe80::53 is link-local'],
  ['::1', '::1 is loopback'],
  ['ff02::fb', 'ff02::fb is multicast'],
  ['::', ':: is unspecified'],
  ['::ffff:127.0.0.1', '::ffff:127.0.0.1 is loopback'],
] as const)
  test(`the DNS server ${server} is refused, named, and the others stay`, (t) => {
    t.deepEqual(judge(with6({ dns: [server, ...ipv6.dns] }), accept, connected), {
      accepted: offered,
      refused: [{ option: `IPv6 DNS server (25) ${server}`, reason }],
    });
  });

test('a user who accepts no DNS servers gets none of either family', (t) => {
  const { accepted, refused } = judge(offered, { ...accept, dns: false }, connected);
  t.deepEqual(accepted, { ...with6({ dns: [] }), dns: [] });
  t.deepEqual(refused, [
    { option: 'DNS server (6) 10.9.0.53', reason: '"accept": {"dns": false}' },
    { option: 'IPv6 DNS server (25) fd00:9::53', reason: '"accept": {"dns": false}' },
  ]);
});

test('an MTU below 1280 is refused, 1280 is not, and the other family’s stays', (t) => {
  const { mtu, ...rest } = ipv6;
  t.deepEqual(judge(with6({ mtu: 1279 }), accept, connected), {
    accepted: { ...offered, ipv6: rest },
    refused: [{ option: 'IPv6 MTU (5)', reason: '1279 is below 1280' }],
  });
  t.deepEqual(judge(with6({ mtu: 1280 }), accept, connected).refused, []);
  t.is(mtu, 1400);
});
