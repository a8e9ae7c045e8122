/** Steps about the lease that udhcpc obtains on the adapter. */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { adapterIn } from './lab/networks/adapter-device.ts';
import { virtualLan } from './lab/networks/virtual-lan.ts';
import { type Lease, obtainLease } from './lab/packets/dhcp-lease.ts';
import type { ConformanceWorld } from './world.ts';

declare module './world.ts' {
  interface Facts {
    lease: Lease;
  }
}

When("udhcpc runs on the client's adapter", async function (this: ConformanceWorld) {
  const namespace = this.lab.namespace('client');
  const lease = await obtainLease({ namespace, device: adapterIn(namespace) });
  assert.ok(lease, 'udhcpc obtained no lease');
  this.set('lease', lease);
});

Then('it was offered the address that the server assigned', function (this: ConformanceWorld) {
  const { ip, serverid, subnet } = this.get('lease');
  assert.deepEqual(
    { ip, serverid, subnet },
    { ip: virtualLan.clientAddress, serverid: virtualLan.serverAddress, subnet: '255.255.255.0' },
  );
});
