/** Steps about the client's adapter when it is made ([EP] fig. 23, 510 to 520). */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { addressesOf, linkOf } from '../shared/lab/kernel-tables.ts';
import { adapterDevice, virtualLan } from '../shared/peers/configuration.ts';
import type { ConformanceWorld } from '../shared/world.ts';

Then('the device is an Ethernet device with the reserved physical address', async function (this: ConformanceWorld) {
  const { link_type, address } = await linkOf(this.lab.namespace('client'), adapterDevice);
  assert.deepEqual([link_type, address], ['ether', virtualLan.clientPhysical]);
});

Then('the device has the MTU and the address of the client data', async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  assert.equal((await linkOf(namespace, adapterDevice)).mtu, virtualLan.mtu);
  const addresses = await addressesOf(namespace, 'IPv4', adapterDevice);
  assert.deepEqual(
    addresses.map(({ local, prefixlen }) => [local, prefixlen]),
    [[virtualLan.clientAddress, virtualLan.prefixLength]],
  );
});
