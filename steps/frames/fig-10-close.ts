/** Steps about CLOSE frames that are not what they say, and about what comes behind a CLOSE ([EP] fig. 10). */
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { Then, When } from '@cucumber/cucumber';
import { closeDigest } from '../../reference/crypto/close.ts';
import { concat, viewOf } from '../../reference/octets.ts';
import { encodeClose, encodeCloseHeader } from '../../reference/wire/close.ts';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { arrival, arrivals, attacked, datagram } from '../support/attack.ts';
import { frameOf } from '../support/exchanges.ts';
import { blame, within } from '../support/lab/deadlines/deadline.ts';
import { LabFailure, Nonconformance } from '../support/lab/failure.ts';
import { fault, isClosed, takesOn } from '../support/peers/both-closed.ts';
import { flipped } from '../support/peers/handshake.ts';
import type { ScriptedEndPoint, ScriptedSession } from '../support/peers/session.ts';
import { everyRow, type Row } from '../support/rows.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Milliseconds: what docs/protocol.md section 8 gives the peer to end its stream, and what may pass besides. */
const dying = 2_000;
const late = 2_000;

/** Octets: more than the sending and the receiving kernel hold for a program that does not read. */
const heldByKernels = 12 * 2 ** 20;

/** A keyed CLOSE of that status and length, its digest right as far as it goes. */
function closeOf(session: ScriptedSession, status: number, length = 40): Uint8Array {
  const header = encodeCloseHeader(1, true);
  viewOf(header).setUint32(0, length);
  viewOf(header).setUint16(6, status);
  const digest = closeDigest(session.sending.close, header, session.sealer.frames);
  return concat(header, digest).slice(0, length);
}

/** A keyed CLOSE whose digest is made with another key or count. */
function otherwise(session: ScriptedSession, more: number, key = session.sending.close): Uint8Array {
  const header = encodeCloseHeader(Status.endSession, true);
  const digest = closeDigest(key, header, session.sealer.frames + more);
  return encodeClose({ type: 'CLOSE', status: Status.endSession, digest });
}

/** A keyed CLOSE whose digest begins with an octet of zero, where who compares strings stops, and is changed behind it. */
function rightUpToItsZero(session: ScriptedSession): Uint8Array {
  for (let status = 1; status <= 0xffff; status += 1) {
    const close = closeOf(session, status);
    if (close[8] === 0) return flipped(close, 39);
  }
  throw new LabFailure('no digest of CLOSE begins with an octet of zero');
}

type Make = (session: ScriptedSession) => Uint8Array;

const malformed: Readonly<Record<string, Make>> = {
  'keyed, of status 0': (session) => closeOf(session, 0),
  'of 9 octets': (session) => closeOf(session, 1, 9),
  'of 24 octets': (session) => closeOf(session, 1, 24),
  'of 39 octets': (session) => closeOf(session, 1, 39),
  'unkeyed, of status 0': () => Uint8Array.fromHex('0000000805010000'),
};

const unverified: Readonly<Record<string, Make>> = {
  unkeyed: () => encodeClose({ type: 'CLOSE', status: Status.endSession }),
  'with a digest of zeros': () => encodeClose({ type: 'CLOSE', status: 1, digest: new Uint8Array(32) }),
  ...Object.fromEntries(
    [8, 23, 24, 31, 39].map((at): [string, Make] => [
      `with octet ${at} changed`,
      (session) => flipped(closeOf(session, 1), at),
    ]),
  ),
  'with a digest that is right up to its first octet of zero': rightUpToItsZero,
  'with another status than the digest covers': (session) => closeOf(session, 1).with(7, 13),
  'of one DATA frame more': (session) => otherwise(session, 1),
  'of one DATA frame fewer': (session) => otherwise(session, -1),
  'with the key of the other direction': (session) => otherwise(session, 0, session.receiving.close),
};

/** A broken connection: disconnected at once, without a word. The end of a session waits for the peer's end for 2 s. */
async function brokenOff(peer: ScriptedEndPoint): Promise<void> {
  await peer.connection.endedWithoutFrame(2_000);
  await isClosed(peer, 1_000);
}

/** @param meanwhile what the peer does when the CLOSE has come */
async function protocolError(peer: ScriptedEndPoint, meanwhile = async () => {}): Promise<void> {
  const close = await peer.expectClose();
  await meanwhile();
  assert.equal(statusName(close.status), statusName(Status.protocolError));
  assert.ok(close.keyed && close.valid, 'the CLOSE is not keyed, or does not verify');
  await peer.connection.endedWithoutFrame();
  peer.connection.finish();
}

const each = (
  world: ConformanceWorld,
  table: Readonly<Record<string, Make>>,
  judge: (peer: ScriptedEndPoint) => Promise<void>,
): Promise<void> => {
  const rows = Object.entries(table).map(
    ([name, make]): Row => [
      name,
      async () => {
        const peer = await world.get('authorize')();
        await peer.send();
        await peer.connection.send(make(peer.session));
        await judge(peer);
      },
    ],
  );
  // One after the other: a newer session of a name takes the place of the one before.
  return everyRow(rows);
};

Then(
  'a CLOSE of another length, or of status 0, is a protocol error',
  { timeout: 60_000 },
  async function (this: ConformanceWorld) {
    await each(this, malformed, (peer) => protocolError(peer));
  },
);

Then(
  'a CLOSE that is unkeyed or does not verify breaks the connection off, without an answer',
  { timeout: 60_000 },
  async function (this: ConformanceWorld) {
    await each(this, unverified, brokenOff);
  },
);

/** The control: the right one ends the session, and the connection stays for the peer's own end. */
Then('a CLOSE that verifies is the end of the session', async function (this: ConformanceWorld) {
  for (const status of [Status.endSession, 0x7777]) {
    const peer = await this.get('authorize')();
    await peer.send();
    await peer.connection.send(peer.session.close(status));
    await peer.connection.endedWithoutFrame(2_000);
    await takesOn(peer, 1_000);
    peer.connection.finish();
  }
});

const unfinished: Readonly<Record<string, (peer: ScriptedEndPoint) => Promise<void> | void>> = {
  'the end of the stream': ({ connection }) => connection.finish(),
  'the end of the stream within a frame': async ({ connection, session }) => {
    await connection.send(session.seal(new Uint8Array()).subarray(0, 20));
    connection.finish();
  },
  'the end of the stream within a CLOSE': async ({ connection, session }) => {
    await connection.send(session.close(Status.endSession).subarray(0, 39));
    connection.finish();
  },
};

Then(
  'the end of the stream without CLOSE ends the connection, without an answer',
  async function (this: ConformanceWorld) {
    const rows = Object.entries(unfinished).map(
      ([name, end]): Row => [
        name,
        async () => {
          const peer = await this.get('authorize')();
          await end(peer);
          await peer.connection.endedWithoutFrame(2_000);
        },
      ],
    );
    await everyRow(rows);
  },
);

// What comes behind a CLOSE.

/** Frames of every type by their looks, an unknown type, another version, a length below 6. */
const frames = concat(
  ...[1, 2, 3, 4, 5, 9].map((type) => frameOf(type, 300)),
  encodeClose({ type: 'CLOSE', status: Status.endSession }),
  frameOf(4, 16, 2),
  frameOf(4, 5),
);

/** 1.7 s of discarding, then the close in both directions 2 s after the CLOSE, or a little later. */
async function discardsThenCloses(peer: ScriptedEndPoint, begun: number): Promise<void> {
  // Everything that ends a connection if it is judged, a CLOSE that crosses too, and much of it: the window must not fill.
  await peer.connection.send(peer.session.close(Status.endSession));
  const chunk = concat(...Array.from({ length: 18 }, () => frames));
  const { socket } = peer.connection;
  for (let sent = 0; sent < heldByKernels; sent += chunk.length) socket.write(chunk);
  await takesOn(peer, 0.85 * dying - (performance.now() - begun));
  if (socket.writableLength > 0)
    throw blame(`it did not read ${socket.writableLength} octets that came behind its CLOSE`, dying, begun);
  await isClosed(peer, dying + late - (performance.now() - begun));
  const waited = performance.now() - begun;
  assert.ok(waited >= dying - 5, `it closed after ${waited.toFixed()} ms, not ${dying}`);
}

Then(
  'it discards what the peer sends behind its own CLOSE for 2 s, and closes then',
  async function (this: ConformanceWorld) {
    const peer = await this.get('authorize')();
    const begun = performance.now();
    await peer.connection.send(fault);
    const close = await peer.expectClose();
    assert.equal(statusName(close.status), statusName(Status.protocolError));
    await within(1_000, 'the end of its stream', peer.connection.ended());
    await discardsThenCloses(peer, begun);
  },
);

Then('it sends one CLOSE, though that of the peer crosses it', async function (this: ConformanceWorld) {
  const crossing = (act: (peer: ScriptedEndPoint, close: Uint8Array) => Promise<void>) => async () => {
    const peer = await this.get('authorize')();
    await peer.send();
    await act(peer, peer.session.close(Status.endSession));
  };
  await everyRow([
    [
      'behind what is at fault',
      crossing(async (peer, close) => {
        await peer.connection.send(concat(fault, close));
        await protocolError(peer);
      }),
    ],
    [
      'when its own has come',
      crossing(async (peer, close) => {
        await peer.connection.send(fault);
        await protocolError(peer, () => peer.connection.send(close));
      }),
    ],
  ]);
});

Then(
  'it waits for the end of a peer that sent CLOSE for 2 s, and closes then',
  async function (this: ConformanceWorld) {
    const peer = await this.get('authorize')();
    const begun = performance.now();
    await peer.connection.send(peer.session.close(Status.endSession));
    await peer.connection.endedWithoutFrame(1_000);
    await takesOn(peer, 0.85 * dying - (performance.now() - begun));
    await isClosed(peer, dying + late - (performance.now() - begun));
  },
);

// With an adapter.

/** @param behind whether DATA comes behind the CLOSE too */
async function sendInOneSegment(world: ConformanceWorld, behind: boolean): Promise<void> {
  const { peer } = await attacked(world);
  const victim = world.get('victim');
  const before = peer.session.seal(datagram(victim, 2)).slice();
  const close = peer.session.close(Status.endSession);
  const after = behind ? peer.session.seal(datagram(victim, 3)).slice() : new Uint8Array();
  await peer.connection.send(concat(before, close, after));
}

When('DATA, CLOSE and DATA come in one segment', async function (this: ConformanceWorld) {
  await sendInOneSegment(this, true);
});

When('DATA and CLOSE come in one segment', async function (this: ConformanceWorld) {
  await sendInOneSegment(this, false);
});

When('DATA comes behind its own CLOSE', async function (this: ConformanceWorld) {
  const { peer } = await attacked(this);
  const behind = [2, 3].map((number) => peer.session.seal(datagram(this.get('victim'), number)).slice());
  await peer.connection.send(fault);
  await peer.expectClose();
  for (const frame of behind) await peer.connection.send(frame);
});

Then('the datagram before the CLOSE arrives', async function (this: ConformanceWorld) {
  await arrival(this.get('attack').socket, datagram(this.get('victim'), 2));
});

Then('nothing more arrives within {duration}', async function (this: ConformanceWorld, time: number) {
  const { peer, socket } = this.get('attack');
  await peer.connection.endedWithoutFrame();
  await wait(time);
  const [packet] = arrivals(socket);
  if (packet) throw new Nonconformance(`${packet.toHex()} reached the adapter`);
});
