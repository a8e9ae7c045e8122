/** The configuration file of a tunnel server. */

import { z } from 'zod';
import { isIpv6 } from '../../packets/addresses.ts';
import { mostOctets, octetsOf } from './client-data-size.ts';
import { faultOfLan, faultOfLan6, inside } from './lan-faults.ts';
import { $schema, deterministic, keys, lifetime, oneKey, oneKeyError, timers } from './shared-keys.ts';
import {
  anyAddress,
  anyPrefix,
  bareName,
  count,
  flag,
  initiatorName,
  interfaceName,
  ipv4Address,
  ipv4Number,
  ipv4Prefix,
  ipv4Range,
  ipv6Prefix,
  list,
  listen,
  physicalAddress,
  publicKey,
  reserved,
  strict,
  suite,
  text,
  transforms,
} from './values.ts';

/** RFC 1035 §2.3.4. */
const domain = bareName.refine((name) => name.split('.').every((label) => label.length <= 63), {
  error: 'has a label of more than 63 octets between its dots: no resolver takes it',
});
/** All client data has to fit into one RESPONSE frame. */
const tooLong = (most: number): string => `has more than ${most} entries: client data travels in one frame`;

/** How the private network learns which member of a group has a tunnel client. */
const traffic = strict({
  proxyArp: interfaceName
    .optional()
    .describe('A device on whose network ARP and neighbour solicitations are answered for tunnel clients.'),
  routeHook: list(z.string({ error: 'is not a string' }), 'a list: a program and its arguments')
    .min(1, 'is empty: name a program')
    .optional()
    .describe('A program with its arguments, to which "add" or "remove", a prefix and a name are appended.'),
})
  .refine(({ proxyArp, routeHook }) => proxyArp !== undefined || routeHook !== undefined, {
    error: 'draws no traffic: give "proxyArp", "routeHook" or both, or leave "traffic" out',
  })
  .optional();

export const server = strict({
  $schema,
  role: z.literal('server', { error: 'is not "server": "pna server" wants "role": "server"' }),
  listen: listen.default('0.0.0.0:3265'),
  names: list(bareName, 'a list of names').min(1, 'is empty: name this server as tunnel paths name it'),
  ...keys,
  initiators: list(
    strict({
      name: initiatorName,
      publicKey,
      suites: z.array(suite).min(1, 'is empty: name "hybrid", "x25519" or both').default(['hybrid', 'x25519']),
      address: ipv4Address.optional().describe('Otherwise one from the pool.'),
      networks: list(anyPrefix, 'a list of prefixes').default([]).describe('Subnets behind this initiator.'),
    }),
    'a list of initiators',
  ).superRefine((entries, context) => {
    entries.forEach((entry, index) => {
      if (entries.findIndex((other) => other.name === entry.name && other.publicKey === entry.publicKey) !== index)
        context.addIssue({ code: 'custom', path: [index], message: `"${entry.name}" stands here twice with one key` });
    });
  }),
  transforms,
  adapter: strict({
    name: interfaceName.default('pna0'),
    address: ipv4Prefix
      .refine((prefix) => faultOfLan(prefix) === undefined, { error: (issue) => faultOfLan(String(issue.input)) ?? '' })
      .describe('The address of this adapter and the prefix of the virtual LAN, such as 10.8.0.1/24.'),
    address6: ipv6Prefix
      .optional()
      .describe(
        'The same in IPv6, such as fd00:8::1/48: each initiator gets the /64 of it that has the number of its IPv4 address.',
      ),
    mtu: count(1280, 65000).default(1400),
    clientPhysical: physicalAddress.default('06:50:4e:41:43:00'),
    serverPhysical: physicalAddress.default('06:50:4e:41:53:00'),
  }),
  clientData: strict({
    pool: ipv4Range.optional(),
    routes: list(anyPrefix, 'a list of prefixes').max(1000, tooLong(1000)).default([]),
    dns: list(anyAddress, 'a list of addresses').max(16, tooLong(16)).default([]),
    domain: domain.optional(),
    search: list(domain, 'a list of domains').max(16, tooLong(16)).default([]),
    leaseSeconds: count(10, 0xffff_ffff).optional().describe('Of DHCP leases; by default as long as a key lives.'),
  }).prefault({}),
  clientToClient: flag.default(false).describe('Whether datagrams of one initiator to another pass.'),
  addressMap: text('.{1,4095}', 'a folder that all members of the group can write')
    .optional()
    .describe('A folder that the members of a group share: which address of the pool belongs to which name.'),
  traffic,
  lifetime,
  limits: strict({
    halfOpenPerSource: count(1, 65535).default(16),
    halfOpenPerKey: count(1, 65535).default(4),
    halfOpen: count(1, 65535).default(256),
  }).prefault({}),
  timers,
  deterministic,
})
  .refine(oneKey, oneKeyError)
  .superRefine((config, context) => {
    const lan = config.adapter.address;
    const outside = (address: string, path: (string | number)[]): void => {
      if (!inside(address, lan))
        context.addIssue({
          code: 'custom',
          path,
          message: `${address} is outside the virtual LAN ${lan}: choose addresses inside adapter.address`,
        });
    };
    const lan6 = config.adapter.address6;
    // What is no prefix at all is told already.
    const fault6 = ipv6Prefix.safeParse(lan6).success ? faultOfLan6(String(lan6), lan) : undefined;
    if (fault6 !== undefined)
      context.addIssue({ code: 'custom', path: ['adapter', 'address6'], message: `${fault6}, such as fd00:8::1/48` });
    const needsLan6 = (text: string, path: (string | number)[]): void => {
      if (lan6 === undefined && isIpv6(text))
        context.addIssue({
          code: 'custom',
          path,
          message: `${text} is IPv6, which this server does not offer: give "adapter.address6", such as fd00:8::1/48`,
        });
    };
    const size = octetsOf(config.clientData, lan6 !== undefined);
    if (size > mostOctets)
      context.addIssue({
        code: 'custom',
        path: ['clientData', 'routes'],
        message: `take, with "dns" and "search", ${size} octets of at most ${mostOctets}, for client data travels in one frame: name fewer`,
      });
    const { routes, dns } = config.clientData;
    for (const [index, text] of routes.entries()) needsLan6(text, ['clientData', 'routes', index]);
    for (const [index, text] of dns.entries()) needsLan6(text, ['clientData', 'dns', index]);
    for (const [index, { networks }] of config.initiators.entries())
      for (const [at, text] of networks.entries()) needsLan6(text, ['initiators', index, 'networks', at]);
    for (const address of config.clientData.pool?.split('-') ?? []) outside(address, ['clientData', 'pool']);
    config.initiators.forEach((entry, index) => {
      const { name, address } = entry;
      if (address === undefined) return;
      const path = ['initiators', index, 'address'];
      outside(address, path);
      const fault =
        address === lan.replace(/\/.*/, '')
          ? 'is the address of this adapter'
          : reserved(lan).includes(ipv4Number(address))
            ? `is the network or the broadcast address of ${lan}`
            : config.initiators.some((other) => other.name !== name && other.address === address)
              ? 'stands here for two names'
              : undefined;
      if (fault !== undefined)
        context.addIssue({ code: 'custom', path, message: `${address} ${fault}: choose one of its own` });
    });
    if (config.traffic?.proxyArp === config.adapter.name)
      context.addIssue({
        code: 'custom',
        path: ['traffic', 'proxyArp'],
        message: 'is the pseudo network adapter itself: name a device of the private network, such as "eth1"',
      });
    const { clientPhysical, serverPhysical } = config.adapter;
    if (clientPhysical === serverPhysical)
      context.addIssue({
        code: 'custom',
        path: ['adapter', 'clientPhysical'],
        message: 'is that of serverPhysical too: leave both out, or make them differ',
      });
  });
