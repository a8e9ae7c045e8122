/** Steps about IPv6 in a tunnel that outlives its connections. */
import assert from 'node:assert/strict';
import { Then } from '@cucumber/cucumber';
import { addresses, findAddress, isIn } from '../shared/adapter-addresses.ts';
import { patience } from '../shared/lab/deadline.ts';
import { routeTaken } from '../shared/lab/kernel-tables.ts';
import { until } from '../shared/lab/until.ts';
import { virtualLan6 } from '../shared/lab/virtual-lan.ts';
import type { ConformanceWorld } from '../shared/world.ts';

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

Then('no address of {word} is preferred any more', async function (this: ConformanceWorld, prefix: string) {
  const preferred = (await addresses(this)).filter((address) => isIn(prefix, address) && address.deprecated !== true);
  assert.deepEqual(preferred, []);
});
