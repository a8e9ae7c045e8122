/** Steps about forming a tunnel connection along a path ([EP] fig. 4), and about who alters RELAY on it. */
import assert from 'node:assert/strict';
import { Given, Then, When } from '@cucumber/cucumber';
import { encodeClose } from '../../reference/wire/close.ts';
import { ScriptedInitiator } from '../shared/peers/scripted-initiator.ts';
import { relayAltered } from '../shared/peers/scripted-relay.ts';
import { lab, statusNamed } from '../shared/peers.ts';
import { labWithRelays, path, tunnelThroughRelays } from '../shared/relayed-tunnel.ts';
import type { ConformanceWorld } from '../shared/world.ts';

Given('a tunnel through relay-b and relay-c, whose names are in DNS', async function (this: ConformanceWorld) {
  await labWithRelays(this);
  await tunnelThroughRelays(this);
});

Then('each relay has asked DNS for the name after its own', function (this: ConformanceWorld) {
  for (const [i, node] of (['relay-b', 'relay-c'] as const).entries()) {
    const own = this.names.queries.filter(({ from }) => from === this.lab.address(node));
    const hosts = own.filter(({ type }) => type === 'A').map(({ name }) => name);
    assert.deepEqual(hosts, [path[i + 1]], node);
  }
});

Given('a tunnel server behind relay-b', async function (this: ConformanceWorld) {
  await lab(this, { relays: ['relay-b'] });
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

Then('the server answered it CLOSE {string} alone', async function (this: ConformanceWorld, name: string) {
  await this.iut('client').event('ended');
  const { back } = await this.capturedFrames(1);
  assert.deepEqual(
    back.frames.map(({ octets }) => octets),
    [encodeClose({ type: 'CLOSE', status: statusNamed(name) })],
  );
});

When(
  'a relay alters octet {int} of RELAY on its way to the server',
  async function (this: ConformanceWorld, offset: number) {
    const initiator = new ScriptedInitiator(await this.connect(), {});
    this.set('initiator', initiator);
    const altered = initiator.relay.slice();
    altered[offset] = altered[offset]! ^ 1;
    await initiator.connection.send(altered);
    await initiator.sendRequest();
  },
);
