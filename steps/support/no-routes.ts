/** Networks that nobody routes through a client's adapter. */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { watch } from './lab/deadlines/deadline.ts';
import { adapterIn } from './lab/networks/adapter-device.ts';
import { type Family, networksBehind } from './lab/networks/kernel-tables.ts';
import type { ConformanceWorld } from './world.ts';

/** Milliseconds in which routes would follow that nobody wants. */
const unwanted = 1_500;

/** What must not come may follow the event of the adapter. */
export async function noneRouted(world: ConformanceWorld, families: readonly Family[]): Promise<void> {
  const namespace = world.lab.namespace('client');
  await watch(unwanted);
  const found = families.map((family) => networksBehind(namespace, family, adapterIn(namespace)));
  assert.deepEqual((await Promise.all(found)).flat(), []);
}

Then('in {family} no network is routed through the adapter', async function (this: ConformanceWorld, family: Family) {
  await noneRouted(this, [family]);
});
