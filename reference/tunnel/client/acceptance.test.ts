import test from 'ava';
import { judge, type Offered } from './acceptance.ts';

const accept = { prefixes: ['0.0.0.0/0'], dns: true, defaultRoute: false, ipv6: true };
const connected = [{ address: '192.168.1.7', length: 24 }];
const offered: Offered = {
  address: '10.8.0.10',
  prefixLength: 24,
  serverAddress: '10.8.0.1',
  routes: [{ address: '10.9.0.0', length: 24, gateway: '10.8.0.1' }],
  dns: ['10.9.0.53'],
  mtu: 1400,
};

test('ordinary client data is accepted as it is', (t) => {
  t.deepEqual(judge(offered, accept, connected), { accepted: offered, refused: [] });
});

const route = (text: string) => {
  const [destination = '', length = ''] = text.split('/');
  return {
    ...offered,
    routes: [...offered.routes, { address: destination, length: Number(length), gateway: '10.8.0.1' }],
  };
};

test('a route by another gateway than the server is refused, and the rest stays', (t) => {
  const stray = { address: '10.10.0.0', length: 24, gateway: '10.8.0.77' };
  const { accepted, refused } = judge({ ...offered, routes: [...offered.routes, stray] }, accept, connected);
  t.deepEqual(accepted, offered);
  t.deepEqual(
    refused.map(({ option }) => option),
    ['route (121) 10.10.0.0/24'],
  );
  t.regex(refused[0]?.reason ?? '', /gateway 10\.8\.0\.77 is not the server's 10\.8\.0\.1/);
});

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
    t.deepEqual(verdict.accepted, offered);
    t.is(verdict.refused.length, 1);
    t.is(verdict.refused[0]?.option, `route (121) ${text}`);
    t.regex(verdict.refused[0]?.reason ?? '', reason);
  });

test('a route wider than a connected subnet draws none of its traffic and is accepted', (t) => {
  t.deepEqual(judge(route('192.168.0.0/16'), accept, connected).refused, []);
});

test('what the policy leaves out is refused', (t) => {
  const { accepted, refused } = judge(offered, { ...accept, prefixes: ['10.8.0.0/16'], dns: false }, connected);
  t.deepEqual(accepted?.routes, []);
  t.deepEqual(accepted?.dns, []);
  t.deepEqual(
    refused.map(({ option }) => option),
    ['route (121) 10.9.0.0/24', 'DNS server (6) 10.9.0.53'],
  );
});

test('an MTU below 1280 is refused, 1280 is not', (t) => {
  t.deepEqual(judge({ ...offered, mtu: 1279 }, accept, connected), {
    accepted: (({ mtu: _, ...rest }) => rest)(offered),
    refused: [{ option: 'MTU (26)', reason: '1279 is below 1280' }],
  });
  t.deepEqual(judge({ ...offered, mtu: 1280 }, accept, connected).refused, []);
});

for (const [name, change] of Object.entries({
  'a loopback address': { address: '127.0.0.2', serverAddress: '127.0.0.1' },
  'an address in a connected subnet': { address: '192.168.1.9', serverAddress: '192.168.1.1' },
  'a server address that is multicast': { serverAddress: '224.0.0.1' },
  'a server address outside the virtual LAN': { serverAddress: '10.9.0.1' },
}))
  test(`${name} leaves nothing to configure`, (t) => {
    const { accepted, refused } = judge({ ...offered, ...change }, accept, connected);
    t.is(accepted, undefined);
    t.regex(refused[0]?.option ?? '', /^(server )?address/);
  });
