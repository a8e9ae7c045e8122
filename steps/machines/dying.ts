/** Steps about the end of a connection: what ends Close and Dying besides their timers ([EP] figs. 11 to 13). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Then } from '@cucumber/cucumber';
import { statusName } from '../../reference/wire/identifiers.ts';
import { eachRow, frameOf } from '../support/exchanges.ts';
import { known } from '../support/known.ts';
import { watch, within } from '../support/lab/deadlines/deadline.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { flipped } from '../support/peers/handshake.ts';
import type { ScriptedConnection } from '../support/peers/scripted.ts';
import { type ScriptedInitiator, withRequest } from '../support/peers/scripted-initiator.ts';
import { newInitiator, scriptedServer } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Milliseconds: far below the timers of the scenarios, and far above what a busy machine needs. */
const soon = 12_000;

const ends: Readonly<Record<string, (connection: ScriptedConnection) => void>> = {
  'ends its stream': (connection) => connection.finish(),
  'resets the connection': (connection) => connection.reset(),
};

Then(
  'after End Session the program ends long before that when the server',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, table: DataTable) {
    let isFirst = true;
    const act = async ([end = '']: string[]): Promise<void> => {
      if (!isFirst) {
        await this.start('client', 'client', this.iut('client').configuration);
        await scriptedServer(this);
      }
      isFirst = false;
      const server = this.get('server');
      const client = this.iut('client');
      await server.authorize();
      client.endSession();
      assert.equal(statusName((await server.expectClose()).status), 'end session');
      // The program is to end with the session.
      client.program.endInput();
      known(ends, end)(server.connection);
      assert.deepEqual(await within(soon, 'the end of the program', client.program.exited), { code: 0, signal: null });
    };
    await eachRow(table.raw(), ([end = '']) => end, act);
  },
);

/** How far a connection has come. @returns what has to end besides: at a relay the one to the next node */
type Reach = (world: ConformanceWorld, peer: ScriptedInitiator) => Promise<ScriptedConnection | undefined>;

const alone = async (): Promise<undefined> => undefined;

const atServer: Readonly<Record<string, Reach>> = {
  'Receive Relay': alone,
  'Connect Wait': async (_, peer) => {
    await peer.sendRelay();
    return undefined;
  },
  Authorized: async (_, peer) => {
    await peer.sendRelay();
    await peer.sendRequest();
    await peer.readResponse();
    return undefined;
  },
  Close: async (_, peer) => {
    await peer.sendRelay();
    await peer.sendRequest({ frame: (frame) => flipped(frame, -1) });
    return undefined;
  },
  Dying: async (_, peer) => {
    await peer.connection.send(frameOf(9, 8));
    await peer.connection.ended();
    return undefined;
  },
};

async function forward(world: ConformanceWorld, peer: ScriptedInitiator): Promise<ScriptedConnection> {
  await peer.connection.send(withRequest(peer.relay));
  const { connection } = await scriptedServer(world);
  await connection.send(frameOf(9, 10));
  await peer.connection.octets(10);
  return connection;
}

const atRelay: Readonly<Record<string, Reach>> = {
  'Receive Relay': alone,
  Forward: forward,
  Dying: async (world, peer) => {
    const far = await forward(world, peer);
    await peer.connection.send(frameOf(5, 8).with(7, 1));
    await Promise.all([peer.connection.ended(), far.ended()]);
    return far;
  },
};

Then(
  'a connection has its sockets until it is over, and not longer',
  { timeout: 120_000 },
  async function (this: ConformanceWorld, table: DataTable) {
    const isRelay = this.iuts.has('relay-b');
    const { program } = this.iut(isRelay ? 'relay-b' : 'server');
    const act = async ([state = '', end = '']: string[]): Promise<void> => {
      const before = program.sockets();
      const peer = await newInitiator(this);
      const far = await known(isRelay ? atRelay : atServer, state)(this, peer);
      await watch(300);
      if (program.sockets() <= before) throw new Nonconformance('it has no socket');
      known(ends, end)(peer.connection);
      // A relay ends that one too; it is over at both sides.
      await far?.ended();
      if (far) known(ends, end)(far);
      const over = performance.now() + soon;
      for (; program.sockets() > before; await pause(50))
        if (performance.now() > over) throw new Nonconformance(`its socket is there ${soon} ms later`);
    };
    await eachRow(table.rows(), ([state, end]) => `${state}, the initiator ${end}`, act);
  },
);
