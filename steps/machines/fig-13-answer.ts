/** Steps about a tunnel relay whose next node has not answered yet ([EP] fig. 13, Forward 242). */
import assert from 'node:assert/strict';
import { type DataTable, Then } from '@cucumber/cucumber';
import { eachRow } from '../support/exchanges.ts';
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
      await far.connection.ended(4_000);
      assert.equal(far.connection.received.length, before, 'octets came before the end');
      for (const { connection } of [near, far]) await connection[Symbol.asyncDispose]();
    };
    await eachRow(table.rows(), (row) => row.join(' '), act);
  },
);
