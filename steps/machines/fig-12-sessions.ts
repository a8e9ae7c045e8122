/** Steps about the sessions of a tunnel server: confirmed, superseded, expired, too many ([EP] fig. 12, Authorized 225). */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { Status } from '../../reference/wire/identifiers.ts';
import { ping } from '../shared/lab/traffic.ts';
import { virtualLan } from '../shared/lab/virtual-lan.ts';
import { timeOfClose } from '../shared/peers.ts';
import type { ConformanceWorld } from '../shared/world.ts';

/** Nobody answers it: the initiator is scripted. */
async function pingFromServer(world: ConformanceWorld, destination: string): Promise<void> {
  await ping({ namespace: world.lab.namespace('server'), destination, wait: 1 });
}

Then(
  'a ping from the server to {word} makes no DATA frame',
  async function (this: ConformanceWorld, destination: string) {
    const { connection } = this.get('initiator');
    // The ping waits a second for its answer: a frame would have come by then.
    await pingFromServer(this, destination);
    assert.equal(connection.frames.waiting.length, 0, 'a frame came');
  },
);

Then('after the first DATA frame of the initiator it does', async function (this: ConformanceWorld) {
  const initiator = this.get('initiator');
  await initiator.send();
  const [datagram] = await Promise.all([initiator.receive(), pingFromServer(this, virtualLan.clientAddress)]);
  assert.equal(datagram.subarray(16, 20).toHex(), '0a08000a', 'the destination of the datagram');
});

Then('the session goes on until the initiator ends it', async function (this: ConformanceWorld) {
  const initiator = this.get('initiator');
  await initiator.send();
  await initiator.close(Status.endSession);
  await initiator.connection.endedWithoutFrame();
});

Then('each name has one address, and no two the same', function (this: ConformanceWorld) {
  const leases = this.get('leases');
  const names = new Set(leases.map(({ name }) => name));
  const pairs = new Set(leases.map(({ name, address }) => `${name} ${address}`));
  const addresses = new Set(leases.map(({ address }) => address));
  assert.equal(pairs.size, names.size, [...pairs].join(', '));
  assert.equal(addresses.size, names.size, [...pairs].join(', '));
});

Then('not before {duration}', function (this: ConformanceWorld, minimum: number) {
  const waited = timeOfClose(this);
  assert.ok(waited >= minimum - 1, `the CLOSE came after ${waited.toFixed(1)} ms`);
});
