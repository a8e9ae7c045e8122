import { uptime } from 'node:os';
import test from 'ava';
import type { Input, Node } from '../nodes/effect.ts';
import { systemClock } from './clock.ts';
import { Connection } from './connection.ts';

test('the system clock goes on while the machine sleeps, as the uptime does, to the fraction', (t) => {
  const seconds = uptime();
  const now = systemClock.now();
  t.true(now >= seconds * 1_000 - 20 && now < seconds * 1_000 + 1_000, `${now} ms, ${seconds} s`);
  t.notDeepEqual(
    Array.from({ length: 20 }, () => systemClock.now() % 1),
    Array<number>(20).fill(0),
  );
});

test('the system clock is as fast as the monotonic one', (t) => {
  // Between two looks at one clock the other is looked at: it is ahead by something between the two differences.
  const ahead = (): [least: number, most: number] => {
    const before = performance.now();
    const time = systemClock.now();
    return [time - performance.now(), time - before];
  };
  const [, most] = ahead();
  const [least] = ahead();
  for (const end = performance.now() + 250; performance.now() < end; ) {
    const [lowest, highest] = ahead();
    t.true(lowest < most + 100 && highest > least - 100);
  }
});

test('a deadline that passed while the machine slept is noticed soon after', async (t) => {
  let time = 5_000;
  const pass = (milliseconds: number): void => {
    time += milliseconds;
  };
  const clock = { now: () => time };
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
  pass(3_600_000);
  act();
  t.like(await due.promise, { type: 'time' });
});
