/** Steps about where connections come from, as limits count it, at a tunnel server and at a relay (section 10.3). */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { known } from '../support/known.ts';
import { LabFailure } from '../support/lab/failure.ts';
import { type NodeName, wireAddresses6 } from '../support/lab/networks/namespace.ts';
import { type Overrides, tunnelPort } from '../support/peers/configuration.ts';
import type { ScriptedConnection } from '../support/peers/scripted.ts';
import { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { listenAsServer, newInitiator, type WireRole } from '../support/peers.ts';
import { isThere, settle } from '../support/places-taken.ts';
import {
  assertStay,
  assertStillThere,
  connectFrom,
  crowdFrom,
  moreAddresses,
  noteComing,
  noteStaying,
} from '../support/silent.ts';
import { answeredByNextNode, forwardedToNextNode } from '../support/through-relay.ts';
import type { ConformanceWorld } from '../support/world.ts';

Given(
  'a tunnel {role} that listens in IPv6, configured with',
  async function (this: ConformanceWorld, role: WireRole, text: string) {
    const overrides = { listen: `[::]:${tunnelPort}`, ...(JSON.parse(text) as Overrides) };
    const relays = role === 'relay' ? (['relay-b'] as const) : [];
    await this.startLab({ relays, nodes: ['others'], ipv6: true });
    if (role === 'server') {
      await this.startServer(overrides);
      return;
    }
    await this.startRelay('relay-b', overrides);
    await listenAsServer(this);
  },
);

// Sources.

/** Addresses of the node `others` in a /64 of one /48. */
const inNetwork6 = (world: ConformanceWorld, network: number): Promise<string[]> =>
  moreAddresses(world, { [`fd78:0:0:${network}::/64`]: [`fd78:0:0:${network}::`] }, 6);

Then(
  'of {int} silent connections from 6 addresses of one \\/64 {int} stay',
  async function (this: ConformanceWorld, count: number, places: number) {
    const all = await crowdFrom(this, 'others', count, await inNetwork6(this, 1));
    await assertStay(all, places);
    noteStaying(this, all.filter(isThere));
  },
);

Then(
  'of these and {int} from another address {int} stay',
  async function (this: ConformanceWorld, count: number, places: number) {
    const others = await crowdFrom(this, 'others', count);
    await assertStay([...this.get('staying'), ...others], places);
  },
);

Then('those of another \\/64 have {int} places besides', async function (this: ConformanceWorld, places: number) {
  await assertStay(await crowdFrom(this, 'others', places, await inNetwork6(this, 2)), places);
  await assertStillThere(this);
});

When('a session from one address of a \\/64 was confirmed, and is over', async function (this: ConformanceWorld) {
  const [address] = await inNetwork6(this, 1);
  const initiator = initiatorOn(await connectFrom(this, 'others', address));
  await initiator.authorize();
  await initiator.close(Status.endSession);
  await initiator.connection.ended();
});

Then(
  'of {int} silent connections from others of its addresses both stay, though {int} more come from 5 other \\/48s',
  async function (this: ConformanceWorld, count: number, others: number) {
    const addresses = [3, 4].map((number) => `fd78:0:0:1::${number}`);
    const staying = await crowdFrom(this, 'others', count, addresses);
    const starts = [1, 2, 3, 4, 5].map((number) => `fd79:0:${number}::`);
    await crowdFrom(this, 'others', others, await moreAddresses(this, { 'fd79::/32': starts }, 2));
    await assertStay(staying, count);
  },
);

interface Origin {
  readonly node: NodeName;
  readonly addresses: readonly (string | undefined)[];
}

const origins: Readonly<Record<string, (world: ConformanceWorld) => Promise<Origin>>> = {
  'addresses of one /64': async (world) => ({ node: 'others', addresses: await inNetwork6(world, 1) }),
  'addresses of another /64': async (world) => ({ node: 'others', addresses: await inNetwork6(world, 2) }),
  'an address of IPv4': async () => ({ node: 'client', addresses: [undefined] }),
  'another address of IPv4': async () => ({ node: 'others', addresses: [undefined] }),
};

const initiatorOn = (connection: ScriptedConnection): ScriptedInitiator =>
  new ScriptedInitiator(connection, { path: ['relay-b.test', 'server.test'] });

Then(
  '{int} tunnels from {} have places, and one more is refused',
  async function (this: ConformanceWorld, count: number, words: string) {
    const { node, addresses } = await known(origins, words)(this);
    const tunnels: ScriptedConnection[] = [];
    for (let index = 0; index < count; index++) {
      const connection = await connectFrom(this, node, addresses[index % addresses.length]);
      await answeredByNextNode(this, initiatorOn(connection));
      tunnels.push(connection);
    }
    const more = initiatorOn(await connectFrom(this, node, addresses[count % addresses.length]));
    const { status } = await more.expectClose();
    assert.equal(statusName(status), 'resource limit', 'one more');
    for (const connection of tunnels) assert.ok(isThere(connection), 'a tunnel was ended');
  },
);

// Network blocks.

const blocks: Readonly<Record<string, (world: ConformanceWorld) => Promise<string[]>>> = {
  'the same /24': (world) => moreAddresses(world, { '10.77.0.192/26': ['10.77.0.20'] }, 9),
  'one other /24': (world) => moreAddresses(world, { '10.78.1.0/24': ['10.78.1.'] }, 10),
  'one other /48': (world) => {
    const starts = Array.from({ length: 10 }, (_, index) => `fd78:0:0:${index + 1}::`);
    return moreAddresses(world, { 'fd78::/48': starts }, 1);
  },
};

/** What each does when it has connected. */
const kinds: Readonly<Record<string, (world: ConformanceWorld, connection: ScriptedConnection) => Promise<void>>> = {
  'is silent': async () => {},
  'waits for the next node': async (world, connection) =>
    void (await forwardedToNextNode(world, initiatorOn(connection))),
};

When('{int} initiators have opened RESPONSE', async function (this: ConformanceWorld, count: number) {
  for (let left = count; left > 0; left--) {
    const initiator = await newInitiator(this);
    await initiator.sendRelay();
    await initiator.sendRequest();
    await initiator.readResponse();
  }
});

When(
  'a connection {}, and {int} more come from addresses of {}',
  async function (this: ConformanceWorld, kind: string, count: number, block: string) {
    const act = (connection: ScriptedConnection) => known(kinds, kind)(this, connection);
    const addresses = await known(blocks, block)(this);
    const own = addresses[0]?.includes(':') ? wireAddresses6.client : undefined;
    noteStaying(this, await crowdFrom(this, 'client', 1, [own], act));
    noteComing(this, await crowdFrom(this, 'others', count, addresses, act));
  },
);

Then('it is still there, and {int} of the others are', async function (this: ConformanceWorld, count: number) {
  await settle();
  if (this.get('staying').length !== 1) throw new LabFailure('not one connection is to stay');
  await assertStillThere(this);
  await assertStay(this.get('coming'), count);
});
