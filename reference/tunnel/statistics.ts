/** What passed through an adapter, and what was dropped and why: for the event `statistics`, and for a line in the log. */
import { type Counters, receiveDrops, transmitDrops } from '../adapter/counters.ts';
import type { QueueCounts } from '../nodes/effect.ts';
import type { MemberStatus } from './names/group.ts';

interface Passed {
  readonly frames: number;
  readonly octets: number;
}

/** What was dropped on one of the two ways ([EP] figs. 17 and 18), for one reason. */
export interface Drop {
  readonly way: 'transmit' | 'receive';
  readonly reason: string;
  readonly frames: number;
}

/** Since the adapter was made. */
export interface AdapterStatistics {
  readonly name: string;
  /** From the local stack into a tunnel, and the reverse. */
  readonly transmitted: Passed;
  readonly received: Passed;
  /** Frames that the emulators answered with. */
  readonly answered: { readonly arp: number; readonly dhcp: number; readonly neighbour: number };
  /** Router advertisements that nobody asked for. */
  readonly advertised: number;
  /** How often reading from the adapter stopped because the tunnel was full. */
  readonly pauses: number;
  /** Reasons for which nothing was dropped are left out. */
  readonly dropped: readonly Drop[];
}

/** A tunnel of a server, since it was confirmed. What is dropped here is counted at the adapter too. */
export interface TunnelStatistics {
  /** Of the initiator. */
  readonly name: string;
  readonly address: string;
  /** Its /64, where there is IPv6. */
  readonly prefix?: string;
  readonly transmitted: Passed;
  readonly received: Passed;
  readonly dropped: readonly Drop[];
}

export interface ClientStatistics {
  readonly event: 'statistics';
  readonly role: 'client';
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
  /** Open now, and of these without an answer of the next node so far. */
  readonly connections: number;
  readonly halfOpen: number;
  readonly accepted: number;
  /** For a limit. */
  readonly refused: number;
  /** Next nodes that were not allowed, not found or not reached. */
  readonly unreachable: number;
  /** Passed from initiators to servers, and the reverse. */
  readonly octets: { readonly forth: number; readonly back: number };
  readonly members: readonly MemberStatus[];
}

export function adapterStatistics(name: string, counters: Counters): AdapterStatistics {
  const { transmitted, received, answered, advertised, pauses, transmitDropped, receiveDropped } = counters;
  const dropped = [
    ...drops('transmit', transmitDropped, transmitDrops),
    ...drops('receive', receiveDropped, receiveDrops),
  ];
  const passed = { transmitted: { ...transmitted }, received: { ...received } };
  return { name, ...passed, answered: { ...answered }, advertised, pauses, dropped };
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

/** "dropped 3 from the local stack (neither ARP nor IP), 1 from the tunnel (…)"; undefined when there were no drops. */
export function dropsText(dropped: readonly Drop[]): string | undefined {
  if (dropped.length === 0) return undefined;
  const from = { transmit: 'the local stack', receive: 'the tunnel' } as const;
  return `dropped ${dropped.map(({ way, reason, frames }) => `${frames} from ${from[way]} (${reason})`).join(', ')}`;
}
