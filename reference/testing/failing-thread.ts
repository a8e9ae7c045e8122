/** For tests: a thread of the data path that fails at a datagram of 1,000 octets. All others are for the tunnel of their number. */
import { run } from '../datapath/thread.ts';
import { systemClock } from '../tunnel/clock.ts';

run(
  () => ({
    shared: true,
    destination: (datagram) => {
      if (datagram.length === 1_000) throw new Error('a test wants it');
      return datagram[19]! - 10;
    },
    policy: () => () => true,
    change: () => {},
  }),
  () => systemClock.now(),
);
