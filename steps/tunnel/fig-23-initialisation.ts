/** Steps about the adapter that the tunnel application has made ([EP] fig. 23, 510). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { adapterIn, hasAdapter } from '../support/lab/adapter-device.ts';
import { patience } from '../support/lab/deadline.ts';
import { linkOf } from '../support/lab/kernel-tables.ts';
import { until } from '../support/lab/until.ts';
import { virtualLan } from '../support/lab/virtual-lan.ts';
import type { ConformanceWorld } from '../support/world.ts';

When('the server then sends RESPONSE', async function (this: ConformanceWorld) {
  await this.get('server').sendResponse();
});

Then('the device is an Ethernet device with the reserved physical address', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  const { link_type, address } = await linkOf(namespace, adapterIn(namespace));
  assert.deepEqual([link_type, address], ['ether', virtualLan.clientPhysical]);
});

/** While the program goes on, or after it. */
Then('the adapter is soon gone from the client', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  await until('the adapter is gone', async () => !hasAdapter(namespace) || undefined, patience);
});
