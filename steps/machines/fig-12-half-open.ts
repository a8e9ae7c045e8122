/** Steps about half-open connections at a tunnel server: who has a place, and who gives way ([EP] fig. 12). */
import assert from 'node:assert/strict';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { eachRow } from '../support/exchanges.ts';
import { known } from '../support/known.ts';
import type { NodeName } from '../support/lab/networks/namespace.ts';
import { fault, takesOn } from '../support/peers/both-closed.ts';
import { preferredSuite } from '../support/peers/declaration.ts';
import { flipped } from '../support/peers/handshake.ts';
import { ScriptedInitiator, type ScriptedInitiatorOptions } from '../support/peers/scripted-initiator.ts';
import { newInitiator } from '../support/peers.ts';
import { type Arrival, inTurn, settle } from '../support/places-taken.ts';
import { assertStay, connectFrom, crowdFrom, moreAddresses, noteComing, noteStaying } from '../support/silent.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Whose sessions the server has ended, and who do not end their streams. */
    lingering: readonly ScriptedInitiator[];
    /** An address of the node `others` that is not its own. */
    addressBeyond: string | undefined;
  }
}

// One after the other.

async function authorized(peer: ScriptedInitiator): Promise<void> {
  await peer.sendRelay();
  await peer.sendRequest();
  await peer.readResponse();
}

const beyond = '10.79.1.';

/** From an address of no node's own. */
async function newFromBeyond(world: ConformanceWorld, options: ScriptedInitiatorOptions): Promise<ScriptedInitiator> {
  if (!world.has('addressBeyond'))
    world.set('addressBeyond', (await moreAddresses(world, { [`${beyond}0/24`]: [beyond] }, 1))[0]);
  const suite = preferredSuite(world.declaration);
  return new ScriptedInitiator(await connectFrom(world, 'others', world.get('addressBeyond')), { suite, ...options });
}

function kindsOf(world: ConformanceWorld): Readonly<Record<string, Arrival>> {
  const after =
    (act: (peer: ScriptedInitiator) => Promise<void>, options = {}) =>
    async (from: NodeName, isBeyond: boolean): Promise<ScriptedInitiator> => {
      const peer = isBeyond ? await newFromBeyond(world, options) : await newInitiator(world, options, from);
      await act(peer);
      return peer;
    };
  return {
    silent: { arrive: after(async () => {}), farewell: 'CLOSE' },
    RELAY: { arrive: after((peer) => peer.sendRelay()), farewell: 'CLOSE' },
    half: {
      arrive: after((peer) => peer.connection.send(concat(peer.relay, peer.requestFrame().subarray(0, 100)))),
      farewell: 'CLOSE',
    },
    refused: {
      arrive: after(async (peer) => {
        await peer.sendRelay();
        await peer.sendRequest({ frame: (frame) => flipped(frame, -1) });
      }),
      farewell: 'no frame',
    },
    over: {
      arrive: after(async ({ connection }) => {
        await connection.send(Uint8Array.fromHex('000000080901abcd'));
        await connection.next('a CLOSE frame');
      }),
      farewell: 'nothing',
    },
    stale: { arrive: after(authorized, { freshness: undefined }), farewell: 'keyed CLOSE' },
    fresh: { arrive: after(authorized), farewell: 'keyed CLOSE' },
    confirmed: { arrive: after(async (peer) => void (await peer.authorize())), farewell: 'keyed CLOSE' },
  };
}

Then(
  'connections that come one after the other have these places: {}',
  async function (this: ConformanceWorld, list: string) {
    await inTurn(kindsOf(this), list);
  },
);

// Many that are silent.

Then('one from another address has a place beside them', async function (this: ConformanceWorld) {
  await assertStay(await crowdFrom(this, 'others', 1), 1);
});

When('a session from there was confirmed, and is over', async function (this: ConformanceWorld) {
  const peer = await newInitiator(this);
  await peer.authorize();
  await settle();
  await peer.close(Status.endSession);
  await peer.connection.ended();
});

When(
  '{int} connections from there are silent, and {int} more come from several other network blocks',
  async function (this: ConformanceWorld, count: number, others: number) {
    const starts = ['10.78.1.', '10.78.2.', '10.78.3.', '10.78.4.', '10.78.5.'];
    const networks = Object.fromEntries(starts.map((start) => [`${start}0/24`, [start]]));
    const addresses = await moreAddresses(this, networks, 2);
    noteStaying(this, await crowdFrom(this, 'client', count));
    noteComing(this, await crowdFrom(this, 'others', others, addresses));
  },
);

Then('both are still there', async function (this: ConformanceWorld) {
  await assertStay(this.get('staying'), 2);
});

// Places that are given back.

const endings: Readonly<Record<string, (peer: ScriptedInitiator) => Promise<void>>> = {
  'have been confirmed': (peer) => peer.send(),
  'have ended their streams': async ({ connection }) => connection.finish(),
  'have reset the connection': async ({ connection }) => connection.reset(),
  'have sent CLOSE': (peer) => peer.close(Status.endSession),
};

Then(
  '{int} fresh connections have places again and again, after the former ones',
  async function (this: ConformanceWorld, count: number, table: DataTable) {
    const fill = async (): Promise<ScriptedInitiator[]> => {
      const all: ScriptedInitiator[] = [];
      for (let index = 0; index < count; index++) {
        const peer = await newInitiator(this);
        await authorized(peer);
        all.push(peer);
      }
      const more = await newInitiator(this);
      const close = await more.expectClose();
      assert.equal(statusName(close.status), 'resource limit', 'one more than there are places');
      await more.connection[Symbol.asyncDispose]();
      return all;
    };
    await eachRow(
      table.raw(),
      ([end = '']) => end,
      async ([end = '']) => {
        const all = await fill();
        for (const peer of all) await known(endings, end)(peer);
        await settle();
        const again = await fill();
        for (const { connection } of [...all, ...again]) await connection[Symbol.asyncDispose]();
        await settle();
      },
    );
  },
);

// Sessions that were confirmed, and are over.

When('{int} sessions are over, and their initiators send on', async function (this: ConformanceWorld, count: number) {
  const all: ScriptedInitiator[] = [];
  for (let left = count; left > 0; left--) {
    const peer = await newInitiator(this);
    await peer.authorize();
    await settle();
    await peer.connection.send(fault);
    await peer.expectClose();
    all.push(peer);
  }
  this.set('lingering', all);
});

Then('what these initiators send is still taken', async function (this: ConformanceWorld) {
  for (const peer of this.get('lingering')) await takesOn(peer, 300);
});
