/** [EP] fig. 8, 162: client data, DHCP options and IPv6 options. */
import { z } from 'zod';
import { ipv6Settings, meaningful, meaningless } from './client-data-ipv6.ts';
import { formed, meant, senselessLists, unformed } from './client-data-lists.ts';
import { clientAddress, clientPhysical, option, serverAddress, serverPhysical } from './dhcp-packet.ts';
import { invalidTest, octets, type Refusal, refusals, type Subject, status, type Test, validTest } from './model.ts';
import { prefixInformation, recursiveDns, routeInformation } from './neighbour-options.ts';
import { clientData, dhcpOptions, exampleClientData, exampleOptions } from './network.ts';
import { ascii, cat, hex, u16, zeros } from './octets.ts';
import { address, physical } from './packets.ts';

const prefix = prefixInformation('fd50:4e41::');
const dns = recursiveDns(['fd50:4e41::53']);
const route = routeInformation('fd50:4e41:1::/48');

type Option = readonly [number, Uint8Array];
const valid = (comment: string, dhcp: readonly Option[], ipv6: readonly Uint8Array[]): Test =>
  validTest('Normal', comment, {
    clientData: hex(clientData(dhcp, ipv6)),
    fields: {
      dhcp: dhcp.map(([code, value]: Option) => ({ code, value: hex(value) })),
      ipv6: ipv6.map(hex),
    },
  });

/** n4 and n6 as given. */
const raw = (n4: number, four: Uint8Array, n6: number, six: Uint8Array = zeros(0)): Uint8Array =>
  cat(u16(n4), four, u16(n6), six);
const ip = option(50, address(clientAddress));
const options = cat(ip, [255]);

const refused: readonly Refusal[] = [
  ['Length', 'nothing', zeros(0)],
  ['Length', 'n4 alone', u16(0)],
  ['Length', 'n4 beyond the data', raw(8, options, 0)],
  ['Length', 'n6 beyond the data', raw(7, options, 8)],
  ['Length', 'an octet follows', cat(raw(7, options, 0), [0])],
  ['Length', 'one octet of n6', raw(7, options, 0).slice(0, -1)],
  ['Dhcp', 'no 255 at the end', raw(6, ip, 0)],
  ['Dhcp', '255 alone', raw(1, Uint8Array.of(255), 0)],
  ['Dhcp', 'a pad option', raw(8, cat([0], options), 0)],
  ['Dhcp', 'two pad options', raw(9, cat([0, 0], options), 0)],
  ['Dhcp', 'octets after 255', raw(8, cat(options, [0]), 0)],
  ['Dhcp', 'an option after 255', raw(13, cat(options, ip), 0)],
  ['Dhcp', 'an option that ends beyond n4', raw(5, cat([50, 5], zeros(3)), 0)],
  ['Dhcp', 'an option without length', raw(1, Uint8Array.of(50), 0)],
  ['IPv6', 'an option of length 0', raw(0, zeros(0), 8, cat([3, 0], zeros(6)))],
  ['IPv6', 'an option that ends beyond n6', raw(0, zeros(0), 8, cat([3, 2], zeros(6)))],
  ['IPv6', 'n6 is no multiple of 8', raw(0, zeros(0), 9, cat([3, 1], zeros(7)))],
];

const leastSettings = {
  address: clientAddress,
  prefixLength: 24,
  serverAddress,
  leaseSeconds: 3600,
  routes: [],
  dns: [],
  search: [],
  clientPhysical: hex(physical(clientPhysical)),
  serverPhysical: hex(physical(serverPhysical)),
};

/** The usual options with one of them left out or replaced. */
const without = (code: number): [number, Uint8Array][] => dhcpOptions({}).filter(([own]) => own !== code);
const replaced = (code: number, value: Uint8Array): [number, Uint8Array][] => [...without(code), [code, value]];
const reservedTwo = (one: string, two: string): Uint8Array => cat(option(1, physical(one)), option(2, physical(two)));

const senseless: [string, [number, Uint8Array][]][] = [
  ...[50, 1, 54, 51, 43].map((code): [string, [number, Uint8Array][]] => [`without option ${code}`, without(code)]),
  ['an address of 3 octets', replaced(50, zeros(3))],
  ['a subnet mask with a hole', replaced(1, address('255.0.255.0'))],
  ['a route of 33 bits', replaced(121, cat([33], zeros(5), address(serverAddress)))],
  ['a route without gateway', replaced(121, cat([24], [10, 9, 0]))],
  ['a DNS server of 5 octets', replaced(6, zeros(5))],
  ['no physical address of the server', replaced(43, option(1, physical(clientPhysical)))],
  ['a physical address of 5 octets', replaced(43, cat(option(1, zeros(5)), option(2, physical(serverPhysical))))],
  ['a physical address that is multicast', replaced(43, reservedTwo(clientPhysical, '07:50:4e:41:53:00'))],
  [
    'a physical address that is universally administered',
    replaced(43, reservedTwo('04:50:4e:41:43:00', serverPhysical)),
  ],
  ['one physical address for both', replaced(43, reservedTwo(serverPhysical, serverPhysical))],
];

export const subject: Subject = {
  subject: 'client-data',
  source: ['[EP] fig. 8, 162', '[EP] fig. 23', 'RFC 2132', 'RFC 3442', 'RFC 4861 §4.6', 'RFC 4191', 'RFC 8106'],
  requirements: ['CD-01', 'CD-02', 'CD-03', 'CD-05', 'CD-06', 'CD-09', 'CD-12'],
  notes: {
    Normal: 'n4 u16, DHCP options ending in 255, n6 u16, RFC 4861 options; n4 = 0 where there is no DHCP option.',
    Length: 'n4 or n6 do not agree with the octets.',
    Dhcp: 'DHCP options that are not whole, do not end in 255 and there, or are padded.',
    IPv6: 'RFC 4861 options that are not whole.',
    Settings: 'The settings of the adapter of the client.',
    SettingsIPv6: 'The same with a /64 for the client, and what belongs to it.',
    Senseless: 'Options that are missing or say nothing that an adapter could be set to.',
    SenselessIPv6: 'n6 is not 0, and yet no /64 that holds as long as the adapter, or options against their RFCs.',
  },
  shapes: {
    ClientData: {
      valid: {
        clientData: octets,
        fields: z.strictObject({
          dhcp: z.array(z.strictObject({ code: z.int(), value: octets })),
          ipv6: z.array(octets).describe('Whole options: type, length in units of 8 octets, the rest.'),
        }),
      },
      invalid: { clientData: octets, status },
    },
    Settings: {
      valid: {
        clientData: octets,
        settings: z.strictObject({
          address: z.string(),
          prefixLength: z.int(),
          serverAddress: z.string(),
          leaseSeconds: z.int(),
          routes: z.array(z.strictObject({ destination: z.string(), prefixLength: z.int(), gateway: z.string() })),
          dns: z.array(z.string()),
          domain: z.string().optional(),
          search: z.array(z.string()),
          mtu: z.int().optional(),
          ipv6: ipv6Settings.optional().describe('Absent where no IPv6 is offered.'),
          clientPhysical: octets,
          serverPhysical: octets,
        }),
      },
      invalid: { clientData: octets, status },
    },
  },
  groups: [
    {
      type: 'ClientData',
      comment: 'The octets of an opened RESPONSE from the client data offset on.',
      tests: [
        valid('nothing: what REQUEST sends', [], []),
        valid('an address alone', [[50, address(clientAddress)]], []),
        valid('what a server sends without routes', dhcpOptions({}), []),
        valid('what a server sends with a route, DNS, a domain and an MTU', exampleOptions, []),
        valid(
          'routes of every kind of length',
          dhcpOptions({ routes: ['0.0.0.0/1', '10.0.0.0/8', '10.128.0.0/9', '10.9.8.0/24', '10.9.8.7/32'] }),
          [],
        ),
        valid('IPv6 alone', [], [prefix, route, dns]),
        valid('both', exampleOptions, [prefix]),
        ...refusals('clientData', 5, refused),
      ],
    },
    {
      type: 'Settings',
      comment: 'What well-formed client data mean to the initiator.',
      tests: [
        validTest('Settings', 'the least that a server sends', {
          clientData: hex(clientData(dhcpOptions({}))),
          settings: leastSettings,
        }),
        validTest('Settings', 'a route, DNS, a domain and an MTU', {
          clientData: hex(exampleClientData),
          settings: {
            ...leastSettings,
            routes: [{ destination: '10.9.0.0', prefixLength: 24, gateway: serverAddress }],
            dns: ['10.9.0.53'],
            domain: 'corp.test',
            mtu: 1400,
          },
        }),
        validTest('Settings', 'a value in two options (RFC 3396)', {
          clientData: hex(clientData([...dhcpOptions({ domain: 'corp' }), [15, ascii('.test')]])),
          settings: { ...leastSettings, domain: 'corp.test' },
        }),
        validTest('Settings', 'search domains (RFC 3397)', {
          clientData: hex(
            clientData([...dhcpOptions({}), [119, cat([4], 'corp', [4], 'test', [0, 3], 'lab', [0xc0, 5])]]),
          ),
          settings: { ...leastSettings, search: ['corp.test', 'lab.test'] },
        }),
        ...meaningful.map(([comment, ipv6, settings]) =>
          validTest('SettingsIPv6', comment, {
            clientData: hex(clientData(dhcpOptions({}), ipv6)),
            settings: { ...leastSettings, ipv6: settings },
          }),
        ),
        ...senseless.map(([comment, dhcp]) =>
          invalidTest('Senseless', comment, { clientData: hex(clientData(dhcp)), status: 5 }),
        ),
        ...meaningless.map(([comment, ipv6]) =>
          invalidTest('SenselessIPv6', comment, { clientData: hex(clientData(dhcpOptions({}), ipv6)), status: 5 }),
        ),
      ],
    },
    {
      type: 'ClientData',
      comment: 'Options at their bounds.',
      tests: [...formed.map(([comment, dhcp]) => valid(comment, dhcp, [])), ...refusals('clientData', 5, unformed)],
    },
    {
      type: 'Settings',
      comment: 'Values in several options, lists of names and routes.',
      tests: [
        ...meant.map(([comment, dhcp, settings]) =>
          validTest('Settings', comment, {
            clientData: hex(clientData(dhcp)),
            settings: { ...leastSettings, ...settings },
          }),
        ),
        ...senselessLists.map(([comment, dhcp]) =>
          invalidTest('Senseless', comment, { clientData: hex(clientData(dhcp)), status: 5 }),
        ),
      ],
    },
  ],
};
