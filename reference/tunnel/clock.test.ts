import test from 'ava';
import type { Input, Node } from '../nodes/effect.ts';
import { systemClock, wakefulClock } from './clock.ts';
import { Connection } from './connection.ts';

/** A machine whose time passes awake or asleep, its uptime in hundredths of a second. */
function machine() {
  let [awake, asleep] = [5_000.25, 70_000];
  return {
    clock: wakefulClock(
      () => awake,
      () => Math.floor((awake + asleep) / 10) * 10,
    ),
    pass: (time: number) => {
      awake += time;
    },
    sleep: (time: number) => {
      asleep += time;
    },
  };
}

test('while the machine is awake the clock is the monotonic one, to the fraction', (t) => {
  const { clock, pass } = machine();
  const begun = clock.now();
  for (let n = 0; n < 1_000; n++) pass(37.5);
  t.is(clock.now() - begun, 37_500);
});

test('the time slept counts, each time, and the clock never goes back', (t) => {
  const { clock, pass, sleep } = machine();
  const begun = clock.now();
  let before = begun;
  for (let n = 1; n <= 3; n++) {
    pass(100);
    sleep(3_600_000);
    const now = clock.now();
    t.true(now > before);
    t.true(Math.abs(now - begun - n * 3_600_100) <= 10, `${now - begun}`);
    before = now;
  }
});

test('the system clock counts no sleep where there was none', (t) => {
  const ahead = () => systemClock.now() - performance.now();
  const begun = ahead();
  for (const end = performance.now() + 250; performance.now() < end; ) t.true(Math.abs(ahead() - begun) < 900);
});

test('a deadline that passed while the machine slept is noticed soon after', async (t) => {
  const { clock, pass, sleep } = machine();
  const due = Promise.withResolvers<Input>();
  const node: Node = {
    state: 'Puppet',
    canSend: true,
    deadline: clock.now() + 60_000,
    handle: (input) => {
      if (input.type === 'time') due.resolve(input);
      return [];
    },
  };
  const timers: [act: () => void, delay: number][] = [];
  const { setTimeout: real } = globalThis;
  globalThis.setTimeout = ((act: () => void, delay: number) => timers.push([act, delay])) as unknown as typeof real;
  t.teardown(() => {
    globalThis.setTimeout = real;
  });
  const silent = { open: () => Promise.reject(), deliver: () => {}, report: () => {}, pressure: () => {} };
  new Connection(node, silent, clock).input({ type: 'datagrams', datagrams: [new Uint8Array()] });
  const [act, delay] = timers.shift() ?? t.fail('no timer');
  t.true(delay <= 5_000, `it would sleep for ${delay} ms of a minute`);
  pass(delay);
  sleep(3_600_000);
  act();
  t.like(await due.promise, { type: 'time' });
});
