/** Steps about traffic of the local stacks through the tunnel: pings and TCP transfers. */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { type Comparison, ping, transfer } from './lab/packets/traffic.ts';
import { placeOf } from './places.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    transfers: Promise<readonly Comparison[]>;
  }
}

/** Leaves transfers for the step that compares what was sent with what arrived. */
export function leaveTransfers(world: ConformanceWorld, transfers: Promise<readonly Comparison[]>): void {
  // That step reports a failure too: without this it would be unhandled until then.
  transfers.catch(() => {});
  world.set('transfers', transfers);
}

Then(
  '{int} ping(s) of {int} octets from {word} to {word} is/are answered',
  async function (this: ConformanceWorld, count: number, size: number, from: string, to: string) {
    const { namespace } = placeOf(this, from);
    const result = await ping({ namespace, destination: placeOf(this, to).address, count, size });
    assert.equal(result.received, count, result.output);
  },
);

When(
  '{int} MiB go by TCP from {word} to {word} and back',
  async function (this: ConformanceWorld, size: number, one: string, other: string) {
    const [near, far] = [placeOf(this, one), placeOf(this, other)];
    const common = { octets: size * 2 ** 20, milliseconds: 80_000 };
    const forth = await transfer({ from: near.namespace, to: far.namespace, address: far.address, ...common });
    const back = await transfer({ from: far.namespace, to: near.namespace, address: near.address, ...common });
    leaveTransfers(this, Promise.resolve([forth, back]));
  },
);

Then('every octet arrived: SHA-256 is equal at both ends', async function (this: ConformanceWorld) {
  for (const { sent, arrived, octets } of await this.get('transfers')) {
    assert.ok(octets > 0, 'nothing arrived');
    assert.equal(arrived, sent);
  }
});
