/** Steps about what keeps a tunnel connection alive, and about padding. */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { type DataTable, Then } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { statusName, type TransformName } from '../../reference/wire/identifiers.ts';
import { packetDown, packetUp } from '../support/adapter.ts';
import { allTaken } from '../support/all-taken.ts';
import { attacked } from '../support/attack.ts';
import { eachRow } from '../support/exchanges.ts';
import { known } from '../support/known.ts';
import { assertNoLater, blame } from '../support/lab/deadlines/deadline.ts';
import { Starved } from '../support/lab/failure.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import { echoReply } from '../support/lab/packets/echo-reply.ts';
import { isClosed } from '../support/peers/both-closed.ts';
import { Forger } from '../support/peers/forger.ts';
import { defaultLifetimes } from '../support/peers/handshake.ts';
import { identityOf } from '../support/peers/identities.ts';
import type { ScriptedEndPoint } from '../support/peers/session.ts';
import { newInitiator } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** The peer of the implementation under test, whichever role that plays. */
const peerOf = (world: ConformanceWorld) => (world.has('server') ? world.get('server') : world.get('initiator'));

/** Milliseconds by which something may be late. */
const lateness = 1_000;

Then(
  'the first DATA frame comes within {duration} of RESPONSE, and is empty',
  async function (this: ConformanceWorld, time: number) {
    const server = this.get('server');
    const begun = performance.now();
    await server.sendResponse();
    const { octets, at } = await server.expect('DATA');
    assert.equal(server.session.opener.open(octets).length, 0, 'it is not empty');
    assertNoLater(at - begun, time, `it came after ${(at - begun).toFixed()} ms`);
  },
);

/** Sends an empty DATA frame again and again until it is told to stop. */
function beat(peer: ScriptedEndPoint, milliseconds: number): Disposable {
  const timer = setInterval(() => peer.connection.socket.write(peer.session.seal(new Uint8Array())), milliseconds);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

Then(
  'empty DATA frames come at least every {duration}, whatever it receives',
  async function (this: ConformanceWorld, time: number) {
    const peer = peerOf(this);
    // What comes says nothing about what was sent.
    using _beat = beat(peer, time / 4);
    const count = 4;
    const at: number[] = [];
    while (at.length <= count) {
      const frame = await peer.expect('DATA');
      if (peer.session.opener.open(frame.octets).length === 0) at.push(frame.at);
    }
    const taken = at.at(-1)! - at[0]!;
    // They may come earlier, and at any other time (section 10.4).
    assertNoLater(taken, count * time + lateness / 2, `${count} intervals took ${taken.toFixed()} ms`);
  },
);

/** Of the victim's stack, for its tunnel. */
function packetOfStack(world: ConformanceWorld): Uint8Array {
  const { clientAddress, serverAddress } = virtualLan;
  return world.get('victim').role === 'server'
    ? packetDown(echoReply(serverAddress, clientAddress, 9))
    : packetUp(echoReply(clientAddress, serverAddress, 9));
}

Then(
  'an empty DATA frame comes {duration} after the last of its datagrams at the latest, which it sent every {duration}',
  async function (this: ConformanceWorld, time: number, beatTime: number) {
    const { peer, socket } = await attacked(this);
    const packet = packetOfStack(this);
    const injected: number[] = [];
    while (injected.length < 20) {
      socket.inject(packet);
      injected.push(performance.now());
      await wait(beatTime);
    }
    const last = injected.at(-1)!;
    for (;;) {
      const frame = await peer.expect('DATA');
      const empty = peer.session.opener.open(frame.octets).length === 0;
      // Empty ones may also come between them (section 10.4).
      if (!empty || frame.at < last) continue;
      const after = frame.at - last;
      const complaint = `an empty one came only ${after.toFixed()} ms after the last datagram`;
      assertNoLater(after, time + lateness, complaint);
      return;
    }
  },
);

Then(
  'an empty DATA frame comes {duration} after a datagram at the latest, which it sent soon after another empty one',
  async function (this: ConformanceWorld, time: number) {
    const { peer, socket } = await attacked(this);
    const begun = performance.now();
    let last: number | undefined;
    for (;;) {
      const { octets, at } = await peer.expect('DATA');
      const isEmpty = peer.session.opener.open(octets).length === 0;
      if (!isEmpty) last = at;
      else if (last === undefined) {
        if (at <= begun) continue;
        // Whoever sends the empty ones has to learn of it: nothing else is going on by then.
        await wait(500);
        socket.inject(packetOfStack(this));
      } else {
        assertNoLater(at - last, time + lateness, `the next empty one came only ${(at - last).toFixed()} ms after it`);
        return;
      }
    }
  },
);

/** The connection breaks, not earlier and not much later, without a CLOSE: nobody is there to read it. */
async function fails(peer: ScriptedEndPoint, since: number, time: number): Promise<void> {
  await peer.connection.ended(time + lateness);
  const waited = performance.now() - since;
  assert.ok(waited >= time - 2, `it ended ${waited.toFixed()} ms after the last frame`);
  const other = peer.connection.frames.waiting.find(({ type }) => type !== 'DATA');
  assert.equal(other?.type, undefined);
  await isClosed(peer, 1_000);
}

Then(
  'it stays while octets of empty DATA frames come every {duration}, whole frames or not, and fails {duration} after the last',
  async function (this: ConformanceWorld, beatTime: number, time: number) {
    const peer = peerOf(this);
    const begun = performance.now();
    let last = begun;
    // What has not come of a frame: at first nothing, then half of it, which the next piece brings with half of another.
    let unsent = new Uint8Array();
    while (performance.now() < begun + 3 * time) {
      last = performance.now();
      const frame = peer.session.seal(new Uint8Array());
      const cut = last < begun + 1.5 * time ? frame.length : frame.length >> 1;
      await peer.connection.send(concat(unsent, frame.subarray(0, cut)));
      unsent = frame.slice(cut);
      await wait(beatTime);
      if (performance.now() - last > 0.8 * time) throw new Starved('the suite could not keep its beat');
      const isOpen = !peer.connection.socket.readableEnded && !peer.connection.socket.destroyed;
      // An implementation that has no processor for so long finds its timer run out before it reads what has come.
      if (!isOpen) throw blame('it ended in spite of them', time, begun);
    }
    await fails(peer, last, time);
  },
);

Then('it fails when nothing comes for {duration}', async function (this: ConformanceWorld, time: number) {
  const peer = peerOf(this);
  const begun = performance.now();
  // The last octet was received some time before this step began.
  await fails(peer, begun - time / 2, time);
});

// The times of docs/protocol.md, section 10.

const keepAlive = 20_000;
const minute = 60_000;
/** Milliseconds: on a busy machine a deadline is extended threefold at most, and decides then. */
const longest = 220_000;

/**
 * How an end point without configuration treats a session.
 * @param since before the last frame of the peer's was sent
 * @param isQuiet whether no stack is behind it that has something to say: one that runs elsewhere may have
 */
type Treatment = (peer: ScriptedEndPoint, since: number, isQuiet: boolean) => Promise<void>;

const defaults: Readonly<Record<string, Treatment>> = {
  'is silent: a keep-alive every 20 s, and the end after 60 s': async (peer, since, isQuiet) => {
    await peer.connection.ended(minute + 4_000);
    const waited = performance.now() - since;
    assert.ok(waited >= minute, `it ended after ${waited.toFixed()} ms`);
    const frames = peer.connection.frames.waiting;
    const other = frames.find(({ type }) => type !== 'DATA');
    assert.equal(other?.type, undefined, 'it sent more than DATA');
    let last = since;
    for (const { octets, at } of frames) {
      const { length } = peer.session.opener.open(octets);
      if (isQuiet) assert.equal(length, 0, 'a datagram came');
      assert.ok(at - last <= keepAlive + 3_000, `nothing came for ${(at - last).toFixed()} ms`);
      last = at;
    }
    const silence = since + waited - last;
    assert.ok(silence <= keepAlive + 3_000, `nothing came for the last ${silence.toFixed()} ms`);
  },
  'has used up 20 frames and goes on: CLOSE "key expired" after 60 s': async (peer) => {
    while (peer.session.sealer.frames < 19) await peer.send();
    const begun = performance.now();
    using _beat = beat(peer, 5_000);
    await peer.send();
    for (;;) {
      const frame = await peer.connection.next('CLOSE "key expired"', begun + minute + 4_000 - performance.now());
      if (frame.type === 'DATA') {
        peer.session.opener.open(frame.octets);
        continue;
      }
      const { keyed, valid, status } = peer.judge(frame);
      assert.deepEqual([keyed, valid, statusName(status)], [true, true, 'key expired']);
      assert.ok(frame.at - begun >= minute - 1, `it came after ${(frame.at - begun).toFixed()} ms`);
      return;
    }
  },
};

Then(
  'in 60 s it treats these sessions as the text has it',
  { timeout: longest },
  async function (this: ConformanceWorld, table: DataTable) {
    const act = async ([name = '', what = '']: string[]): Promise<void> => {
      const lifetimes = name === 'bob' ? { ...defaultLifetimes, frames: 20n } : defaultLifetimes;
      const peer = await newInitiator(this, { identity: identityOf(name), lifetimes });
      const since = performance.now();
      await peer.authorize();
      await known(defaults, what)(peer, since, true);
    };
    await eachRow(table.raw(), ([name = '']) => name, act, 2);
  },
);

Then(
  'in 60 s it treats its session as the text has it, whose server',
  { timeout: longest },
  async function (this: ConformanceWorld, table: DataTable) {
    const since = performance.now();
    await this.get('server').authorize();
    const act = ([what = '']: string[]) => known(defaults, what)(this.get('server'), since, this.remote === undefined);
    await eachRow(table.raw(), ([what = '']) => what, act);
  },
);

Then(
  'it opens DATA frames with 0 to 255 octets of padding, with transform {transform}',
  async function (this: ConformanceWorld, transform: TransformName) {
    const peer = await this.get('authorize')(transform);
    const forger = new Forger(peer.session);
    const lengths = [0, 1, 2, 15, 16, 17, 100, 127, 128, 129, 254, 255];
    for (const length of lengths)
      for (const datagram of [new Uint8Array(), new Uint8Array(29).fill(0x45)])
        await peer.connection.send(forger.seal(datagram, { padding: new Uint8Array(length) }));
    await allTaken(peer, forger);
  },
);
