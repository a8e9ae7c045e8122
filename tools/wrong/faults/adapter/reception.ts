/** What comes out of a tunnel at a client, and what configures a link at either end (ADP-33 to ADP-37). */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const inReception = faultsIn('reference/tunnel/client/reception.ts');
const inUpperLayer = faultsIn('reference/packets/upper-layer.ts');
const both = ['client', 'server'];
const here = '      lengthOf(here, destination) >= 0 &&\n';
const there = '      lengthOf(there, source) > lengthOf(elsewhere, source) &&\n';

export const reception: readonly Fault[] = [
  inReception(
    'client-takes-any-destination',
    'ADP-33',
    'client',
    'A client takes datagrams for any address.',
    here,
    '',
  ),
  inReception(
    'client-takes-its-lan-addresses',
    'ADP-33',
    'client',
    'A client takes datagrams for the subnets to which its machine is connected.',
    'here: longestFirst(local),',
    'here: longestFirst([...local, ...connected]),',
  ),
  inReception(
    'client-takes-the-virtual-lan',
    'ADP-33',
    'client',
    'A client takes datagrams for the whole virtual LAN in IPv4.',
    'here: longestFirst(local),',
    'here: longestFirst([...local, { address, length: prefixLength }]),',
  ),
  inReception(
    'client-takes-a-63',
    'ADP-33',
    'client',
    'A client takes datagrams for the other half of the /63 that its /64 is in.',
    '[{ address: ipv6.prefix, length: 64 }]',
    '[{ address: ipv6.prefix, length: 63 }]',
  ),
  inReception(
    'client-networks-in-ipv4-only',
    'ADP-33',
    'client',
    'The networks behind a client count in IPv4 only.',
    'here: longestFirst(local),',
    'here: longestFirst(six ? own : local),',
  ),
  inReception(
    'client-takes-ipv6-unasked',
    'ADP-33',
    'client',
    'A client takes every IPv6 datagram.',
    '    const { here, there, elsewhere } = source.length === 4 ? this.#four : this.#six;\n',
    `    if (source.length === 16) return true;
    const { here, there, elsewhere } = source.length === 4 ? this.#four : this.#six;\n`,
  ),
  inReception(
    'client-takes-any-source',
    'ADP-34',
    'client',
    'A client takes datagrams from any source that is not its own.',
    there,
    '      lengthOf(elsewhere, source) < 0 &&\n',
  ),
  inReception(
    'client-takes-any-source-in-ipv6',
    'ADP-34',
    'client',
    'A client takes IPv6 datagrams from any source that is not its own.',
    there,
    '      (source.length === 16 || lengthOf(there, source) >= 0) &&\n      lengthOf(elsewhere, source) < 0 &&\n',
  ),
  {
    id: 'client-takes-refused-sources',
    breaks: ['ADP-34'],
    roles: ['client'],
    does: 'A client takes datagrams from networks whose routes its user refuses.',
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      'accepted = [settings, this.#config.networks',
      'accepted = [{ ...settings, routes: this.#offered }, this.#config.networks',
    ],
    more: [
      {
        file: 'reference/tunnel/client/client-adapter.ts',
        change: [
          '    this.#connected = connectedSubnets(adapter.name);\n',
          '    this.#connected = connectedSubnets(adapter.name);\n    this.#offered = toNetworkSettings(clientData).routes;\n',
        ],
      },
      {
        file: 'reference/tunnel/client/client-adapter.ts',
        change: [
          '  #connected: readonly Prefix[] = [];\n',
          "  #connected: readonly Prefix[] = [];\n  #offered: NetworkSettings['routes'] = [];\n",
        ],
      },
    ],
  },
  inReception(
    'client-takes-own-sources',
    'ADP-35',
    'client',
    'With a default route a client takes datagrams from its own addresses and from networks behind it.',
    'const elsewhere = [...local, ...connected,',
    'const elsewhere = [...connected,',
  ),
  inReception(
    'client-takes-connected-sources',
    'ADP-35',
    'client',
    'With a default route a client takes datagrams from the subnets to which its machine is connected.',
    'const elsewhere = [...local, ...connected,',
    'const elsewhere = [...local,',
  ),
  inReception(
    'client-takes-reserved-sources',
    'ADP-36',
    'client',
    'With a default route a client takes datagrams from reserved addresses.',
    '      !isReserved(source) &&\n',
    '',
  ),
  inReception(
    'client-takes-reserved-destinations',
    'ADP-36',
    'client',
    'Where every address is behind it a client takes datagrams for reserved addresses.',
    '      !isReserved(destination) &&\n',
    '',
  ),
  inReception(
    'client-takes-link-packets',
    'ADP-37',
    'client',
    'A client takes router advertisements, redirects and DHCP messages out of the tunnel.',
    ' &&\n      !configuresLink(datagram)\n',
    '\n',
  ),
  {
    id: 'server-takes-link-packets',
    breaks: ['ADP-37'],
    roles: ['server'],
    does: 'A server takes neighbour discovery, redirects and DHCP messages out of a tunnel.',
    file: 'reference/tunnel/server/tables.ts',
    change: ['!configuresLink(datagram) && ', ''],
  },
  inUpperLayer(
    'link-packets-from-134',
    'ADP-37',
    both,
    'Router solicitations come out of a tunnel.',
    'type >= Icmpv6Type.routerSolicitation && type',
    'type > Icmpv6Type.routerSolicitation && type',
  ),
  inUpperLayer(
    'link-packets-to-136',
    'ADP-37',
    both,
    'Redirects of IPv6 come out of a tunnel.',
    'type <= REDIRECT6',
    'type < REDIRECT6',
  ),
  inUpperLayer(
    'link-packets-behind-headers',
    'ADP-37',
    both,
    'What stands behind an extension header comes out of a tunnel.',
    'while (EXTENSIONS.has(header)) {',
    'while (EXTENSIONS.has(header) && octets.length === 0) {',
  ),
  inUpperLayer(
    'link-packets-without-options',
    'ADP-37',
    both,
    'A DHCP message behind options of IPv4 comes out of a tunnel.',
    '((octets[start] ?? 0) & 0x0f) * 4',
    '20',
  ),
  inUpperLayer(
    'icmp-of-a-link-passes',
    'ADP-37',
    both,
    'ICMP redirects and router advertisements of IPv4 come out of a tunnel.',
    'return ICMP_OF_A_LINK.has(datagram[offset] ?? 0);',
    'return false;',
  ),
  inUpperLayer(
    'dhcp-of-ipv4-alone',
    'ADP-37',
    both,
    'DHCPv6 messages come out of a tunnel.',
    'six ? DHCPV6_CLIENT : DHCP_CLIENT',
    'DHCP_CLIENT',
  ),
];
