/** The thread of a tunnel client's data path: one tunnel, and all that the local stack sends is for it. */
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

run(routes, () => systemClock.now());
