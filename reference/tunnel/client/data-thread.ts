/** The thread of a tunnel client's data path: one tunnel, and all that the local stack sends is for it. */
import { isMainThread } from 'node:worker_threads';
import type { Routes } from '../../datapath/routes.ts';
import { run } from '../../datapath/thread.ts';
import { systemClock } from '../clock.ts';
import { onlyTunnel, type RoutesChange } from './data-path.ts';
import { Reception } from './reception.ts';

let reception: Reception | undefined;

const routes = (): Routes => ({
  shared: false,
  destination: () => onlyTunnel,
  policy: () => reception?.permits,
  change: (change) => {
    reception = new Reception(...(change as RoutesChange));
  },
});

// The process loads this too, so that its compiled code is kept.
if (!isMainThread) run(routes, () => systemClock.now());
