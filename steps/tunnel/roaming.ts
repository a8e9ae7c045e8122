/** Steps about a tunnel that outlives its connections: the machine moves, or the server gives it other client data. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { run } from '../shared/lab/command.ts';
import { patience } from '../shared/lab/deadline.ts';
import { addressesOf, networksBehind } from '../shared/lab/kernel-tables.ts';
import { wireDevice } from '../shared/lab/namespace.ts';
import { until } from '../shared/lab/until.ts';
import { adapterDevice } from '../shared/lab/virtual-lan.ts';
import { lab } from '../shared/peers.ts';
import { noteAdapter, send } from '../shared/reconnecting.ts';
import { startTunnel } from '../shared/tunnels.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
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

// Other client data.

async function carrierChanges(world: ConformanceWorld): Promise<number> {
  const file = `/sys/class/net/${adapterDevice}/carrier_changes`;
  return Number(await run(['ip', 'netns', 'exec', world.lab.namespace('client'), 'cat', file]));
}

When("the adapter's carrier is watched", async function (this: ConformanceWorld) {
  this.set('carrierChanges', await carrierChanges(this));
});

/** Nothing is reported when an adapter that was there is configured again. */
Then(
  'the adapter has the address {word} and a route to {word} alone',
  async function (this: ConformanceWorld, address: string, network: string) {
    const namespace = this.lab.namespace('client');
    const expected = [network, address].join();
    let last = '';
    const look = async () => {
      const found = await addressesOf(namespace, 'IPv4', adapterDevice);
      const networks = await networksBehind(namespace, 'IPv4', adapterDevice);
      last = [...networks, ...found.map(({ local }) => local)].join();
      return last === expected || undefined;
    };
    await until(`${expected} on ${adapterDevice}`, look, patience, () => `it has ${last}`);
  },
);

Then('its carrier went off and on', async function (this: ConformanceWorld) {
  assert.equal((await carrierChanges(this)) - this.get('carrierChanges'), 2);
});
