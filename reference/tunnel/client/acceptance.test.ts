/** What of the client data is accepted: section 11 of the protocol, CD-07, CD-08, ADP-17 to ADP-20. */
import test from 'ava';
import { parsePrefix } from '../../packets/prefix.ts';
import type { Ipv6Settings } from '../../wire/ipv6-settings.ts';
import type { NetworkSettings } from '../../wire/network-settings.ts';
import { judge } from './acceptance.ts';

const accept = { prefixes: ['0.0.0.0/0', '::/0'].map(parsePrefix), dns: true, defaultRoute: false, ipv6: true };
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
const offered4: NetworkSettings = {
  address: '10.8.0.10',
  prefixLength: 24,
  serverAddress: '10.8.0.1',
  leaseSeconds: 3600,
  search: [],
  clientPhysical: Uint8Array.of(6, 0, 0, 0, 0, 1),
  serverPhysical: Uint8Array.of(6, 0, 0, 0, 0, 2),
  routes: [{ address: '10.9.0.0', length: 24, gateway: '10.8.0.1' }],
  dns: ['10.9.0.53'],
  mtu: 1400,
};
const offered: NetworkSettings = { ...offered4, ipv6 };
const with6 = (changes: Partial<Ipv6Settings>): NetworkSettings => ({ ...offered, ipv6: { ...ipv6, ...changes } });

test('ordinary client data is accepted as it is', (t) => {
  t.deepEqual(judge(offered4, accept, connected), { accepted: offered4, refused: [] });
});

const route = (text: string) => {
  const prefix = parsePrefix(text);
  return {
    ...offered4,
    routes: [...offered4.routes, { ...prefix, gateway: '10.8.0.1' }],
  };
};

for (const [text, reason] of [
  ['127.0.0.0/8', /which is loopback/],
  ['169.254.0.0/16', /which is link-local/],
  ['224.0.0.0/4', /which is multicast/],
  ['192.168.1.0/24', /is in the subnet 192\.168\.1\.7\/24/],
  ['192.168.1.128/25', /is in the subnet/],
  ['0.0.0.0/0', /defaultRoute/],
  ['126.0.0.0/7', /shares addresses with 127\.0\.0\.0\/8, which is loopback/],
  ['128.0.0.0/1', /shares addresses with 169\.254\.0\.0\/16, which is link-local/],
] as const)
  test(`the route ${text} is refused, named, and the rest stays`, (t) => {
    const verdict = judge(route(text), accept, connected);
    t.deepEqual(verdict.accepted, offered4);
    t.is(verdict.refused.length, 1);
    t.is(verdict.refused[0]?.option, `route (121) ${text}`);
    t.regex(verdict.refused[0]?.reason ?? '', reason);
  });

test('a route wider than a connected subnet draws none of its traffic and is accepted', (t) => {
  t.deepEqual(judge(route('192.168.0.0/16'), accept, connected).refused, []);
});

test('what the policy leaves out is refused', (t) => {
  const { accepted, refused } = judge(
    offered4,
    { ...accept, prefixes: [parsePrefix('10.8.0.0/16')], dns: false },
    connected,
  );
  t.deepEqual(accepted?.routes, []);
  t.deepEqual(accepted?.dns, []);
  t.deepEqual(
    refused.map(({ option }) => option),
    ['route (121) 10.9.0.0/24', 'DNS server (6) 10.9.0.53'],
  );
});

test('a DNS server at the broadcast address of the virtual LAN is refused; a LAN of two addresses has none', (t) => {
  const dns = ['10.9.0.53', '10.8.0.255'];
  t.deepEqual(judge({ ...offered4, dns }, accept, connected), {
    accepted: offered4,
    refused: [
      { option: 'DNS server (6) 10.8.0.255', reason: '10.8.0.255 is the broadcast address of the virtual LAN' },
    ],
  });
  const pair = { ...offered4, prefixLength: 31, serverAddress: '10.8.0.11', dns: ['10.8.0.11'] };
  t.deepEqual(judge(pair, accept, connected).refused, []);
});

test('an MTU below 1280 is refused, 1280 is not', (t) => {
  t.deepEqual(judge({ ...offered4, mtu: 1279 }, accept, connected), {
    accepted: (({ mtu: _, ...others }) => others)(offered4),
    refused: [{ option: 'MTU (26)', reason: '1279 is below 1280' }],
  });
  t.deepEqual(judge({ ...offered4, mtu: 1280 }, accept, connected).refused, []);
});

for (const [name, change] of Object.entries({
  'a loopback address': { address: '127.0.0.2', serverAddress: '127.0.0.1' },
  'an address in a connected subnet': { address: '192.168.1.9', serverAddress: '192.168.1.1' },
  'a server address that is multicast': { serverAddress: '224.0.0.1' },
  'a server address outside the virtual LAN': { serverAddress: '10.9.0.1' },
}))
  test(`${name} leaves nothing to configure`, (t) => {
    const { accepted, refused } = judge({ ...offered4, ...change }, accept, connected);
    t.is(accepted, undefined);
    t.regex(refused[0]?.option ?? '', /^(server )?address/);
  });

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
      accepted: offered4,
      refused: [{ option: `IPv6 prefix (3) ${prefix}/64`, reason }],
    });
  });

test('a user who accepts no IPv6 gets IPv4 alone', (t) => {
  t.deepEqual(judge(offered, { ...accept, ipv6: false }, connected), {
    accepted: offered4,
    refused: [{ option: 'IPv6 prefix (3) fd00:8:0:a::/64', reason: '"accept": {"ipv6": false}' }],
  });
  t.deepEqual(
    judge(offered4, { ...accept, ipv6: false }, connected).refused,
    [],
    'nothing is refused that is not offered',
  );
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
    const routes = [...ipv6.routes, parsePrefix(text)];
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
  const verdict = judge(offered, { ...accept, prefixes: ['10.9.0.0/16', 'fd00:8::/32'].map(parsePrefix) }, connected);
  t.deepEqual(verdict.accepted, with6({ routes: ipv6.routes.slice(0, 1) }));
  t.deepEqual(verdict.refused, [
    { option: 'IPv6 route (24) fd00:9::/48', reason: 'fd00:9::/48 is not among "accept": {"prefixes"}' },
  ]);
  t.deepEqual(
    judge(offered, { ...accept, prefixes: [parsePrefix('0.0.0.0/0')] }, connected).accepted,
    with6({ routes: [] }),
  );
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

test('an MTU that no device has is refused, the highest is not', (t) => {
  const reason = '65522 is above 65521, the most that the adapter can have';
  t.deepEqual(judge({ ...offered4, mtu: 65_522 }, accept, connected).refused, [{ option: 'MTU (26)', reason }]);
  t.deepEqual(judge({ ...offered4, mtu: 65_521 }, accept, connected).refused, []);
});

test('an MTU below 1280 is refused, 1280 is not, and the other family’s stays', (t) => {
  const { mtu, ...others } = ipv6;
  t.deepEqual(judge(with6({ mtu: 1279 }), accept, connected), {
    accepted: { ...offered, ipv6: others },
    refused: [{ option: 'IPv6 MTU (5)', reason: '1279 is below 1280' }],
  });
  t.deepEqual(judge(with6({ mtu: 1280 }), accept, connected).refused, []);
  t.is(mtu, 1400);
});
