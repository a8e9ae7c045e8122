/** Steps about the sessions of a tunnel server: confirmed, superseded, expired, too many ([EP] fig. 12, Authorized 225). */
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Then, When } from '@cucumber/cucumber';
import { Status } from '../../reference/wire/identifiers.ts';
import { ipJson } from '../shared/lab/iproute2.ts';
import { ping } from '../shared/lab/traffic.ts';
import { until } from '../shared/lab/until.ts';
import { virtualLan } from '../shared/lab/virtual-lan.ts';
import { scriptedInitiator, timeOfClose } from '../shared/peers.ts';
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

async function routed(world: ConformanceWorld, prefix: string): Promise<boolean> {
  const routes = await ipJson<{ dst: string }>(world.lab.namespace('server'), 'route', 'show');
  return routes.some(({ dst }) => dst === prefix);
}

Then(
  'for {duration} the server has no route to {word}',
  async function (this: ConformanceWorld, time: number, prefix: string) {
    for (const end = performance.now() + time; performance.now() < end; await pause(50))
      assert.ok(!(await routed(this, prefix)), `a route to ${prefix}`);
  },
);

Then('after the first DATA frame of the initiator it has one', async function (this: ConformanceWorld) {
  await this.get('initiator').send();
  await until('a route to 10.20.0.0/24', async () => (await routed(this, '10.20.0.0/24')) || undefined, 5_000);
});

When(
  'another initiator of the same name is authorized, and the older one is gone',
  async function (this: ConformanceWorld) {
    const older = this.get('initiator');
    await (await scriptedInitiator(this)).authorize();
    await older.expectClose();
    older.connection.finish();
    await older.connection.ended();
    // Until the server has done with it: nothing tells.
    await pause(200);
  },
);

Then('a ping from the server makes a DATA frame for the newer one', async function (this: ConformanceWorld) {
  const [datagram] = await Promise.all([
    this.get('initiator').receive(),
    pingFromServer(this, virtualLan.clientAddress),
  ]);
  assert.equal(datagram.subarray(16, 20).toHex(), '0a08000a', 'the destination of the datagram');
});
