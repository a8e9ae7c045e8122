/** Steps about the adapter that the tunnel application has made ([EP] fig. 23, 510). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { linkOf } from '../support/lab/networks/kernel-tables.ts';
import { virtualLan } from '../support/lab/networks/virtual-lan.ts';
import type { ConformanceWorld } from '../support/world.ts';

When('the server then sends RESPONSE', async function (this: ConformanceWorld) {
  await this.get('server').sendResponse();
});

Then('the device is an Ethernet device with the reserved physical address', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  const { link_type, address } = await linkOf(namespace, adapterIn(namespace));
  assert.deepEqual([link_type, address], ['ether', virtualLan.clientPhysical]);
});
