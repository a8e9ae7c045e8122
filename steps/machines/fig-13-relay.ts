/** Steps about a tunnel relay between two scripted end points ([EP] fig. 13). */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { known } from '../support/known.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { keptAlive } from '../support/lab/networks/kernel-tables.ts';
import { tunnelPort } from '../support/peers/configuration.ts';
import { ScriptedInitiator, withRequest } from '../support/peers/scripted-initiator.ts';
import { listenAsServer, scripted, scriptedInitiator, type WireRole } from '../support/peers.ts';
import { startUnderTest } from '../support/under-test.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** A REQUEST by its looks: the relay sees no more of it. */
function frameOf(length: number): Uint8Array {
  const octets = new Uint8Array(length).fill(0x5a);
  octets.set([0, 0, length >> 8, length & 0xff, 2, 1]);
  return octets;
}

/** What follows RELAY before anything has come back. */
const early: Readonly<Record<string, Uint8Array>> = {
  'one frame of 4096 octets': frameOf(4_096),
  'one frame of 4097 octets': frameOf(4_097),
  'two frames': new Uint8Array([...frameOf(200), ...frameOf(200)]),
};

When('an initiator sends {} and then goes on', async function (this: ConformanceWorld, frames: string) {
  const initiator = await scriptedInitiator(this);
  await initiator.sendRelay();
  await initiator.connection.send(known(early, frames));
});

/** A name of 253 octets, the most that there are. */
const longName = (letter: string): string => [63, 63, 63, 61].map((length) => letter.repeat(length)).join('.');

Given('a tunnel relay whose name has 253 octets', async function (this: ConformanceWorld) {
  await startUnderTest(this, 'relay', { names: [longName('r')] });
});

When('an initiator sends it a RELAY of the longest names there are', async function (this: ConformanceWorld) {
  const further = Array.from({ length: 14 }, (_, index) => longName(String.fromCharCode(0x61 + index)));
  const [relay, origin, ...others] = [longName('r'), longName('o'), ...further].map((name) => `${name}:65535`);
  const path = [relay ?? '', 'server.test', ...others];
  const initiator = await scriptedInitiator(this, { path, ...(origin && { origin }) });
  assert.ok(initiator.relay.length > 4_096, `RELAY has ${initiator.relay.length} octets`);
  await initiator.connection.send(withRequest(initiator.relay));
});

Then(
  'paths to these nodes, by port {int} of the relay, lead to these ports, one after the other',
  async function (this: ConformanceWorld, own: number, table: DataTable) {
    const listeners = new Map([[`${tunnelPort}`, this.get('listener')]]);
    for (const [name = '', port = ''] of table.raw()) {
      const listener = listeners.get(port) ?? (await this.listen('server', Number(port)));
      listeners.set(port, listener);
      const connection = await this.connect('client', 'relay-b', own);
      const { relay } = new ScriptedInitiator(connection, { path: ['relay-b.test', name] });
      await connection.send(withRequest(relay));
      const came = await (await listener.accept()).octets(relay.length);
      assertOctets(came.subarray(0, relay.length), relay, name);
      await connection[Symbol.asyncDispose]();
    }
  },
);

When('the name {word} has moved to the node client', async function (this: ConformanceWorld, name: string) {
  await listenAsServer(this, 'client');
  // In place: the file is bound over /etc/hosts of the relay.
  const file = `/etc/netns/${this.lab.namespace('relay-b')}/hosts`;
  const moved = readFileSync(file, 'utf8').replace(`10.77.0.2 ${name}`, `10.77.0.1 ${name}`);
  writeFileSync(file, moved);
});

Then(
  'the relay passes on the octets {octets} of the {role}',
  async function (this: ConformanceWorld, octets: Uint8Array, role: WireRole) {
    const far = scripted(this, role === 'initiator' ? 'server' : 'initiator').connection;
    const before = far.received.length;
    await scripted(this, role).connection.send(octets);
    assertOctets((await far.octets(before + octets.length)).subarray(before), octets, 'what passed');
  },
);

Then(
  'after {duration} without an octet a frame of the next node passes to the initiator',
  { timeout: 40_000 },
  async function (this: ConformanceWorld, time: number) {
    const [near, far] = [scripted(this, 'initiator').connection, scripted(this, 'server').connection];
    const before = near.received.length;
    const ended = await Promise.race([near.ended(60_000), far.ended(60_000), pause(time, 'open')]);
    assert.equal(ended, 'open', 'a connection ended');
    const frame = Uint8Array.fromHex('0000000a090100112233');
    await far.send(frame);
    assertOctets((await near.octets(before + frame.length)).subarray(before), frame, 'what passed');
  },
);

Then(
  'the kernel asks on both connections of the relay whether the peer is there',
  async function (this: ConformanceWorld) {
    let seen = { established: 0, asked: 0 };
    const look = async () => {
      seen = await keptAlive(this.lab.namespace('relay-b'));
      return (seen.established === 2 && seen.asked === 2) || undefined;
    };
    const hint = () => `${seen.established} connections, ${seen.asked} with a keep-alive timer`;
    await until('keep-alive on both connections of the relay', look, 5_000, hint);
  },
);

/** [EP] fig. 13, 243: the relay shuts down writing, whatever became of the other connection. */
Then('the {role} sees the end of the stream, and no reset', async function (this: ConformanceWorld, role: WireRole) {
  assert.equal(await scripted(this, role).connection.ended(), 'end of stream');
});

Then('the {role} sees its connection end', async function (this: ConformanceWorld, role: WireRole) {
  await scripted(this, role).connection.ended();
});
