/** Steps about frames that a tunnel relay gets in pieces ([EP] fig. 13). */
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Then } from '@cucumber/cucumber';
import { eachRow, frameOf } from '../support/exchanges.ts';
import { assertOctets } from '../support/lab/difference.ts';
import type { ScriptedConnection } from '../support/peers/scripted.ts';
import { newInitiator, scripted, scriptedServer, type WireRole } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Each piece is read by itself, or together with the next ones: the pause is longer than a relay takes for one. */
async function sendInPieces(connection: ScriptedConnection, octets: Uint8Array, size: number): Promise<void> {
  for (let at = 0; at < octets.length; at += size) {
    await connection.send(octets.subarray(at, at + size));
    await pause(3);
  }
}

Then('these frames behind RELAY reach the next node', async function (this: ConformanceWorld, table: DataTable) {
  const act = async ([length = '', size = '']: string[]): Promise<void> => {
    const initiator = await newInitiator(this);
    const frame = frameOf(2, Number(length));
    frame.fill(0xa5, 6);
    await initiator.sendRelay();
    await sendInPieces(initiator.connection, frame, Number(size));
    const server = await scriptedServer(this);
    const before = (await server.expect('RELAY')).octets.length;
    const came = await server.connection.octets(before + frame.length);
    assertOctets(came.subarray(before), frame, 'behind RELAY');
    for (const { connection } of [initiator, server]) await connection[Symbol.asyncDispose]();
  };
  await eachRow(table.rows(), ([length = '', size = '']) => `${length} octets in pieces of ${size}`, act);
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
