/** Whether the implementation under test has taken every frame that it was sent so far. */
import assert from 'node:assert/strict';
import { wordAt } from '../../reference/octets.ts';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { differing } from './lab/captures/difference.ts';
import type { Forger } from './peers/forger.ts';
import type { ScriptedEndPoint } from './peers/session.ts';

/** @throws Nonconformance when a CLOSE has come from it already */
export function notRefused({ connection }: ScriptedEndPoint, { frames: sealed }: Forger): void {
  const close = connection.frames.waiting.find(({ type }) => type === 'CLOSE');
  if (close === undefined) return;
  const status = statusName(wordAt(close.octets, 6) >>> 16);
  throw differing(
    `it refuses one of the first ${sealed} DATA frames (keys, nonce and n: section 7): CLOSE ${status} came`,
    { received: close.octets.toHex() },
  );
}

/**
 * Ends the session: who has refused a frame has sent a CLOSE, and who has lost count doesn't take this one.
 * @throws Nonconformance, AssertionError when a CLOSE comes, or the connection is reset
 */
export async function allTaken(peer: ScriptedEndPoint, forger: Forger): Promise<void> {
  const { connection, session } = peer;
  await connection.send(session.close(Status.endSession, forger.frames));
  const ending = await connection.ended();
  notRefused(peer, forger);
  assert.equal(ending, 'end of stream', 'the connection was reset, and not ended');
  connection.finish();
}
