/** Client, relay and server in one process: real sockets on the loopback, adapters in memory. */
import { once } from 'node:events';
import test, { type ExecutionContext } from 'ava';
import { MemoryDevice } from '../adapter/memory.ts';
import { encodeKey, generateKeyPair } from '../crypto/identity.ts';
import type { Host } from '../linux/host.ts';
import { TunnelClient } from './client/client.ts';
import { parseConfig, type ServerConfig } from './config/config.ts';
import type { TunnelEvent } from './events.ts';
import { createLog } from './log.ts';
import type { Resolver } from './names/resolver.ts';
import { TunnelRelay } from './relay/relay.ts';
import { TunnelServer } from './server/server.ts';
import { noTrace } from './trace.ts';

const serverKeys = generateKeyPair();
const aliceKeys = generateKeyPair();

const loopback: Resolver = { addresses: async () => ['127.0.0.1'], services: async () => [] };

/** Events in order; `next` waits for one by name. */
class Events {
  readonly seen: TunnelEvent[] = [];
  readonly #target = new EventTarget();

  readonly listener = (event: TunnelEvent): void => {
    this.seen.push(event);
    this.#target.dispatchEvent(new Event('more'));
  };

  async next<Name extends TunnelEvent['event']>(name: Name, nth = 1): Promise<Extract<TunnelEvent, { event: Name }>> {
    for (;;) {
      const found = this.seen.filter(({ event }) => event === name)[nth - 1];
      if (found !== undefined) return found as Extract<TunnelEvent, { event: Name }>;
      await once(this.#target, 'more');
    }
  }
}

function surroundings() {
  const events = new Events();
  const devices: MemoryDevice[] = [];
  const lines: string[] = [];
  const log = createLog('info', (line) => lines.push(line.trim().replace(/^\S+ \S+ +/, '')));
  const host: Host = {
    openDevice: async (name) => {
      const device = new MemoryDevice(name);
      devices.push(device);
      return device;
    },
    openStack: async () => ({ configure: async () => [], close: async () => {} }),
  };
  return {
    events,
    devices,
    lines,
    options: { log, trace: noTrace, listener: events.listener, resolver: loopback, host },
  };
}

/** @param change what no configuration file may say */
async function startServer(
  t: ExecutionContext,
  changes: object = {},
  change = (config: ServerConfig): ServerConfig => config,
) {
  const file = {
    role: 'server',
    listen: '127.0.0.1:0',
    names: ['server.test'],
    privateKey: encodeKey(serverKeys.privateKey),
    initiators: [{ name: 'alice', publicKey: encodeKey(aliceKeys.publicKey) }],
    adapter: { address: '10.8.0.1/24' },
    clientData: { pool: '10.8.0.10-10.8.0.20', routes: ['10.9.0.0/24'] },
    ...changes,
  };
  const around = surroundings();
  const config = parseConfig('server', JSON.stringify(file), 'server.json', {});
  const server = new TunnelServer(change(config), around.options);
  await server.start();
  t.teardown(() => server.stop());
  return { ...around, server, port: (await around.events.next('ready')).port ?? 0 };
}

function startClient(t: ExecutionContext, path: string[], changes: object = {}, patient = false) {
  const file = {
    role: 'client',
    name: 'alice',
    privateKey: encodeKey(aliceKeys.privateKey),
    path,
    server: { publicKey: encodeKey(serverKeys.publicKey), suite: 'x25519' },
    reconnect: false,
    ...changes,
  };
  const around = surroundings();
  const config = parseConfig('client', JSON.stringify(file), 'client.json', {});
  const client = new TunnelClient(config, { ...around.options, patient });
  t.teardown(() => client.stop());
  return { ...around, client };
}

/** An Ethernet packet with an IPv4 datagram of 28 octets (RFC 791 §3.1), protocol 253 (RFC 3692). */
function packet(source: string, destination: string, to: Uint8Array, from: Uint8Array): Uint8Array {
  const octets = (address: string) => address.split('.').map(Number);
  const header = [0x45, 0, 0, 28, 0, 0, 0, 0, 64, 253, 0, 0, ...octets(source), ...octets(destination)];
  return Uint8Array.from([...to, ...from, 8, 0, ...header, ...Array(8).fill(7)]);
}
const clientPhysical = Uint8Array.of(0x06, 0x50, 0x4e, 0x41, 0x43, 0);
const serverPhysical = Uint8Array.of(0x06, 0x50, 0x4e, 0x41, 0x53, 0);
const forth = packet('10.8.0.10', '10.9.0.1', serverPhysical, clientPhysical);
const back = packet('10.9.0.1', '10.8.0.10', clientPhysical, serverPhysical);

test('a tunnel is authorised, carries datagrams both ways, and ends with an End Session on both sides', async (t) => {
  const server = await startServer(t);
  const client = startClient(t, [`server.test:${server.port}`]);
  await client.client.start();
  const authorized = await client.events.next('authorized');
  t.like(authorized, { name: 'alice', suite: 'x25519', transform: 'aes256gcm', address: '10.8.0.10' });
  t.is((await server.events.next('authorized')).handshakeHash, authorized.handshakeHash);
  await client.events.next('adapter');
  await server.events.next('confirmed');
  client.devices[0]?.send(forth);
  t.deepEqual(await server.devices[0]?.receive(), packet('10.8.0.10', '10.9.0.1', serverPhysical, clientPhysical));
  server.devices[0]?.send(back);
  t.deepEqual(await client.devices[0]?.receive(), back);
  client.client.command('end session');
  t.deepEqual(await client.events.next('ended'), { event: 'ended', status: 1, by: 'self', reason: 'end session' });
  t.like(await server.events.next('ended'), { status: 1, by: 'peer', name: 'alice' });
});

test('a tunnel through a relay is the same tunnel', async (t) => {
  const server = await startServer(t);
  const file = {
    role: 'relay',
    listen: '127.0.0.1:0',
    names: ['relay.test'],
    allow: [{ name: 'server.test', ports: [server.port] }],
    allowAddresses: ['loopback'],
  };
  const around = surroundings();
  const relay = new TunnelRelay(parseConfig('relay', JSON.stringify(file), 'relay.json', {}), around.options);
  await relay.start();
  t.teardown(() => relay.stop());
  const { port = 0 } = await around.events.next('ready');
  const client = startClient(t, [`relay.test:${port}`, `server.test:${server.port}`]);
  await client.client.start();
  await client.events.next('adapter');
  client.devices[0]?.send(forth);
  t.deepEqual(await server.devices[0]?.receive(), forth);
  const during = relay.statistics();
  t.like(during, { event: 'statistics', connections: 1, halfOpen: 0, accepted: 1, refused: 0, unreachable: 0 });
  await client.client.stop();
  t.like(await server.events.next('ended'), { status: 1, by: 'peer' });
  await relay.stop();
  const after = relay.statistics();
  t.like(after, { connections: 0, accepted: 1 });
  t.like(after.members[0], { member: `server.test:${server.port}`, open: 0, accepted: 1, failed: 0, resting: false });
  // REQUEST, the empty DATA frame, the datagram in another, and CLOSE; RESPONSE.
  t.deepEqual(after.octets, { forth: 260 + 32 + (32 + forth.length - 14) + 40, back: 204 });
});

test('a relay that may not connect to the next node says so', async (t) => {
  const server = await startServer(t);
  const file = { role: 'relay', listen: '127.0.0.1:0', names: ['relay.test'], allow: [] };
  const around = surroundings();
  const relay = new TunnelRelay(parseConfig('relay', JSON.stringify(file), 'relay.json', {}), around.options);
  await relay.start();
  t.teardown(() => relay.stop());
  const { port = 0 } = await around.events.next('ready');
  const client = startClient(t, [`relay.test:${port}`, `server.test:${server.port}`]);
  await client.client.start();
  t.like(await client.events.next('ended'), { status: 8, by: 'peer' });
  t.is(await client.client.finished, 'failed');
  t.false(server.events.seen.some(({ event }) => event === 'authorized'));
});

test('a stranger learns nothing but "not authorized"', async (t) => {
  const server = await startServer(t, { initiators: [] });
  const client = startClient(t, [`server.test:${server.port}`]);
  await client.client.start();
  t.like(await client.events.next('ended'), { status: 3, by: 'peer' });
  t.is(await client.client.finished, 'failed');
});

test('a datagram with a source of somebody else stays in the tunnel', async (t) => {
  const server = await startServer(t);
  const client = startClient(t, [`server.test:${server.port}`]);
  await client.client.start();
  await client.events.next('adapter');
  client.devices[0]?.send(packet('10.8.0.11', '10.9.0.1', serverPhysical, clientPhysical));
  client.devices[0]?.send(forth);
  t.deepEqual(await server.devices[0]?.receive(), forth);
  const [stray] = [{ way: 'receive', reason: 'a source or destination that this peer may not use', frames: 1 }];
  const none = { frames: 0, octets: 0 };
  const tunnel = {
    name: 'alice',
    address: '10.8.0.10',
    transmitted: none,
    received: { frames: 1, octets: 28 },
    dropped: [stray],
  };
  t.like(server.server.statistics(), {
    role: 'server',
    adapter: { name: 'pna0', dropped: [stray] },
    tunnels: [tunnel],
  });
  await server.server.stop();
  t.deepEqual(
    server.lines.filter((line) => line.includes('dropped')),
    ['tunnel of alice', 'adapter pna0'].map(
      (where) => `${where}: dropped 1 from the tunnel (a source or destination that this peer may not use)`,
    ),
  );
});

test('a client tells what passed and what was dropped, while it has an adapter and at the end', async (t) => {
  const server = await startServer(t);
  const client = startClient(t, [`server.test:${server.port}`]);
  t.deepEqual(client.client.statistics(), {
    event: 'statistics',
    role: 'client',
    dataPath: 'readable',
    adapter: null,
    queue: { waiting: 0, dropped: 0 },
  });
  await client.client.start();
  await client.events.next('adapter');
  client.devices[0]?.send(Uint8Array.from(forth).fill(0x88, 12, 14));
  client.devices[0]?.send(forth);
  await server.devices[0]?.receive();
  t.like(client.client.statistics().adapter, {
    name: 'pna0',
    transmitted: { frames: 1, octets: 28 },
    received: { frames: 0, octets: 0 },
    dropped: [{ way: 'transmit', reason: 'neither ARP nor IP', frames: 1 }],
  });
  await client.client.stop();
  t.is(client.client.statistics().adapter, null);
  t.deepEqual(
    client.lines.filter((line) => line.includes('dropped')),
    ['adapter pna0: dropped 1 from the local stack (neither ARP nor IP)'],
  );
});

test('a newer confirmed session of the same name ends the older one', async (t) => {
  const server = await startServer(t);
  const older = startClient(t, [`server.test:${server.port}`], { reconnect: true });
  await older.client.start();
  await older.events.next('adapter');
  const newer = startClient(t, [`server.test:${server.port}`]);
  await newer.client.start();
  t.like(await older.events.next('ended'), { status: 14, by: 'peer' });
  t.is(await older.client.finished, 'failed');
  await newer.events.next('adapter');
  server.devices[0]?.send(back);
  t.deepEqual(await newer.devices[0]?.receive(), back);
});

test('an expired key makes a new tunnel connection under the same adapter', async (t) => {
  const server = await startServer(t);
  const client = startClient(t, [`server.test:${server.port}`], { reconnect: true, lifetime: { frames: 10 } });
  await client.client.start();
  await client.events.next('adapter');
  for (let count = 0; count < 12; count += 1) client.devices[0]?.send(forth);
  const [first, second] = [await client.events.next('authorized'), await client.events.next('authorized', 2)];
  t.not(first.handshakeHash, second.handshakeHash);
  await server.events.next('confirmed', 2);
  server.devices[0]?.send(back);
  t.deepEqual(await client.devices[0]?.receive(), back);
  t.is(client.devices.length, 1);
});

test('after an End Session a new connection can be asked for', async (t) => {
  const server = await startServer(t);
  const client = startClient(t, [`server.test:${server.port}`], { timers: { backOffMin: 1, backOffMax: 1 } });
  await client.client.start();
  await client.events.next('adapter');
  client.client.command('end session');
  await client.events.next('ended');
  client.client.command('connect');
  await client.events.next('adapter', 2);
  t.is(client.devices.length, 2);
});

test('a client that may be asked again is finished only when nobody can ask any more', async (t) => {
  const server = await startServer(t, { initiators: [] });
  const timers = { backOffMin: 1, backOffMax: 1, refusalDelay: 1 };
  const client = startClient(t, [`server.test:${server.port}`], { timers }, true);
  let finished = false;
  client.client.finished.then(() => (finished = true));
  await client.client.start();
  await client.events.next('ended');
  client.client.command('connect');
  await client.events.next('ended', 2);
  t.false(finished);
  client.client.noMoreCommands();
  t.is(await client.client.finished, 'failed');
});

test('client data that cannot be used ends the session, and the option is named', async (t) => {
  const server = await startServer(t, {}, (config) => ({
    ...config,
    adapter: { ...config.adapter, address: { address: '127.8.0.1', length: 24 } },
    clientData: { ...config.clientData, pool: { first: '127.8.0.10', last: '127.8.0.20' } },
  }));
  const client = startClient(t, [`server.test:${server.port}`]);
  await client.client.start();
  t.regex((await client.events.next('error')).message, /127\.8\.0\.1 is loopback/);
  t.like(await server.events.next('ended'), { status: 1, by: 'peer' });
  t.is(await client.client.finished, 'failed');
  t.is(client.devices.length, 0);
});

test('a server that shuts down says so to its clients, and stops', async (t) => {
  const server = await startServer(t);
  const client = startClient(t, [`server.test:${server.port}`]);
  await client.client.start();
  await client.events.next('adapter');
  await server.server.stop();
  t.like(await client.events.next('ended'), { status: 13, by: 'peer' });
  t.is(await client.client.finished, 'done');
});
