/** Steps about connections that a tunnel relay is better off without, and about whom it serves meanwhile. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { patience, within } from '../shared/lab/deadline.ts';
import { type NodeName, wireAddresses } from '../shared/lab/namespace.ts';
import type { ScriptedConnection } from '../shared/peers/scripted.ts';
import { ScriptedInitiator } from '../shared/peers/scripted-initiator.ts';
import { ScriptedServer } from '../shared/peers/scripted-server.ts';
import { statusNamed } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

interface Pair {
  readonly initiator: ScriptedInitiator;
  readonly server: ScriptedServer;
}

declare module '../shared/world.ts' {
  interface Facts {
    /** Tunnels that stay while others are tried. */
    standing: readonly Pair[];
    /** Connections that only take up room. */
    crowd: readonly ScriptedConnection[];
  }
}

const path = ['relay-b.test', 'server.test'];

async function initiatorAt(world: ConformanceWorld, node: NodeName): Promise<ScriptedInitiator> {
  const initiator = new ScriptedInitiator(await world.connect(node, 'relay-b'), { path });
  world.set('initiator', initiator);
  return initiator;
}

/** Both ends scripted, the relay under test between them. */
async function tunnelFrom(world: ConformanceWorld, node: NodeName): Promise<Pair> {
  const initiator = await initiatorAt(world, node);
  await initiator.sendRelay();
  const server = new ScriptedServer(await world.get('nextNode').accept());
  await server.readRelay();
  await initiator.sendRequest();
  await server.readRequest();
  await server.sendResponse();
  await initiator.readResponse();
  return { initiator, server };
}

Given(
  'two tunnel relays that may connect to each other, one also as mirror.test',
  async function (this: ConformanceWorld) {
    const hosts = { 'mirror.test': wireAddresses['relay-b'] };
    await this.startLab({ relays: ['relay-b', 'relay-c'], nodes: ['others'], hosts });
    const ports = [3265];
    await this.startRelay('relay-b');
    await this.startRelay('relay-c', { allow: [{ name: 'mirror.test', ports }] });
    this.set('nextNode', await this.listen('server'));
  },
);

Given('a tunnel server behind a tunnel relay', async function (this: ConformanceWorld) {
  await this.startLab({ relays: ['relay-b'], nodes: ['others'] });
  await Promise.all([this.startServer(), this.startRelay('relay-b')]);
});

When('{int} initiators have tunnels through the relay', async function (this: ConformanceWorld, count: number) {
  const standing: Pair[] = [];
  for (let left = count; left > 0; left--) standing.push(await tunnelFrom(this, 'client'));
  this.set('standing', standing);
});

When('one of the tunnels is closed', async function (this: ConformanceWorld) {
  const [first] = this.get('standing');
  assert.ok(first, 'there is no tunnel');
  await first.initiator.close(statusNamed('end session'));
  await first.server.connection.ended();
  first.server.connection.finish();
  await first.initiator.connection.ended();
});

/** The relay's own end of the tunnel can't be seen: whoever is refused meanwhile comes again. */
Then('before long there is room for another tunnel', async function (this: ConformanceWorld) {
  const arrival = this.get('nextNode')
    .accept()
    .then(() => 'served');
  const served = async (): Promise<void> => {
    for (;;) {
      const initiator = await initiatorAt(this, 'client');
      await initiator.sendRelay();
      if ((await Promise.race([arrival, initiator.connection.ended()])) === 'served') return;
    }
  };
  await within(patience, 'a connection to the next node', served());
});

When('an initiator at another address connects to the relay', async function (this: ConformanceWorld) {
  await initiatorAt(this, 'others');
});

Then('an initiator at another address has a tunnel through the relay', async function (this: ConformanceWorld) {
  await tunnelFrom(this, 'others');
});

Then('an initiator at another address is authorized through the relay', async function (this: ConformanceWorld) {
  const initiator = await initiatorAt(this, 'others');
  await initiator.authorize();
});

When(
  '{int} connections from one address send {word}',
  async function (this: ConformanceWorld, count: number, what: 'nothing' | 'RELAY') {
    const crowd: ScriptedConnection[] = [];
    for (let left = count; left > 0; left--) {
      const initiator = new ScriptedInitiator(await this.connect('client', 'relay-b'), { path });
      crowd.push(initiator.connection);
      // One that is refused already may be gone: whatever becomes of it, it is one of the crowd.
      if (what === 'RELAY') await initiator.sendRelay().catch(() => {});
    }
    this.set('crowd', crowd);
  },
);

Then(
  'no more than {int} of them are left waiting, and no more than {int} have reached the next node',
  async function (this: ConformanceWorld, waiting: number, reached: number) {
    const crowd = this.get('crowd');
    const over = new Set<ScriptedConnection>();
    const enough = Promise.withResolvers<void>();
    for (const connection of crowd)
      connection.ended().then(() => {
        over.add(connection);
        if (over.size >= crowd.length - waiting) enough.resolve();
      }, enough.reject);
    await enough.promise;
    assert.ok(crowd.length - over.size > 0, 'all of them were refused: the limit is none');
    const nextNode = this.get('nextNode');
    assert.ok(nextNode.accepted <= reached, `${nextNode.accepted} connections reached the next node`);
    for (let left = nextNode.accepted; left > 0; left--) await nextNode.accept();
  },
);
