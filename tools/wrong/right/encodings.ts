/** Other encodings of client data and of what the emulators make of it, where RFCs allow more than one. */
import type { Right } from '../right.ts';

const offered = ['CD', 'RESP-08', 'ND-06', 'ND-08', 'ND-09', 'ND-11', 'ND-14', 'ND-15', 'ND-17', 'ADP-11'];
const dhcp = ['DHCP-01', 'DHCP-03', 'DHCP-09', 'DHCP-18', 'DHCP-19', 'ADP-19'];
const ipv6Settings = 'reference/wire/ipv6-settings.ts';
const networkSettings = 'reference/wire/network-settings.ts';

// The golden conversations are those of one choice.
const oneChoice = { lacks: ['deterministic'] } as const;

export const encodingChoices: readonly Right[] = [
  {
    id: 'routes-of-24-octets',
    declares: oneChoice,
    roles: ['client', 'server'],
    does: 'Each Route Information has all 16 octets of its prefix (RFC 4191 §2.3).',
    touches: offered,
    file: ipv6Settings,
    change: ['network.subarray(0, 8 * Math.ceil(length / 64))', 'network'],
  },
  {
    id: 'option-for-each-dns-server',
    declares: oneChoice,
    // The servers would stand in the opposite order, and the order says which is preferred.
    apart: ['advertisement-options-reversed'],
    roles: ['client', 'server'],
    does: 'Each DNS server of IPv6, and each name of the search list, has an option of its own (RFC 8106 §5.3.1).',
    touches: offered,
    file: ipv6Settings,
    change: ['packed(dns.map(ipv6Octets))', 'dns.map((one) => concat(dnsHeader, ipv6Octets(one)))'],
    more: [
      {
        file: ipv6Settings,
        change: [
          'packed(search.map(encodeDomain)).map(padded)',
          'search.map((one) => padded(concat(dnsHeader, encodeDomain(one))))',
        ],
      },
    ],
  },
  {
    id: 'search-list-compressed',
    declares: oneChoice,
    roles: ['server'],
    does: 'The search list of option 119 is compressed (RFC 3397 §2).',
    touches: offered,
    file: networkSettings,
    change: ['joined(search.map(encodeDomain))', 'search.length === 0 ? undefined : compressDomains(search)'],
    more: [
      {
        file: networkSettings,
        change: ['import { decodeDomain, encodeDomain }', 'import { compressDomains, decodeDomain, encodeDomain }'],
      },
    ],
  },
  {
    id: 'physical-addresses-reversed',
    declares: oneChoice,
    roles: ['server'],
    does: 'In option 43 sub-option 2 stands before 1 (section 6: a receiver takes either order).',
    touches: offered,
    file: networkSettings,
    change: [
      `    { code: PhysicalCode.client, value: clientPhysical },
    { code: PhysicalCode.server, value: serverPhysical },
`,
      `    { code: PhysicalCode.server, value: serverPhysical },
    { code: PhysicalCode.client, value: clientPhysical },
`,
    ],
  },
  {
    id: 'dhcp-search-list-in-full',
    roles: ['client'],
    does: 'DHCP replies have the search list without compression.',
    touches: dhcp,
    file: 'reference/emulators/dhcp-configuration.ts',
    change: ['compressDomains(search)', 'concat(...search.map((one) => compressDomains([one])))'],
  },
  {
    id: 'dhcp-not-to-be-fragmented',
    roles: ['client'],
    does: 'DHCP replies have the flag DF and ask for low delay.',
    touches: dhcp,
    file: 'reference/packets/ipv4.ts',
    change: [
      'const { typeOfService = 0, identification = 0, flags = 0,',
      'const { typeOfService = 0x10, identification = 0, flags = 2,',
    ],
  },
  {
    id: 'router-for-9000-s',
    apart: ['advertisement-every-second'],
    roles: ['client'],
    does: 'The router is a default router for 9,000 s (RFC 4861 §6.2.1).',
    touches: ['ND-06', 'ND-08', 'ND-11'],
    file: 'reference/emulators/router.ts',
    change: ['const DEFAULT_LIFETIME = 1800;', 'const DEFAULT_LIFETIME = 9000;'],
  },
];
