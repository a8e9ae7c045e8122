/** Steps about half-open connections at a tunnel server: who has a place, and who gives way ([EP] fig. 12). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { eachRow } from '../support/exchanges.ts';
import { known } from '../support/known.ts';
import { assertOctets } from '../support/lab/difference.ts';
import { type NodeName, wireDevice } from '../support/lab/namespace.ts';
import { until } from '../support/lab/until.ts';
import type { Overrides } from '../support/peers/configuration.ts';
import { tunnelPort } from '../support/peers/configuration.ts';
import { flipped } from '../support/peers/handshake.ts';
import { ScriptedConnection } from '../support/peers/scripted.ts';
import type { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { newInitiator } from '../support/peers.ts';
import { type Arrival, inTurn, isThere, settle } from '../support/places-taken.ts';
import { startAmongOthers } from '../support/under-test.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Connections that should stay while others come. */
    staying: readonly ScriptedConnection[];
    /** The others. */
    coming: readonly ScriptedConnection[];
  }
}

function note(world: ConformanceWorld, staying: readonly ScriptedConnection[]): void {
  world.set('staying', staying);
}

function noteOthers(world: ConformanceWorld, coming: readonly ScriptedConnection[]): void {
  world.set('coming', coming);
}

Given('a tunnel server among several nodes, configured with', async function (this: ConformanceWorld, text: string) {
  await startAmongOthers(this, JSON.parse(text) as Overrides);
});

Given('a tunnel server that listens in IPv6, configured with', async function (this: ConformanceWorld, text: string) {
  await this.startLab({ nodes: ['others'], ipv6: true });
  await this.startServer({ listen: `[::]:${tunnelPort}`, ...(JSON.parse(text) as Overrides) });
});

// One after the other.

async function authorized(peer: ScriptedInitiator): Promise<void> {
  await peer.sendRelay();
  await peer.sendRequest();
  await peer.readResponse();
}

function kindsOf(world: ConformanceWorld): Readonly<Record<string, Arrival>> {
  const after =
    (act: (peer: ScriptedInitiator) => Promise<void>, options = {}) =>
    async (from: NodeName): Promise<ScriptedInitiator> => {
      const peer = await newInitiator(world, options, from);
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

async function silentFrom(
  world: ConformanceWorld,
  node: NodeName,
  count: number,
  addresses: readonly (string | undefined)[] = [undefined],
  to = world.lab.address('server'),
): Promise<ScriptedConnection[]> {
  const all: ScriptedConnection[] = [];
  for (let index = 0; index < count; index++) {
    const local = addresses[index % addresses.length];
    const connection = ScriptedConnection.connect(world.lab.namespace(node), to, tunnelPort, local);
    all.push(world.own(await connection));
    // Those that come at once could be accepted in another order.
    await pause(10);
  }
  await settle();
  return all;
}

async function assertStay(all: readonly ScriptedConnection[], count: number): Promise<void> {
  const staying = () => all.filter(isThere).length;
  await until(`no more than ${count} of ${all.length} stay`, async () => staying() <= count || undefined, 4_000).catch(
    () => {},
  );
  assert.equal(staying(), count, 'connections that stay');
  const gone = all.filter((connection) => !isThere(connection));
  for (const connection of gone) {
    const { octets } = await connection.next('a CLOSE frame');
    assertOctets(octets, Uint8Array.fromHex('000000080501000c'), 'what one gets that gives way');
  }
}

Then(
  'of {int} silent connections from one address {int} stay',
  async function (this: ConformanceWorld, count: number, places: number) {
    await assertStay(await silentFrom(this, 'client', count), places);
  },
);

Then(
  'of {int} silent connections from another address {int} stay',
  async function (this: ConformanceWorld, count: number, places: number) {
    await assertStay(await silentFrom(this, 'others', count), places);
  },
);

Then('one from another address has a place beside them', async function (this: ConformanceWorld) {
  await assertStay(await silentFrom(this, 'others', 1), 1);
});

/** Gives the node more addresses, which the server reaches through it. */
async function moreAddresses(world: ConformanceWorld, prefixes: readonly string[], count: number): Promise<string[]> {
  const { lab } = world;
  const addresses = prefixes.flatMap((prefix) => Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`));
  await lab.ip(lab.namespace('others'), ...addresses.map((address) => `addr add ${address}/32 dev ${wireDevice}`));
  for (const prefix of prefixes)
    await lab.ip(lab.namespace('server'), `route add ${prefix}0/24 via ${lab.address('others')} dev ${wireDevice}`);
  return addresses;
}

When(
  'a connection is silent, and {int} more come from the addresses of another network block',
  async function (this: ConformanceWorld, count: number) {
    const addresses = await moreAddresses(this, ['10.78.1.'], 10);
    note(this, await silentFrom(this, 'client', 1));
    noteOthers(this, await silentFrom(this, 'others', count, addresses));
  },
);

Then('it is still there, and {int} of the others are', async function (this: ConformanceWorld, count: number) {
  await assertStay(this.get('staying'), 1);
  await assertStay(this.get('coming'), count);
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
    const addresses = await moreAddresses(this, ['10.78.1.', '10.78.2.', '10.78.3.', '10.78.4.', '10.78.5.'], 2);
    note(this, await silentFrom(this, 'client', count));
    noteOthers(this, await silentFrom(this, 'others', others, addresses));
  },
);

Then('both are still there', async function (this: ConformanceWorld) {
  await assertStay(this.get('staying'), 2);
});

const inNetwork6 = (network: number): string[] =>
  Array.from({ length: 6 }, (_, index) => `fd78:0:0:${network}::${index + 1}`);

async function silentFrom6(world: ConformanceWorld, network: number, count: number): Promise<ScriptedConnection[]> {
  const { lab } = world;
  const addresses = inNetwork6(network);
  await lab.ip(lab.namespace('others'), ...addresses.map((one) => `addr add ${one}/128 dev ${wireDevice} nodad`));
  await lab.ip(lab.namespace('server'), `route add fd78:0:0:${network}::/64 via fd77::21 dev ${wireDevice}`);
  return silentFrom(world, 'others', count, addresses, 'fd77::2');
}

Then(
  'of {int} silent connections from 6 addresses of one \\/64 {int} stay',
  async function (this: ConformanceWorld, count: number, places: number) {
    const all = await silentFrom6(this, 1, count);
    await assertStay(all, places);
    note(this, all.filter(isThere));
  },
);

Then('those of another \\/64 have {int} places besides', async function (this: ConformanceWorld, places: number) {
  await assertStay(await silentFrom6(this, 2, places), places);
  await assertStay(this.get('staying'), places);
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
