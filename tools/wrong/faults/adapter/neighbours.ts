/** What fills the table of neighbours of a server's machine. */
import type { Fault } from '../../fault.ts';

export const neighbourTable: readonly Fault[] = [
  {
    id: 'client-prefixes-on-link',
    breaks: ['ADP-38'],
    roles: ['server'],
    does: 'The /64s of tunnel clients are on link at the server.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: [
      "prefixRoute: alone && lan === own ? 'last' : false",
      "prefixRoute: lan === own && alone ? 'last' : lan !== own",
    ],
    more: [
      {
        file: 'reference/tunnel/server/server-adapter.ts',
        change: ['lans.map((lan) => through(networkOf(lan)))', '[through(networkOf(own))]'],
      },
    ],
  },
  {
    id: 'clients-on-link',
    breaks: ['ADP-44'],
    roles: ['server'],
    does: 'The virtual LAN is on link at the server in IPv4.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: ['lans.map((lan) => through(networkOf(lan)))', 'lans.slice(1).map((lan) => through(networkOf(lan)))'],
  },
  {
    id: 'clients-on-link-in-a-group',
    breaks: ['ADP-44'],
    roles: ['server'],
    does: 'A member of a group has a route on link to each of its clients in IPv4.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: ['        ipv4: ipv4Octets(gateway4),\n', ''],
  },
  {
    id: 'networks-through-their-clients',
    breaks: ['ADP-44'],
    roles: ['server'],
    does: 'The server has each IPv4 network behind a client through the address of that client.',
    file: 'reference/tunnel/server/server-adapter.ts',
    change: [
      'routes: networks.map(through),',
      'routes: [...this.#clients.values()].flatMap(({ addresses }) => addresses.networks.map((network) => ({ ...through(network), ...(isIpv6(network.address) ? {} : { gateway: addresses.address }) }))),',
    ],
  },
];
