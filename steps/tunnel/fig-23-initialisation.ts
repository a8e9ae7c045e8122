/** Steps about the adapter that the tunnel application has made ([EP] fig. 23, 510). */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { linkOf } from '../shared/lab/kernel-tables.ts';
import { adapterDevice, virtualLan } from '../shared/lab/virtual-lan.ts';
import type { ConformanceWorld } from '../shared/world.ts';

Then('the device is an Ethernet device with the reserved physical address', async function (this: ConformanceWorld) {
  const { link_type, address } = await linkOf(this.lab.namespace('client'), adapterDevice);
  assert.deepEqual([link_type, address], ['ether', virtualLan.clientPhysical]);
});
