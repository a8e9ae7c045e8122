/** Steps about sessions of a tunnel server that no DATA frame has confirmed yet ([EP] fig. 12, Authorized 225). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Then, When } from '@cucumber/cucumber';
import { concat } from '../../reference/octets.ts';
import { statusName } from '../../reference/wire/identifiers.ts';
import { watch } from '../support/lab/deadline.ts';
import { flipped } from '../support/peers/handshake.ts';
import type { ScriptedInitiator } from '../support/peers/scripted-initiator.ts';
import { newInitiator, scriptedInitiator } from '../support/peers.ts';
import { integrityFailure } from '../support/reactions.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Of one name, in the order of their REQUESTs. */
    rivals: readonly [earlier: ScriptedInitiator, later: ScriptedInitiator];
  }
}

async function withResponse(world: ConformanceWorld): Promise<ScriptedInitiator> {
  const peer = await newInitiator(world);
  await peer.sendRelay();
  await peer.sendRequest();
  await peer.readResponse();
  return peer;
}

When('another one of its name sends a first DATA frame that does not open', async function (this: ConformanceWorld) {
  const peer = await withResponse(this);
  await peer.connection.send(flipped(peer.session.seal(new Uint8Array()), -1));
  await integrityFailure(peer);
  await peer.connection.ended();
});

When(
  'two initiators of one name have opened RESPONSE, and the later one is confirmed',
  async function (this: ConformanceWorld) {
    const earlier = await withResponse(this);
    const later = await withResponse(this);
    await later.send();
    this.set('rivals', [earlier, later]);
  },
);

/** Whether nothing but DATA has come. */
const isOpen = ({ connection }: ScriptedInitiator): boolean =>
  !connection.over && connection.frames.waiting.every(({ type }) => type === 'DATA');

Then(
  'the earlier one stays for {duration}, and ends the later one when it is confirmed',
  async function (this: ConformanceWorld, time: number) {
    const [earlier, later] = this.get('rivals');
    await watch(time);
    assert.ok(isOpen(earlier), 'the earlier one, which is not confirmed, was ended');
    assert.ok(isOpen(later), 'the later one, which is confirmed, was ended');
    await earlier.send();
    const close = await later.expectClose();
    assert.deepEqual([statusName(close.status), close.valid], ['superseded', true], 'the CLOSE of the later one');
    await watch(time);
    assert.ok(isOpen(earlier), 'the earlier one was ended when it was confirmed');
  },
);

When('another one of its name has opened RESPONSE, and ends its stream', async function (this: ConformanceWorld) {
  const peer = await withResponse(this);
  peer.connection.finish();
  await peer.connection.ended();
  // Until the server has done with it: nothing tells.
  await pause(200);
});

When(
  'an initiator sends half of RELAY, its rest and half of REQUEST, and its rest, {duration} apart',
  async function (this: ConformanceWorld, time: number) {
    const peer = await scriptedInitiator(this);
    const octets = concat(peer.relay, peer.requestFrame());
    const cuts = [0, 10, peer.relay.length + 40, octets.length];
    for (const [index, cut] of cuts.slice(1).entries()) {
      if (index > 0) await pause(time);
      await peer.connection.send(octets.subarray(cuts[index], cut));
    }
  },
);
