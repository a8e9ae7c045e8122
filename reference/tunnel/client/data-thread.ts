/** The thread of a tunnel client's data path: one tunnel, and all that the local stack sends is for it. */
import { run } from '../../datapath/thread.ts';
import { systemClock } from '../clock.ts';
import { anyone, onlyTunnel } from './data-path.ts';

run(
  () => ({ shared: false, destination: () => onlyTunnel, policy: () => anyone, change: () => {} }),
  () => systemClock.now(),
);
