import { Worker } from 'node:worker_threads';
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

const module = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
const waiting = {
  'of the pool': `({ eventfd, Readiness }) => void new Readiness(eventfd()).readable()`,
  'by itself': `({ Epoll }) => { for (const epoll = new Epoll(); ; ) epoll.wait(() => {}); }`,
};
for (const [name, wait] of Object.entries(waiting)) {
  test(`a thread that waits for what never comes, ${name}, can be ended from outside`, async (t) => {
    const program = `
      const { parentPort } = require('node:worker_threads');
      Promise.all([import(${module('./poll.ts')}), import(${module('./epoll.ts')})]).then(([poll, epoll]) => {
        parentPort.postMessage('waits');
        (${wait})({ ...poll, ...epoll });
      });`;
    const worker = new Worker(program, { eval: true });
    await new Promise((resolve) => worker.once('message', resolve));
    t.is(await worker.terminate(), 1);
  });
}
