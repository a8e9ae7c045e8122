/** Steps about the adapter that the tunnel application has made ([EP] fig. 23, 510). */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { patience } from '../shared/lab/deadline.ts';
import { ipJson } from '../shared/lab/iproute2.ts';
import { linkOf } from '../shared/lab/kernel-tables.ts';
import { until } from '../shared/lab/until.ts';
import { adapterDevice, virtualLan } from '../shared/lab/virtual-lan.ts';
import type { ConformanceWorld } from '../shared/world.ts';

When('the server then sends RESPONSE', async function (this: ConformanceWorld) {
  await this.get('server').sendResponse();
});

Then('the device is an Ethernet device with the reserved physical address', async function (this: ConformanceWorld) {
  const { link_type, address } = await linkOf(this.lab.namespace('client'), adapterDevice);
  assert.deepEqual([link_type, address], ['ether', virtualLan.clientPhysical]);
});

/** While the program goes on, or after it. */
Then('the adapter is soon gone from the client', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  const look = async () =>
    (await ipJson<{ ifname: string }>(namespace, 'link')).every(({ ifname }) => ifname !== adapterDevice) || undefined;
  await until('the adapter is gone', look, patience);
});
