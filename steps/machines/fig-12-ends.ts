/** Steps about connections that a tunnel server ends itself ([EP] fig. 12, Close 228 and Dying 230). */
import assert from 'node:assert/strict';
import { type DataTable, Then } from '@cucumber/cucumber';
import { statusName } from '../../reference/wire/identifiers.ts';
import { datagramOf, eachRow } from '../support/exchanges.ts';
import { known } from '../support/known.ts';
import { takesOn } from '../support/peers/both-closed.ts';
import type { ScriptedInitiator, ScriptedInitiatorOptions } from '../support/peers/scripted-initiator.ts';
import { newInitiator } from '../support/peers.ts';
import { settle } from '../support/places-taken.ts';
import { requestOf } from '../support/request-faults.ts';
import type { ConformanceWorld } from '../support/world.ts';

async function requesting(world: ConformanceWorld, options: ScriptedInitiatorOptions = {}): Promise<ScriptedInitiator> {
  const peer = await newInitiator(world, options);
  await peer.sendRelay();
  await peer.sendRequest();
  return peer;
}

async function session(world: ConformanceWorld, options: ScriptedInitiatorOptions = {}): Promise<ScriptedInitiator> {
  const peer = await newInitiator(world, options);
  await peer.authorize();
  return peer;
}

/** Each brings a connection to where the server ends it. */
const reasons: Readonly<Record<string, (world: ConformanceWorld) => Promise<ScriptedInitiator>>> = {
  'a session that a newer one supersedes': async (world) => {
    const older = await session(world);
    await session(world);
    return older;
  },
  'a session whose key is used up': async (world) => {
    const peer = await session(world, requestOf('a key that lasts 10 frames').options);
    for (let left = 9; left > 0; left--) await peer.send(datagramOf(28));
    return peer;
  },
  'a session that is not confirmed': async (world) => {
    const peer = await requesting(world);
    await peer.readResponse();
    return peer;
  },
  'a connection without REQUEST': async (world) => {
    const peer = await newInitiator(world);
    await peer.sendRelay();
    return peer;
  },
  'a connection without RELAY': (world) => newInitiator(world),
  'a REQUEST that is refused': (world) => requesting(world, { name: 'nobody' }),
};

async function takesOnAfter(peer: ScriptedInitiator, status: string, milliseconds: number): Promise<void> {
  const close = await peer.expectClose();
  assert.equal(statusName(close.status), status);
  await takesOn(peer, milliseconds - (performance.now() - close.at));
  peer.connection.finish();
  await peer.connection.ended();
}

Then(
  'after its CLOSE the server takes what these send for {duration}',
  async function (this: ConformanceWorld, time: number, table: DataTable) {
    const act = async ([who = '', status = '']: string[]): Promise<void> =>
      takesOnAfter(await known(reasons, who)(this), status, time);
    await eachRow(table.rows(), ([who = '']) => who, act);
  },
);

Then(
  'at the end of its program the server takes what an initiator sends for {duration} after its CLOSE',
  async function (this: ConformanceWorld, time: number) {
    const peer = await session(this);
    await settle();
    this.iut('server').program.kill('SIGTERM');
    await takesOnAfter(peer, 'shutting down', time);
  },
);
