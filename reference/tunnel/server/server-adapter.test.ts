/** The server's adapter between its local stack and the tunnels, in IPv6: ADP-28, ND-13. */
import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { MemoryDevice } from '../../adapter/memory.ts';
import type { StackConfiguration } from '../../linux/routing/local-stack.ts';
import { ipv6Octets } from '../../packets/addresses.ts';
import { encodeEthernet } from '../../packets/ethernet.ts';
import { encodeIcmpv6 } from '../../packets/icmpv6.ts';
import { linkLocalOf } from '../../packets/interface-identifier.ts';
import { encodeIpv6 } from '../../packets/ipv6.ts';
import { parsePrefix } from '../../packets/prefix.ts';
import { parseConfig } from '../config/config.ts';
import { createLog } from '../log.ts';
import { ServerAdapter } from './server-adapter.ts';

const key = 'AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=';
const serverPhysical = Uint8Array.fromHex('06504e415300');
const networks = ['192.168.7.0/24', 'fd00:7::/48'];
const alice = { address: '10.8.0.10', prefix: parsePrefix('fd00:8:0:a::/64'), networks: networks.map(parsePrefix) };

/** An open adapter, what its stack is told, and what goes into tunnels. */
async function made(adapter: object = { address6: 'fd00:8::1/48' }) {
  const file = {
    role: 'server',
    names: ['server.test'],
    privateKey: key,
    initiators: [{ name: 'alice', publicKey: key, networks: 'address6' in adapter ? networks : [] }],
    adapter: { address: '10.8.0.1/24', ...adapter },
    clientData: { pool: '10.8.0.10-10.8.0.99' },
  };
  const device = new MemoryDevice('pna0');
  const configured: StackConfiguration[] = [];
  const sent: string[] = [];
  const lines: string[] = [];
  const refused = new Set<string>();
  const full = new Set<string>();
  const server = new ServerAdapter<string>(parseConfig('server', JSON.stringify(file), 'server.json', {}), {
    host: {
      openDevice: async () => device,
      openStack: async () => ({
        configure: async (wanted) => {
          configured.push(wanted);
          return wanted.routes
            .filter(({ address }) => refused.has(address))
            .map((route) => ({ route, reason: 'taken' }));
        },
        close: async () => {},
      }),
    },
    log: createLog('warn', (line) => lines.push(line.trim().replace(/^\S+ \S+ +/, ''))),
    send: (tunnel, datagram) => sent.push(`${tunnel} ${datagram.subarray(24, 40).toHex()}`),
    isFull: (tunnel) => full.has(tunnel),
    dataPath: () => 'readable',
    queue: () => ({ waiting: 0, dropped: 0 }),
    failed: () => {},
  });
  await server.open();
  return { server, device, configured, sent, lines, refused, full };
}

function frameOf(destination: Uint8Array, nextHeader: number, payload: Uint8Array): Uint8Array {
  const source = nextHeader === 58 ? linkLocalOf(serverPhysical) : ipv6Octets('fd00:9::1');
  const message = { source, destination, trafficClass: 0, flowLabel: 0, nextHeader, hopLimit: 255, payload };
  return encodeEthernet({
    destination: Uint8Array.of(0x33, 0x33, 0, 0, 0, 1),
    source: serverPhysical,
    etherType: 0x86dd,
    payload: encodeIpv6(message),
  });
}

function solicitation(target: string): Uint8Array {
  const addresses = { source: linkLocalOf(serverPhysical), destination: ipv6Octets('ff02::1:ff00:1') };
  const body = Uint8Array.of(0, 0, 0, 0, ...ipv6Octets(target));
  return frameOf(addresses.destination, 58, encodeIcmpv6({ type: 135, code: 0, body }, addresses));
}

/** What the device has is read meanwhile, if anything is. */
async function turns(): Promise<void> {
  for (let count = 0; count < 5; count++) await turn();
}

/** Who of these is said to be behind the client adapter's reserved address. */
async function resolvedOf(device: MemoryDevice, targets: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const target of targets) {
    device.send(solicitation(target));
    // The link-local address of the clients is always there: its answer shows that the one before is not to come.
    device.send(solicitation('fe80::450:4eff:fe41:4300'));
    const answer = await device.receive();
    if (answer?.subarray(62, 78).toHex() !== ipv6Octets(target).toHex()) continue;
    if (answer.slice(-6).toHex() === '06504e414300') found.push(target);
    await device.receive();
  }
  return found;
}

const behind = ['fd00:8:0:a::1', 'fd00:8:0:a:ffff:ffff:ffff:ffff', 'fd00:7::9'];
const nobodys = ['fd00:8:0:b::1', 'fd00:8::1', 'fd00:8::2', 'fd00:9::1'];

test('solicitations are answered for what is behind a confirmed client, while it is there', async (t) => {
  const { server, device } = await made();
  t.deepEqual(await resolvedOf(device, behind), []);
  await server.add('tunnel', 'alice', alice);
  t.deepEqual(await resolvedOf(device, [...nobodys, ...behind]), behind);
  await server.remove('tunnel');
  t.deepEqual(await resolvedOf(device, behind), []);
  await server.close();
});

test('without address6 nothing is behind anybody', async (t) => {
  const { server, device } = await made({});
  await server.add('tunnel', 'alice', { address: alice.address, networks: [] });
  t.deepEqual(await resolvedOf(device, behind), []);
  await server.close();
});

test('what the stack sends goes to the tunnel of the /64, and neighbour discovery to none', async (t) => {
  const { server, device, sent } = await made();
  await server.add('tunnel', 'alice', alice);
  for (const address of ['fd00:8:0:b::1', 'ff02::fb', 'fd00:8:0:a::1', 'fd00:7::9'])
    device.send(frameOf(ipv6Octets(address), 17, new Uint8Array(8)));
  t.deepEqual(await resolvedOf(device, ['fd00:8:0:a::1']), ['fd00:8:0:a::1'], 'after all of them');
  t.deepEqual(sent, ['tunnel fd0000080000000a0000000000000001', 'tunnel fd000007000000000000000000000009']);
  await server.close();
});

test('what configures a link does not come out of a tunnel', async (t) => {
  const { server, device } = await made();
  await server.add('tunnel', 'alice', alice);
  const [source, destination] = [ipv6Octets('fd00:8:0:a::1'), ipv6Octets('fd00:8::1')];
  const datagrams = [135, 136, 129].map((type) => {
    const payload = encodeIcmpv6({ type, code: 0, body: new Uint8Array(20) }, { source, destination });
    return encodeIpv6({ source, destination, trafficClass: 0, flowLabel: 0, nextHeader: 58, hopLimit: 255, payload });
  });
  for (const datagram of datagrams) server.deliver('tunnel', datagram);
  t.deepEqual((await device.receive())?.subarray(14), datagrams[2]);
  await server.close();
});

test('the stack has both addresses, and the networks behind a client through it', async (t) => {
  const { server, configured } = await made();
  const addresses = [
    { address: '10.8.0.1', length: 24, prefixRoute: 'last' as const },
    { address: 'fd00:8::1', length: 48, prefixRoute: false },
  ];
  const [gateway4, gateway6] = ['169.254.0.1', 'fe80::450:4eff:fe41:4300'];
  const neighbours = [{ address: gateway4, physical: Uint8Array.fromHex('06504e414300') }];
  const ownRoutes = [
    { address: '10.8.0.0', length: 24, gateway: gateway4 },
    { address: 'fd00:8::', length: 48, gateway: gateway6 },
  ];
  t.deepEqual(configured, [{ addresses, neighbours, ownRoutes, routes: [] }]);
  await server.add('tunnel', 'alice', alice);
  const routes = [
    { address: '192.168.7.0', length: 24, gateway: gateway4 },
    { address: 'fd00:7::', length: 48, gateway: gateway6 },
  ];
  t.deepEqual(configured.at(-1), { addresses, neighbours, ownRoutes, routes });
  await server.remove('tunnel');
  t.deepEqual(configured.at(-1), { addresses, neighbours, ownRoutes, routes: [] });
  await server.close();
});

test('a network of a client to which there is no route is told once, and again only after a change', async (t) => {
  const { server, refused, lines } = await made();
  refused.add('fd00:7::');
  await server.add('tunnel', 'alice', alice);
  await server.add('other', 'bob', { address: '10.8.0.11', networks: [parsePrefix('192.168.8.0/24')] });
  const line = 'no route to the network fd00:7::/48 behind a tunnel client: taken';
  t.deepEqual(lines, [line]);
  await server.remove('tunnel');
  await server.add('tunnel', 'alice', alice);
  t.deepEqual(lines, [line, line]);
  await server.close();
});

test('the adapter is not read for a full tunnel once it is the only one', async (t) => {
  const { server, device, full, sent } = await made();
  await server.add('tunnel', 'alice', alice);
  await server.add('other', 'bob', { address: '10.8.0.11', networks: [] });
  full.add('tunnel');
  await server.remove('other');
  device.send(frameOf(ipv6Octets('fd00:8:0:a::1'), 17, new Uint8Array(8)));
  await turns();
  t.deepEqual(sent, []);
  full.delete('tunnel');
  server.pressure(false);
  await turns();
  t.is(sent.length, 1);
  await server.close();
});

test('what passed and what did not is counted for each tunnel and for the adapter', async (t) => {
  const { server, device, full } = await made();
  await server.add('tunnel', 'alice', alice);
  await server.add('other', 'bob', { address: '10.8.0.11', networks: [] });
  const datagram = frameOf(ipv6Octets('fd00:8:0:a::1'), 17, new Uint8Array(8));
  device.send(datagram);
  t.deepEqual(await resolvedOf(device, ['fd00:7::9']), ['fd00:7::9'], 'after it');
  full.add('tunnel');
  device.send(datagram);
  t.deepEqual(await resolvedOf(device, ['fd00:7::9']), ['fd00:7::9'], 'after it');
  const none = { frames: 0, octets: 0 };
  const { adapter, tunnels } = server.statistics();
  t.deepEqual(tunnels, [
    {
      name: 'alice',
      address: '10.8.0.10',
      prefix: 'fd00:8:0:a::/64',
      dataPath: 'readable',
      transmitted: { frames: 1, octets: 48 },
      received: none,
      dropped: [{ way: 'transmit', reason: 'the tunnel connection is full', frames: 1 }],
    },
    { name: 'bob', address: '10.8.0.11', dataPath: 'readable', transmitted: none, received: none, dropped: [] },
  ]);
  t.like(adapter, {
    transmitted: { frames: 1, octets: 48 },
    dropped: [{ way: 'transmit', reason: 'no tunnel takes the datagram', frames: 1 }],
  });
  await server.close();
});

test('the local stack leaves work as long as one tunnel client takes it', async (t) => {
  const { server, device } = await made({});
  const told: boolean[] = [];
  Object.assign(device, { offloads: true, setOffload: (on: boolean) => told.push(on) });
  const addresses = (address: string) => ({ address, networks: [] });
  await server.add('one', 'alice', addresses('10.8.0.10'), 0);
  await server.add('two', 'bob', addresses('10.8.0.11'), 1);
  await server.add('three', 'carol', addresses('10.8.0.12'), 8);
  await server.remove('two');
  t.deepEqual(told, [false, true, true, false]);
  await server.close();
});
