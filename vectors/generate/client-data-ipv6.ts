/** RFC 4861 §4.6, RFC 4191, RFC 8106: n6 as what it means to the initiator, and what means nothing. */
import { z } from 'zod';
import {
  domainName,
  mtuOption,
  ndOption,
  neighbourOptions,
  type Offer,
  prefixInformation,
  recursiveDns,
  routeInformation,
  searchList,
} from './neighbour-options.ts';
import { ascii, cat, patch, u16, u32, zeros } from './octets.ts';
import { address6 } from './packets.ts';

/** The settings that n6 means; text as RFC 5952 writes it. */
export const ipv6Settings = z.strictObject({
  prefix: z.string().describe("The client's own /64."),
  routes: z.array(z.strictObject({ destination: z.string(), prefixLength: z.int() })),
  dns: z.array(z.string()),
  search: z.array(z.string()),
  mtu: z.int().optional(),
});

const prefix = 'fd00:8:0:a::';
const own = prefixInformation(prefix);
const nothing = { prefix, routes: [], dns: [], search: [] };
const route = (text: string): { destination: string; prefixLength: number } => {
  const [destination = '', length = ''] = text.split('/');
  return { destination, prefixLength: Number(length) };
};
const routesTo = (...networks: readonly string[]) => ({ ...nothing, routes: networks.map(route) });

export const offer = {
  prefix,
  routes: ['fd00:8::/48', 'fd00:9::/64'],
  dns: ['fd00:9::53'],
  search: ['inner.test'],
  mtu: 1400,
} satisfies Offer;
const everything = { ...offer, routes: offer.routes.map(route) };
const all = neighbourOptions(offer);

/** More than resolvers use as a rule: 3 servers, 6 names (resolv.conf(5)). */
const manyServers = [1, 2, 3, 4, 5].map((last) => `fd00:9::${last}`);
const manyNames = [...'abcdefgh'].map((letter) => `${letter}.test`);

/** Comment, n6, settings. */
export const meaningful: readonly (readonly [string, readonly Uint8Array[], z.infer<typeof ipv6Settings>])[] = [
  ['IPv6, the least: a /64', [own], nothing],
  ['IPv6, everything', all, everything],
  ['IPv6 in another order', all.toReversed(), { ...everything, routes: everything.routes.toReversed() }],
  [
    'options of neighbour discovery that mean nothing here',
    [
      ndOption(1, cat([6, 0x50, 0x4e, 0x41, 0x53, 1])),
      own,
      ndOption(38, cat(u16(8), address6('64:ff9b::').slice(0, 12))),
      ndOption(200, zeros(22)),
    ],
    nothing,
  ],
  [
    'DNS servers in two options',
    [own, recursiveDns(['fd00:9::53', 'fd00:9::54']), recursiveDns(['2001:db8::53'])],
    { ...nothing, dns: ['fd00:9::53', 'fd00:9::54', '2001:db8::53'] },
  ],
  [
    'search domains in two options',
    [own, searchList(cat(domainName('inner.test'), domainName('lab.test'))), searchList(domainName('corp.test'))],
    { ...nothing, search: ['inner.test', 'lab.test', 'corp.test'] },
  ],
  ['a search list that needs no padding', [own, searchList(domainName('ab.cde'))], { ...nothing, search: ['ab.cde'] }],
  ['the default route, length 1', [own, routeInformation('::/0')], routesTo('::/0')],
  ['the default route, length 2', [own, routeInformation('::/0', { octets: 8 })], routesTo('::/0')],
  ['the default route, length 3', [own, routeInformation('::/0', { octets: 16 })], routesTo('::/0')],
  ['a /48, length 2', [own, routeInformation('fd00:8::/48')], routesTo('fd00:8::/48')],
  ['a /48, length 3', [own, routeInformation('fd00:8::/48', { octets: 16 })], routesTo('fd00:8::/48')],
  ['a /64, length 2', [own, routeInformation('fd00:9::/64')], routesTo('fd00:9::/64')],
  ['a /65, length 3', [own, routeInformation('fd00:9:0:0:8000::/65')], routesTo('fd00:9:0:0:8000::/65')],
  ['a /128, length 3', [own, routeInformation('fd00:9::7/128')], routesTo('fd00:9::7/128')],
  [
    'reserved fields and preferences that are not zero',
    [
      prefixInformation(prefix, { flags: 0x7f, reserved: 0xffffffff }),
      mtuOption(1400, 0xffff),
      routeInformation('fd00:8::/48', { flags: 0x08 }),
      // The preference of RFC 4191 that is reserved, and every other bit.
      routeInformation('fd00:9::/64', { flags: 0xf7 }),
      recursiveDns(offer.dns, undefined, 0xffff),
      searchList(domainName('inner.test'), undefined, 0xffff),
    ],
    everything,
  ],
  ['five DNS servers in one option', [own, recursiveDns(manyServers)], { ...nothing, dns: [...manyServers] }],
  [
    'eight search domains',
    [own, searchList(cat(...manyNames.map(domainName)))],
    { ...nothing, search: [...manyNames] },
  ],
];

const day = 86400;
const servers = (octets: number, lifetime = 0xffffffff): Uint8Array =>
  ndOption(25, cat(u16(0), u32(lifetime), cat(address6('fd00:9::53'), address6('fd00:9::54')).slice(0, octets)));
const names = (octets: Uint8Array): readonly Uint8Array[] => [own, searchList(octets)];
const label = (length: number): Uint8Array => ascii('a'.repeat(length));

/** Comment, n6. */
export const meaningless: readonly (readonly [string, readonly Uint8Array[]])[] = [
  ['no Prefix Information, though other options', all.slice(1)],
  ['options of neighbour discovery of which none is known', [ndOption(200, zeros(6))]],
  ['two Prefix Informations', [own, prefixInformation('fd00:8:0:b::')]],
  ['the same Prefix Information twice', [own, own]],
  ['a prefix of 63 bits', [prefixInformation(prefix, { length: 63 })]],
  ['a prefix of 65 bits', [prefixInformation(prefix, { length: 65 })]],
  ['a prefix of 128 bits', [prefixInformation(prefix, { length: 128 })]],
  ['an on-link prefix, flags L and A', [prefixInformation(prefix, { flags: 0xc0 })]],
  ['an on-link prefix, flag L alone', [prefixInformation(prefix, { flags: 0x80 })]],
  ['a prefix without flag A', [prefixInformation(prefix, { flags: 0 })]],
  ['bits beyond the prefix: the last', [prefixInformation('fd00:8:0:a::1')]],
  ['bits beyond the prefix: the first', [prefixInformation('fd00:8:0:a:8000::')]],
  ['a prefix that is valid for a day', [prefixInformation(prefix, { valid: day, preferred: day })]],
  ['a prefix whose valid lifetime alone is finite', [prefixInformation(prefix, { valid: 0xfffffffe })]],
  ['a prefix that is preferred for a day', [prefixInformation(prefix, { preferred: day })]],
  ['a prefix with lifetimes of 0', [prefixInformation(prefix, { valid: 0, preferred: 0 })]],
  ['Prefix Information of 24 octets', [ndOption(3, own.slice(2, 24))]],
  ['Prefix Information of 40 octets', [ndOption(3, cat(own.slice(2), zeros(8)))]],
  ['two MTUs', [own, mtuOption(1400), mtuOption(1400)]],
  ['an MTU of 16 octets', [own, ndOption(5, cat(u16(0), u32(1400), zeros(8)))]],
  ['a /48 in length 1', [own, routeInformation('fd00:8::/48', { octets: 0 })]],
  ['a /1 in length 1', [own, patch(routeInformation('::/0'), 2, [1])]],
  ['a /65 in length 2', [own, routeInformation('fd00:9::/65', { octets: 8 })]],
  ['a route of 129 bits', [own, patch(routeInformation('fd00:9::7/128'), 2, [129])]],
  ['bits beyond the prefix of a route', [own, patch(routeInformation('fd00:8::/48'), 14, [0x80])]],
  [
    'bits beyond the prefix of a route, length 3',
    [own, patch(routeInformation('fd00:8::/48', { octets: 16 }), 23, [1])],
  ],
  ['a bit of the default route', [own, patch(routeInformation('::/0', { octets: 8 }), 8, [0x80])]],
  ['a route of length 4', [own, routeInformation('fd00:9::7/128', { octets: 24 })]],
  ['a route for a day', [own, routeInformation('fd00:8::/48', { lifetime: day })]],
  ['a route with a lifetime of 0', [own, routeInformation('fd00:8::/48', { lifetime: 0 })]],
  ['DNS servers of length 1', [own, servers(0)]],
  ['DNS servers of length 2', [own, servers(8)]],
  ['DNS servers of length 4', [own, servers(24)]],
  ['DNS servers for a day', [own, servers(16, day)]],
  ['DNS servers with a lifetime of 0', [own, servers(16, 0)]],
  ['a search list for a day', [own, searchList(domainName('inner.test'), day)]],
  ['a search list with a lifetime of 0', [own, searchList(domainName('inner.test'), 0)]],
  ['a search list of length 1', [own, searchList(zeros(0))]],
  ['a search list of zeros', names(zeros(8))],
  ['a search list that ends within a label', names(cat([5], 'inner', [9], 't'))],
  ['a search list whose name has no end', names(cat([7], 'example'))],
  ['a compression pointer, counted from the names', names(cat([3], 'lab', [0], [5], 'inner', [0xc0, 0]))],
  ['a compression pointer, counted from the option', names(cat([3], 'lab', [0], [5], 'inner', [0xc0, 8]))],
  ['a label of 64 octets', names(cat([64], label(64), [0]))],
  ['a label with bit 7 of its length set', names(cat([0x85], 'inner', [0]))],
  ['a search domain of 256 octets', names(cat(...Array(3).fill(cat([63], label(63))), [62], label(62), [0]))],
  ['a last octet of padding that is not zero', names(cat(domainName('inner'), zeros(8), [1]))],
  ['a name after the padding', names(cat(domainName('inner'), [0], domainName('lab')))],
];
