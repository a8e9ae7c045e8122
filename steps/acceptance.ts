/** Steps about what a tunnel initiator accepts of its server's client data ([EP] fig. 23, 508 to 520). */
import assert from 'node:assert/strict';
import { Given, Then } from '@cucumber/cucumber';
import type { Route } from '../reference/wire/network-settings.ts';
import { adapterUnderTest } from './adapter.ts';
import { run } from './lab/command.ts';
import { type Json, virtualLan } from './peers/configuration.ts';
import { ScriptedServer, type ScriptedServerOptions } from './peers/scripted-server.ts';
import type { ConformanceWorld } from './world.ts';

const device = 'pna0';

function route(text: string): Route {
  const [destination = '', length = ''] = text.split('/');
  return { destination, prefixLength: Number(length), gateway: virtualLan.serverAddress };
}

async function offered(
  world: ConformanceWorld,
  settings: ScriptedServerOptions['settings'],
  accept: Json,
): Promise<void> {
  await world.startLab();
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

Then('only {} is routed through the adapter', async function (this: ConformanceWorld, expected: string) {
  const namespace = this.lab.namespace('client');
  const text = await run(['ip', '-json', '-4', 'route', 'show', 'dev', device], { namespace });
  const routes = (JSON.parse(text) as { dst: string; gateway?: string }[]).filter(
    ({ gateway }) => gateway !== undefined,
  );
  assert.deepEqual(routes.map(({ dst }) => dst).sort(), expected.split(', ').sort());
});

Then('the MTU of the adapter is {int}', async function (this: ConformanceWorld, mtu: number) {
  const namespace = this.lab.namespace('client');
  const [link] = JSON.parse(await run(['ip', '-json', 'link', 'show', 'dev', device], { namespace })) as {
    mtu: number;
  }[];
  assert.equal(link?.mtu, mtu);
});
