/** Octets of vectors/authorized.json: what an end point in Authorized closes on, for which nobody needs a key. */
import assert from 'node:assert/strict';
import { When } from '@cucumber/cucumber';
import { statusName } from '../../reference/wire/identifiers.ts';
import { load, title } from '../../vectors/load.ts';
import { flagged } from '../support/known.ts';
import { Nonconformance } from '../support/lab/failure.ts';
import { connecting, tryEach } from '../support/vector-trials.ts';
import type { ConformanceWorld } from '../support/world.ts';

When(
  'octets of authorized.json flagged {word} are sent, each on a connection of its own',
  async function (this: ConformanceWorld, flag: string) {
    const connect = connecting(this, 'chacha20poly1305');
    const vectors = load('authorized').flatMap(({ tests }) => tests);
    await tryEach(this, flagged(vectors, flag), {
      title: (vector) => `authorized.json, ${title(vector)}`,
      one: async (vector) => {
        const { peer, socket } = await connect();
        // The first frame of a server's direction, or the one by which an initiator confirms.
        await peer.send();
        // The stream stays open: no more than these octets may be needed for the verdict.
        await peer.connection.send(Uint8Array.fromHex(vector['octets']));
        if (vector['verdict'] === 'closed') {
          const close = await peer.expectClose();
          assert.equal(statusName(close.status), statusName(vector['status']));
          if (!close.keyed || !close.valid) throw new Nonconformance('the CLOSE is not keyed, or does not verify');
        }
        await peer.connection.endedWithoutFrame();
        peer.connection.finish();
        if (this.has('victim')) await socket[Symbol.asyncDispose]();
      },
    });
  },
);
