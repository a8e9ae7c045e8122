/** Steps about IPv6 in a tunnel that outlives its connections. */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { addresses, findAddress, isIn } from '../support/adapter-addresses.ts';
import { patience } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { routeTaken } from '../support/lab/networks/kernel-tables.ts';
import { virtualLan6 } from '../support/lab/networks/virtual-lan.ts';
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
