/** Steps about a tunnel that is formed along a path ([EP] fig. 4), and about relays that alter RELAY on the way. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { encodeClose } from '../../reference/wire/close.ts';
import { flipped } from '../support/peers/handshake.ts';
import { relayAltered } from '../support/peers/scripted-relay.ts';
import { scriptedInitiator } from '../support/peers.ts';
import { labWithRelays, pathThroughRelays, tunnelThroughRelays } from '../support/relays.ts';
import type { ConformanceWorld } from '../support/world.ts';

Given('a tunnel through relay-b and relay-c, whose names are in DNS', async function (this: ConformanceWorld) {
  await labWithRelays(this);
  await tunnelThroughRelays(this);
});

Then('each relay has asked DNS for the name after its own', function (this: ConformanceWorld) {
  for (const [i, node] of (['relay-b', 'relay-c'] as const).entries()) {
    const own = this.names.queries.filter(({ from }) => from === this.lab.address(node));
    const hosts = own.filter(({ type }) => type === 'A').map(({ name }) => name);
    assert.deepEqual(hosts, [pathThroughRelays[i + 1]], node);
  }
});

Given('a tunnel server behind relay-b', async function (this: ConformanceWorld) {
  await this.startLab({ relays: ['relay-b'] });
  await this.startServer();
});

When(
  'an initiator connects through a relay that alters one octet of {string} in RELAY',
  async function (this: ConformanceWorld, text: string) {
    const listener = await this.listen('relay-b');
    await this.startClient({ path: ['relay-b.test', 'server.test'] });
    await relayAltered(await listener.accept(), await this.connect('relay-b', 'server'), text);
  },
);

Then('the server answered it CLOSE "{status}" alone', async function (this: ConformanceWorld, status: number) {
  await this.iut('client').event('ended');
  const { back } = await this.capturedFrames(1);
  assert.deepEqual(
    back.frames.map(({ octets }) => octets),
    [encodeClose({ type: 'CLOSE', status })],
  );
});

When(
  'a relay alters octet {int} of RELAY on its way to the server',
  async function (this: ConformanceWorld, offset: number) {
    const initiator = await scriptedInitiator(this);
    await initiator.connection.send(flipped(initiator.relay, offset));
    await initiator.sendRequest();
  },
);
