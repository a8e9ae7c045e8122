import { setImmediate as turn } from 'node:timers/promises';
import test from 'ava';
import { SerialQueue } from './serial-queue.ts';

test('work is done one after the other, also after some that failed', async (t) => {
  const queue = new SerialQueue();
  const done: string[] = [];
  const work = (name: string) => async () => {
    done.push(`${name} begins`);
    await turn();
    done.push(`${name} ends`);
    if (name === 'one') throw new Error(name);
    return name;
  };
  const [one, two] = [queue.run(work('one')), queue.run(work('two'))];
  await t.throwsAsync(one, { message: 'one' });
  t.is(await two, 'two');
  t.deepEqual(done, ['one begins', 'one ends', 'two begins', 'two ends']);
});
