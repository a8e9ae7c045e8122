/** What an end point or a relay makes of something, in the words that the features' tables have for it. */
import assert from 'node:assert/strict';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { watch } from './lab/deadlines/deadline.ts';
import { Nonconformance } from './lab/failure.ts';
import type { ScriptedEndPoint } from './peers/session.ts';

/** Milliseconds for which nothing may come where nothing is expected. */
const silence = 400;

/**
 * The next thing that comes: `CLOSE "protocol error"`, `a keyed CLOSE "protocol error"`, `the end of the stream`, or the
 * type of another frame. Behind a CLOSE only the end of the stream may come.
 * @param authorized DATA frames are opened and passed over
 */
export async function reactionOf(peer: ScriptedEndPoint, authorized = false): Promise<string> {
  const { connection } = peer;
  for (;;) {
    const frame = await connection.next('an answer').catch((error: unknown) => {
      if (connection.over) return undefined;
      throw error;
    });
    if (frame === undefined) return 'the end of the stream';
    if (frame.type === 'DATA' && authorized) peer.session.opener.open(frame.octets);
    else if (frame.type !== 'CLOSE') return frame.type;
    else {
      const { keyed, valid, status } = peer.judge(frame);
      await connection.endedWithoutFrame();
      if (keyed && !valid) throw new Nonconformance('the digest of the CLOSE frame does not verify');
      return `${keyed ? 'a keyed CLOSE' : 'CLOSE'} "${statusName(status)}"`;
    }
  }
}

/** @throws Nonconformance if something comes, or the stream ends, while nothing is expected but DATA in Authorized */
export async function nothingComes(peer: ScriptedEndPoint): Promise<void> {
  const { connection } = peer;
  const before = connection.received.length;
  await watch(silence);
  if (connection.over) throw new Nonconformance('the stream ended');
  const after = connection.received;
  const isData = connection.carriesData && connection.frames.waiting.every(({ type }) => type === 'DATA');
  if (after.length > before && !isData) throw new Nonconformance(`this came: ${after.subarray(before).toHex()}`);
}

/** Compares with what a table says; `A or B` allows both. */
export function assertReaction(found: string, expected: string): void {
  if (!expected.split(' or ').includes(found)) throw new Nonconformance(`expected ${expected}, came ${found}`);
}

/** The one answer to a faulty DATA frame: CLOSE "integrity failure", keyed and right, and nothing behind it (section 7.2). */
export async function integrityFailure(peer: ScriptedEndPoint): Promise<void> {
  const close = await peer.expectClose();
  assert.equal(statusName(close.status), statusName(Status.integrityFailure));
  assert.ok(close.keyed && close.valid, 'the CLOSE is not keyed, or does not verify');
  await peer.connection.endedWithoutFrame();
  peer.connection.finish();
}
