import test from 'ava';
import fc from 'fast-check';
import { Group } from './group.ts';
import type { Service } from './resolver.ts';

const member = (host: string, more: Partial<Service> = {}): Service => ({
  host,
  port: 3265,
  priority: 0,
  weight: 0,
  ...more,
});

test('the lowest priority wins, however much it is used', (t) => {
  const group = new Group(() => 0);
  const members = [member('far', { priority: 2, weight: 100 }), member('near', { priority: 1 })];
  for (let times = 0; times < 5; times++) {
    const chosen = group.choose(members);
    t.is(chosen.host, 'near');
    group.use(chosen);
  }
});

test('however connections come and go, the next goes to a least used member', (t) => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (comings, size) => {
      const group = new Group(() => 0);
      const members = Array.from({ length: size }, (_, index) => member(`m${index}`));
      const open: { host: string; release: () => void }[] = [];
      for (const comes of comings) {
        if (!comes) {
          open.shift()?.release();
          continue;
        }
        const used = members.map(({ host }) => open.filter((one) => one.host === host).length);
        const chosen = group.choose(members);
        t.is(open.filter((one) => one.host === chosen.host).length, Math.min(...used));
        open.push({ host: chosen.host, release: group.use(chosen) });
      }
    }),
  );
  t.pass();
});

test('RFC 2782: equals are drawn in proportion to their weights, and without weights equally', (t) => {
  const draw = (random: number, weights: readonly number[]): string =>
    new Group(
      () => 0,
      () => random,
    ).choose(weights.map((weight, index) => member(`m${index}`, { weight }))).host;
  t.deepEqual(
    [0, 0.24, 0.26, 0.99].map((random) => draw(random, [1, 3])),
    ['m0', 'm0', 'm1', 'm1'],
  );
  t.deepEqual(
    [0, 0.49, 0.51, 0.99].map((random) => draw(random, [0, 0])),
    ['m0', 'm0', 'm1', 'm1'],
  );
});

test('a member that rests comes after all others, of whatever priority, until it is over or it accepts', (t) => {
  const clock = { now: 0 };
  const group = new Group(() => clock.now);
  const [one, two] = [member('one'), member('two', { priority: 9 })];
  group.failed(one);
  t.is(group.choose([one, two]).host, 'two');
  t.is(group.choose([one]).host, 'one');
  clock.now = 29_999;
  t.is(group.choose([one, two]).host, 'two');
  clock.now = 30_000;
  t.is(group.choose([one, two]).host, 'one');
  group.failed(one);
  group.accepted(one);
  t.is(group.choose([one, two]).host, 'one');
});
