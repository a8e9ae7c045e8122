/** Steps about what all frames have in common ([EP] figs. 6 to 10), besides the streams of the vectors. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { type DataTable, Given, Then, When } from '@cucumber/cucumber';
import { concat, u32, viewOf } from '../../reference/octets.ts';
import { FrameType, statusName } from '../../reference/wire/identifiers.ts';
import { eachConnection } from '../support/connecting-again.ts';
import { known } from '../support/known.ts';
import { assertNoLater, patience, within } from '../support/lab/deadlines/deadline.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import type { Overrides } from '../support/peers/configuration.ts';
import { identityOf } from '../support/peers/identities.ts';
import type { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { ScriptedServer } from '../support/peers/scripted-server.ts';
import { lab, newInitiator, nextNode, scriptedInitiator, type WireRole } from '../support/peers.ts';
import { assertReaction, nothingComes, reactionOf } from '../support/reactions.ts';
import { tryEach } from '../support/rows.ts';
import { sendApart, sendFurther } from '../support/unfinished-frame.ts';
import type { ConformanceWorld } from '../support/world.ts';

When(
  'an initiator sends RELAY and REQUEST in pieces of {int} octets',
  async function (this: ConformanceWorld, size: number) {
    const initiator = await scriptedInitiator(this);
    await sendInPieces(initiator, concat(initiator.relay, initiator.requestFrame()), size);
  },
);

Then(
  'to its end both directions on the wire are whole frames, RELAY, REQUEST and RESPONSE first',
  async function (this: ConformanceWorld) {
    // Before, a frame may just be on its way.
    await within(patience, 'the end of the program', this.iut('client').program.exited);
    const { forth, back } = await this.capturedFrames();
    for (const { rest, fault } of [forth, back]) {
      assert.equal(fault, undefined);
      assert.equal(rest.length, 0, 'octets that are no whole frame');
    }
    assert.deepEqual(
      forth.frames.slice(0, 3).map(({ type }) => type),
      ['RELAY', 'REQUEST', 'DATA'],
    );
    assert.equal(back.frames[0]?.type, 'RESPONSE');
    for (const { octets } of [...forth.frames, ...back.frames]) {
      assert.equal(viewOf(octets).getUint32(0), octets.length);
      assert.equal(octets[5], 1, 'version');
    }
  },
);

/** A datagram of so many octets, IPv4 by its first nibble. */
const datagramOf = (length: number): Uint8Array => new Uint8Array(length).fill(0x45);

const unknownType = Uint8Array.fromHex('00000006ff01');

/** DATA frames of the datagrams whose lengths the words have, then a frame of unknown type. */
const dataOf = (peer: Peer, lengths: string): Uint8Array =>
  concat(...(lengths.match(/\d+/g) ?? []).map((length) => peer.session.seal(datagramOf(Number(length)))), unknownType);

const inPieces = (octets: Uint8Array, size: number): number[] =>
  Array.from({ length: Math.floor(octets.length / size) }, () => size);

/** What a frame begins with, and two octets more. */
const piecesApart = 8;

/** The first pieces come so far apart that who receives them reads each by itself. */
async function sendInPieces({ connection }: Peer, octets: Uint8Array, size: number): Promise<void> {
  const slowPart = Math.min(piecesApart * size, octets.length);
  for (let at = 0; at < slowPart; at += size) {
    await connection.send(octets.subarray(at, Math.min(at + size, slowPart)));
    await wait(20);
  }
  await connection.send(octets.subarray(slowPart), ...inPieces(octets.subarray(slowPart), size));
}

When(
  /^the (initiator|server) sends (RESPONSE, )?DATA of ([\d, and]+) octets and a frame of unknown type in pieces of (\d+)$/,
  async function (this: ConformanceWorld, role: WireRole, response: string | null, lengths: string, size: string) {
    const peer = role === 'server' ? this.get('server') : this.get('initiator');
    const before = response ? this.get('server').responseFrame() : new Uint8Array();
    const octets = concat(before, dataOf(peer, lengths));
    // Small pieces of the small frames: the longest one would take too many.
    const small = octets.subarray(0, 2_000);
    await peer.connection.send(octets, ...inPieces(size === '70000' ? octets : small, Number(size)));
  },
);

When(
  'an initiator has a tunnel through the relay, all of it in pieces of {int} octets',
  async function (this: ConformanceWorld, size: number) {
    const initiator = await scriptedInitiator(this);
    const server = await nextNode(this, initiator, async () => {
      await sendInPieces(initiator, initiator.relay, size);
      await sendInPieces(initiator, initiator.requestFrame(), size);
    });
    await server.readRelay();
    await server.readRequest();
    await sendInPieces(server, server.responseFrame(), size);
    await initiator.readResponse();
  },
);

Then(
  /^DATA of ([\d, and]+) octets pass the relay both ways, in pieces of (\d+) octets$/,
  async function (this: ConformanceWorld, lengths: string, size: string) {
    const ends = [this.get('initiator'), this.get('server')];
    const sizes = (lengths.match(/\d+/g) ?? []).map(Number);
    for (const [from, to] of [ends, ends.toReversed()] as [Peer, Peer][]) {
      const frames = concat(...sizes.map((length) => from.session.seal(datagramOf(length))));
      await sendInPieces(from, frames, Number(size));
      for (const length of sizes) assert.equal((await to.receive({ keepAlives: true })).length, length);
    }
  },
);

// What comes in each state.

interface Row {
  readonly name: string;
  /** What the peer sends, once the implementation is in the state. */
  readonly octets: (peer: Peer) => Uint8Array;
  readonly answer: string;
}

const unkeyedStates = ['Receive Relay', 'Connect Wait', 'Response Wait'];

/** Sends what the row says to an implementation that is in the state, and compares what comes with what the row says. */
async function tryRow(peer: Peer, state: string, { octets, answer }: Row): Promise<void> {
  const start = octets(peer);
  await peer.connection.send(start);
  if (answer === 'nothing') {
    await nothingComes(peer);
    return;
  }
  await using _ = sendFurther(peer.connection, start);
  assertReaction(await reactionOf(peer, !unkeyedStates.includes(state)), answer);
}

/** What takes a scripted initiator's connection to a state of figs. 12 and 13. */
const ways: Readonly<Record<string, (initiator: ScriptedInitiator) => Promise<unknown>>> = {
  'Receive Relay': async () => {},
  'Connect Wait': (initiator) => initiator.sendRelay(),
  Authorized: (initiator) => initiator.authorize(),
};

/** Likewise of fig. 11, where REQUEST has been read. */
const serverWays: Readonly<Record<string, (server: ScriptedServer) => Promise<unknown>>> = {
  'Response Wait': async () => {},
  Authorized: async (server) => {
    await server.sendResponse();
    await server.receive({ keepAlives: true });
  },
};

async function tryRows(world: ConformanceWorld, state: string, role: WireRole, rows: readonly Row[]): Promise<void> {
  const nameOf = ({ name }: Row): string => `${name} in ${state}`;
  if (role === 'initiator') {
    await eachConnection(world, rows, nameOf, async (server, row) => {
      await known(serverWays, state)(server);
      await tryRow(server, state, row);
    });
    return;
  }
  const one = async (row: Row): Promise<void> => {
    const initiator = await newInitiator(world);
    await known(ways, state)(initiator);
    await tryRow(initiator, state, row);
    initiator.connection.finish();
    await initiator.connection.ended();
    await initiator.connection[Symbol.asyncDispose]();
  };
  // One name has one session: the next one would supersede it.
  await tryEach(rows, nameOf, one, state === 'Authorized' ? 1 : 4);
}

When(
  /^in ([A-Z]\w+(?: [A-Z]\w+)?) the (initiator|server|relay) receives these octets, each on a connection of its own$/,
  async function (this: ConformanceWorld, state: string, role: WireRole, table: DataTable) {
    const rows = table.raw().map(([name = '', hex = '', answer = '']) => {
      return { name, octets: () => Uint8Array.fromHex(hex), answer };
    });
    await tryRows(this, state, role, rows);
  },
);

/** A frame of zeros that has the length and the start of its type. */
function hollow(type: keyof typeof FrameType, length: number): Uint8Array {
  const frame = new Uint8Array(length);
  viewOf(frame).setUint32(0, length);
  frame.set([FrameType[type], 1], 4);
  return frame;
}

type Peer = ScriptedServer | ScriptedInitiator;

/** Frames that are in order: the peer's own RELAY and REQUEST, or those that it has read. */
function frameOf(peer: Peer, words: string): Uint8Array {
  const status = /^a keyed CLOSE of status (\d+)$/.exec(words)?.[1];
  if (status !== undefined) return peer.session.close(Number(status));
  const frames: Readonly<Record<string, () => Uint8Array>> = {
    RELAY: () => peer.relay,
    REQUEST: () => (peer instanceof ScriptedServer ? hollow('REQUEST', 260) : peer.requestFrame()),
    RESPONSE: () => hollow('RESPONSE', 204),
    DATA: () => hollow('DATA', 16),
  };
  return known(frames, words)();
}

When(
  /^in ([A-Z]\w+(?: [A-Z]\w+)?) the (initiator|server|relay) receives these frames, each on a connection of its own$/,
  async function (this: ConformanceWorld, state: string, role: WireRole, table: DataTable) {
    const rows = table.raw().map(([name = '', answer = '']) => {
      return { name, octets: (peer: Peer) => frameOf(peer, name), answer };
    });
    await tryRows(this, state, role, rows);
  },
);

// Frames that do not become whole.

declare module '../support/world.ts' {
  interface Facts {
    /** Octets of resident memory. */
    extraMemory: number;
  }
}

/** A timer may be late on a busy machine, never early; 2 ms for the clocks' grain. */
const grain = 2;
const lateness = 1_500;

/** The CLOSE of a frame that is stalled since `from`. */
async function assertGivenUp(peer: Peer, from: number, after: number): Promise<void> {
  const longest = after + lateness + 1_000;
  // DATA frames may come before it, and each gives `expectClose` its time anew.
  const { at, status, keyed, valid } = await within(longest, 'a CLOSE frame', peer.expectClose(longest));
  assert.equal(statusName(status), 'integrity failure');
  if (!keyed || !valid) throw new Nonconformance('the CLOSE is not keyed, or does not verify');
  const waited = at - from;
  const complaint = `given up after ${waited.toFixed(0)} ms, not ${after}`;
  if (waited < after - grain) throw new Nonconformance(complaint);
  assertNoLater(waited, after + lateness, complaint);
}

const tenNames = Array.from({ length: 10 }, (_, index) => `name ${index}`);

async function startServerOfTenNames(world: ConformanceWorld, text = '{}'): Promise<void> {
  await lab(world);
  const { publicKey } = identityOf('alice');
  const suites = [...world.declaration.suites];
  const initiators = tenNames.map((name) => ({ name, publicKey, suites }));
  await world.startServer({ initiators, ...(JSON.parse(text) as Overrides) });
}

Given('a tunnel server of ten names', async function (this: ConformanceWorld) {
  await startServerOfTenNames(this);
});

Given('a tunnel server of ten names, configured with', async function (this: ConformanceWorld, text: string) {
  await startServerOfTenNames(this, text);
});

/** Does something on authorized connections: at a server side by side, each of another name, within the limit of one key. */
async function eachAuthorized<Case>(
  world: ConformanceWorld,
  role: string,
  cases: readonly Case[],
  act: (peer: Peer, one: Case) => Promise<void>,
): Promise<void> {
  if (role === 'initiator') {
    await eachConnection(world, cases, String, async (server, one) => {
      await known(serverWays, 'Authorized')(server);
      await act(server, one);
    });
    return;
  }
  const names = tenNames[Symbol.iterator]();
  const one = async (each: Case): Promise<void> => {
    const initiator = await newInitiator(world, { name: names.next().value ?? '' });
    await initiator.authorize();
    await act(initiator, each);
    initiator.connection.finish();
  };
  await tryEach(cases, String, one, 4);
}

When(
  'in Authorized these octets of a frame come to the {role} and then no more, it gives each up after {duration}',
  async function (this: ConformanceWorld, role: WireRole, after: number, table: DataTable) {
    await eachAuthorized(this, role, table.raw().flat(), async (peer, hex) => {
      // What a session does at first, and what it does later, need not be the same program.
      await sendApart(peer, [new Uint8Array()], 2, 250);
      await wait(250);
      const from = performance.now();
      await peer.connection.send(Uint8Array.fromHex(hex));
      await assertGivenUp(peer, from, after);
    });
  },
);

Then('the initiator gives the frame up after {duration}', async function (this: ConformanceWorld, after: number) {
  await assertGivenUp(this.get('server'), this.get('clockStart'), after);
});

When(
  'a DATA frame that comes whole in {int} pieces {duration} apart is accepted, and nothing comes for {duration}',
  async function (this: ConformanceWorld, count: number, interval: number, quiet: number) {
    const role = this.iutRoles.includes('client') ? 'initiator' : 'server';
    await eachAuthorized(this, role, ['a DATA frame in pieces'], async (peer) => {
      await sendApart(peer, [datagramOf(40)], count, interval);
      await wait(quiet);
      // Whatever it has refused would be answered by now, or by another status.
      await peer.connection.send(unknownType);
      assertReaction(await reactionOf(peer, true), 'a keyed CLOSE "protocol error"');
    });
  },
);

When(
  'so are DATA frames of which one ends and the next begins in each of {int} segments {duration} apart',
  async function (this: ConformanceWorld, count: number, interval: number) {
    const role = this.iutRoles.includes('client') ? 'initiator' : 'server';
    await eachAuthorized(this, role, ['DATA frames that share segments'], async (peer) => {
      await sendApart(peer, Array(count).fill(datagramOf(40)), count + 1, interval);
      await peer.connection.send(unknownType);
      assertReaction(await reactionOf(peer, true), 'a keyed CLOSE "protocol error"');
    });
  },
);

When(
  '{int} connections to the {role} each begin a frame of {int} octets, and {int} others one of {int}',
  async function (
    this: ConformanceWorld,
    shortCount: number,
    role: WireRole,
    shortLength: number,
    longCount: number,
    longLength: number,
  ) {
    const { program } = this.iut(role === 'relay' ? 'relay-b' : 'server');
    const begin = async (count: number, length: number): Promise<number> => {
      const before = program.residentMemory();
      const frame = concat(u32(length), Uint8Array.of(FrameType.DATA, 1));
      for (let left = count; left > 0; left--) {
        const { connection } = await newInitiator(this);
        await connection.send(frame).catch(() => {});
      }
      await wait(500);
      return program.residentMemory() - before;
    };
    const [shortOnes, longOnes] = [await begin(shortCount, shortLength), await begin(longCount, longLength)];
    this.set('extraMemory', longOnes - shortOnes);
  },
);

Then(
  'those of the long frames take less than {int} MiB more of the {role} than those of the short ones',
  function (this: ConformanceWorld, limit: number, _role: WireRole) {
    const extra = this.get('extraMemory') / 2 ** 20;
    if (extra >= limit) throw new Nonconformance(`they take ${extra.toFixed(1)} MiB more`);
  },
);
