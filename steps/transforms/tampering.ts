/** Steps about DATA frames that were changed, repeated, swapped or dropped on the wire ([EP] fig. 9, 187). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { Counter } from '../../reference/crypto/counter.ts';
import { createSealer } from '../../reference/crypto/transforms.ts';
import { concat } from '../../reference/octets.ts';
import { Status } from '../../reference/wire/identifiers.ts';
import { arrivals, attacked, datagram, refused, type Victim } from '../support/attack.ts';
import { known } from '../support/known.ts';
import { LabFailure } from '../support/lab/failure.ts';
import { isClosed } from '../support/peers/both-closed.ts';
import { flipped } from '../support/peers/handshake.ts';
import type { ScriptedSession } from '../support/peers/session.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** Connections on which something was changed, all of them refused as they ought to be. */
    attacks: number;
  }
}

/** What the victim must answer to a change of the octet at `offset` by one bit. */
function answerTo(offset: number): string {
  if (offset === 4) return 'protocol error';
  return offset === 5 ? 'unsupported version' : 'integrity failure';
}

/** A DATA frame whose digest begins with an octet of zero, where who compares strings stops, and is changed at its end. */
function rightUpToItsZero(victim: Victim, { transform, sending, sealer }: ScriptedSession): Uint8Array {
  for (let number = 2; number <= 0xffff; number += 1) {
    const tried = createSealer(transform, sending, { counter: new Counter(sealer.frames) }).seal(
      datagram(victim, number),
    );
    if (tried[16] === 0) return flipped(sealer.seal(datagram(victim, number)), 15 + tried[15]!);
  }
  throw new LabFailure('no digest begins with an octet of zero');
}

When(
  'every single octet of a DATA frame is changed, each on a connection of its own',
  // Some make an adapter for each.
  { timeout: 300_000 },
  async function (this: ConformanceWorld) {
    const victim = this.get('victim');
    let length = 1;
    for (let offset = 0; offset < length; offset++) {
      const attack = await attacked(this);
      const frame = attack.peer.session.seal(datagram(victim, 2));
      length = frame.length;
      await attack.peer.connection.send(flipped(frame, offset));
      await refused(attack, answerTo(offset), `octet ${offset} of ${length}`);
      if (victim.role === 'initiator') await attack.socket[Symbol.asyncDispose]();
    }
    const attack = await attacked(this);
    await attack.peer.connection.send(rightUpToItsZero(victim, attack.peer.session));
    await refused(attack, 'integrity failure', 'a digest that is right up to its first octet of zero');
    this.set('attacks', length + 1);
  },
);

Then('each was refused as specified and nothing of it reached the adapter', function (this: ConformanceWorld) {
  assert.ok(this.get('attacks') >= 16 + 16 + 28, `only ${this.get('attacks')} octets were changed`);
});

/** What is done to frames A, B, C, sealed in this order: which of them are sent, in which order. */
const orders: Readonly<Record<string, readonly number[]>> = {
  'a frame is repeated': [0, 0],
  'two frames are swapped': [1, 0],
  'a frame is dropped': [1],
  'a frame is repeated later': [0, 1, 0],
};

When(/^((?:a|two) frames? .+) on the wire$/, async function (this: ConformanceWorld, change: string) {
  const order = known(orders, change);
  const { peer } = await attacked(this);
  const frames = [2, 3].map((number) => peer.session.seal(datagram(this.get('victim'), number)).slice());
  await peer.connection.send(concat(...order.map((index) => frames[index]!)));
});

When(
  'a frame of the connection before comes where the same count is next, it is refused and nothing of it arrives',
  async function (this: ConformanceWorld) {
    const { peer: former } = await attacked(this);
    await former.close(Status.endSession);
    await former.connection.ended();
    const attack = await attacked(this);
    const { sealer } = attack.peer.session;
    assert.equal(former.session.sealer.frames, sealer.frames, 'frames that were sent before on each connection');
    await attack.peer.connection.send(former.session.seal(datagram(this.get('victim'), 2)));
    await refused(attack, 'integrity failure', 'a frame of the connection before');
  },
);

When('the last DATA frame before CLOSE is dropped', async function (this: ConformanceWorld) {
  const { peer } = await attacked(this);
  peer.session.seal(datagram(this.get('victim'), 2));
  await peer.close(Status.endSession);
});

Then('{int} of the frames reached the adapter', function (this: ConformanceWorld, count: number) {
  assert.equal(arrivals(this.get('attack').socket).length, count);
});

/** The end of a session would wait 2 s for the end of the peer's stream. */
Then('the connection is broken off, without an answer', async function (this: ConformanceWorld) {
  const { peer } = this.get('attack');
  await peer.connection.endedWithoutFrame(2_000);
  await isClosed(peer, 1_000);
});
