/** More choices about what the local stack sees: names, orders and numbers that RFCs leave free. */
import type { Right } from '../right.ts';

const dhcp = ['DHCP-01', 'DHCP-03', 'DHCP-09', 'DHCP-19', 'ADP-19', 'ADP-23'];

export const localStackChoices: readonly Right[] = [
  {
    id: 'dhcp-nak-says-why',
    roles: ['client'],
    does: 'A DHCPNAK has a message, option 56 (RFC 2131 table 3: SHOULD).',
    touches: [...dhcp, 'DHCP-12', 'DHCP-13'],
    file: 'reference/emulators/dhcp.ts',
    change: [
      '    ...dhcpOptions(DhcpOptionCode.rapidCommit,',
      `    ...dhcpOptions(56, refused ? new TextEncoder().encode('not this address') : undefined),
    ...dhcpOptions(DhcpOptionCode.rapidCommit,`,
    ],
  },
  {
    id: 'dhcp-names-the-server',
    roles: ['client'],
    does: 'sname of an OFFER or ACK has a name of the server (RFC 2131 table 3).',
    touches: dhcp,
    file: 'reference/packets/dhcp.ts',
    change: [
      '    new Uint8Array(16 - clientHardware.length + serverNameLength + fileLength),\n',
      `    new Uint8Array(16 - clientHardware.length),
    new TextEncoder().encode((message.options[0]?.value[0] === 6 ? '' : 'tunnel').padEnd(serverNameLength, '\\0')),
    new Uint8Array(fileLength),
`,
    ],
  },
  {
    id: 'advertisement-options-reversed',
    roles: ['client'],
    does: 'The options of an advertisement stand in the opposite order (RFC 4861 §4.2 has none).',
    touches: ['ND-06', 'ND-07', 'ND-08', 'ND-11', 'ND-14', 'ND-15', 'ND-17'],
    file: 'reference/packets/discovery.ts',
    change: [
      'const body = concat(fixedPart, encodeNeighbourOptions(options));',
      'const body = concat(fixedPart, encodeNeighbourOptions(options.toReversed()));',
    ],
  },
  {
    id: 'advertisement-hop-limit-255',
    roles: ['client'],
    does: 'The advertisement has a current hop limit of 255 (ND-17).',
    touches: ['ND-06', 'ND-07', 'ND-08', 'ND-11', 'ND-17'],
    file: 'reference/emulators/neighbour.ts',
    change: ['const CURRENT_HOP_LIMIT = 64;', 'const CURRENT_HOP_LIMIT = 255;'],
  },
  {
    id: 'discovery-of-another-class',
    roles: ['client', 'server'],
    does: 'Neighbour discovery has a traffic class and a flow label (RFC 8200 §3).',
    touches: ['ND', 'ADP-07'],
    file: 'reference/packets/discovery.ts',
    change: ['    trafficClass: 0,\n    flowLabel: 0,\n', '    trafficClass: 0xc0,\n    flowLabel: 0x12345,\n'],
  },
  {
    id: 'link-local-by-chance',
    roles: ['client', 'server'],
    does: "The adapter's own link-local address, and what the kernel forms in the /64, do not follow from its physical address.",
    touches: ['ND', 'ADP-02', 'ADP-28', 'ADP-33', 'ADP-38', 'CD-09', 'CD-10', 'CD-12', 'INI-10'],
    file: 'reference/adapter/tap.ts',
    change: [
      "      this.#mtu = this.#request('SIOCGIFMTU').getInt32(0, true);\n",
      `      this.#mtu = this.#request('SIOCGIFMTU').getInt32(0, true);
      process.getBuiltinModule('node:fs').writeFileSync(\`/proc/sys/net/ipv6/conf/\${this.name}/addr_gen_mode\`, '3');
`,
    ],
  },
  {
    id: 'connected-route-with-a-metric',
    roles: ['client'],
    does: "The virtual LAN's own route has a metric (section 11 says nothing of it).",
    touches: ['ADP-02', 'ADP-11', 'ADP-12', 'ADP-21', 'ADP-35', 'CD-07', 'INI-10', 'INI-22', 'ARP-01'],
    file: 'reference/tunnel/client/stack-settings.ts',
    change: [
      'return [{ address, length: prefixLength },',
      "return [{ address, length: prefixLength, prefixRoute: 'last' },",
    ],
  },
  {
    id: 'highest-mtu-taken',
    roles: ['client'],
    does: 'Of an MTU that the adapter cannot have the most that it can have is taken (section 11).',
    touches: ['CD-08', 'ADP-16', 'ADP-04', 'DHCP-09', 'ND-06'],
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['return mtu > highestMtu ? `', 'return mtu > 0xffff_ffff ? `'],
    more: [
      {
        file: 'reference/tunnel/client/acceptance.ts',
        change: ['faultOfMtu(mtu)) && { mtu }),', 'faultOfMtu(mtu)) && { mtu: Math.min(mtu, highestMtu) }),'],
      },
    ],
  },
  {
    id: 'adapter-told-each-time',
    roles: ['client'],
    does: 'The event `adapter` is told at each connection, also where the adapter has stayed.',
    touches: ['INI-09', 'INI-10', 'INI-15', 'INI-22', 'INI-26', 'ADP-22', 'ND-15'],
    file: 'reference/tunnel/client/client-adapter.ts',
    change: ['    return fresh ? name : undefined;\n', '    return name;\n'],
  },
];
