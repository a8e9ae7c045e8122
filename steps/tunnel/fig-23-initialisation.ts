/** Steps about the adapter that the tunnel application has made ([EP] fig. 23, 510). */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { ipJson } from '../shared/lab/iproute2.ts';
import { adapterDevice, virtualLan } from '../shared/peers/configuration.ts';
import type { ConformanceWorld } from '../shared/world.ts';

interface Link {
  readonly address: string;
  readonly link_type: string;
}

Then('the device is an Ethernet device with the reserved physical address', async function (this: ConformanceWorld) {
  const [link] = await ipJson<Link>(this.lab.namespace('client'), 'link', 'show', 'dev', adapterDevice);
  assert.deepEqual([link?.link_type, link?.address], ['ether', virtualLan.clientPhysical]);
});
