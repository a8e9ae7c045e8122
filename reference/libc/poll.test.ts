import test from 'ava';
import { Misuse } from '../errors.ts';
import { eventfd, Readiness, signal } from './poll.ts';

test('a descriptor is readable once something is there', async (t) => {
  const fd = eventfd();
  const readiness = new Readiness(fd);
  const waiting = readiness.readable();
  signal(fd);
  t.true(await waiting);
  await readiness.close();
});

test('closing ends a wait with false, and is idempotent', async (t) => {
  const readiness = new Readiness(eventfd());
  const waiting = readiness.readable();
  await t.throwsAsync(readiness.readable(), { instanceOf: Misuse });
  await Promise.all([readiness.close(), readiness.close()]);
  t.false(await waiting);
  t.false(await readiness.readable());
});
