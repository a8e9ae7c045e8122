/** Steps about a tunnel relay between two scripted end points ([EP] fig. 13). */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { Given, Then, When } from '@cucumber/cucumber';
import type { Json } from '../shared/peers/configuration.ts';
import type { ScriptedConnection, ScriptedListener } from '../shared/peers/scripted.ts';
import { ScriptedInitiator } from '../shared/peers/scripted-initiator.ts';
import { ScriptedServer } from '../shared/peers/scripted-server.ts';
import { closes, statusNamed } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    /** Where the relay under test finds the next node. */
    nextNode: ScriptedListener;
    /** What was sent on one side and has to arrive on the other. */
    passed: Uint8Array;
  }
}

const path = ['relay-b.test', 'server.test'];

/** Names of their own for the next node, so that nothing but the reason that a scenario tells keeps the relay from it. */
const hosts = {
  'inside.test': '127.0.0.1',
  'zero.test': '0.0.0.0',
  'nowhere.test': '10.77.0.99',
  'forbidden.test': '10.77.0.2',
  'other-port.test': '10.77.0.2',
  'moved.test': '10.77.0.2',
  'mirror.test': '10.77.0.3',
};

async function relayUnderTest(world: ConformanceWorld, overrides: { readonly [key: string]: Json }): Promise<void> {
  await world.startLab({ relays: ['relay-b'], nodes: ['others'], hosts });
  await world.startRelay('relay-b', overrides);
  world.set('nextNode', await world.listen('server'));
}

async function initiatorAtRelay(world: ConformanceWorld, through: readonly string[]): Promise<ScriptedInitiator> {
  const initiator = new ScriptedInitiator(await world.connect('client', 'relay-b'), { path: through });
  world.set('initiator', initiator);
  return initiator;
}

Given('a tunnel relay', async function (this: ConformanceWorld) {
  await relayUnderTest(this, {});
});

Given('a tunnel relay configured with', async function (this: ConformanceWorld, text: string) {
  await relayUnderTest(this, JSON.parse(text) as { readonly [key: string]: Json });
});

When('an initiator connects to the relay', async function (this: ConformanceWorld) {
  await initiatorAtRelay(this, path);
});

When('an initiator sends RELAY to the relay for the path {}', async function (this: ConformanceWorld, names: string) {
  const initiator = await initiatorAtRelay(this, names.split(' '));
  await initiator.sendRelay();
});

When('an initiator has a tunnel through the relay to a scripted server', async function (this: ConformanceWorld) {
  const initiator = await initiatorAtRelay(this, path);
  await initiator.sendRelay();
  const server = new ScriptedServer(await this.get('nextNode').accept());
  this.set('server', server);
  await initiator.sendRequest();
  await server.readRelay();
  await server.readRequest();
  await server.sendResponse();
  await initiator.readResponse();
});

When('an initiator sends {} and then goes on', async function (this: ConformanceWorld, what: string) {
  const initiator = await initiatorAtRelay(this, path);
  await initiator.sendRelay();
  const sent = after[what];
  if (sent === undefined) throw new Error(`no step knows ${JSON.stringify(what)}`);
  await initiator.connection.send(sent);
});

/** What follows RELAY before anything has come back. */
const after: Readonly<Record<string, Uint8Array>> = {
  'one frame of 4096 octets': frameOf(4_096),
  'one frame of 4097 octets': frameOf(4_097),
  'two frames': new Uint8Array([...frameOf(200), ...frameOf(200)]),
};

/** A REQUEST by its looks: the relay sees no more of it. */
function frameOf(length: number): Uint8Array {
  const octets = new Uint8Array(length).fill(0x5a);
  octets.set([0, 0, length >> 8, length & 0xff, 2, 1]);
  return octets;
}

Then('the relay answers CLOSE {string} and ends the stream', async function (this: ConformanceWorld, name: string) {
  await closes(this, this.get('initiator'), name, false);
});

Then('nobody was connected to', function (this: ConformanceWorld) {
  assert.equal(this.get('nextNode').accepted, 0);
});

Then('the next node receives RELAY unchanged', async function (this: ConformanceWorld) {
  const server = new ScriptedServer(await this.get('nextNode').accept());
  this.set('server', server);
  const { octets } = await server.expect('RELAY');
  assert.deepEqual(octets, this.get('initiator').relay);
});

When('the name {word} has moved to the node client', async function (this: ConformanceWorld, name: string) {
  this.set('nextNode', await this.listen('client'));
  // In place: the file is bound over /etc/hosts of the relay.
  const file = `/etc/netns/${this.lab.namespace('relay-b')}/hosts`;
  const moved = readFileSync(file, 'utf8').replace(`10.77.0.2 ${name}`, `10.77.0.1 ${name}`);
  writeFileSync(file, moved);
});

Then('the next node receives RELAY and that frame', async function (this: ConformanceWorld) {
  const server = new ScriptedServer(await this.get('nextNode').accept());
  await server.expect('RELAY');
  const { octets } = await server.expect('REQUEST');
  assert.equal(octets.length, 4_096);
});

When(
  'the {word} sends the octets {word} through the relay',
  async function (this: ConformanceWorld, side: 'initiator' | 'server', hex: string) {
    const { near, far } = ends(this, side);
    const before = far.received.length;
    await near.send(Uint8Array.fromHex(hex));
    const all = await far.octets(before + hex.length / 2);
    this.set('passed', all.subarray(before));
  },
);

Then('{word} arrived at the other end', function (this: ConformanceWorld, hex: string) {
  assert.equal(this.get('passed').toHex(), hex);
});

When(
  'the {word} sends CLOSE {string} and ends',
  async function (this: ConformanceWorld, side: 'initiator' | 'server', name: string) {
    await this.get(side).close(statusNamed(name));
  },
);

Then(
  'the {word} receives a keyed CLOSE {string} and the end of the stream',
  async function (this: ConformanceWorld, side: 'initiator' | 'server', name: string) {
    await closes(this, this.get(side), name, true);
  },
);

When('the {word} resets its connection to the relay', function (this: ConformanceWorld, side: 'initiator' | 'server') {
  this.get(side).connection.reset();
});

Then('the {word} sees its connection end', async function (this: ConformanceWorld, side: 'initiator' | 'server') {
  await this.get(side).connection.ended();
});

When('the relay is terminated', function (this: ConformanceWorld) {
  this.iut('relay-b').program.kill('SIGTERM');
});

Then('the relay exits with status {int}', async function (this: ConformanceWorld, code: number) {
  assert.deepEqual(await this.iut('relay-b').program.exited, { code, signal: null });
});

function ends(
  world: ConformanceWorld,
  side: 'initiator' | 'server',
): { near: ScriptedConnection; far: ScriptedConnection } {
  const [near, far] = side === 'initiator' ? (['initiator', 'server'] as const) : (['server', 'initiator'] as const);
  return { near: world.get(near).connection, far: world.get(far).connection };
}
