/** Frames that come slowly, or but for their last octet: nobody gives them up as ones that stall (FRAME-15). */
import { setTimeout as wait } from 'node:timers/promises';
import { concat, viewOf } from '../../reference/octets.ts';
import type { ScriptedConnection } from './peers/scripted.ts';
import type { ScriptedEndPoint } from './peers/session.ts';

/** Less than `stalledFrame`, in ms: giving a frame up is answered like a refusal of its length. */
const apart = 4_000;

/**
 * Sends octets that follow the start of a frame, one at a time, and never the last, until it is disposed of.
 * @param start of the frame: 4 octets of length at least
 */
export function sendFurther(connection: ScriptedConnection, start: Uint8Array): AsyncDisposable {
  const ended = new AbortController();
  const run = async (): Promise<void> => {
    for (let left = viewOf(start).getUint32(0) - start.length; left > 1; left--) {
      await wait(apart, undefined, { signal: ended.signal });
      await connection.send(Uint8Array.of(0));
    }
  };
  // Once the other end has closed, nothing more can be sent: what it said before is what counts.
  const running = run().catch(() => {});
  return {
    async [Symbol.asyncDispose]() {
      ended.abort();
      await running;
    },
  };
}

/** Whole DATA frames in pieces: without others between, none of them ends where a piece does, but for the last. */
export async function sendApart(
  peer: ScriptedEndPoint,
  datagrams: readonly Uint8Array[],
  count: number,
  interval: number,
): Promise<void> {
  const frames = concat(...datagrams.map((datagram) => peer.session.seal(datagram)));
  const size = Math.ceil(frames.length / count);
  for (let at = 0; at < frames.length; at += size) {
    if (at > 0) await wait(interval);
    await peer.connection.send(frames.subarray(at, at + size));
  }
}
