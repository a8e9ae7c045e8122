/** Steps about IPv6 in a tunnel that outlives its connections. */
import assert from 'node:assert/strict';
import { Then, When } from '@cucumber/cucumber';
import { hex6 } from '../../vectors/neighbour-options.ts';
import { watchAdapter } from '../support/adapter.ts';
import { addresses, findAddress, isIn } from '../support/adapter-addresses.ts';
import { patience } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { routeTaken } from '../support/lab/networks/kernel-tables.ts';
import { virtualLan6 } from '../support/lab/networks/virtual-lan.ts';
import { isDiscovery, type } from '../support/lab/packets/neighbour-packets.ts';
import type { ConformanceWorld } from '../support/world.ts';

/** Which of its addresses the kernel would use towards the server's adapter. */
Then('new connections come from an address of {word}', async function (this: ConformanceWorld, prefix: string) {
  await findAddress(this, prefix);
  let source = '::';
  const look = async () => {
    source = (await routeTaken(this.lab.namespace('client'), virtualLan6.serverAddress))?.prefsrc ?? '::';
    return isIn(prefix, { local: source }) || undefined;
  };
  await until(`a source address of ${prefix}`, look, patience, () => `it is ${source}`);
});

const preferred = async (world: ConformanceWorld, prefix: string) =>
  (await addresses(world)).filter((address) => isIn(prefix, address) && address.deprecated !== true);

Then('no address of {word} is preferred any more', async function (this: ConformanceWorld, prefix: string) {
  assert.deepEqual(await preferred(this, prefix), []);
});

/** Where nothing comes in its place there is nothing else to wait for. */
Then('soon no address of {word} is preferred any more', async function (this: ConformanceWorld, prefix: string) {
  const look = async () => ((await preferred(this, prefix)).length === 0 ? true : undefined);
  await until(`no preferred address of ${prefix}`, look, patience);
});

When("the client's adapter is watched", function (this: ConformanceWorld) {
  watchAdapter(this, 'client');
});

/** Octets of Ethernet and IPv6 before a router advertisement (RFC 4861 §4.2), and of its own before the options. */
const advertisementAt = 14 + 40;
const fixedPart = 16;

/** The two lifetimes and the prefix of each Prefix Information (RFC 4861 §4.6.2), in hexadecimal. */
function prefixesIn(frame: Uint8Array): { readonly lifetimes: string; readonly prefix: string }[] {
  const found = [];
  for (let at = advertisementAt + fixedPart; (frame[at + 1] ?? 0) > 0; at += 8 * frame[at + 1]!)
    if (frame[at] === 3)
      found.push({
        lifetimes: frame.subarray(at + 4, at + 12).toHex(),
        prefix: frame.subarray(at + 16, at + 32).toHex(),
      });
  return found;
}

Then(
  'an advertisement has withdrawn {word} with lifetimes of 0, as no default router',
  async function (this: ConformanceWorld, prefix: string) {
    const zeros = '00'.repeat(8);
    const withdraws = (frame: Uint8Array): boolean =>
      isDiscovery(frame, type.routerAdvertisement) &&
      prefixesIn(frame).some((one) => one.prefix === hex6(prefix) && one.lifetimes === zeros);
    const frame = await this.get('stack').next('an advertisement with lifetimes of 0', withdraws);
    assert.deepEqual([...frame.subarray(advertisementAt + 6, advertisementAt + 8)], [0, 0], 'router lifetime');
  },
);
