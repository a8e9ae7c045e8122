/** Steps about what a tunnel server keeps of former connections ([EP] fig. 12, 223). */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { statusName } from '../../reference/wire/identifiers.ts';
import { assertNoLater } from '../support/lab/deadlines/deadline.ts';
import { identityOf } from '../support/peers/identities.ts';
import type { ScriptedInitiatorOptions } from '../support/peers/scripted-initiator.ts';
import { newInitiator } from '../support/peers.ts';
import type { ConformanceWorld } from '../support/world.ts';

Then(
  'of {int} REQUESTs that are refused, one after the other, the last {int} take as long as the first {int}, give or take {duration}',
  { timeout: 60_000 },
  async function (this: ConformanceWorld, count: number, last: number, first: number, more: number) {
    const times: number[] = [];
    // A name of nobody's, and a name with a key that is not its own, in turn.
    const strangers = [{ name: 'nobody' }, { identity: identityOf('bob'), name: 'alice' }];
    while (times.length < count) times.push(await refusalTime(this, strangers[times.length % strangers.length]!));
    const sum = (some: readonly number[]): number => some.reduce((all, one) => all + one, 0);
    const [atFirst, atLast] = [sum(times.slice(0, first)), sum(times.slice(-last))];
    assertNoLater(atLast, atFirst + more, `they took ${atLast.toFixed(0)} ms instead of ${atFirst.toFixed(0)} ms`);
  },
);

/** @returns milliseconds from REQUEST to the CLOSE that refuses it */
async function refusalTime(world: ConformanceWorld, stranger: ScriptedInitiatorOptions): Promise<number> {
  const peer = await newInitiator(world, stranger);
  await peer.sendRelay();
  const frame = peer.requestFrame();
  const start = performance.now();
  await peer.connection.send(frame);
  const { at, status } = await peer.expectClose();
  assert.equal(statusName(status), 'not authorized');
  await peer.connection[Symbol.asyncDispose]();
  return at - start;
}
