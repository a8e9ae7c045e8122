/** Steps about a tunnel relay behind a CLOSE, its own or one that it has forwarded ([EP] fig. 13, Dying 244). */
import assert from 'node:assert/strict';
import { type DataTable, Then } from '@cucumber/cucumber';
import { statusName } from '../../reference/wire/identifiers.ts';
import { assertTime, closedAfter, eachRow, frameOf, sendByLooks } from '../support/exchanges.ts';
import { patience, within } from '../support/lab/deadlines/deadline.ts';
import type { ScriptedConnection } from '../support/peers/scripted.ts';
import { type ScriptedInitiator, withRequest } from '../support/peers/scripted-initiator.ts';
import { newInitiator, scripted, type WireRole } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

const paths: Readonly<Record<string, readonly string[]>> = {
  'RELAY of a path of others': ['relay-c.test', 'server.test'],
  'RELAY to a node not allowed': ['relay-b.test', 'forbidden.test'],
};

/** A connection that has just got the CLOSE for what it sent, and the end of the stream. */
async function refused(world: ConformanceWorld, sent: string, expected: string): Promise<ScriptedInitiator> {
  const path = paths[sent];
  const peer = await newInitiator(world, path === undefined ? {} : { path });
  if (path === undefined) await sendByLooks(peer, sent);
  else await peer.connection.send(withRequest(peer.relay));
  const { status } = await peer.expectClose();
  assert.equal(statusName(status), expected);
  await peer.connection.ended(1_500);
  return peer;
}

/** More than kernels hold between two programs. */
async function takes32MiB(connection: ScriptedConnection): Promise<void> {
  const frame = frameOf(9, 2 ** 20);
  const send = async (): Promise<void> => {
    for (let left = 32; left > 0; left -= 1) await connection.send(frame);
  };
  await within(patience, 'the relay reads on', send());
}

Then(
  'a connection to the relay is read on for {duration} behind its CLOSE, and closed then',
  async function (this: ConformanceWorld, time: number, table: DataTable) {
    const act = async ([sent = '', expected = '']: string[]): Promise<void> => {
      // Before it sends: so the relay is never earlier than this.
      const since = performance.now();
      const peer = await refused(this, sent, expected);
      assertTime(await closedAfter(peer, since, time + 3_000), time);
    };
    await eachRow(table.rows(), ([sent = '']) => sent, act, 4);
  },
);

Then(
  '32 MiB are taken from a connection to the relay behind its CLOSE',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([sent = '', expected = '']: string[]): Promise<void> => {
      const { connection } = await refused(this, sent, expected);
      await takes32MiB(connection);
      connection.finish();
    };
    await eachRow(table.rows(), ([sent = '']) => sent, act);
  },
);

Then(
  '32 MiB are taken from the {role} behind it',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, role: WireRole) {
    const { connection } = scripted(this, role);
    await connection.ended(1_500);
    await takes32MiB(connection);
  },
);
