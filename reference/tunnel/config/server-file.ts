/** The configuration file of a tunnel server. */
import { z } from 'zod';
import { equalOctets } from '../../octets.ts';
import { ipv4Octets, isIpv6 } from '../../packets/addresses.ts';
import { contains, hostPrefix, prefixText } from '../../packets/prefix.ts';
import { Lan } from '../lan.ts';
import { clientDataSize, largestClientData } from './client-data-size.ts';
import { faultOfLan, faultOfLan6 } from './lan-faults.ts';
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
  ipv4Prefix,
  ipv4Range,
  ipv6Prefix,
  list,
  listen,
  physicalAddress,
  publicKey,
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
const tooLong = (limit: number): string => `has more than ${limit} entries: client data travels in one frame`;

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
  listen: listen.prefault('0.0.0.0:3265'),
  names: list(bareName, 'a list of names').min(1, 'is empty: name this server as tunnel paths name it'),
  ...keys,
  initiators: list(
    strict({
      name: initiatorName,
      publicKey,
      suites: z.array(suite).min(1, 'is empty: name "hybrid", "x25519" or both').prefault(['hybrid', 'x25519']),
      address: ipv4Address.optional().describe('Otherwise one from the pool.'),
      networks: list(anyPrefix, 'a list of prefixes').prefault([]).describe('Subnets behind this client.'),
    }),
    'a list of initiators',
  ).superRefine((entries, context) => {
    entries.forEach((entry, index) => {
      const isSame = (other: typeof entry) =>
        other.name === entry.name && equalOctets(other.publicKey, entry.publicKey);
      if (entries.findIndex(isSame) !== index)
        context.addIssue({ code: 'custom', path: [index], message: `"${entry.name}" stands here twice with one key` });
    });
  }),
  transforms,
  adapter: strict({
    name: interfaceName.default('pna0'),
    address: ipv4Prefix
      .superRefine((own, context) => {
        const message = faultOfLan(own);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .describe('The address of this adapter and the prefix of the virtual LAN, such as 10.8.0.1/24.'),
    address6: ipv6Prefix
      .optional()
      .describe(
        'The same in IPv6, such as fd00:8::1/48: each client gets the /64 of it that has the number of its IPv4 address.',
      ),
    mtu: count(1280, 65000).default(1400),
    clientPhysical: physicalAddress.prefault('06:50:4e:41:43:00'),
    serverPhysical: physicalAddress.prefault('06:50:4e:41:53:00'),
  }),
  clientData: strict({
    pool: ipv4Range.optional(),
    routes: list(anyPrefix, 'a list of prefixes').max(1000, tooLong(1000)).prefault([]),
    dns: list(anyAddress, 'a list of addresses').max(16, tooLong(16)).prefault([]),
    domain: domain.optional(),
    search: list(domain, 'a list of domains').max(16, tooLong(16)).default([]),
    leaseSeconds: count(10, 0xffff_ffff).optional().describe('Of DHCP leases; by default as long as a key lives.'),
  }).prefault({}),
  clientToClient: flag.default(false).describe('Whether datagrams of one client to another pass.'),
  addressMap: text('.{1,4095}', 'a folder that all members of the group can write')
    .optional()
    .describe('A folder that the members of a group share: which address of the pool belongs to which name.'),
  traffic,
  lifetime,
  limits: strict({
    halfOpenPerSource: count(1, 65535).default(16),
    halfOpenPerKey: count(1, 65535).default(4),
    halfOpen: count(1, 65535).default(256),
    relays: list(anyAddress, 'a list of addresses')
      .default([])
      .describe('Addresses of relays, behind each of which are many.'),
    halfOpenPerRelay: count(1, 65535).default(128),
  }).prefault({}),
  timers,
  deterministic,
})
  .refine(oneKey, oneKeyError)
  .superRefine((config, context) => {
    const fault = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    const { address: own, address6: own6, name, clientPhysical, serverPhysical } = config.adapter;
    const { pool, routes, dns } = config.clientData;
    const { initiators } = config;
    const lan = new Lan(own);

    const outside = (path: (string | number)[], address: string): void => {
      if (!contains(own, hostPrefix(address)))
        fault(
          path,
          `${address} is outside the virtual LAN ${prefixText(own)}: choose addresses inside adapter.address`,
        );
    };
    if (pool !== undefined) for (const end of [pool.first, pool.last]) outside(['clientData', 'pool'], end);
    for (const [index, { name: holder, address }] of initiators.entries()) {
      if (address === undefined) continue;
      const path = ['initiators', index, 'address'];
      outside(path, address);
      const number = lan.numberOf(ipv4Octets(address));
      const reason =
        address === own.address
          ? 'is the address of this adapter'
          : number !== undefined && !lan.isHost(number)
            ? `is the network or the broadcast address of ${prefixText(own)}`
            : initiators.some((other) => other.name !== holder && other.address === address)
              ? 'stands here for two names'
              : undefined;
      if (reason !== undefined) fault(path, `${address} ${reason}: choose one of its own`);
    }

    const fault6 = own6 && faultOfLan6(own6, own);
    if (fault6 !== undefined) fault(['adapter', 'address6'], `${fault6}, such as fd00:8::1/48`);
    const needsIpv6 = (path: (string | number)[], text: string): void => {
      if (own6 === undefined && isIpv6(text))
        fault(path, `${text} is IPv6, which this server does not offer: give "adapter.address6", such as fd00:8::1/48`);
    };
    for (const [index, route] of routes.entries()) needsIpv6(['clientData', 'routes', index], prefixText(route));
    for (const [index, address] of dns.entries()) needsIpv6(['clientData', 'dns', index], address);
    for (const [index, { networks }] of initiators.entries())
      for (const [at, network] of networks.entries())
        needsIpv6(['initiators', index, 'networks', at], prefixText(network));

    const size = clientDataSize(config.clientData, own6 !== undefined);
    if (size > largestClientData)
      fault(
        ['clientData', 'routes'],
        `take, with "dns" and "search", ${size} octets of at most ${largestClientData}, for client data travels in one frame: name fewer`,
      );
    if (config.traffic?.proxyArp === name)
      fault(
        ['traffic', 'proxyArp'],
        'is the pseudo network adapter itself: name a device of the private network, such as "eth1"',
      );
    if (equalOctets(clientPhysical, serverPhysical))
      fault(['adapter', 'clientPhysical'], 'is that of serverPhysical too: leave both out, or make them differ');
  });
