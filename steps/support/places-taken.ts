/** Half-open connections take up places, and give them back when they have ended. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { statusName } from '../../reference/wire/identifiers.ts';
import type { ScriptedInitiator } from './peers/scripted-initiator.ts';

export type Place = 'let in' | 'refused';

/** Milliseconds until a place is given back: a connection that has ended is Dying for up to 2 s. */
const givenBack = 3_000;

/** @param expected a refusal is waited for, since it has to come */
export async function placeOf(peer: ScriptedInitiator, expected: Place): Promise<Place> {
  const patience = expected === 'refused' ? 4_000 : 250;
  const outcome = await Promise.race([peer.connection.ended(60_000), pause(patience, 'open')]);
  if (outcome === 'open') return 'let in';
  const { status } = await peer.expectClose();
  assert.equal(statusName(status), 'resource limit');
  return 'refused';
}

/** A connection that is let in, as soon as there is a place for it; undefined if there is none in time. */
export async function connectLetIn(connect: () => Promise<ScriptedInitiator>): Promise<ScriptedInitiator | undefined> {
  for (const end = performance.now() + givenBack; ; await pause(200)) {
    const peer = await connect();
    if ((await placeOf(peer, 'let in')) === 'let in') return peer;
    if (performance.now() > end) return undefined;
  }
}
