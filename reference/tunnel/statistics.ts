/** What passed through an adapter, and what was dropped and why: for the event `statistics`, and for a line in the log. */

import type { Adapter } from '../adapter/adapter.ts';
import { type Counters, receiveDrops, transmitDrops } from '../adapter/counters.ts';
import type { QueueCounts } from '../nodes/effect.ts';
import type { Log } from './log.ts';
import type { MemberStatus } from './names/group.ts';

/** What was dropped on one of the two ways ([EP] figs. 17 and 18), for one reason. */
export interface Drop {
  readonly way: 'transmit' | 'receive';
  readonly reason: string;
  readonly frames: number;
}

/** Since the adapter was made. Reasons for which nothing was dropped are left out. */
export type AdapterStatistics = { readonly name: string; readonly dropped: readonly Drop[] } & Readonly<
  Omit<Counters, 'transmitDropped' | 'receiveDropped'>
>;

/** A tunnel of a server, since it was confirmed. What is dropped here is counted at the adapter too. */
type TunnelStatistics = {
  /** Of the initiator. */
  readonly name: string;
  readonly address: string;
  /** Its /64, where there is IPv6. */
  readonly prefix?: string;
  /** What carries DATA at this moment. */
  readonly dataPath: 'fast' | 'readable';
  readonly dropped: readonly Drop[];
} & Pick<Counters, 'transmitted' | 'received'>;

export interface ClientStatistics {
  readonly event: 'statistics';
  readonly role: 'client';
  /** What carries DATA at this moment. */
  readonly dataPath: 'fast' | 'readable';
  /** Null while there is none. */
  readonly adapter: AdapterStatistics | null;
  /** Datagrams that had to wait for a tunnel connection, and those of them that were dropped, since the client was started. */
  readonly queue: QueueCounts;
}

export interface ServerStatistics {
  readonly event: 'statistics';
  readonly role: 'server';
  readonly adapter: AdapterStatistics | null;
  readonly tunnels: readonly TunnelStatistics[];
}

/** A relay's, since it was started. */
export interface RelayStatistics {
  readonly event: 'statistics';
  /** Open now; `halfOpen`: those of them without an answer of the next node so far. */
  readonly connections: number;
  readonly halfOpen: number;
  readonly accepted: number;
  /** Connections beyond a limit. */
  readonly refused: number;
  /** Next nodes that were not allowed, not found or not reached. */
  readonly unreachable: number;
  /** Passed from initiators to servers, and the reverse. */
  readonly octets: { readonly forth: number; readonly back: number };
  readonly members: readonly MemberStatus[];
}

/** As it is now. */
export function adapterStatistics({ name, counters }: Pick<Adapter, 'name' | 'counters'>): AdapterStatistics {
  const { transmitDropped, receiveDropped, ...passed } = structuredClone(counters);
  const dropped = [
    ...drops('transmit', transmitDropped, transmitDrops),
    ...drops('receive', receiveDropped, receiveDrops),
  ];
  return { name, ...passed, dropped };
}

/** @param reasons in words, one for each counter */
export function drops<Counter extends string>(
  way: Drop['way'],
  counters: Readonly<Record<Counter, number>>,
  reasons: Readonly<Record<NoInfer<Counter>, string>>,
): Drop[] {
  const names = Object.keys(counters) as Counter[];
  return names
    .filter((name) => counters[name] > 0)
    .map((name) => ({ way, reason: reasons[name], frames: counters[name] }));
}

/** "adapter pna0: dropped 3 from the local stack (neither ARP nor IP)"; nothing where there were no drops. */
export function logDrops(log: Log, where: string, dropped: readonly Drop[]): void {
  if (dropped.length === 0) return;
  const from = { transmit: 'the local stack', receive: 'the tunnel' } as const;
  const parts = dropped.map(({ way, reason, frames }) => `${frames} from ${from[way]} (${reason})`);
  log.info(`${where}: dropped ${parts.join(', ')}`);
}
