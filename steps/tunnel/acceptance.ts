/** Steps about what a tunnel initiator accepts of its server's client data ([EP] fig. 23, 508 to 520). */
import assert from 'node:assert/strict';
import { Given, Then } from '@cucumber/cucumber';
import { parsePrefix, type Route } from '../../reference/packets/prefix.ts';
import type { Ipv6Settings } from '../../reference/wire/ipv6-settings.ts';
import { adapterUnderTest } from '../shared/adapter.ts';
import { run } from '../shared/lab/command.ts';
import { type Json, virtualLan, virtualLan6 } from '../shared/peers/configuration.ts';
import { ScriptedServer, type ScriptedServerOptions } from '../shared/peers/scripted-server.ts';
import { lab } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

const device = 'pna0';

function route(text: string): Route {
  return { ...parsePrefix(text), gateway: virtualLan.serverAddress };
}

async function offered(
  world: ConformanceWorld,
  settings: ScriptedServerOptions['settings'],
  accept: Json,
): Promise<void> {
  await lab(world);
  const listener = await world.listen('server');
  const client = await world.startClient({ accept });
  const server = new ScriptedServer(await listener.accept(), settings === undefined ? {} : { settings });
  world.set('server', server);
  await server.authorize();
  await client.event('adapter');
}

Given('a server that offers the routes {}', async function (this: ConformanceWorld, routes: string) {
  await offered(this, { routes: routes.split(', ').map(route) }, {});
});

Given(
  'a user who accepts {word}, and a server that offers the routes {}',
  async function (this: ConformanceWorld, prefix: string, routes: string) {
    await offered(this, { routes: routes.split(', ').map(route) }, { prefixes: [prefix] });
  },
);

/** In the client's own /64, besides the usual IPv4. */
const ipv6 = (routes: string): Ipv6Settings => ({
  prefix: virtualLan6.clientPrefix.replace(/\/.*/, ''),
  routes: routes.split(', ').map(parsePrefix),
  dns: [],
  search: [],
});

Given('a server that offers the IPv6 routes {}', async function (this: ConformanceWorld, routes: string) {
  await offered(this, { ipv6: ipv6(routes) }, {});
});

Given(
  'a user who accepts {}, and a server that offers the IPv6 routes {}',
  async function (this: ConformanceWorld, accept: string, routes: string) {
    await offered(this, { ipv6: ipv6(routes) }, JSON.parse(accept) as Json);
  },
);

Given('a server that offers an MTU of {int}', async function (this: ConformanceWorld, mtu: number) {
  await offered(this, { mtu }, {});
});

/** In a /24. */
Given(
  'a server that offers the address {word} with {word} as its own',
  async function (this: ConformanceWorld, address: string, serverAddress: string) {
    await this.startLab();
    const listener = await this.listen('server');
    await this.startClient();
    const server = new ScriptedServer(await listener.accept(), { settings: { address, serverAddress, routes: [] } });
    this.set('server', server);
    await server.authorize();
  },
);

Given(
  'a user who accepts DNS servers: {word}, and a server that offers {word}',
  async function (this: ConformanceWorld, accepts: string, server: string) {
    const overrides = { accept: { dns: accepts === 'yes' }, adapter: { configure: 'none', routes: false } };
    await adapterUnderTest(this, overrides, { settings: { dns: [server] } });
  },
);

/** The networks behind a gateway, not those that an address of the adapter is in. */
async function routed(world: ConformanceWorld, family: '-4' | '-6'): Promise<string[]> {
  const namespace = world.lab.namespace('client');
  const text = await run(['ip', '-json', family, 'route', 'show', 'dev', device], { namespace });
  const routes = JSON.parse(text) as { dst: string; gateway?: string }[];
  return routes.flatMap(({ dst, gateway }) => (gateway === undefined ? [] : [dst])).sort();
}

Then('only {} is routed through the adapter', async function (this: ConformanceWorld, expected: string) {
  assert.deepEqual(await routed(this, '-4'), expected.split(', ').sort());
});

Then('in IPv6 only {} go(es) through the adapter', async function (this: ConformanceWorld, expected: string) {
  assert.deepEqual(await routed(this, '-6'), expected.split(', ').sort());
});

Then('the MTU of the adapter is {int}', async function (this: ConformanceWorld, mtu: number) {
  const namespace = this.lab.namespace('client');
  const [link] = JSON.parse(await run(['ip', '-json', 'link', 'show', 'dev', device], { namespace })) as {
    mtu: number;
  }[];
  assert.equal(link?.mtu, mtu);
});
