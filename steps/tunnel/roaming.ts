/** Steps about a tunnel that outlives its connections: the machine moves, or an end of the tunnel is started anew. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Given, Then, When } from '@cucumber/cucumber';
import { makeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import { fromNetworkSettings } from '../../reference/wire/network-settings.ts';
import { run } from '../shared/lab/command.ts';
import { within } from '../shared/lab/deadline.ts';
import { wireDevice } from '../shared/lab/namespace.ts';
import { connectInside, listenInside } from '../shared/lab/traffic.ts';
import { virtualLan } from '../shared/peers/configuration.ts';
import { defaultSettings } from '../shared/peers/scripted-server.ts';
import type { ConformanceWorld } from '../shared/world.ts';

const device = 'pna0';

/** A TCP connection through the tunnel whose far end returns every octet. */
interface Echo {
  readonly socket: Socket;
  readonly sent: Uint8Array[];
  readonly returned: Uint8Array[];
}

declare module '../shared/world.ts' {
  interface Facts {
    echo: Echo;
    /** The client's adapter and the addresses of it. */
    adapterBefore: unknown;
    /** The client's routes. */
    routes: string;
    carrierChanges: number;
  }
}

const json = async (namespace: string, ...words: string[]): Promise<unknown> =>
  JSON.parse((await run(['ip', '-json', ...words], { namespace })) || '[]');

async function adapterOf(world: ConformanceWorld): Promise<unknown> {
  const found = (await json(world.lab.namespace('client'), '-4', 'address', 'show', 'dev', device)) as {
    ifindex: number;
    addr_info: { local: string; prefixlen: number }[];
  }[];
  return found.map(({ ifindex, addr_info }) => ({
    ifindex,
    addresses: addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
  }));
}

const routesOf = (world: ConformanceWorld): Promise<string> =>
  run(['ip', '-4', 'route', 'show'], { namespace: world.lab.namespace('client') });

const octetsOf = (chunks: readonly Uint8Array[]): number => chunks.reduce((sum, { length }) => sum + length, 0);

/** Sends so many random octets, and waits until all that was ever sent has come back. */
async function exchange({ socket, sent, returned }: Echo, octets: number): Promise<void> {
  const chunk = randomBytes(octets);
  sent.push(chunk);
  socket.write(chunk);
  while (octetsOf(returned) < octetsOf(sent)) await once(socket, 'data');
}

/** @param address of the server's adapter */
export async function openEcho(world: ConformanceWorld, address: string): Promise<Echo> {
  const { server, port } = await listenInside(world.lab.namespace('server'), 0, (socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  const socket = connectInside(world.lab.namespace('client'), address, port);
  world.own({
    [Symbol.asyncDispose]: async () => {
      socket.destroy();
      server.close();
    },
  });
  const echo: Echo = { socket, sent: [], returned: [] };
  socket.on('data', (chunk: Uint8Array) => echo.returned.push(chunk));
  await within(10_000, 'a TCP connection through the tunnel', once(socket, 'connect'));
  await within(10_000, 'the octets coming back', exchange(echo, 50_000));
  return echo;
}

Given(
  'a tunnel that reconnects, whose server routes {word}, and a TCP connection through it',
  async function (this: ConformanceWorld, prefix: string) {
    await this.startLab();
    await this.startServer({ clientData: { routes: [prefix] } });
    const client = await this.startClient({ reconnect: true, accept: { defaultRoute: true } });
    await client.event('authorized');
    await client.event('adapter');
    this.set('echo', await openEcho(this, virtualLan.serverAddress));
    this.set('adapterBefore', await adapterOf(this));
  },
);

Given(
  'a tunnel that reconnects along {word}, whose nodes are found by DNS alone',
  async function (this: ConformanceWorld, name: string) {
    await this.startLab({ dns: true });
    await this.startServer();
    const client = await this.startClient({ reconnect: true, path: [name] });
    await client.event('authorized');
    await client.event('adapter');
    assert.ok(this.names.queries.length > 0, 'nobody asked the name server');
    this.set('adapterBefore', await adapterOf(this));
  },
);

When('the name server is killed for good', async function (this: ConformanceWorld) {
  await this.names[Symbol.asyncDispose]();
});

When('the client moves from {word} to {word}', async function (this: ConformanceWorld, from: string, to: string) {
  const { socket, sent } = this.get('echo');
  await this.lab.ip(this.lab.namespace('client'), `addr del ${from}/24 dev ${wireDevice}`);
  // Sent while there is no way: the local stack repeats it until there is one.
  const chunk = randomBytes(20_000);
  sent.push(chunk);
  socket.write(chunk);
  await this.lab.ip(this.lab.namespace('client'), `addr add ${to}/24 dev ${wireDevice}`);
});

When('the server is killed and started again', async function (this: ConformanceWorld) {
  const { program } = this.iut('server');
  program.kill('SIGKILL');
  await program.exited;
  await this.startServer();
});

Then('the client is authorized again within {int} s', async function (this: ConformanceWorld, seconds: number) {
  await this.iut('client').event('authorized', seconds * 1_000);
});

Then('the adapter and its address are those of before', async function (this: ConformanceWorld) {
  assert.deepEqual(await adapterOf(this), this.get('adapterBefore'));
});

Then('the TCP connection has gone on, and every octet came back', async function (this: ConformanceWorld) {
  const echo = this.get('echo');
  await within(30_000, 'the octets coming back', exchange(echo, 200_000));
  assert.ok(Buffer.concat(echo.sent).equals(Buffer.concat(echo.returned)), 'other octets came back');
});

// The way to the first hop.

Given('a client that reaches every node by a default route', async function (this: ConformanceWorld) {
  await this.startLab();
  const [client, server] = [this.lab.address('client'), this.lab.address('server')];
  await this.lab.ip(
    this.lab.namespace('client'),
    `addr del ${client}/24 dev ${wireDevice}`,
    `addr add ${client}/32 dev ${wireDevice}`,
    `route add default via ${server} dev ${wireDevice} metric 100 onlink`,
  );
  this.set('routes', await routesOf(this));
});

const acceptsDefault = { reconnect: true, accept: { defaultRoute: true } };

Given(
  'a tunnel with a default route, its adapter configured by {}',
  async function (this: ConformanceWorld, who: string) {
    await this.startServer({ clientData: { routes: ['0.0.0.0/0'] } });
    const adapter = who === 'itself' ? { configure: 'direct', routes: true } : { configure: 'dhcp', routes: false };
    const client = await this.startClient({ ...acceptsDefault, adapter });
    await client.event('adapter');
  },
);

Then(
  "packets to the server's node leave on the wire, and all others through the adapter",
  async function (this: ConformanceWorld) {
    const leave = async (to: string) =>
      ((await json(this.lab.namespace('client'), 'route', 'get', to)) as { dev: string }[])[0]?.dev;
    assert.equal(await leave(this.lab.address('server')), wireDevice);
    assert.equal(await leave('203.0.113.1'), device);
    assert.equal(await leave('100.64.0.1'), device);
  },
);

When('the client is killed and started again', async function (this: ConformanceWorld) {
  const { program } = this.iut('client');
  program.kill('SIGKILL');
  await program.exited;
  const client = await this.startClient(acceptsDefault);
  await client.event('adapter');
});

Then("the client's routes are those of before", async function (this: ConformanceWorld) {
  assert.equal(await routesOf(this), this.get('routes'));
});

// Other client data.

async function carrierChanges(world: ConformanceWorld): Promise<number> {
  const file = `/sys/class/net/${device}/carrier_changes`;
  return Number(await run(['ip', 'netns', 'exec', world.lab.namespace('client'), 'cat', file]));
}

When("the adapter's carrier is watched", async function (this: ConformanceWorld) {
  this.set('carrierChanges', await carrierChanges(this));
});

When(
  'the server authorizes it with the address {word} and a route to {word}',
  async function (this: ConformanceWorld, address: string, network: string) {
    const [destination = '', length = ''] = network.split('/');
    const routes = [{ address: destination, length: Number(length), gateway: defaultSettings.serverAddress }];
    const server = this.get('server');
    await server.readRelay();
    const { lifetimes } = (await server.readRequest()).keyExchangeData;
    const keyExchangeData = makeKeyExchangeData({ lifetimes });
    const clientData = fromNetworkSettings({ ...defaultSettings, address, routes });
    await server.sendResponse({ fields: { keyExchangeData, clientData } });
    await server.receive({ keepAlives: true });
  },
);

Then(
  'the adapter has the address {word} and a route to {word} alone',
  async function (this: ConformanceWorld, address: string, network: string) {
    const namespace = this.lab.namespace('client');
    const expected = [network, address].join();
    const found = async (): Promise<string> => {
      const routes = (await json(namespace, '-4', 'route', 'show', 'dev', device)) as {
        dst: string;
        gateway?: string;
      }[];
      const [adapter] = (await adapterOf(this)) as { addresses: string[] }[];
      const gateways = routes.filter(({ gateway }) => gateway !== undefined).map(({ dst }) => dst);
      return [...gateways, ...(adapter?.addresses.map((text) => text.replace(/\/.*/, '')) ?? [])].join();
    };
    // Nothing is reported when an adapter that was there is configured again.
    let last = await found();
    const settled = async (): Promise<void> => {
      while (last !== expected) last = await found();
    };
    await within(10_000, `${expected} on ${device}`, settled(), () => `it has ${last}`);
  },
);

Then('its carrier went off and on', async function (this: ConformanceWorld) {
  assert.equal((await carrierChanges(this)) - this.get('carrierChanges'), 2);
});
