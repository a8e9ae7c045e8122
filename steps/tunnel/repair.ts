/** Steps about routes of the client's that somebody else removes ([EP] fig. 23, 520). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Then, When } from '@cucumber/cucumber';
import { isIpv6 } from '../../reference/packets/addresses.ts';
import { patience, within } from '../support/lab/deadlines/deadline.ts';
import { until } from '../support/lab/deadlines/until.ts';
import { adapterIn } from '../support/lab/networks/adapter-device.ts';
import { routesTo } from '../support/lab/networks/kernel-tables.ts';
import { run } from '../support/lab/programs/command.ts';
import type { ConformanceWorld } from '../support/world.ts';

declare module '../support/world.ts' {
  interface Facts {
    /** The route that is removed, and when it was for the first time: milliseconds of performance.now(). */
    removal: { readonly prefix: string; readonly at: number };
  }
}

const remove = (world: ConformanceWorld, prefix: string): Promise<string> =>
  run(['ip', isIpv6(prefix) ? '-6' : '-4', 'route', 'delete', prefix], { namespace: world.lab.namespace('client') });

/** Waits until the route is there again. */
async function laid(world: ConformanceWorld, prefix: string, milliseconds: number): Promise<void> {
  const look = async () => (await routesTo(world.lab.namespace('client'), prefix))[0];
  const { dev } = await until(`the route to ${prefix}`, look, milliseconds);
  assert.equal(dev, adapterIn(world.lab.namespace('client')));
}

When('somebody removes the route to {word}', async function (this: ConformanceWorld, prefix: string) {
  await laid(this, prefix, patience);
  await remove(this, prefix);
  this.set('removal', { prefix, at: performance.now() });
});

Then('it is back within {duration}', async function (this: ConformanceWorld, limit: number) {
  const { prefix, at } = this.get('removal');
  await laid(this, prefix, limit);
  this.log(`the route was back after ${(performance.now() - at).toFixed(0)} ms`);
});

/** A route that is not put back for so many milliseconds stays away: the first times it takes a fraction of that. */
const longestRepair = 2_500;

Then(
  'removed each time, it stays away within {duration}, put back no more than {int} times',
  async function (this: ConformanceWorld, limit: number, bound: number) {
    const { prefix } = this.get('removal');
    const namespace = this.lab.namespace('client');
    let times = 0;
    const isBack = () =>
      laid(this, prefix, longestRepair).then(
        () => true,
        () => false,
      );
    const removeAgain = async (): Promise<void> => {
      for (; await isBack(); times += 1) await remove(this, prefix);
    };
    await within(limit, 'the route staying away', removeAgain(), () => `it was put back ${times} times`);
    assert.ok(times > 0 && times <= bound, `it was put back ${times} times`);
    assert.deepEqual(await routesTo(namespace, prefix), []);
  },
);

Then('the client has told which route it leaves alone', function (this: ConformanceWorld) {
  const { prefix } = this.get('removal');
  const logs = ['stderr.log', 'stdout.log'].map((file) => readFileSync(join(this.iut('client').folder, file), 'utf8'));
  assert.ok(
    logs.some((text) => text.includes(prefix)),
    `nothing that the client said names ${prefix}`,
  );
});
