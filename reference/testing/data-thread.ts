/** For tests: the thread of a data path with one tunnel. */
import { run } from '../datapath/thread.ts';
import { onlyTunnel } from '../tunnel/client/data-path.ts';
import { systemClock } from '../tunnel/clock.ts';
import { mayUse } from './data-rule.ts';

run(
  () => ({ shared: false, destination: () => onlyTunnel, policy: () => mayUse, change: () => {} }),
  () => systemClock.now(),
);
