/** IPv6 at a client's adapter: what its local stack and the machine's name service are told. */
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
const ipv6 = {
  prefix: 'fd00:8:0:a::',
  routes: [
    { address: 'fd00:8::', length: 48 },
    { address: '::', length: 0 },
  ],
  dns: ['fd00:9::53'],
  search: ['corp.test', 'lab.test'],
};
const settings: NetworkSettings = {
  address: '10.8.0.10',
  prefixLength: 24,
  serverAddress: '10.8.0.1',
  leaseSeconds: 3600,
  routes: [{ address: '10.9.0.0', length: 24, gateway: '10.8.0.1' }],
  dns: ['10.9.0.53'],
  domain: 'corp.test',
  search: ['corp.test'],
  mtu: 1400,
  clientPhysical: Uint8Array.fromHex('06504e414300'),
  serverPhysical: Uint8Array.fromHex('06504e415300'),
  ipv6,
};

/** An adapter, what its local stack, the name service and the user are told, and what the stack receives. */
function adapterWith(adapter: object, hasIpv6 = true) {
  const file = {
    role: 'client',
    name: 'alice',
    privateKey: encodeKey(privateKey),
    path: ['server.test'],
    server: { publicKey: encodeKey(publicKey), suite: 'x25519' },
    adapter: { name: 'pna0', ...adapter },
  };
  const device = new MemoryDevice('pna0');
  const names: NameServers[] = [];
  const configured: StackConfiguration[] = [];
  const lines: string[] = [];
  const asked: string[] = [];
  const client = new ClientAdapter(parseConfig('client', JSON.stringify(file), 'client.json', {}), {
    log: createLog('warn', (line) => lines.push(line)),
    host: {
      openDevice: async () => device,
      openStack: async () => ({
        configure: async (wanted) => {
          configured.push(wanted);
          return [];
        },
        close: async () => {},
      }),
      hasIpv6: async (name) => {
        asked.push(name);
        return hasIpv6;
      },
      openNameService: async () => ({
        available: true,
        set: async (servers) => void names.push(servers),
        close: async () => {},
      }),
    },
    tunnel: () => true,
    failed: () => {},
  });
  return { client, device, configured, names, lines, asked };
}

const four = { address: '10.8.0.10', length: 24 };
const gateway = 'fe80::450:4eff:fe41:5300';
const route4 = { address: '10.9.0.0', length: 24, gateway: '10.8.0.1' };
const routes6 = [
  { address: 'fd00:8::', length: 48, gateway },
  { address: '::', length: 0, gateway },
];

test('in “direct” the stack gets the address that autoconfiguration would choose, and the routes', async (t) => {
  const { client, configured, asked, lines } = adapterWith({ configure: 'direct' });
  await client.activate(settings, ['2001:db8::7']);
  const six = { address: 'fd00:8:0:a:450:4eff:fe41:4300', length: 64, prefixRoute: false };
  const reachable = [four, { address: six.address, length: 64 }].concat(
    [route4, ...routes6].map(({ address, length }) => ({ address, length })),
  );
  t.deepEqual(configured, [
    { routes: [], firstHops: ['2001:db8::7'], reachable },
    { addresses: [four, six], routes: [route4, ...routes6], firstHops: ['2001:db8::7'], reachable },
  ]);
  t.deepEqual(asked, ['pna0']);
  t.deepEqual(lines, []);
});

test('with a DHCP client autoconfiguration sets the address, and the routes are laid besides', async (t) => {
  const { client, configured } = adapterWith({ configure: 'dhcp' });
  await client.activate(settings, []);
  t.deepEqual(configured.at(-1)?.addresses, []);
  t.deepEqual(configured.at(-1)?.routes, [route4, ...routes6]);
});

test('where IPv6 is off on the machine the user is warned, and IPv4 goes on alone', async (t) => {
  const { client, configured, names, lines } = adapterWith({ configure: 'direct' }, false);
  await client.activate(settings, []);
  t.deepEqual(configured.at(-1)?.addresses, [four]);
  t.deepEqual(configured.at(-1)?.routes, [route4]);
  t.deepEqual(names, [{ servers: ['10.9.0.53'], search: ['corp.test'] }], 'no server that cannot be reached');
  t.is(lines.length, 1);
  t.regex(lines[0] ?? '', /the IPv6 prefix fd00:8:0:a::\/64 is not used: IPv6 is off on this machine/);
});

test('where no IPv6 is offered, IPv6 that is off is no matter', async (t) => {
  const { client, lines } = adapterWith({ configure: 'direct' }, false);
  const { ipv6: _, ...ipv4 } = settings;
  await client.activate(ipv4, []);
  t.deepEqual(lines, []);
});

test('the name service is told of the servers and names of both families, each once', async (t) => {
  const { client, names } = adapterWith({ configure: 'direct' });
  await client.activate(settings, []);
  t.deepEqual(names, [{ servers: ['10.9.0.53', 'fd00:9::53'], search: ['corp.test', 'lab.test'] }]);
});

/** Prefix Information with its preferred lifetime, in an advertisement. */
const prefixesIn = (frame: Uint8Array | undefined) =>
  [...(frame?.toHex() ?? '').matchAll(/03044040.{8}(.{8})00000000(.{16})0{16}/g)].map(([, left, prefix]) => [
    prefix,
    left,
  ]);

test('another /64 after Reconnect: the former is withdrawn, once, and its address taken back', async (t) => {
  const { client, device, configured } = adapterWith({ configure: 'direct' });
  const other = { ...settings, ipv6: { ...ipv6, prefix: 'fd00:8:0:b::' } };
  await client.activate(settings, []);
  t.deepEqual(prefixesIn(await device.receive()), [['fd0000080000000a', 'ffffffff']]);
  await client.activate(other, []);
  t.deepEqual(prefixesIn(await device.receive()), [
    ['fd0000080000000b', 'ffffffff'],
    ['fd0000080000000a', '00000000'],
  ]);
  t.deepEqual(
    configured.at(-1)?.addresses?.map(({ address }) => address),
    ['10.8.0.10', 'fd00:8:0:b:450:4eff:fe41:4300'],
  );
  await client.activate({ ...other, dns: [] }, []);
  t.deepEqual(prefixesIn(await device.receive()), [['fd0000080000000b', 'ffffffff']]);
  await client.close();
});

test('no IPv6 any more after Reconnect: the former is withdrawn, and there is no router', async (t) => {
  const { client, device, configured } = adapterWith({ configure: 'direct' });
  const { ipv6: _, ...ipv4 } = settings;
  await client.activate(settings, []);
  await device.receive();
  await client.activate(ipv4, []);
  const last = await device.receive();
  t.deepEqual(prefixesIn(last), [['fd0000080000000a', '00000000']]);
  t.is(last?.subarray(60, 62).toHex(), '0000', 'no default router');
  t.deepEqual(configured.at(-1)?.addresses, [four]);
  await client.close();
});

test('the same client data again is not advertised again', async (t) => {
  const { client, device } = adapterWith({ configure: 'direct' });
  await client.activate(settings, []);
  t.truthy(await device.receive());
  await client.activate(structuredClone(settings), []);
  await client.close();
  t.is(await device.receive(), undefined);
});

test('a user’s MTU is advertised instead of the server’s', async (t) => {
  const { client, device } = adapterWith({ configure: 'direct', mtu: 1280 });
  await client.activate({ ...settings, ipv6: { ...ipv6, mtu: 1400 } }, []);
  t.regex((await device.receive())?.toHex() ?? '', /05010000000005000*/);
  t.is(device.mtu, 1280);
  await client.close();
});
