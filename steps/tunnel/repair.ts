/** Steps about routes of the client's that somebody else removes ([EP] fig. 23, 520). */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { Then, When } from '@cucumber/cucumber';
import { attempt, spawnInside } from '../shared/lab/command.ts';
import { patience, within } from '../shared/lab/deadline.ts';
import { routesTo } from '../shared/lab/kernel-tables.ts';
import { Mailbox } from '../shared/lab/mailbox.ts';
import { adapterDevice } from '../shared/peers/configuration.ts';
import type { ConformanceWorld } from '../shared/world.ts';

declare module '../shared/world.ts' {
  interface Facts {
    removed: { readonly prefix: string; readonly watch: RouteMonitor; readonly at: number };
  }
}

/** What the kernel tells of the routes to a prefix, as `ip monitor` prints it. */
class RouteMonitor implements AsyncDisposable {
  /** `Deleted …`, or how it is now. */
  readonly lines = new Mailbox<string>();
  readonly #process: ChildProcess;

  constructor(namespace: string, prefix: string) {
    this.#process = spawnInside(namespace, ['ip', 'monitor', 'route'], { stdio: ['ignore', 'pipe', 'ignore'] });
    createInterface({ input: this.#process.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      if (line.includes(prefix)) this.lines.put(line);
    });
  }

  /** The route is there, now or again. */
  laid(milliseconds: number): Promise<string> {
    return this.lines.take(milliseconds, 'the route', (line) => !line.startsWith('Deleted'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
  }
}

/** Removes it until the monitor has seen that: it may have been a moment late at first. */
When('somebody removes the route to {word}', async function (this: ConformanceWorld, prefix: string) {
  const namespace = this.lab.namespace('client');
  const watch = this.own(new RouteMonitor(namespace, prefix));
  const seen = watch.lines.take(patience, 'the removal', (line) => line.startsWith('Deleted'));
  let isSeen = false;
  void seen.then(() => {
    isSeen = true;
  });
  while (!isSeen) {
    await attempt(['ip', 'route', 'delete', prefix], { namespace });
    await Promise.race([seen, pause(100)]);
  }
  this.set('removed', { prefix, watch, at: performance.now() });
});

Then('it is back within {duration}', async function (this: ConformanceWorld, limit: number) {
  const { prefix, watch, at } = this.get('removed');
  await watch.laid(limit);
  const after = performance.now() - at;
  const routes = await routesTo(this.lab.namespace('client'), prefix);
  assert.ok(routes.some(({ dev }) => dev === adapterDevice));
  this.log(`the route was back after ${after.toFixed(0)} ms`);
});

/** A route that is not put back for so many milliseconds stays away: the first times it takes a fraction of that. */
const longestRepair = 2_500;

Then(
  'removed each time, it stays away within {duration}, put back no more than {int} times',
  async function (this: ConformanceWorld, limit: number, bound: number) {
    const { prefix, watch } = this.get('removed');
    const namespace = this.lab.namespace('client');
    let times = 0;
    const removeAgain = async (): Promise<void> => {
      while (await watch.laid(longestRepair).catch(() => undefined)) {
        times += 1;
        await attempt(['ip', 'route', 'delete', prefix], { namespace });
      }
    };
    await within(limit, 'the route staying away', removeAgain(), () => `it was put back ${times} times`);
    assert.ok(times > 0 && times <= bound, `it was put back ${times} times`);
    assert.deepEqual(await routesTo(namespace, prefix), []);
  },
);

Then('the client has told which route it leaves alone', function (this: ConformanceWorld) {
  const { prefix } = this.get('removed');
  const logs = ['stderr.log', 'stdout.log'].map((file) => readFileSync(join(this.iut('client').folder, file), 'utf8'));
  assert.ok(
    logs.some((text) => text.includes(prefix)),
    `nothing that the client said names ${prefix}`,
  );
});
