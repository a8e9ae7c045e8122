/** What a tunnel server and the thread of its data path tell each other. */

import type { ClientAddresses } from './table.ts';
import type { TablesConfig } from './tables.ts';

export interface RoutesData {
  readonly config: TablesConfig;
  /** Whether the server wants to know the sources of IPv6 datagrams. */
  readonly tellsSources: boolean;
}

/** A confirmed tunnel client, or, without addresses, one that is there no more. */
export interface RoutesChange {
  readonly tunnel: number;
  readonly addresses?: ClientAddresses;
}

/** A source that a tunnel client uses, 16 octets. */
export interface RoutesNews {
  readonly source: Uint8Array;
}
