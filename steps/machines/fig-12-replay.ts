/** Steps about REQUESTs that are fresh, and about those that somebody has recorded ([EP] fig. 12, 223). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { assertTime, eachRow } from '../support/exchanges.ts';
import { known } from '../support/known.ts';
import { watch } from '../support/lab/deadlines/deadline.ts';
import { LabFailure, Nonconformance } from '../support/lab/failure.ts';
import type { NodeName } from '../support/lab/networks/namespace.ts';
import { type Identity, identityOf } from '../support/peers/identities.ts';
import type { ScriptedInitiator, ScriptedInitiatorOptions } from '../support/peers/scripted-initiator.ts';
import { lab, newInitiator } from '../support/peers.ts';
import { tryEach } from '../support/rows.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** RELAY and REQUEST as they were on the wire, the oldest first. */
    recorded: readonly Uint8Array[];
    /** Somebody who sends them again. */
    replayer: AsyncDisposable;
  }
}

/** The default of the server, from a REQUEST to its refusal. */
const refusalDelay = 250;

/** What keeps a REQUEST from being answered, whatever its freshness: what it asks for, and what it is told. */
const obstacles: Readonly<Record<string, { readonly asks: ScriptedInitiatorOptions; readonly told: string }>> = {
  'without transform': { asks: { transforms: [0x7777] }, told: 'no common transform' },
  'without address': { asks: { name: 'alicia' }, told: 'no address left' },
  'by another name': { asks: { name: 'nobody' }, told: 'not authorized' },
};

/** `20`, `20 refused`, `20 without transform`, `50 displaces 10`. */
interface Trial {
  readonly freshness: bigint | undefined;
  readonly refused: boolean;
  readonly obstacle: (typeof obstacles)[string] | undefined;
  /** Its value, as the trial has it. */
  readonly displaces: string | undefined;
}

function trialOf(text: string): Trial {
  const [, value, refused, obstacle, displaces] =
    /^(\w+)( refused)?(?: (without \w+|by another name))?(?: displaces (\w+))?$/.exec(text.trim()) ?? [];
  if (value === undefined) throw new LabFailure(`${text}: no value of freshness`);
  const freshness = value === 'none' ? undefined : BigInt(value);
  return {
    freshness,
    refused: refused !== undefined,
    obstacle: obstacle === undefined ? undefined : known(obstacles, obstacle),
    displaces,
  };
}

async function ask(
  world: ConformanceWorld,
  freshness: bigint | undefined,
  changes: ScriptedInitiatorOptions = {},
  from: NodeName = 'client',
): Promise<ScriptedInitiator> {
  const peer = await newInitiator(world, { freshness, ...changes }, from);
  await peer.sendRelay();
  await peer.sendRequest();
  return peer;
}

async function assertRefused(peer: ScriptedInitiator, sent: number, status = 'resource limit'): Promise<void> {
  const close = await peer.expectClose();
  assert.equal(statusName(close.status), status);
  assert.ok(!close.keyed, 'a refusal is unkeyed');
  assertTime(close.at - sent, refusalDelay);
}

async function assertGaveWay(peer: ScriptedInitiator): Promise<void> {
  const close = await peer.expectClose();
  assert.equal(statusName(close.status), 'resource limit');
  assert.ok(close.valid, 'the digest of its CLOSE does not verify');
  await peer.connection.ended();
}

const isOpen = ({ connection }: ScriptedInitiator): boolean =>
  !connection.over && connection.frames.waiting.length === 0;

/** Sends REQUESTs of one static key, and looks at the answers. */
async function answeredInTurn(world: ConformanceWorld, identity: Identity, list: string): Promise<void> {
  const there: { readonly value: string; readonly peer: ScriptedInitiator }[] = [];
  for (const text of list.split(',')) {
    const { freshness, refused, obstacle, displaces } = trialOf(text);
    const value = freshness?.toString() ?? 'none';
    const sent = performance.now();
    const peer = await ask(world, freshness, { identity, ...obstacle?.asks });
    if (refused) await assertRefused(peer, sent);
    else if (obstacle !== undefined) await assertRefused(peer, sent, obstacle.told);
    else await peer.readResponse();
    if (displaces !== undefined) {
      // Of two with one value the later one is the replay.
      const index = there.findLastIndex((other) => other.value === displaces);
      const [last] = there.splice(index, 1);
      if (last === undefined) throw new LabFailure(`no connection has the value ${displaces}`);
      await assertGaveWay(last.peer);
    }
    // As long as a CLOSE takes at most that is sent to the wrong one.
    await pause(100);
    for (const other of there) assert.ok(isOpen(other.peer), `${other.value} gave way to ${text}`);
    if (!refused && obstacle === undefined) there.push({ value, peer });
  }
  // Those that are left have their places: each can still be confirmed.
  const last = there.at(-1)?.peer;
  await last?.send();
  await watch(200);
  assert.ok(last && isOpen(last), 'the last one is not there to be confirmed');
  for (const { connection } of there.map(({ peer }) => peer)) {
    connection.finish();
    await connection.ended();
  }
}

const keyOf = (index: number): Identity => identityOf(`key ${index}`);

Given('a tunnel server that knows {int} static keys', async function (this: ConformanceWorld, count: number) {
  await lab(this);
  const suites = [...this.declaration.suites];
  const identities = Array.from({ length: count }, (_, index) => keyOf(index));
  await this.startServer({ initiators: identities.map(({ name, publicKey }) => ({ name, publicKey, suites })) });
});

Then(
  'REQUESTs with these values of freshness are answered in turn, those of a row by a key of its own',
  async function (this: ConformanceWorld, table: DataTable) {
    const rows = table.hashes().map(({ what = '', values = '' }, index) => ({ what, values, identity: keyOf(index) }));
    // Side by side, as far as one source has places.
    await tryEach(
      rows,
      ({ what }) => what,
      ({ identity, values }) => answeredInTurn(this, identity, values),
      2,
    );
  },
);

Then(
  'REQUESTs of the key of alice with these values of freshness are answered in turn: {}',
  async function (this: ConformanceWorld, list: string) {
    await answeredInTurn(this, identityOf('alice'), list);
  },
);

Then(
  /^after a stale REQUEST whose session (is confirmed|ends) there is room for another$/,
  async function (this: ConformanceWorld, end: string) {
    const fresh = await ask(this, 10n);
    await fresh.readResponse();
    for (let round = 0; round < 3; round++) {
      const stale = await ask(this, 10n);
      await stale.readResponse();
      if (end === 'is confirmed') await stale.send();
      else stale.connection.finish();
      // The server notices it before long; nothing tells when.
      await watch(300);
    }
  },
);

Then(
  /^after a fresh REQUEST whose session (is confirmed|ends|is confirmed, and ends) its value and lower ones are stale$/,
  async function (this: ConformanceWorld, end: string) {
    const fresh = await ask(this, 10n);
    await fresh.readResponse();
    if (end.startsWith('is confirmed')) await fresh.send();
    if (end.endsWith('ends')) await fresh.close(Status.endSession);
    // The server notices it before long; nothing tells when.
    await watch(300);
    for (const [place, others] of [
      [10n, [10n, 9n]],
      [9n, [10n, 9n, 0n]],
    ] as const) {
      // A stale one has the one place of its key; the next one has none.
      const stale = await ask(this, place);
      await stale.readResponse();
      for (const other of others) {
        const sent = performance.now();
        await assertRefused(await ask(this, other), sent);
      }
      stale.connection.finish();
      await watch(300);
    }
  },
);

Then(
  /^a value that was fresh once has one place more, and then none, (from another address|by another suite)$/,
  async function (this: ConformanceWorld, how: string) {
    const isElsewhere = how === 'from another address';
    await (await ask(this, 10n, isElsewhere ? {} : { suite: 'hybrid' })).readResponse();
    const again = () => ask(this, 10n, isElsewhere ? {} : { suite: 'x25519' }, isElsewhere ? 'others' : 'client');
    await (await again()).readResponse();
    const sent = performance.now();
    await assertRefused(await again(), sent);
  },
);

When('REQUESTs of alice have taken all her places, a replay among them', async function (this: ConformanceWorld) {
  for (const value of [10n, 20n, 30n, 30n]) await (await ask(this, value)).readResponse();
});

Then(
  'bob gets RESPONSE to a REQUEST of the least freshness, and to its replay',
  async function (this: ConformanceWorld) {
    for (const value of [0n, 0n]) await (await ask(this, value, { identity: identityOf('bob') })).readResponse();
  },
);

Then(
  'a stale REQUEST of the key of alice is refused as its name wants it',
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([name = '', status = '']: string[]): Promise<void> => {
      const peer = await newInitiator(this, { freshness: 30n, identity: identityOf('alice'), name });
      await peer.sendRelay();
      const sent = performance.now();
      await peer.sendRequest();
      await assertRefused(peer, sent, status);
    };
    await eachRow(table.raw(), ([name = '']) => name, act);
  },
);

// Somebody who has recorded REQUESTs.

function recorded(peer: ScriptedInitiator): Uint8Array {
  return new Uint8Array([...peer.relay, ...peer.requestFrame()]);
}

/** Sends them one after the other, again and again, until the scenario is over. */
function replay(world: ConformanceWorld, all: readonly Uint8Array[]): void {
  let isOver = false;
  const one = async (octets: Uint8Array): Promise<void> => {
    const { connection } = await newInitiator(world, {}, 'others');
    await connection.send(octets);
    // Until it is refused; one that is answered stays.
    await Promise.race([connection.ended(60_000), pause(150)]);
  };
  const again = async (): Promise<void> => {
    while (!isOver) {
      // Whatever becomes of a replay: the owner is what counts.
      for (const octets of all) if (!isOver) await one(octets).catch(() => {});
      await pause(10);
    }
  };
  const abreast = [again(), again()];
  const replayer = {
    [Symbol.asyncDispose]: async () => {
      isOver = true;
      await Promise.all(abreast);
    },
  };
  world.set('replayer', world.own(replayer));
}

When('a REQUEST is replayed from another address all the time', async function (this: ConformanceWorld) {
  const owner = await newInitiator(this);
  const octets = recorded(owner);
  await owner.connection.send(octets);
  await owner.readResponse();
  await owner.send();
  replay(this, [octets]);
  await watch(500);
});

When(
  'the server has answered {int} REQUESTs, and has started anew',
  async function (this: ConformanceWorld, count: number) {
    const all: Uint8Array[] = [];
    for (let left = count; left > 0; left--) {
      const owner = await newInitiator(this);
      const octets = recorded(owner);
      await owner.connection.send(octets);
      await owner.readResponse();
      await owner.send();
      all.push(octets);
    }
    this.set('recorded', all);
    const server = this.iut('server');
    await server.terminate();
    await this.start('server', 'server', server.configuration);
  },
);

When('these REQUESTs are replayed from another address all the time', async function (this: ConformanceWorld) {
  replay(this, this.get('recorded'));
  await watch(500);
});

Then(
  /^(?:its|their) owner is authorized (\d+) times in a row$/,
  async function (this: ConformanceWorld, times: string) {
    await using _replayer = this.get('replayer');
    let before: ScriptedInitiator | undefined;
    for (let time = 1; time <= Number(times); time++) {
      const owner = await newInitiator(this);
      await owner.authorize().catch((error: unknown) => {
        throw new Nonconformance(`attempt ${time}: ${error instanceof Error ? error.message : error}`);
      });
      if (before !== undefined) await before.expectClose();
      before = owner;
      await pause(150);
      assert.ok(isOpen(owner), `attempt ${time}: the session ended`);
    }
  },
);
