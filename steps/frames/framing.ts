/** Steps about what all frames have in common ([EP] figs. 6 to 10), besides the streams of the vectors. */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { viewOf } from '../../reference/octets.ts';
import { scriptedInitiator } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

When(
  'an initiator sends RELAY and REQUEST in pieces of {int} octets',
  async function (this: ConformanceWorld, size: number) {
    const initiator = await scriptedInitiator(this);
    const octets = new Uint8Array([...initiator.relay, ...initiator.requestFrame()]);
    const pieces = Array.from({ length: Math.floor(octets.length / size) }, () => size);
    await initiator.connection.send(octets, ...pieces);
  },
);

Then(
  'both directions on the wire are whole frames, RELAY, REQUEST and RESPONSE first',
  async function (this: ConformanceWorld) {
    const { forth, back } = await this.capturedFrames();
    for (const { rest, fault } of [forth, back]) {
      assert.equal(fault, undefined);
      assert.equal(rest.length, 0, 'octets that are no whole frame');
    }
    assert.deepEqual(
      forth.frames.slice(0, 3).map(({ type }) => type),
      ['RELAY', 'REQUEST', 'DATA'],
    );
    assert.equal(back.frames[0]?.type, 'RESPONSE');
    for (const { octets } of [...forth.frames, ...back.frames]) {
      assert.equal(viewOf(octets).getUint32(0), octets.length);
      assert.equal(octets[5], 1, 'version');
    }
  },
);
