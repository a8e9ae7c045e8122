/** Steps about frames that a tunnel relay gets in pieces ([EP] fig. 13). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { eachRow, frameOf } from '../support/exchanges.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { watch } from '../support/lab/deadlines/deadline.ts';
import type { ScriptedConnection } from '../support/peers/scripted.ts';
import { newInitiator, scripted, scriptedServer, tunnelThroughRelay, type WireRole } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Each piece is read by itself, or together with the next ones: the pause is longer than a relay takes for one. */
async function sendInPieces(
  connection: ScriptedConnection,
  octets: Uint8Array,
  size: number,
  interval = 3,
): Promise<void> {
  for (let at = 0; at < octets.length; at += size) {
    await connection.send(octets.subarray(at, at + size));
    await pause(interval);
  }
}

Then('these frames behind RELAY reach the next node', async function (this: ConformanceWorld, table: DataTable) {
  const act = async ([type = '', version = '', length = '', size = '']: string[]): Promise<void> => {
    const initiator = await newInitiator(this);
    const frame = frameOf(Number(type), Number(length), Number(version));
    frame.fill(0xa5, 6);
    await initiator.sendRelay();
    await sendInPieces(initiator.connection, frame, Number(size));
    const server = await scriptedServer(this);
    const before = (await server.expect('RELAY')).octets.length;
    const came = await server.connection.octets(before + frame.length);
    assertOctets(came.subarray(before), frame, 'behind RELAY');
    for (const { connection } of [initiator, server]) await connection[Symbol.asyncDispose]();
  };
  await eachRow(table.rows(), (row) => row.join(', '), act);
});

Then(
  'a CLOSE of the {role} passes whole that comes in {int} pieces, and the tunnel ends',
  async function (this: ConformanceWorld, role: WireRole, count: number) {
    const [near, far] = role === 'server' ? (['server', 'initiator'] as const) : (['initiator', 'server'] as const);
    const peer = scripted(this, near);
    const other = scripted(this, far).connection;
    const before = other.received.length;
    const close = peer.session.close(1);
    await sendInPieces(peer.connection, close, close.length / count);
    await Promise.all([peer.connection.endedWithoutFrame(), other.ended()]);
    assertOctets(other.received.subarray(before), close, 'what passed');
  },
);

Then(
  'three frames of the next node reach the initiator that come in pieces of {int} octets, {duration} apart',
  async function (this: ConformanceWorld, size: number, interval: number) {
    const [initiator, server] = [scripted(this, 'initiator').connection, scripted(this, 'server').connection];
    const octets = concat(...[3, 4, 4].map((type, index) => frameOf(type, 300 + index)));
    await sendInPieces(server, octets, size, interval);
    assertOctets(await initiator.octets(octets.length, 5_000), octets, 'what passed');
  },
);

// Who reads nothing.

const farOf = (role: WireRole): WireRole => (role === 'initiator' ? 'server' : 'initiator');

/** More than kernels and relay hold together. */
const flood = frameOf(4, 131_072);
const floods = 256;

When(
  'the {role} reads nothing, and the other sends as much as the relay takes',
  async function (this: ConformanceWorld, role: WireRole) {
    scripted(this, role).connection.pause();
    const { connection } = scripted(this, farOf(role));
    for (let count = 0; count < floods; count++) connection.send(flood).catch(() => {});
    // Until nothing moves any more: nothing tells.
    await watch(1_000);
  },
);

/** Milliseconds: a relay that passes octets on one by one may still be busy with the flood. */
const patience = 60_000;

Then(
  'frames of the {role} reach the other',
  { timeout: 2 * patience },
  async function (this: ConformanceWorld, role: WireRole) {
    const far = scripted(this, farOf(role)).connection;
    const before = far.received.length;
    const octets = concat(frameOf(9, 1_000), frameOf(4, 2_000));
    await scripted(this, role).connection.send(octets);
    assertOctets((await far.octets(before + octets.length, patience)).subarray(before), octets, 'what passed');
  },
);

Then(
  'octets pass through another tunnel both ways',
  { timeout: 3 * patience },
  async function (this: ConformanceWorld) {
    const { initiator, server } = await tunnelThroughRelay(this);
    for (const [near, far] of [
      [initiator.connection, server.connection],
      [server.connection, initiator.connection],
    ] as const) {
      const before = far.received.length;
      await near.send(frameOf(9, 100));
      await far.octets(before + 100, patience);
    }
  },
);

/** Unlike what waits, whose octets are zeros. */
const other = frameOf(9, 2 ** 20).fill(0xa5, 6);
/** Of the flood: more than kernels and relay hold. */
const judged = 128;
/** Octets with which a relay shows that it goes on, however slowly. */
const stride = 2 ** 21;

/** @returns all that has come, once it is so much */
async function arrived(connection: ScriptedConnection, from: number, to: number): Promise<Uint8Array> {
  for (let at = from; at < to; at += stride) await connection.octets(Math.min(at + stride, to), patience);
  return connection.received;
}

Then(
  '{int} MiB of the {role} reach the other, and what waited is as it was sent when it reads again',
  { timeout: 12 * patience },
  async function (this: ConformanceWorld, size: number, role: WireRole) {
    const [near, far] = [scripted(this, role).connection, scripted(this, farOf(role)).connection];
    const before = far.received.length;
    for (let left = size; left > 0; left -= 1) await near.send(other);
    await arrived(far, before, before + size * other.length);
    const begun = near.received.length;
    near.resume();
    const end = begun + judged * flood.length;
    const came = await arrived(near, begun, end);
    for (let at = begun; at < end; at += flood.length)
      assert.ok(Buffer.from(flood).equals(came.subarray(at, at + flood.length)), `another frame came, ${at} octets on`);
  },
);
