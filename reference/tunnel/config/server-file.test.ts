import test from 'ava';
import { faultsOf, key, server } from '../../testing/configurations.ts';
import { Suite } from '../../wire/identifiers.ts';
import { parseConfig } from './config.ts';

const faults: [name: string, file: object, pattern: RegExp][] = [
  [
    'a map of addresses that is not there',
    { ...server, addressMap: 'absent' },
    /^server\.json: addressMap: \/etc\/pna\/absent does not exist: make the folder/,
  ],
  [
    'traffic that is drawn by nothing',
    { ...server, traffic: {} },
    /^server\.json: traffic: draws no traffic: give "proxyArp"/,
  ],
  [
    'ARP answered on the adapter itself',
    { ...server, traffic: { proxyArp: 'pna0' } },
    /^server\.json: traffic\.proxyArp: is the pseudo network adapter itself/,
  ],
  [
    'a hook without a program',
    { ...server, traffic: { routeHook: [] } },
    /^server\.json: traffic\.routeHook: is empty: name a program/,
  ],
  [
    'an initiator with the address of the server',
    { ...server, initiators: [{ ...server.initiators[0], address: '10.8.0.1' }] },
    /^server\.json: initiators\[0\]\.address: 10\.8\.0\.1 is the address of this adapter/,
  ],
  [
    'an initiator with the broadcast address',
    { ...server, initiators: [{ ...server.initiators[0], address: '10.8.0.255' }] },
    /^server\.json: initiators\[0\]\.address: 10\.8\.0\.255 is the network or/,
  ],
  [
    'one address for two names',
    { ...server, initiators: ['alice', 'bob'].map((name) => ({ name, publicKey: key, address: '10.8.0.7' })) },
    /^server\.json: initiators\[0\]\.address: 10\.8\.0\.7 stands here for two names/,
  ],
  [
    'one physical address for both adapters',
    { ...server, adapter: { ...server.adapter, clientPhysical: '06:50:4e:41:53:00' } },
    /^server\.json: adapter\.clientPhysical: is that of serverPhysical too/,
  ],
  [
    'a search domain with a label too long',
    { ...server, clientData: { search: [`${'a'.repeat(64)}.test`] } },
    /^server\.json: clientData\.search\[0\]: has a label of more than 63/,
  ],
  [
    'more routes than a RESPONSE holds',
    { ...server, clientData: { routes: Array(1001).fill('10.9.0.0/24') } },
    /^server\.json: clientData\.routes: has more than 1000 entries/,
  ],
  [
    'the virtual LAN 10.8.0.1/0',
    { ...server, adapter: { address: '10.8.0.1/0' }, clientData: {} },
    /^server\.json: adapter\.address: .*is no virtual LAN: choose a private prefix of \/8 to \/30/,
  ],
  [
    'the virtual LAN 10.8.0.1/32',
    { ...server, adapter: { address: '10.8.0.1/32' }, clientData: {} },
    /^server\.json: adapter\.address: .*is no virtual LAN/,
  ],
  [
    'the virtual LAN 127.0.0.1/8',
    { ...server, adapter: { address: '127.0.0.1/8' }, clientData: {} },
    /^server\.json: adapter\.address: .*is loopback/,
  ],
  [
    'the virtual LAN 10.8.0.0/24',
    { ...server, adapter: { address: '10.8.0.0/24' }, clientData: {} },
    /^server\.json: adapter\.address: .*is the network or/,
  ],
  [
    'the virtual LAN 10.8.0.255/24',
    { ...server, adapter: { address: '10.8.0.255/24' }, clientData: {} },
    /^server\.json: adapter\.address: .*is the network or the broadcast/,
  ],
  [
    'an address outside the LAN',
    { ...server, initiators: [{ name: 'a', publicKey: key, address: '10.9.0.2' }] },
    /^server\.json: initiators\[0\]\.address: 10\.9\.0\.2 is outside the virtual LAN 10\.8\.0\.1\/24/,
  ],
  [
    'a pool outside the LAN',
    { ...server, clientData: { pool: '10.8.0.9-10.8.1.9' } },
    /clientData\.pool: 10\.8\.1\.9 is outside/,
  ],
  [
    'a pool that ends before it begins',
    { ...server, clientData: { pool: '10.8.0.9-10.8.0.8' } },
    /clientData\.pool: .*ends before it begins/,
  ],
  [
    'a server name with a port',
    { ...server, names: ['server.test:3265'] },
    /^server\.json: names\[0\]: .*has a port: leave it out/,
  ],
  [
    'a physical address that is universal',
    { ...server, adapter: { address: '10.8.0.1/24', serverPhysical: '00:50:4e:00:00:01' } },
    /adapter\.serverPhysical: .*locally administered/,
  ],
];
for (const [name, file, pattern] of faults)
  test(`refused with place and remedy: ${name}`, (t) => {
    t.regex(faultsOf('server', file).join('\n'), pattern);
  });

test('what is read is what the program uses', (t) => {
  const file = {
    ...server,
    listen: '[::1]:0',
    initiators: [{ name: 'alice', publicKey: key, suites: ['hybrid'], networks: ['fd00:7:0::/48'] }],
    adapter: { address: '10.8.0.1/24', address6: 'fd00:8:0::0:1/48', serverPhysical: '06:00:00:00:00:01' },
    clientData: { pool: '10.8.0.10-10.8.0.99', routes: ['fd00:9:0:0::/64', '10.9.0.0/24'], dns: ['fd00:9:0::53'] },
    lifetime: { seconds: 60 },
  };
  const config = parseConfig('server', JSON.stringify(file), 'server.json', {});
  t.like(config, {
    listen: { address: '::1', port: 0 },
    lifetime: { seconds: 60, frames: 2n ** 32n, octets: 2n ** 40n },
  });
  t.like(config.initiators[0], { suites: [Suite.hybrid], networks: [{ address: 'fd00:7::', length: 48 }] });
  t.deepEqual(config.initiators[0]?.publicKey, new Uint8Array(32).fill(1));
  t.like(config.adapter, {
    address: { address: '10.8.0.1', length: 24 },
    address6: { address: 'fd00:8::1', length: 48 },
  });
  t.deepEqual(config.adapter.serverPhysical, Uint8Array.of(6, 0, 0, 0, 0, 1));
  t.deepEqual(config.clientData.pool, { first: '10.8.0.10', last: '10.8.0.99' });
  t.deepEqual(config.clientData.routes, [
    { address: 'fd00:9::', length: 64 },
    { address: '10.9.0.0', length: 24 },
  ]);
  t.deepEqual(config.clientData.dns, ['fd00:9::53']);
});
