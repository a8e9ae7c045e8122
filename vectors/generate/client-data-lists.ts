/** Client data: options at the bounds of RFC 3396, RFC 3397 and RFC 3442, and lists that never end. */
import { clientAddress, clientPhysical, option, serverAddress, serverPhysical } from './dhcp-packet.ts';
import type { Refusal } from './model.ts';
import { dhcpOptions } from './network.ts';
import { ascii, cat, fixed, hex, type Part, u8, u16, zeros } from './octets.ts';
import { address, physical } from './packets.ts';

type Options = readonly (readonly [code: number, value: Uint8Array])[];

/** Whole client data that decodes: comment, DHCP options. */
export const formed: readonly (readonly [comment: string, dhcp: Options])[] = [
  ['an option of no octet', [[12, zeros(0)]]],
  ['an option of 255 octets', [[43, fixed('255', 255)]]],
  [
    'a value in two options, 255 octets and 1',
    [
      [121, fixed('split', 255)],
      [121, zeros(1)],
    ],
  ],
  [
    'a value in three options',
    [
      [119, fixed('a', 255)],
      [119, fixed('b', 255)],
      [119, fixed('c', 90)],
    ],
  ],
  [
    'parts that do not follow each other',
    [
      [121, fixed('a', 40)],
      [6, zeros(4)],
      [121, fixed('b', 40)],
    ],
  ],
  [
    'the first and the last code',
    [
      [1, zeros(4)],
      [254, zeros(3)],
    ],
  ],
  [
    'values full of 255 and of 0',
    [
      [43, zeros(9).fill(255)],
      [12, zeros(9)],
    ],
  ],
  [
    'in descending order',
    [
      [121, zeros(5)],
      [54, zeros(4)],
      [50, zeros(4)],
      [1, zeros(4)],
    ],
  ],
  ['every code', Array.from({ length: 254 }, (_, index) => [index + 1, u8(index + 1)] as const)],
];

const raw = (n4: number, four: Part, n6: number, six: Part = []): Uint8Array => cat(u16(n4), four, u16(n6), six);
const ip = option(50, address(clientAddress));

export const unformed: readonly Refusal[] = [
  ['Dhcp', 'a pad option before 255', raw(8, cat(ip, [0, 255]), 0)],
  ['Dhcp', 'pad options to a multiple of 4', raw(12, cat(ip, [255], zeros(5)), 0)],
  ['Dhcp', 'pad options alone', raw(4, zeros(4), 0)],
  ['Dhcp', 'a pad option between two options', raw(14, cat(ip, [0], ip, [255]), 0)],
  ['Dhcp', '255 twice', raw(8, cat(ip, [255, 255]), 0)],
  ['Dhcp', '255 with a length', raw(8, cat(ip, [255, 0]), 0)],
  ['Dhcp', '255 within the last value', raw(6, [50, 4, 10, 8, 0, 255], 0)],
  ['Dhcp', 'a value that takes the 255', raw(7, cat([50, 5], address(clientAddress), [255]), 0)],
  ['Dhcp', 'a value of 255 octets, of which 254 are there', raw(256, cat([12, 255], fixed('254', 254)), 0)],
  ['Length', 'n4 one too short', raw(6, cat(ip, [255]), 0)],
  ['Length', 'n4 one too long', raw(8, cat(ip, [255]), 0)],
  ['Length', 'n4 little-endian', cat([7, 0], ip, [255], u16(0))],
  ['Length', 'n4 of 65,535', raw(0xffff, cat(ip, [255]), 0)],
  ['Length', 'n6 of 65,535', raw(0, [], 0xffff)],
  ['Length', 'one octet', Uint8Array.of(0)],
  ['Length', 'three octets', zeros(3)],
  ['Length', 'five octets', zeros(5)],
  ['Length', 'the magic cookie of DHCP before', cat([0x63, 0x82, 0x53, 0x63], raw(7, cat(ip, [255]), 0))],
  ['Length', 'DHCP options without n4', cat(ip, [255])],
  ['IPv6', 'one octet of n6', raw(0, [], 1, [3])],
  ['IPv6', 'an option without a length', raw(0, [], 8, cat([3, 255], zeros(6)))],
  ['IPv6', 'a second option that is cut', raw(0, [], 12, cat([5, 1], zeros(6), [3, 1, 0, 0]))],
  ['IPv6', 'zeros', raw(0, [], 16, zeros(16))],
];

const usual = dhcpOptions({});
const withOption = (code: number, ...values: readonly Uint8Array[]): [number, Uint8Array][] => [
  ...usual.filter(([own]) => own !== code),
  ...values.map((value): [number, Uint8Array] => [code, value]),
];
const route = (length: number, ...destination: readonly number[]): Uint8Array =>
  cat([length], destination, address(serverAddress));
const hop = (destination: string, prefixLength: number) => ({ destination, prefixLength, gateway: serverAddress });
const label = (text: string): Uint8Array => cat([text.length], text);
const nameOf = (only: string): Uint8Array => cat(label(only), [0]);
/** 255 octets. */
const fiveNames = ['a', 'b', 'c', 'd', 'e'].map((letter) => nameOf(letter.repeat(49)));
const longName = ['a', 'b', 'c'].map((letter) => letter.repeat(63)).join('.');
/** 255 octets. */
const longestLabels = ['a', 'b', 'c'].map((letter) => letter.repeat(63)).concat('d'.repeat(61));
const longestName = cat(...longestLabels.map(label), [0]);
const manyRoutes = Array.from({ length: 60 }, (_, index) => route(24, 10, 20, index));
const joined = cat(...manyRoutes);
const servers = Array.from({ length: 100 }, (_, index) => `10.9.1.${index + 1}`);
const allServers = cat(...servers.map(address));

const alike = serverPhysical.replace('06', '0a');
const otherOrder = cat(
  option(2, physical(serverPhysical)),
  option(77, fixed('77', 3)),
  option(1, physical(clientPhysical)),
);

/** What it means besides the least: comment, DHCP options, settings. */
export const meant: readonly (readonly [comment: string, dhcp: Options, settings: Record<string, unknown>])[] = [
  ['options in another order', usual.toReversed(), {}],
  ['options that mean nothing here', [...usual, [12, ascii('host')], [66, ascii('boot')], [224, zeros(3)]], {}],
  ['a lease without end', withOption(51, zeros(4).fill(255)), { leaseSeconds: 0xffffffff }],
  ['a lease of a second', withOption(51, cat(zeros(3), [1])), { leaseSeconds: 1 }],
  ...[1, 8, 30, 31, 32].map((prefixLength) => {
    const mask = cat(
      ...[0, 8, 16, 24].map((from) => u8(256 - 2 ** (8 - Math.max(0, Math.min(8, prefixLength - from))))),
    );
    return [`a subnet mask of ${prefixLength} bits`, withOption(1, mask), { prefixLength }] as const;
  }),
  ['the default route', withOption(121, route(0)), { routes: [hop('0.0.0.0', 0)] }],
  ['a route of 32 bits', withOption(121, route(32, 10, 9, 8, 7)), { routes: [hop('10.9.8.7', 32)] }],
  ['a route of 1 bit', withOption(121, route(1, 128)), { routes: [hop('128.0.0.0', 1)] }],
  [
    '60 routes, cut within one of them by each 255 octets (RFC 3396)',
    withOption(121, joined.slice(0, 255), joined.slice(255)),
    { routes: manyRoutes.map((_, index) => hop(`10.20.${index}.0`, 24)) },
  ],
  [
    'a route in two options, its prefix length alone in the first',
    withOption(121, u8(24), cat([10, 9, 0], address(serverAddress))),
    { routes: [hop('10.9.0.0', 24)] },
  ],
  ['100 DNS servers in two options', withOption(6, allServers.slice(0, 255), allServers.slice(255)), { dns: servers }],
  ['a domain of 191 octets', withOption(15, ascii(longName)), { domain: longName }],
  ['a domain of one octet', withOption(15, ascii('x')), { domain: 'x' }],
  [
    'a search list whose pointer leads back over another',
    withOption(119, cat(label('corp'), label('test'), [0], label('a'), [0xc0, 0], label('b'), [0xc0, 11])),
    { search: ['corp.test', 'a.corp.test', 'b.a.corp.test'] },
  ],
  [
    'a search list that is a name and a pointer to its end',
    withOption(119, cat(label('corp'), label('test'), [0], [0xc0, 5])),
    { search: ['corp.test', 'test'] },
  ],
  [
    'a search list with a name of 255 octets, and a pointer beyond 255',
    withOption(119, longestName, cat(nameOf('corp'), nameOf('test'), label('lab'), [0xc1, 5])),
    { search: [longestLabels.join('.'), 'corp', 'test', 'lab.test'] },
  ],
  ['a search list in two options', withOption(119, label('corp'), cat(label('test'), [0])), { search: ['corp.test'] }],
  ['an MTU of 1280', withOption(26, u16(1280)), { mtu: 1280 }],
  ['an MTU of 65,535', withOption(26, u16(65535)), { mtu: 65535 }],
  [
    'a domain, and a search list without it',
    [...usual, [15, ascii('corp.test')], [119, cat(label('lab'), label('test'), [0])]],
    { domain: 'corp.test', search: ['lab.test'] },
  ],
  [
    'option 3, and another route besides the default one',
    [...usual, [3, address(serverAddress)], [121, cat(route(0), route(24, 10, 9, 0))]],
    { routes: [hop('0.0.0.0', 0), hop('10.9.0.0', 24)] },
  ],
  ['sub-options in the other order, and an unknown one', withOption(43, otherOrder), {}],
  [
    'physical addresses that differ in their first octet alone',
    withOption(43, cat(option(1, physical(alike)), option(2, physical(serverPhysical)))),
    { clientPhysical: hex(physical(alike)) },
  ],
];

/** Comment, DHCP options. */
export const senselessLists: readonly (readonly [comment: string, dhcp: Options])[] = [
  ['option 50 twice', [...usual, [50, address(clientAddress)]]],
  ['option 54 twice', [...usual, [54, address(serverAddress)]]],
  ['option 51 twice', [...usual, [51, zeros(4).fill(1)]]],
  ...[50, 1, 54, 51, 43].map((code) => [`option ${code} of no octet`, withOption(code, zeros(0))] as const),
  ['a subnet mask of zeros', withOption(1, zeros(4))],
  ['a subnet mask the other way round', withOption(1, address('0.0.0.255'))],
  ['a subnet mask of 3 octets', withOption(1, zeros(3).fill(255))],
  ['a subnet mask of 5 octets', withOption(1, cat(address('255.255.255.0'), [0]))],
  ['a lease of 0', withOption(51, zeros(4))],
  ['a lease of 8 octets', withOption(51, zeros(8).fill(1))],
  ['a route of 33 bits with five octets', withOption(121, route(33, 10, 9, 8, 7, 0))],
  ['a route of 255 bits', withOption(121, route(255, ...Array(32).fill(10)))],
  ['a route whose gateway is cut', withOption(121, route(24, 10, 9, 0).slice(0, -1))],
  ['a second route of its prefix length alone', withOption(121, cat(route(24, 10, 9, 0), [24]))],
  ['no route in option 121', withOption(121, zeros(0))],
  ['DNS servers of 6 octets', withOption(6, zeros(6).fill(10))],
  ['no DNS server', withOption(6, zeros(0))],
  ['an MTU of 1 octet', withOption(26, u8(255))],
  ['an MTU of 4 octets', withOption(26, cat([0, 0], u16(1400)))],
  ['a compression pointer to itself', withOption(119, cat(label('a'), [0xc0, 2]))],
  ['a compression pointer to the beginning of its own name', withOption(119, cat(label('a'), [0xc0, 0]))],
  ['two compression pointers to each other', withOption(119, cat([0xc0, 2], [0xc0, 0]))],
  ['a compression pointer forward', withOption(119, cat([0xc0, 2], label('a'), [0]))],
  ['a compression pointer beyond the end', withOption(119, cat(label('a'), [0xc0, 0xff]))],
  ['half a compression pointer', withOption(119, cat(label('a'), [0xc0]))],
  ['half a compression pointer behind a name: with 0 it would lead to it', withOption(119, cat(nameOf('a'), [0xc0]))],
  [
    'half a compression pointer behind six names: with 255 it would lead to the last',
    withOption(119, cat(...fiveNames), cat(nameOf('f'), [0xc0])),
  ],
  ['a label whose length begins with 01', withOption(119, cat([0x41], label('a'), [0]))],
  ['a label whose length begins with 10', withOption(119, cat([0x81], label('a'), [0]))],
  ['a search domain without an end', withOption(119, label('corp'))],
  ['a search domain that is the root', withOption(119, zeros(1))],
  ['a label that runs over the end', withOption(119, cat([9], 'corp', [0]))],
  ['the first physical address alone, twice', withOption(43, cat(option(1, zeros(6)), option(1, zeros(6))))],
  ['physical addresses of zeros', withOption(43, cat(option(1, zeros(6)), option(2, zeros(6))))],
  ['sub-options that are cut', withOption(43, fixed('cut', 13).fill(6))],
  ['an MTU of 67', withOption(26, u16(67))],
  [
    'a physical address of 8 octets',
    withOption(43, cat(option(1, cat(physical(clientPhysical), zeros(2))), option(2, physical(serverPhysical)))),
  ],
];
