import { kernelTests } from '../testing/private-network.ts';
import { ip } from './iproute2.ts';
import { watchNetwork } from './network-watch.ts';

const kernel = kernelTests();

kernel('each change is reported to all who watch, and to nobody after the end', async (t) => {
  const counts = [0, 0];
  let seen = Promise.withResolvers<void>();
  await using first = watchNetwork(() => {
    counts[0]! += 1;
  });
  await using _second = watchNetwork(() => {
    counts[1]! += 1;
    seen.resolve();
  });
  const change = async (...words: readonly string[]) => {
    seen = Promise.withResolvers();
    await ip('link', ...words);
    await seen.promise;
  };
  await change('add', 'eth1', 'type', 'veth', 'peer', 'name', 'far');
  const [before = 0] = counts;
  t.true(before > 0);
  await first.close();
  await first.close();
  await change('delete', 'eth1');
  t.deepEqual([counts[0], counts[1]! > before], [before, true]);
});
