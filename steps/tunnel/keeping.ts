/** Steps about what keeps a tunnel connection alive, and about padding. */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { createSealer } from '../../reference/crypto/transforms.ts';
import { Status, statusName } from '../../reference/wire/identifiers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

/** The peer of the implementation under test, whichever role that plays. */
const peerOf = (world: ConformanceWorld) => (world.has('server') ? world.get('server') : world.get('initiator'));

Then(
  'an empty DATA frame comes when nothing was sent for {duration}',
  async function (this: ConformanceWorld, time: number) {
    const peer = peerOf(this);
    const begun = performance.now();
    for (let count = 0; count < 2; count++) {
      assert.equal((await peer.receive({ keepAlives: true })).length, 0);
    }
    const waited = performance.now() - begun;
    // Two of them: at least one whole interval lies between, since the first may have been due already.
    assert.ok(waited >= time - 1, `two came within ${waited.toFixed(1)} ms`);
  },
);

Then(
  'the connection ends as failed when nothing was received for {duration}',
  async function (this: ConformanceWorld, time: number) {
    const begun = performance.now();
    const role = this.has('server') ? 'client' : 'server';
    const event = await this.iut(role).event('ended');
    assert.equal(event['by'], 'network');
    assert.equal(event['status'], null);
    // Half of it: the last octet was received some time before this step began.
    assert.ok(performance.now() - begun >= time / 2, 'it ended too early');
  },
);

When(
  'the initiator sends DATA frames with 0, 1, 100 and 255 octets of padding',
  async function (this: ConformanceWorld) {
    const { session, connection } = this.get('initiator');
    const paddings = [0, 1, 100, 255];
    const sealer = createSealer(session.transform, session.sending, { padding: () => paddings.shift() ?? 0 });
    // The empty frame that confirmed was the first of this direction.
    sealer.seal(new Uint8Array());
    paddings.splice(0, paddings.length, 0, 1, 100, 255);
    while (paddings.length > 0) await connection.send(sealer.seal(new Uint8Array()));
  },
);

Then('the session goes on: the operator can end it', async function (this: ConformanceWorld) {
  this.iut('server').endSession('alice');
  const frame = await this.get('initiator').connection.next('CLOSE');
  assert.equal(frame.type, 'CLOSE');
  assert.equal(statusName(frame.octets[7] ?? 0), statusName(Status.endSession));
});
