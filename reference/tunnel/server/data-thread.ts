/** The thread of a tunnel server's data path: it has a switchboard of its own, of all confirmed tunnel clients. */
import type { PeerPolicy } from '../../adapter/receive-path.ts';
import type { Routes } from '../../datapath/routes.ts';
import { run } from '../../datapath/thread.ts';
import { systemClock } from '../clock.ts';
import type { RoutesChange, RoutesData, RoutesNews } from './data-path.ts';
import { openTables } from './tables.ts';

interface Client {
  readonly tunnel: number;
  readonly permits: PeerPolicy;
}

/** Sources of a tunnel that are told once; more than these are told each time. */
const sourcesKept = 4_096;

function routes(data: unknown, tell: (news: unknown) => void): Routes {
  const { config, tellsSources } = data as RoutesData;
  const { switchboard, permits } = openTables<Client>(config);
  const clients = new Map<number, Client>();

  const open = (tunnel: number): Client => {
    const told = new Set<string>();
    const seen = (source: Uint8Array): void => {
      const text = source.toHex();
      if (told.has(text)) return;
      if (told.size < sourcesKept) told.add(text);
      tell({ source: source.slice() } satisfies RoutesNews);
    };
    const client: Client = {
      tunnel,
      permits: (source, destination, datagram) => {
        const permitted = permits(client, source, destination, datagram);
        if (permitted && tellsSources && source.length === 16) seen(source);
        return permitted;
      },
    };
    return client;
  };

  return {
    get shared() {
      return clients.size > 1;
    },
    destination: (datagram) => switchboard.destination(datagram)?.tunnel,
    policy: (tunnel) => clients.get(tunnel)?.permits,
    change: (change) => {
      const { tunnel, addresses } = change as RoutesChange;
      const client = clients.get(tunnel);
      if (client !== undefined) switchboard.remove(client);
      clients.delete(tunnel);
      if (addresses === undefined) return;
      const added = open(tunnel);
      clients.set(tunnel, added);
      switchboard.add(added, addresses);
    },
  };
}

run(routes, () => systemClock.now());
