/** Steps about the first node of a tunnel path: by which addresses and at which port an initiator reaches it ([EP] fig. 4). */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { lose } from '../support/kernel.ts';
import type { NodeName } from '../support/lab/namespace.ts';
import { listenAsServer, scriptedServer } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

Given(
  /^nodes( of both families)? whose names are in DNS alone$/,
  async function (this: ConformanceWorld, both: string | undefined) {
    await this.startLab({ dns: true, ipv6: Boolean(both) });
  },
);

Given('what {node} sends to {word} is lost', async function (this: ConformanceWorld, node: NodeName, address: string) {
  await lose(this, node, address);
});

/** It listens in the node server, whose addresses are not all of these. */
Given(
  'the first node, {word}, is at {} and listens on port {int}',
  async function (this: ConformanceWorld, name: string, addresses: string, port: number) {
    await this.names.host(name, ...addresses.split(', ')).start();
    await listenAsServer(this, 'server', port);
  },
);

When('an initiator connects by the path {}', async function (this: ConformanceWorld, path: string) {
  await this.startClient({ path: path.split(' ') });
});

Then('the first node has read RELAY for the path {}', async function (this: ConformanceWorld, path: string) {
  const server = await scriptedServer(this);
  const relay = await server.readRelay();
  assert.equal(relay.path.join(' '), path);
});
