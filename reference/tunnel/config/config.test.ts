import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { defaultTimers } from '../../machines/timers.ts';
import { Suite, Transform } from '../../wire/identifiers.ts';
import { ConfigurationError, configSchema, parseConfig } from './config.ts';

const key = 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=';

const client = {
  role: 'client',
  name: 'alice',
  privateKey: key,
  path: ['relay-b.test', 'server.test:3265'],
  server: { publicKey: key, suite: 'x25519' },
};
const server = {
  role: 'server',
  names: ['server.test'],
  privateKey: key,
  initiators: [{ name: 'alice', publicKey: key }],
  adapter: { address: '10.8.0.1/24' },
  clientData: { pool: '10.8.0.10-10.8.0.99' },
};
const relay = { role: 'relay', names: ['relay-b.test'], allow: [{ name: 'server.test' }] };

type Role = 'client' | 'server' | 'relay';
const fault = (role: Role, file: object, environment = {}): string => {
  try {
    parseConfig(role, JSON.stringify(file), `/etc/pna/${role}.json`, environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return '';
};

test('the smallest file of each role is enough', (t) => {
  const alice = parseConfig('client', JSON.stringify(client), 'client.json', {});
  t.deepEqual(alice.transforms, [Transform.aes256gcm, Transform.chacha20poly1305, Transform['aes256ctr-hmacsha256']]);
  t.is(alice.origin, 'origin.invalid');
  t.deepEqual(alice.staticPrivate, new Uint8Array(32).fill(1));
  t.is(alice.insecure, false);
  t.is(alice.lifetime.frames, 2n ** 32n);
  t.deepEqual(alice.timers, defaultTimers);
  t.is(alice.accept.defaultRoute, false);
  t.is(parseConfig('server', JSON.stringify(server), 'server.json', {}).limits.halfOpenPerKey, 4);
  t.deepEqual(parseConfig('relay', JSON.stringify(relay), 'relay.json', {}).allow, [
    { name: 'server.test', ports: [3265] },
  ]);
});

test("a map of addresses counts from the file's folder", (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'server.json');
  t.is(parseConfig('server', JSON.stringify({ ...server, addressMap: '.' }), file, {}).addressMap, folder);
  t.is(parseConfig('server', JSON.stringify(server), file, {}).addressMap, undefined);
});

const faults: [name: string, role: Role, file: object, pattern: RegExp][] = [
  [
    'a map of addresses that is not there',
    'server',
    { ...server, addressMap: 'absent' },
    /^server\.json: addressMap: \/etc\/pna\/absent does not exist: make the folder/,
  ],
  [
    'traffic that is drawn by nothing',
    'server',
    { ...server, traffic: {} },
    /^server\.json: traffic: draws no traffic: give "proxyArp"/,
  ],
  [
    'ARP answered on the adapter itself',
    'server',
    { ...server, traffic: { proxyArp: 'pna0' } },
    /^server\.json: traffic\.proxyArp: is the pseudo network adapter itself/,
  ],
  [
    'a hook without a program',
    'server',
    { ...server, traffic: { routeHook: [] } },
    /^server\.json: traffic\.routeHook: is empty: name a program/,
  ],
  [
    'an initiator with the address of the server',
    'server',
    { ...server, initiators: [{ ...server.initiators[0], address: '10.8.0.1' }] },
    /^server\.json: initiators\[0\]\.address: 10\.8\.0\.1 is the address of this adapter/,
  ],
  [
    'an initiator with the broadcast address',
    'server',
    { ...server, initiators: [{ ...server.initiators[0], address: '10.8.0.255' }] },
    /^server\.json: initiators\[0\]\.address: 10\.8\.0\.255 is the network or/,
  ],
  [
    'one address for two names',
    'server',
    { ...server, initiators: ['alice', 'bob'].map((name) => ({ name, publicKey: key, address: '10.8.0.7' })) },
    /^server\.json: initiators\[0\]\.address: 10\.8\.0\.7 stands here for two names/,
  ],
  [
    'one physical address for both adapters',
    'server',
    { ...server, adapter: { ...server.adapter, clientPhysical: '06:50:4e:41:53:00' } },
    /^server\.json: adapter\.clientPhysical: is that of serverPhysical too/,
  ],
  [
    'a search domain with a label too long',
    'server',
    { ...server, clientData: { search: [`${'a'.repeat(64)}.test`] } },
    /^server\.json: clientData\.search\[0\]: has a label of more than 63/,
  ],
  [
    'more routes than a RESPONSE holds',
    'server',
    { ...server, clientData: { routes: Array(1001).fill('10.9.0.0/24') } },
    /^server\.json: clientData\.routes: has more than 1000 entries/,
  ],
  [
    'the virtual LAN 10.8.0.1/0',
    'server',
    { ...server, adapter: { address: '10.8.0.1/0' }, clientData: {} },
    /^server\.json: adapter\.address: .*is no virtual LAN: choose a private prefix of \/8 to \/30/,
  ],
  [
    'the virtual LAN 10.8.0.1/32',
    'server',
    { ...server, adapter: { address: '10.8.0.1/32' }, clientData: {} },
    /^server\.json: adapter\.address: .*is no virtual LAN/,
  ],
  [
    'the virtual LAN 127.0.0.1/8',
    'server',
    { ...server, adapter: { address: '127.0.0.1/8' }, clientData: {} },
    /^server\.json: adapter\.address: .*is loopback/,
  ],
  [
    'the virtual LAN 10.8.0.0/24',
    'server',
    { ...server, adapter: { address: '10.8.0.0/24' }, clientData: {} },
    /^server\.json: adapter\.address: .*is the network or/,
  ],
  [
    'the virtual LAN 10.8.0.255/24',
    'server',
    { ...server, adapter: { address: '10.8.0.255/24' }, clientData: {} },
    /^server\.json: adapter\.address: .*is the network or the broadcast/,
  ],
  [
    'an upper-case name',
    'client',
    { ...client, path: ['relay-b.test', 'Server.test'] },
    /^client\.json: path\[1\]: "Server\.test" has an upper-case letter: names are lower-case letters, digits, hyphens, underscores and dots/,
  ],
  [
    'a trailing dot',
    'client',
    { ...client, path: ['server.test.'] },
    /^client\.json: path\[0\]: "server\.test\." ends in a dot: /,
  ],
  [
    'a port with a leading zero',
    'client',
    { ...client, path: ['server.test:03265'] },
    /path\[0\]: .*without leading zero/,
  ],
  ['a port too high', 'client', { ...client, path: ['server.test:65536'] }, /path\[0\]: .*has a port above 65535/],
  ['an empty label', 'client', { ...client, path: ['a..b'] }, /path\[0\]: .*has an empty label/],
  ['an empty path', 'client', { ...client, path: [] }, /^client\.json: path: is empty/],
  ['seventeen hops', 'client', { ...client, path: Array(17).fill('a') }, /^client\.json: path: has more than 16 names/],
  ['an unknown key', 'client', { ...client, nmae: 'x' }, /^client\.json: unknown key "nmae": the keys here are .*name/],
  [
    'an unknown key inside',
    'client',
    { ...client, adapter: { mut: 1400 } },
    /^client\.json: adapter: unknown key "mut"/,
  ],
  [
    'an initiator name that is an address',
    'client',
    { ...client, name: '10.0.0.1' },
    /^client\.json: name: "10\.0\.0\.1" is an address/,
  ],
  [
    'an MTU below IPv6',
    'client',
    { ...client, adapter: { mtu: 1279 } },
    /^client\.json: adapter\.mtu: 1279 is not a whole number from 1280/,
  ],
  [
    'no key at all',
    'client',
    { ...client, privateKey: undefined },
    /^client\.json: privateKeyFile: needs either .*pna keygen/,
  ],
  ['two keys', 'client', { ...client, privateKeyFile: 'k' }, /^client\.json: privateKeyFile: needs either/],
  ['no server key', 'client', { ...client, server: {} }, /^client\.json: server\.publicKey: is missing/],
  [
    'an unknown suite',
    'client',
    { ...client, server: { publicKey: key, suite: 'ssh' } },
    /^client\.json: server\.suite: "ssh" is not a suite/,
  ],
  [
    'a transform twice',
    'client',
    { ...client, transforms: ['aes256gcm', 'aes256gcm'] },
    /^client\.json: transforms: names a transform twice/,
  ],
  ['the wrong role', 'relay', client, /^relay\.json: role: is not "relay"/],
  [
    'an address outside the LAN',
    'server',
    { ...server, initiators: [{ name: 'a', publicKey: key, address: '10.9.0.2' }] },
    /^server\.json: initiators\[0\]\.address: 10\.9\.0\.2 is outside the virtual LAN 10\.8\.0\.1\/24/,
  ],
  [
    'a pool outside the LAN',
    'server',
    { ...server, clientData: { pool: '10.8.0.9-10.8.1.9' } },
    /clientData\.pool: 10\.8\.1\.9 is outside/,
  ],
  [
    'a pool that ends before it begins',
    'server',
    { ...server, clientData: { pool: '10.8.0.9-10.8.0.8' } },
    /clientData\.pool: .*ends before it begins/,
  ],
  [
    'a server name with a port',
    'server',
    { ...server, names: ['server.test:3265'] },
    /^server\.json: names\[0\]: .*has a port: leave it out/,
  ],
  [
    'a physical address that is universal',
    'server',
    { ...server, adapter: { address: '10.8.0.1/24', serverPhysical: '00:50:4e:00:00:01' } },
    /adapter\.serverPhysical: .*locally administered/,
  ],
  [
    'a port no one may have',
    'relay',
    { ...relay, allow: [{ name: 'a', ports: [0] }] },
    /^relay\.json: allow\[0\]\.ports\[0\]: 0 is not/,
  ],
  ...(['tcpOpen', 'connectWait', 'keepAlive', 'silence', 'dying', 'stalledFrame', 'backOffMin'] as const).map(
    (timer): (typeof faults)[number] => [
      `no time at all for ${timer}`,
      'client',
      { ...client, timers: { [timer]: 0 } },
      new RegExp(`^client\\.json: timers\\.${timer}: 0 is not a whole number from 1 to 86400000$`),
    ],
  ),
  [
    'a longest back-off below the shortest',
    'client',
    { ...client, timers: { backOffMin: 2000, backOffMax: 1000 } },
    /^client\.json: timers\.backOffMax: 1000 is below backOffMin, which is 2000: raise the one or lower the other$/,
  ],
  [
    'a shortest back-off above the default of the longest',
    'client',
    { ...client, timers: { backOffMin: 100_000 } },
    /^client\.json: timers\.backOffMax: 60000 is below backOffMin, which is 100000/,
  ],
  [
    'a key that is worn by its first frames',
    'client',
    { ...client, lifetime: { frames: 9 } },
    /^client\.json: lifetime\.frames: 9 is not a whole number from 10 to 4294967296$/,
  ],
  [
    'a key that is worn by one datagram',
    'server',
    { ...server, lifetime: { octets: 65_535 } },
    /^server\.json: lifetime\.octets: 65535 is not a whole number from 65536 to 1099511627776$/,
  ],
  ['no allow-list', 'relay', { ...relay, allow: undefined }, /^relay\.json: allow: is missing/],
];
for (const [name, role, file, pattern] of faults)
  test(`refused with place and remedy: ${name}`, (t) => {
    t.regex(fault(role, file), pattern);
  });

test('timers may be short, and those that only wait may be 0', (t) => {
  const timers = { refusalDelay: 0, expiryGrace: 0, keepAlive: 1, silence: 1, backOffMin: 1, backOffMax: 1 };
  const config = parseConfig('server', JSON.stringify({ ...server, timers }), 'server.json', {});
  t.deepEqual(config.timers, { ...defaultTimers, ...timers });
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

test('a key is never shown, valid JSON or not', (t) => {
  const secret = 'c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I';
  t.false(fault('client', { ...client, privateKey: secret }).includes(secret));
  const error = t.throws(() => parseConfig('client', `{\n "privateKey": ${secret}\n}`, 'client.json', {}));
  t.false(error.message.includes(secret.slice(0, 5)));
  t.regex(error.message, /^client\.json: line 2: is not JSON/);
});

for (const [text, line] of [
  ['{\n"role": "client"\n"name": "alice"\n}\n', 3],
  ['{\n"role": "client",\n"name": "alice",\n}\n', 4],
  ['{\n"role": "client,\n"name": "alice"\n}', 2],
  ['{\n"role": "client"\n}\n}\n', 4],
  ['{\n"role": [\n', 3],
  ['', 1],
] as const)
  test(`the line of a fault is told: ${JSON.stringify(text)}`, (t) => {
    const error = t.throws(() => parseConfig('client', text, 'client.json', {}));
    t.regex(error.message, new RegExp(`^client\\.json: line ${line}: `));
  });

test('deterministic is refused unless the environment says so', (t) => {
  const file = { ...client, deterministic: { x25519: ['00'.repeat(32)] } };
  t.regex(fault('client', file), /^client\.json: deterministic: .*PNA_INSECURE_DETERMINISTIC=1/);
  t.is(fault('client', file, { PNA_INSECURE_DETERMINISTIC: '1' }), '');
  t.true(parseConfig('client', JSON.stringify(file), 'c', { PNA_INSECURE_DETERMINISTIC: '1' }).insecure);
});

test('a key file that others can read is refused', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'pna-config-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'alice.key'), `${key}\n`, { mode: 0o600 });
  const file = JSON.stringify({ ...client, privateKey: undefined, privateKeyFile: 'alice.key' });
  t.deepEqual(parseConfig('client', file, join(folder, 'client.json'), {}).staticPrivate, new Uint8Array(32).fill(1));
  chmodSync(join(folder, 'alice.key'), 0o640);
  t.throws(() => parseConfig('client', file, join(folder, 'client.json'), {}), {
    instanceOf: ConfigurationError,
    message: /^client\.json: privateKeyFile: .*alice\.key is readable by others \(mode 0640\): chmod 600/,
  });
});

test('the schema of each role names its keys and closes every object', (t) => {
  for (const role of ['client', 'server', 'relay'] as const) {
    const schema = configSchema(role) as {
      properties: Record<string, { pattern?: string }>;
      additionalProperties: boolean;
    };
    t.is(schema.additionalProperties, false);
    t.true('timers' in schema.properties);
  }
});
