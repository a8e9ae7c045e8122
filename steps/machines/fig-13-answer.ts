/** Steps about a tunnel relay whose next node has not answered yet ([EP] fig. 13, Forward 242). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Then } from '@cucumber/cucumber';
import { eachRow, frameByLooks } from '../support/exchanges.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { requested } from '../support/through-relay.ts';
import type { ConformanceWorld } from '../support/world.ts';

Then(
  'before the next node has answered, the end of one connection ends the other',
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([of = '', which = '']: string[]): Promise<void> => {
      const peers = await requested(this);
      const [near, far] = of === 'the server' ? [peers.server, peers.initiator] : [peers.initiator, peers.server];
      const before = far.connection.received.length;
      if (which === 'ends its stream') near.connection.finish();
      else near.connection.reset();
      assert.equal(await far.connection.ended(4_000), 'end of stream');
      assert.equal(far.connection.received.length, before, 'octets came before the end');
      for (const { connection } of [near, far]) await connection[Symbol.asyncDispose]();
    };
    await eachRow(table.rows(), (row) => row.join(' '), act);
  },
);

/** Milliseconds between two octets: each is read by itself. */
const apart = 5;

Then(
  'before the next node has answered, a CLOSE of {int} octets passes that comes octet by octet',
  async function (this: ConformanceWorld, length: number) {
    const { initiator, server, before } = await requested(this);
    const close = frameByLooks(length === 8 ? 'CLOSE' : `CLOSE of ${length} octets`);
    for (const octet of close) {
      await initiator.connection.send(Uint8Array.of(octet));
      await pause(apart);
    }
    await server.connection.ended(4_000);
    assertOctets(server.connection.received.subarray(before), close, 'what passed');
    await initiator.connection.endedWithoutFrame(4_000);
  },
);
