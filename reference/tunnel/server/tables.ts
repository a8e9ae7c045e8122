/** The tables of a tunnel server, and the switchboard over them, as its configuration has them. */
import type { PeerPolicy } from '../../adapter/receive-path.ts';
import { configuresLink } from '../../packets/upper-layer.ts';
import type { ServerFile } from '../config/schemas.ts';
import { Lan } from '../lan.ts';
import { Pool, type PoolConfig } from './pool.ts';
import { Switchboard } from './switchboard.ts';
import { Table } from './table.ts';

export type TablesConfig = PoolConfig & Pick<ServerFile, 'clientToClient' | 'traffic'>;

export interface Tables<Client> {
  readonly four: Table<Client>;
  /** Absent where the server has no IPv6. */
  readonly six: Table<Client> | undefined;
  readonly switchboard: Switchboard<Client>;
  /** What a tunnel client may send. */
  readonly permits: (client: Client, ...datagram: Parameters<PeerPolicy>) => boolean;
}

/** Empty tables. The one of IPv6 is absent if the server's adapter has no IPv6 address. */
export function openTables<Client>(config: TablesConfig): Tables<Client> {
  const { traffic, clientToClient, adapter, initiators, clientData } = config;
  const shared = traffic !== undefined;
  const pool = new Pool(config);
  const networks = initiators.flatMap((entry) => entry.networks);
  const group = shared ? { hasClient: (number: number) => pool.hasClient(number), networks } : undefined;
  const four = new Table<Client>(pool.lan, group);
  const six = adapter.address6 && new Table<Client>(new Lan(adapter.address6), group);
  const switchboard = new Switchboard(four, six, { clientToClient, shared, reach: clientData.routes });
  return {
    four,
    six,
    switchboard,
    permits: (client, source, destination, datagram) =>
      !configuresLink(datagram) && switchboard.permits(client, source, destination),
  };
}
