/** Steps about what a tunnel initiator accepts of its server's client data ([EP] fig. 23, 508 to 520). */
import assert from 'node:assert/strict';
import { Given, Then } from '@cucumber/cucumber';
import { ipv4Octets } from '../../reference/packets/addresses.ts';
import { readDhcp } from '../../vectors/dhcp-reply.ts';
import { adapterUnderTest } from '../shared/adapter.ts';
import { type Family, linkOf, networksBehind } from '../shared/lab/kernel-tables.ts';
import { adapterDevice } from '../shared/lab/virtual-lan.ts';
import type { ConformanceWorld } from '../shared/world.ts';

Given(
  'a user who accepts DNS servers: {word}, and a server that offers {word}',
  async function (this: ConformanceWorld, accepts: string, server: string) {
    const overrides = { accept: { dns: accepts === 'yes' }, adapter: { configure: 'none', routes: false } };
    await adapterUnderTest(this, overrides, { settings: { dns: [server] } });
  },
);

/** Of the networks behind a gateway, not of those that an address of the adapter is in. */
Then(
  'in {family} only {word} is routed through the adapter',
  async function (this: ConformanceWorld, family: Family, expected: string) {
    assert.deepEqual(await networksBehind(this.lab.namespace('client'), family, adapterDevice), [expected]);
  },
);

Then('the OFFER names the DNS servers: {word}', function (this: ConformanceWorld, names: string) {
  const found = readDhcp(this.get('offer')).options.find(({ code }) => code === 6)?.value;
  assert.equal(found, names === 'none' ? undefined : ipv4Octets(names).toHex());
});

Then('the MTU of the adapter is {int} or more', async function (this: ConformanceWorld, least: number) {
  const { mtu } = await linkOf(this.lab.namespace('client'), adapterDevice);
  assert.ok(mtu >= least, `it is ${mtu}`);
});
