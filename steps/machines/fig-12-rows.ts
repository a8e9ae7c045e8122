/** Steps about a tunnel server, state by state ([EP] fig. 12): many connections to one server. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Then, When } from '@cucumber/cucumber';
import { Status } from '../../reference/wire/identifiers.ts';
import { assertTime, closedAfter, eachRow, expectAnswer, sendByLooks } from '../support/exchanges.ts';
import { known } from '../support/known.ts';
import { assertOctets } from '../support/lab/captures/difference.ts';
import { blame, watch } from '../support/lab/deadlines/deadline.ts';
import { statusOf } from '../support/parameters.ts';
import { flipped } from '../support/peers/handshake.ts';
import { identityOf } from '../support/peers/identities.ts';
import type { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { newInitiator, scriptedInitiator, startClock } from '../support/peers.ts';
import { requestFaults } from '../support/request-faults.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Milliseconds after which each kind of REQUEST was refused. */
    delays: ReadonlyMap<string, number[]>;
    /** By name. */
    sessions: ReadonlyMap<string, ScriptedInitiator>;
    others: readonly ScriptedInitiator[];
  }
}

const dispose = ({ connection }: ScriptedInitiator): Promise<void> => connection[Symbol.asyncDispose]();

Then(
  'a connection to the server ends as its octets want it',
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([after, sent = '', expected = '']: string[]): Promise<void> => {
      const peer = await newInitiator(this);
      if (after === 'RELAY') await peer.sendRelay();
      await sendByLooks(peer, sent);
      await expectAnswer(peer, expected);
      await dispose(peer);
    };
    await eachRow(table.rows(), ([after = '', sent = '']) => `${sent} after ${after || 'nothing'}`, act, 6);
  },
);

/** One after the other: a newer session of a name ends the older one. */
Then('a session with the server ends as its octets want it', async function (this: ConformanceWorld, table: DataTable) {
  const act = async ([confirmed, sent = '', expected = '']: string[]): Promise<void> => {
    const peer = await newInitiator(this);
    await peer.sendRelay();
    await peer.sendRequest();
    await peer.readResponse();
    if (confirmed === 'yes') await peer.send();
    if (sent === 'keyed CLOSE') await peer.connection.send(peer.closeFrame(Status.endSession));
    else await sendByLooks(peer, sent);
    await expectAnswer(peer, expected);
    await dispose(peer);
  };
  await eachRow(table.rows(), ([confirmed, sent = '']) => `${sent}, confirmed: ${confirmed}`, act);
});

When('an initiator sends RELAY, REQUEST and FIN', async function (this: ConformanceWorld) {
  const peer = await scriptedInitiator(this);
  await peer.sendRelay();
  await peer.sendRequest();
  peer.connection.finish();
});

// Refusals.

const stranger = { name: 'nobody' };

Then(
  'a REQUEST that is refused is answered after its delay, though this follows',
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([sent, when]: readonly [string, string]): Promise<void> => {
      const peer = await newInitiator(this, stranger);
      await peer.sendRelay();
      const start = performance.now();
      await peer.sendRequest();
      // Later it is read by itself; at once it may be read together with REQUEST.
      if (when === 'later') await pause(80);
      await sendByLooks(peer, sent);
      const { status, at } = await peer.expectClose();
      assert.equal(status, Status.notAuthorized, 'status of the CLOSE');
      assertTime(at - start, 250);
      await peer.connection.endedWithoutFrame();
      await dispose(peer);
    };
    const rows = table.raw().flatMap(([sent = '']) => [[sent, 'at once'] as const, [sent, 'later'] as const]);
    await eachRow(rows, (row) => row.join(' '), act, 6);
  },
);

/** Milliseconds from REQUEST to the CLOSE that refuses it. */
async function refusal(peer: ScriptedInitiator, alterations = {}): Promise<{ status: number; waited: number }> {
  await peer.sendRelay();
  const frame = peer.requestFrame(alterations);
  const start = performance.now();
  await peer.connection.send(frame);
  const { status, at } = await peer.expectClose();
  await peer.connection.endedWithoutFrame();
  await dispose(peer);
  return { status, waited: at - start };
}

/** Adds to the delays of each kind: one kind after the other, so that a busy moment hits all of them. */
async function refuse(world: ConformanceWorld, times: number): Promise<void> {
  for (let turn = 0; turn < times; turn++)
    for (const [kind, delays] of world.get('delays')) {
      const { options, alterations } = known(requestFaults, kind);
      const { status, waited } = await refusal(await newInitiator(world, options), alterations);
      assert.equal(status, Status.notAuthorized, kind);
      delays.push(waited);
    }
}

When(
  'REQUESTs of each kind are refused {int} times, in turn',
  async function (this: ConformanceWorld, times: number, table: DataTable) {
    this.set('delays', new Map(table.raw().map(([kind = '']) => [kind, []])));
    await refuse(this, times);
  },
);

Then('none was refused before {duration}', async function (this: ConformanceWorld, time: number) {
  await eachRow([...this.get('delays')], String, async ([, all]) => assertTime(Math.min(...all), time));
});

/** Rounds of refusals until chance can't be what holds medians apart. */
const rounds = 4;

Then(
  'the medians of the kinds are within {duration} of each other and of {duration}',
  async function (this: ConformanceWorld, slack: number, time: number) {
    const since = performance.now();
    const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1] ?? 0;
    const medians = () => [...this.get('delays')].map(([kind, all]) => ({ kind, waited: median(all) }));
    // A busy machine makes all of them late alike: they are compared with the earliest.
    const earliest = () => Math.min(...medians().map(({ waited }) => waited));
    const spread = () => Math.max(...medians().map(({ waited }) => waited)) - earliest();
    const [first] = this.get('delays').values();
    const times = first?.length ?? 0;
    for (let round = 1; spread() > slack && round < rounds; round++) await refuse(this, times);
    const text = medians()
      .map(({ kind, waited }) => `${waited.toFixed(0)} ms: ${kind}`)
      .join('\n');
    if (spread() > slack) throw blame(`the time tells them apart:\n${text}`, performance.now() - since, since);
    assertTime(earliest(), time, 1_000);
  },
);

Then('these are refused after {duration}', async function (this: ConformanceWorld, time: number, table: DataTable) {
  const act = async ([name = '', list = '', expected = '']: string[]): Promise<void> => {
    // The first has alice's name and a key of its own, the second a name that nobody has.
    const options =
      name === 'mallory' ? { identity: identityOf('mallory'), name: 'alice' } : { identity: identityOf(name) };
    const peer = await newInitiator(this, { ...options, transforms: list.split(', ').map(Number) });
    const { status, waited } = await refusal(peer);
    assert.equal(status, statusOf(expected), `CLOSE ${status}`);
    assertTime(waited, time);
  };
  await eachRow(table.rows(), ([who = '']) => who, act, 3);
});

// Ends.

const closing: Readonly<Record<string, (world: ConformanceWorld, peer: ScriptedInitiator) => Promise<void>>> = {
  'a refused REQUEST': async (_, peer) => {
    await peer.sendRelay();
    await peer.sendRequest({ frame: (frame) => flipped(frame, -1) });
  },
  'a session that was ended': async (world, peer) => {
    await peer.authorize();
    // Until the server has confirmed it.
    await watch(200);
    world.iut('server').endSession('alice');
  },
};

Then(
  'the server has closed each of these connections {duration} after its CLOSE, and sends nothing more',
  async function (this: ConformanceWorld, time: number, table: DataTable) {
    const act = async ([name = '']: string[]): Promise<void> => {
      const peer = await newInitiator(this);
      const start = performance.now();
      await known(closing, name)(this, peer);
      await peer.expectClose();
      // Its stream ends with CLOSE: 2 s later a node gives up waiting for the end of the peer's.
      await peer.connection.endedWithoutFrame(1_000);
      const before = peer.connection.received.length;
      assertTime(await closedAfter(peer, start, time + 3_000), time);
      assert.equal(peer.connection.received.length, before, 'octets came behind CLOSE');
    };
    await eachRow(table.raw(), ([name = '']) => name, act, 2);
  },
);

Then('the server ends its stream with the CLOSE of', async function (this: ConformanceWorld, table: DataTable) {
  const act = async ([name = '']: string[]): Promise<void> => {
    const peer = await newInitiator(this);
    await known(closing, name)(this, peer);
    await peer.expectClose();
    await peer.connection.endedWithoutFrame();
  };
  await eachRow(table.raw(), ([name = '']) => name, act, 2);
});

When(
  'alice and bob have sessions, and others have sent nothing, RELAY, and a REQUEST that is refused',
  async function (this: ConformanceWorld) {
    const sessions = new Map<string, ScriptedInitiator>();
    for (const name of ['alice', 'bob']) {
      const peer = await newInitiator(this, { identity: identityOf(name) });
      await peer.authorize();
      sessions.set(name, peer);
    }
    const [silent, opening, refused] = await Promise.all([
      newInitiator(this),
      newInitiator(this),
      newInitiator(this, stranger),
    ]);
    await Promise.all([opening.sendRelay(), refused.sendRelay()]);
    startClock(this);
    await refused.sendRequest();
    await watch(100);
    this.set('sessions', sessions);
    this.set('others', [silent, opening, refused]);
  },
);

Then('alice and bob receive a keyed CLOSE "{status}"', async function (this: ConformanceWorld, status: number) {
  await eachRow(
    [...this.get('sessions')],
    ([name]) => name,
    async ([, peer]) => {
      const close = await peer.expectClose();
      assert.deepEqual([close.status, close.valid], [status, true], 'status, and whether the digest verifies');
      peer.connection.finish();
    },
    2,
  );
});

Then(
  'the connections of the others end without a frame, or with their refusal',
  async function (this: ConformanceWorld) {
    const [silent, opening, refused] = this.get('others');
    await eachRow(
      [silent, opening],
      (peer) => (peer === silent ? 'nothing was sent' : 'RELAY was sent'),
      async (peer) => {
        await peer?.connection.endedWithoutFrame(4_000);
        peer?.connection.finish();
      },
      2,
    );
    const frames = refused?.connection.frames.waiting ?? [];
    await refused?.connection.ended(4_000);
    refused?.connection.finish();
    for (const { octets, at } of frames) {
      assertOctets(octets, Uint8Array.fromHex('0000000805010003'), 'a refusal');
      // The end of the program is no reason to tell it earlier.
      assertTime(at - this.get('clockStart'), 250);
    }
  },
);

// Timers.

/** How far a connection has come. */
const progress: Readonly<Record<string, (peer: ScriptedInitiator) => Promise<unknown>>> = {
  nothing: async () => {},
  RELAY: (peer) => peer.sendRelay(),
  REQUEST: async (peer) => {
    await peer.sendRelay();
    await peer.sendRequest();
    await peer.readResponse();
  },
  DATA: (peer) => peer.authorize(),
};

/** Octets that dribble. */
const dribbled: Readonly<Record<string, (peer: ScriptedInitiator) => Uint8Array>> = {
  nothing: () => new Uint8Array(0),
  'RELAY in single octets': ({ relay }) => relay,
  'REQUEST in single octets': (peer) => peer.requestFrame(),
  'DATA in single octets': (peer) => peer.session.seal(new Uint8Array()).fill(0, 16),
};

Then(
  'a connection to the server is answered in time',
  { timeout: 40_000 },
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([before = '', sent = '', expected = '', after = '']: string[]): Promise<void> => {
      const [count, unit] = after.split(' ');
      const time = Number(count) * (unit === 's' ? 1_000 : 1);
      // Before what starts the timer: it can't run out earlier.
      let start = performance.now();
      const peer = await newInitiator(this);
      if (before !== 'nothing') start = performance.now();
      await known(progress, before)(peer);
      let isOver = false;
      const talk = async (): Promise<void> => {
        for (const octet of known(dribbled, sent)(peer)) {
          await pause(Math.min(400, time / 3));
          if (isOver) return;
          await peer.connection.send(Uint8Array.of(octet)).catch(() => {});
        }
      };
      const talking = talk();
      if (expected === 'end') {
        await peer.connection.endedWithoutFrame(time + 4_000);
        assertTime(performance.now() - start, time);
      } else {
        const close = await peer.expectClose(time + 4_000).finally(() => {
          isOver = true;
        });
        assert.deepEqual([close.status, close.keyed], [Status.timeout, expected.startsWith('keyed')], 'the CLOSE');
        assertTime(close.at - start, time);
      }
      isOver = true;
      await talking;
    };
    const rows = table.rows();
    const title = ([before = '', sent = '']: string[]) => `${before}, then ${sent}`;
    // A confirmed session of a name would end when another is confirmed: only one row has one.
    await eachRow(rows, title, act, rows.length);
  },
);

/** What comes in that time, while the connection stays open. */
async function framesFor(world: ConformanceWorld, time: number): Promise<readonly { readonly type?: string }[]> {
  const { connection } = world.get('initiator');
  assert.equal(await Promise.race([connection.ended(60_000), pause(time, 'open')]), 'open', 'the connection ended');
  return connection.frames.waiting;
}

Then('the server sends nothing for {duration}', async function (this: ConformanceWorld, time: number) {
  assert.equal((await framesFor(this, time)).length, 0, 'a frame came');
});

Then('the server sends nothing but DATA for {duration}', async function (this: ConformanceWorld, time: number) {
  const other = (await framesFor(this, time)).find(({ type }) => type !== 'DATA');
  assert.equal(other?.type, undefined, 'a frame came');
});
