import test from 'ava';
import { MemoryDevice } from '../../adapter/memory.ts';
import { encodeKey, generateKeyPair } from '../../crypto/identity.ts';
import type { NameServers } from '../../linux/name-service.ts';
import type { StackConfiguration } from '../../linux/routing/local-stack.ts';
import type { NetworkSettings } from '../../wire/network-settings.ts';
import { parseConfig } from '../config/config.ts';
import { createLog } from '../log.ts';
import { ClientAdapter } from './client-adapter.ts';

const { privateKey, publicKey } = generateKeyPair();
const settings: NetworkSettings = {
  address: '10.8.0.10',
  prefixLength: 24,
  serverAddress: '10.8.0.1',
  leaseSeconds: 3600,
  routes: [{ address: '0.0.0.0', length: 0, gateway: '10.8.0.1' }],
  dns: [],
  search: [],
  clientPhysical: Uint8Array.of(6, 0, 0, 0, 0, 1),
  serverPhysical: Uint8Array.of(6, 0, 0, 0, 0, 2),
};
const everything = { address: '0.0.0.0', length: 0, gateway: '10.8.0.1' };
const reachable = [
  { address: '10.8.0.10', length: 24 },
  { address: '0.0.0.0', length: 0 },
];

/** An adapter and what its local stack is told, with whether the device was up then. */
function adapterWith(adapter: object, refuse = false) {
  const file = {
    role: 'client',
    name: 'alice',
    privateKey: encodeKey(privateKey),
    path: ['server.test'],
    server: { publicKey: encodeKey(publicKey), suite: 'x25519' },
    adapter,
  };
  const device = new MemoryDevice('pna0');
  const names: string[] = [];
  const lines: string[] = [];
  const nameService = {
    available: true,
    set: async ({ servers, search }: NameServers) => void names.push(`${servers.join(' ')} ${search.join(' ')}`.trim()),
    close: async () => void names.push('closed'),
  };
  const configured: (StackConfiguration & { readonly up: boolean })[] = [];
  const configure = async (wanted: StackConfiguration) => {
    configured.push({ ...wanted, up: device.up });
    return wanted.routes.length > 0 && refuse ? [{ route: everything, reason: 'taken' }] : [];
  };
  const client = new ClientAdapter(parseConfig('client', JSON.stringify(file), 'client.json', {}), {
    log: createLog('warn', (line) => lines.push(line.trim().replace(/^\S+ \S+ +/, ''))),
    host: {
      openDevice: async () => device,
      openStack: async () => ({ configure, close: async () => {} }),
      openNameService: async () => nameService,
    },
    tunnel: () => true,
    failed: () => {},
  });
  return { client, configured, names, lines };
}

test('the first hop is pinned before the adapter answers a DHCP client, who may lay the default route', async (t) => {
  const { client, configured } = adapterWith({ name: 'pna0', configure: 'dhcp', routes: false });
  await client.activate(settings, ['198.51.100.7']);
  t.deepEqual(configured, [
    { routes: [], firstHops: ['198.51.100.7'], reachable, up: false },
    { addresses: [], routes: [], firstHops: ['198.51.100.7'], reachable, up: true },
  ]);
});

test('before connecting again all else stays while the candidates are pinned', async (t) => {
  const { client, configured } = adapterWith({ name: 'pna0', configure: 'direct', routes: true });
  await client.pin(['198.51.100.7']);
  t.deepEqual(configured, [], 'without an adapter nothing can carry the tunnel');
  await client.activate(settings, ['198.51.100.7']);
  await client.pin(['198.51.100.8', '198.51.100.9']);
  const { firstHops, ...others } = configured.at(-1) ?? {};
  t.deepEqual(firstHops, ['198.51.100.8', '198.51.100.9']);
  t.like(others, { addresses: [{ address: '10.8.0.10', length: 24 }], routes: [everything] });
});

test('a route that the local stack refuses is told once in a session', async (t) => {
  const { client, lines } = adapterWith({ name: 'pna0', configure: 'direct' }, true);
  await client.activate(settings, []);
  await client.activate(settings, ['198.51.100.7']);
  const line = 'client data: a route is refused: taken';
  t.deepEqual(lines, [line]);
  await client.close();
  await client.activate(settings, []);
  t.deepEqual(lines, [line, line]);
});

test('an adapter that nobody configures has no stack to tell', async (t) => {
  const { client, configured } = adapterWith({ name: 'pna0', configure: 'none', routes: false });
  await client.activate(settings, ['198.51.100.7']);
  await client.pin(['198.51.100.7']);
  t.deepEqual(configured, []);
});

test('the name service is told of the DNS servers, again when they are others, and to forget them', async (t) => {
  const { client, names } = adapterWith({ name: 'pna0', configure: 'direct' });
  const some = { ...settings, dns: ['10.9.0.53'], domain: 'corp.test', search: ['corp.test', 'test'] };
  await client.activate(some, []);
  await client.activate(some, []);
  await client.activate({ ...some, dns: ['10.9.0.54'] }, []);
  await client.close();
  t.deepEqual(names, ['10.9.0.53 corp.test test', '10.9.0.54 corp.test test', 'closed']);
});

for (const adapter of [
  { name: 'pna0', configure: 'dhcp' },
  { name: 'pna0', configure: 'none' },
  { name: 'pna0', configure: 'direct', dns: false },
])
  test(`the name service is left alone with ${JSON.stringify(adapter)}`, async (t) => {
    const { client, names } = adapterWith(adapter);
    await client.activate({ ...settings, dns: ['10.9.0.53'] }, []);
    await client.close();
    t.deepEqual(names, []);
  });
