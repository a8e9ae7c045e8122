/** Steps about a tunnel that outlives its connections: the machine moves, or the server gives it other client data. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Given, Then, When } from '@cucumber/cucumber';
import { makeKeyExchangeData } from '../../reference/wire/key-exchange-data.ts';
import { watchClient } from '../support/adapter.ts';
import { quickly } from '../support/connecting-again.ts';
import { noteRoutes } from '../support/first-hop.ts';
import { noteAdapter } from '../support/kept-adapter.ts';
import { patience, watch } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { addressesOf, networksBehind, routeTaken } from '../support/lab/networks/kernel-tables.ts';
import { wireAddresses, wireDevice } from '../support/lab/networks/namespace.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { run } from '../support/lab/programs/command.ts';
import { tunnelPort } from '../support/peers/configuration.ts';
import { lab, listenAsServer } from '../support/peers.ts';
import { send } from '../support/reconnecting.ts';
import { startTunnel } from '../support/tunnels.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    carrierChanges: number;
  }
}

Given(
  'a tunnel that reconnects along {word}, whose nodes are found by DNS alone',
  async function (this: ConformanceWorld, name: string) {
    await lab(this, { dns: true });
    await startTunnel(this, { client: { reconnect: true, path: [name] } });
    assert.ok(this.names.queries.length > 0, 'nobody asked the name server');
    await noteAdapter(this);
  },
);

When('the name server is killed for good', async function (this: ConformanceWorld) {
  await this.names[Symbol.asyncDispose]();
});

When('the client moves from {word} to {word}', async function (this: ConformanceWorld, from: string, to: string) {
  const namespace = this.lab.namespace('client');
  await this.lab.ip(namespace, `addr del ${from}/24 dev ${wireDevice}`);
  // While there is no way: the local stack repeats it until there is one.
  send(this.get('echo'), 20_000);
  await this.lab.ip(namespace, `addr add ${to}/24 dev ${wireDevice}`);
});

// The name of the first node, in the client's hosts file: a default route through the tunnel cannot draw that.

const firstNode = 'server.test';

/** In place: the file is bound over /etc/hosts of the client. */
function setFirstNode(world: ConformanceWorld, addresses: readonly string[]): void {
  const file = `/etc/netns/${world.lab.namespace('client')}/hosts`;
  const others = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.endsWith(` ${firstNode}`));
  writeFileSync(file, [...others, ...addresses.map((address) => `${address} ${firstNode}`), ''].join('\n'));
}

Given(
  'the client has the addresses {} too, and the server has {word}',
  async function (this: ConformanceWorld, own: string, server: string) {
    const addressOf = (address: string) => `addr add ${address}/32 dev ${wireDevice}`;
    await this.lab.ip(this.lab.namespace('client'), ...own.split(', ').map(addressOf));
    await this.lab.ip(this.lab.namespace('server'), addressOf(server));
  },
);

/** Both lead to the server's node by the wire, as they did. */
Given(
  'its user has laid routes to {word} alone and, of metric {int}, to {word}',
  async function (this: ConformanceWorld, host: string, metric: number, network: string) {
    const by = `via ${wireAddresses.server} dev ${wireDevice} onlink`;
    const namespace = this.lab.namespace('client');
    await this.lab.ip(namespace, `route add ${host}/32 ${by}`, `route add ${network} ${by} metric ${metric}`);
    await noteRoutes(this, 'IPv4');
  },
);

Given(
  /^a tunnel initiator( under lockdown)? that is to reconnect, and whose first node has no address$/,
  async function (this: ConformanceWorld, isUnder: string | null) {
    setFirstNode(this, []);
    await listenAsServer(this);
    // What a lockdown rejects fails at once: without a back-off the initiator would keep the machine busy.
    const particular = isUnder === null ? quickly(this) : { lockdown: {} };
    await this.startClient({ reconnect: true, accept: { defaultRoute: true }, ...particular });
    // Time for a look-up in vain.
    await watch(500);
  },
);

When(
  'the server authorizes it with a key of {int} frames, which it uses up once the first node is at {word} instead',
  async function (this: ConformanceWorld, frames: number, address: string) {
    const server = this.get('server');
    await server.readRelay();
    const { lifetimes } = (await server.readRequest()).keyExchangeData;
    const granted = makeKeyExchangeData({ lifetimes: { ...lifetimes, frames: BigInt(frames) } });
    await server.sendResponse({ fields: { keyExchangeData: granted } });
    await server.receive({ keepAlives: true });
    setFirstNode(this, [address]);
    for (let sent = 0; sent < frames; sent++) await server.send();
    await server.expectClose();
    server.connection.finish();
  },
);

When('the first node gets the addresses {}', function (this: ConformanceWorld, addresses: string) {
  setFirstNode(this, addresses.split(', '));
});

Then(
  'the tunnel connection leads to {word}, and packets to it leave on the wire',
  async function (this: ConformanceWorld, address: string) {
    assert.equal(this.get('server').connection.localAddress, address);
    // Nothing tells when the routes of an adapter that was there have been laid again.
    await pause(400);
    const { dev } = (await routeTaken(this.lab.namespace('client'), address)) ?? {};
    assert.equal(dev, wireDevice);
  },
);

// Other client data.

async function carrierChanges(world: ConformanceWorld): Promise<number> {
  const namespace = world.lab.namespace('client');
  const file = `/sys/class/net/${adapterIn(namespace)}/carrier_changes`;
  return Number(await run(['ip', 'netns', 'exec', namespace, 'cat', file]));
}

When("the adapter's carrier is watched", async function (this: ConformanceWorld) {
  this.set('carrierChanges', await carrierChanges(this));
});

/** Nothing is reported when an adapter that was there is configured again. */
Then(
  'the adapter has the address {word} and a route to {word} alone',
  async function (this: ConformanceWorld, address: string, network: string) {
    const namespace = this.lab.namespace('client');
    const [expected, device] = [[network, address].join(), adapterIn(namespace)];
    let last = '';
    const look = async () => {
      const found = await addressesOf(namespace, 'IPv4', device);
      const networks = await networksBehind(namespace, 'IPv4', device);
      last = [...networks, ...found.map(({ local }) => local)].join();
      return last === expected || undefined;
    };
    await until(`${expected} on ${device}`, look, patience, () => `it has ${last}`);
  },
);

Then('its carrier went off and on', async function (this: ConformanceWorld) {
  assert.equal((await carrierChanges(this)) - this.get('carrierChanges'), 2);
});

/** Nobody has that address. */
const nowhere = '10.77.0.9';

Given(
  'only its way to {word} of the lower metric leads there, not that of the higher one, nor its default route',
  async function (this: ConformanceWorld, network: string) {
    const by = (gateway: string, metric: number): string => `via ${gateway} dev ${wireDevice} metric ${metric} onlink`;
    await this.lab.ip(
      this.lab.namespace('client'),
      `route add ${network} ${by(wireAddresses.server, 100)}`,
      `route add ${network} ${by(nowhere, 4000)}`,
      `route replace default ${by(nowhere, 100)}`,
    );
  },
);

// The tunnel connection itself, while the routes are laid.

Given("every packet of the client's is watched", async function (this: ConformanceWorld) {
  await watchClient(this);
});

/** The client's stack answers each segment, wherever its routes lead. */
When(
  'the server sends an empty DATA frame each millisecond until the adapter is up, and {duration} more',
  async function (this: ConformanceWorld, longer: number) {
    const server = this.get('server');
    let last = Number.POSITIVE_INFINITY;
    const up = this.iut('client')
      .event('adapter')
      .then(() => {
        last = performance.now() + longer;
      });
    while (performance.now() < last) {
      await server.send();
      await pause(1);
      if (last === Number.POSITIVE_INFINITY) await Promise.race([up, pause(0)]);
    }
    await up;
  },
);

/** RFC 9293 §3.1, in IPv4 without options: TCP to the port of tunnels, in an Ethernet packet to the server's adapter. */
Then('no packet of the tunnel connection was sent through the adapter', function (this: ConformanceWorld) {
  const far = virtualLan.serverPhysical.replaceAll(':', '');
  const isTunnels = (frame: Uint8Array): boolean =>
    frame.subarray(0, 6).toHex() === far &&
    frame.subarray(12, 14).toHex() === '0800' &&
    frame[23] === 6 &&
    ((frame[36]! << 8) | frame[37]!) === tunnelPort;
  const found = this.get('everything').settle().filter(isTunnels);
  assert.deepEqual(
    found.map((frame) => frame.subarray(14).toHex()),
    [],
    `${found.length} packets of the tunnel connection went through the adapter`,
  );
});

Then("IPv4 packets to the server's node leave on the wire", async function (this: ConformanceWorld) {
  const { dev } = (await routeTaken(this.lab.namespace('client'), wireAddresses.server)) ?? {};
  assert.equal(dev, wireDevice);
});
