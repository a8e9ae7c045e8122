/** Half-open connections that come one after the other: which have places, and which give way. */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { encodeClose } from '../../reference/wire/close.ts';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import { closedAfter } from './exchanges.ts';
import { patience } from './lab/deadlines/deadline.ts';
import { until } from './lab/deadlines/until.ts';
import { LabFailure, Nonconformance } from './lab/failure.ts';
import type { NodeName } from './lab/networks/namespace.ts';
import type { ScriptedConnection } from './peers/scripted.ts';
import type { ScriptedInitiator } from './peers/scripted-initiator.ts';

/** What it sees when it gives way. Of one that is over, nothing is seen. */
type Farewell = 'CLOSE' | 'keyed CLOSE' | 'no frame' | 'nothing';

/** How connections of a kind come to what they are. */
export interface Arrival {
  /** @param beyond from an address that is not the node's own */
  readonly arrive: (from: NodeName, beyond: boolean) => Promise<ScriptedInitiator>;
  readonly farewell: Farewell;
  /** What else is seen when it gives way. */
  readonly gone?: (peer: ScriptedInitiator) => Promise<unknown>;
}

/** The node notices what has come, and the end of a connection, before long; nothing tells when. Some take 200 ms for it. */
export const settle = (): Promise<void> => pause(500);

/** Whether it has neither ended nor been sent a CLOSE. */
export const isThere = ({ over, frames }: ScriptedConnection): boolean =>
  !over && !frames.waiting.some(({ type }) => type === 'CLOSE');

async function assertGone(peer: ScriptedInitiator, farewell: Farewell): Promise<void> {
  if (farewell === 'no frame') {
    await peer.connection.endedWithoutFrame();
  } else {
    const close = await peer.expectClose();
    assert.equal(statusName(close.status), 'resource limit');
    assert.equal(close.valid, farewell === 'keyed CLOSE', 'whether the CLOSE is keyed');
    await peer.connection.ended();
  }
  // Nobody waits for the end of its stream (section 10.3): who does would wait for `dying`.
  await closedAfter(peer, performance.now(), patience);
}

interface Standing extends Arrival {
  readonly kind: string;
  readonly peer: ScriptedInitiator;
}

/**
 * @param list `silent, silent elsewhere, silent beyond, silent displaces RELAY, silent is refused, silent is refused or displaces
 * RELAY, silent leaves, tunnel closes`
 */
export async function inTurn(kinds: Readonly<Record<string, Arrival>>, list: string): Promise<void> {
  const standing: Standing[] = [];
  for (const text of list.split(',')) {
    const [, leaving, farewell] = /^(\w+) (leaves|closes)$/.exec(text.trim()) ?? [];
    if (leaving !== undefined) {
      await leave(standing, leaving, farewell === 'closes');
      continue;
    }
    const [, kind = '', from, isRefused, either, another] =
      /^(\w+)(?: (elsewhere|beyond))?( is refused)?( or)?(?: displaces (\w+))?$/.exec(text.trim()) ?? [];
    const arrival = kinds[kind];
    if (arrival === undefined) throw new LabFailure(`${text}: what comes there?`);
    const peer = await arrival.arrive(from ? 'others' : 'client', from === 'beyond');
    await settle();
    const refused = isRefused !== undefined && !(either && isThere(peer.connection));
    const displaced = refused ? undefined : another;
    if (refused) {
      const { status } = await peer.expectClose();
      assert.equal(status, Status.resourceLimit, `${text}: ${statusName(status)}`);
    }
    if (displaced !== undefined) await removeDisplaced(standing, displaced, text);
    for (const one of standing)
      if (one.farewell !== 'nothing' && !isThere(one.peer.connection))
        throw new Nonconformance(`${text}: ${one.kind} gave way`);
    if (refused) continue;
    if (arrival.farewell !== 'nothing' && !isThere(peer.connection))
      throw new Nonconformance(`${text}: it has no place`);
    standing.push({ ...arrival, kind, peer });
  }
}

/** One of that kind ends its connection. @param withClose by CLOSE, and not before the end of the stream has come */
async function leave(connections: Standing[], kind: string, withClose: boolean): Promise<void> {
  const [one] = connections.splice(
    connections.findIndex((standing) => standing.kind === kind),
    1,
  );
  if (one?.kind !== kind) throw new LabFailure(`${kind} leaves: none is there`);
  const { connection } = one.peer;
  if (withClose) {
    await connection.send(encodeClose({ type: 'CLOSE', status: Status.endSession }));
    await connection.ended();
  }
  await connection[Symbol.asyncDispose]();
  await settle();
}

async function removeDisplaced(standing: Standing[], kind: string, text: string): Promise<void> {
  const isGone = (one: Standing): boolean => one.farewell === 'nothing' || !isThere(one.peer.connection);
  const find = async () => standing.find((one) => one.kind === kind && isGone(one));
  const gone = await until(`${text}: ${kind} gives way`, find, 3_000);
  if (gone.farewell !== 'nothing') await assertGone(gone.peer, gone.farewell);
  await gone.gone?.(gone.peer);
  standing.splice(standing.indexOf(gone), 1);
}
