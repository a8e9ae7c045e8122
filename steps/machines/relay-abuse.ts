/** Steps about connections that a tunnel relay is better off without, and about whom it serves meanwhile. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { Status } from '../../reference/wire/identifiers.ts';
import { known } from '../support/known.ts';
import { patience, within } from '../support/lab/deadlines/deadline.ts';
import { wireAddresses, wireDevice } from '../support/lab/networks/namespace.ts';
import { tunnelPort } from '../support/peers/configuration.ts';
import type { ScriptedConnection } from '../support/peers/scripted.ts';
import { withRequest } from '../support/peers/scripted-initiator.ts';
import { listenAsServer, newInitiator, tunnelThroughRelay } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

type Pair = Awaited<ReturnType<typeof tunnelThroughRelay>>;

declare module '../support/world.ts' {
  interface Facts {
    /** Tunnels that stay while others are tried. */
    standing: readonly Pair[];
    /** Connections that only take up room. */
    crowd: readonly ScriptedConnection[];
  }
}

Given(
  'two tunnel relays that may connect to each other, one also as mirror.test',
  async function (this: ConformanceWorld) {
    const hosts = { 'mirror.test': wireAddresses['relay-b'] };
    await this.startLab({ relays: ['relay-b', 'relay-c'], nodes: ['others'], hosts });
    await this.startRelay('relay-b');
    await this.startRelay('relay-c', { allow: [{ name: 'mirror.test', ports: [tunnelPort] }] });
    await listenAsServer(this);
  },
);

When('the relay has the address {word} too', async function (this: ConformanceWorld, address: string) {
  await this.lab.ip(this.lab.namespace('relay-b'), `address add ${address}/24 dev ${wireDevice}`);
});

Given('a tunnel server behind a tunnel relay', async function (this: ConformanceWorld) {
  await this.startLab({ relays: ['relay-b'], nodes: ['others'] });
  await Promise.all([this.startServer(), this.startRelay('relay-b')]);
});

When('{int} initiators have tunnels through the relay', async function (this: ConformanceWorld, count: number) {
  const standing: Pair[] = [];
  for (let left = count; left > 0; left--) standing.push(await tunnelThroughRelay(this));
  this.set('standing', standing);
});

When('one of the tunnels is closed', async function (this: ConformanceWorld) {
  const [first] = this.get('standing');
  assert.ok(first, 'there is no tunnel');
  await first.initiator.close(Status.endSession);
  await first.server.connection.ended();
  first.server.connection.finish();
  await first.initiator.connection.ended();
});

/** The relay's own end of the tunnel can't be seen: whoever is refused meanwhile comes again. */
Then('before long there is room for another tunnel', async function (this: ConformanceWorld) {
  const arrival = this.get('listener')
    .accept()
    .then(() => 'served');
  const served = async (): Promise<void> => {
    for (;;) {
      const initiator = await newInitiator(this);
      await initiator.connection.send(withRequest(initiator.relay));
      if ((await Promise.race([arrival, initiator.connection.ended()])) === 'served') return;
    }
  };
  await within(patience, 'a connection to the next node', served());
});

/** Whether connections of the crowd reach the next node. */
const reaching = { 'no connection has': false, 'no more than these': true };

Then(
  'no more than {int} of them are left waiting, and {} reached the next node',
  async function (this: ConformanceWorld, waiting: number, which: string) {
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
    const nextNode = this.get('listener');
    // They may come there later than the others are refused here. The tunnel that follows must not take one of them.
    const left = known(reaching, which) ? crowd.length - over.size : 0;
    for (let taken = 0; taken < Math.max(left, nextNode.accepted); taken++) await nextNode.accept();
    assert.ok(nextNode.accepted <= (left > 0 ? waiting : 0), `${nextNode.accepted} connections reached the next node`);
  },
);

When(
  '{int} connections from one address send {}',
  async function (this: ConformanceWorld, count: number, frames: string) {
    const crowd: ScriptedConnection[] = [];
    const sends = known({ nothing: false, 'RELAY and REQUEST': true }, frames);
    for (let left = count; left > 0; left--) {
      const initiator = await newInitiator(this);
      crowd.push(initiator.connection);
      // One that is refused already may be gone: whatever becomes of it, it is one of the crowd.
      const octets = this.iuts.has('relay-b') ? withRequest(initiator.relay) : initiator.relay;
      if (sends) await initiator.connection.send(octets).catch(() => {});
    }
    this.set('crowd', crowd);
  },
);
