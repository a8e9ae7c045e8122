/** The configuration files of the three roles: the same file for a user and for the conformance suite. */
import { z } from 'zod';
import { kindOf, parsePrefix } from '../addresses.ts';
import { Lan6 } from '../lan6.ts';
import { mostOctets, octetsOf } from './client-data-size.ts';
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
  nodeName,
  physicalAddress,
  privateKey,
  publicKey,
  reserved,
  strict,
  suite,
  text,
  transforms,
} from './values.ts';

const timerNames = [
  'tcpOpen',
  'responseWait',
  'receiveRelay',
  'connectWait',
  'forwardConnect',
  'refusalDelay',
  'confirmation',
  'keepAlive',
  'silence',
  'dying',
  'stalledFrame',
  'backOffMin',
  'backOffMax',
  'expiryGrace',
] as const;
const milliseconds = count(0, 86_400_000).optional();
const timers = strict(
  Object.fromEntries(timerNames.map((name) => [name, milliseconds])) as Record<
    (typeof timerNames)[number],
    typeof milliseconds
  >,
)
  .optional()
  .describe('Milliseconds; each has a default.');

/** Hard bounds of a key whatever the file says: 2^32 frames, 2^40 octets. */
const lifetime = strict({
  seconds: count(1, 0xffff_ffff).default(3600),
  frames: count(1, 2 ** 32).default(2 ** 32),
  octets: count(1, 2 ** 40).default(2 ** 40),
})
  .prefault({})
  .describe('How long a session key may be used; the lower of both end points counts.');

const octets = (length: number) => text(`[0-9a-f]{${length * 2}}`, `${length} octets in lower-case hexadecimal`);
const deterministic = strict({
  x25519: list(octets(32), 'a list of private keys').min(1).optional(),
  kemSeed: list(octets(64), 'a list of seeds').min(1).optional(),
  kemMessage: list(octets(32), 'a list of messages').min(1).optional(),
  grease: strict({
    transform: strict({ id: octets(2), index: count(0, 15) }).optional(),
    tlv: strict({ id: octets(2), value: text('(?:[0-9a-f]{2})*', 'octets in lower-case hexadecimal') }).optional(),
  }).optional(),
  padding: count(0, 255).optional(),
})
  .optional()
  .describe('For tests only: what is otherwise random. Refused unless PNA_INSECURE_DETERMINISTIC=1.');

const keys = { privateKey: privateKey.optional(), privateKeyFile: z.string().min(1).optional() };
const oneKey = (config: { privateKey?: string | undefined; privateKeyFile?: string | undefined }): boolean =>
  (config.privateKey === undefined) !== (config.privateKeyFile === undefined);
const oneKeyError = {
  error: 'needs either "privateKey" or "privateKeyFile": make one with "pna keygen --output FILE"',
  path: ['privateKeyFile'],
};

const $schema = z.string().optional().describe('Where editors find this schema; ignored.');

export const client = strict({
  $schema,
  role: z.literal('client', { error: 'is not "client": "pna client" wants "role": "client"' }),
  name: initiatorName,
  ...keys,
  path: list(nodeName, 'a list of 1 to 16 names, the tunnel server last')
    .min(1, 'is empty: name at least the tunnel server')
    .max(16, 'has more than 16 names: a tunnel path has 1 to 16')
    .describe('The tunnel path: relays in order, the tunnel server last.'),
  origin: nodeName.default('origin.invalid').describe('Travels in the clear on every hop.'),
  server: strict({ publicKey, suite: suite.default('hybrid') }).describe('The pinned key of the tunnel server.'),
  transforms,
  adapter: strict({
    name: interfaceName.default('pna0'),
    configure: z
      .enum(['dhcp', 'direct', 'none'], { error: 'is not "dhcp", "direct" or "none"' })
      .default('dhcp')
      .describe('dhcp: a DHCP client of this machine configures it; direct: the tunnel does; none: nobody does.'),
    dhcpClient: z
      .union([z.enum(['auto', 'none']), z.array(z.string()).min(1)], {
        error:
          'is not "auto", "none" or a list: a program and its arguments, such as ["udhcpc", "-f", "-i", "{device}"]',
      })
      .default('none')
      .describe('With "dhcp": the DHCP client to run on the adapter. none: the machine runs one by itself.'),
    dns: flag
      .default(true)
      .describe(
        'With "direct": whether systemd-resolved or resolvconf is told of the DNS servers that the server names.',
      ),
    mtu: count(1280, 65000).optional(),
    routes: flag.default(true).describe('Whether the tunnel installs the routes that the server names.'),
  }).prefault({}),
  accept: strict({
    prefixes: list(anyPrefix, 'a list of prefixes').default(['0.0.0.0/0', '::/0']),
    dns: flag.default(true),
    defaultRoute: flag.default(false),
    ipv6: flag.default(true),
  })
    .prefault({})
    .describe('What of the client data this machine accepts.'),
  lifetime,
  reconnect: flag.default(true).describe('Whether to connect again when a tunnel ends that the user did not end.'),
  timers,
  deterministic,
})
  .refine(oneKey, oneKeyError)
  .refine(({ adapter }) => adapter.dhcpClient === 'none' || adapter.configure === 'dhcp', {
    error: 'is for "configure": "dhcp" only: leave it out',
    path: ['adapter', 'dhcpClient'],
  });

/** What is wrong with an adapter's address on its virtual LAN: a LAN too large for anyone, or an address that is no host's. */
function faultOfLan(prefix: string): string | undefined {
  const [address = '', length = ''] = prefix.split('/');
  if (Number(length) < 8 || Number(length) > 30)
    return `${prefix} is no virtual LAN: choose a private prefix of /8 to /30, such as 10.8.0.1/24`;
  if (kindOf(address) !== 'ordinary')
    return `${address} is ${kindOf(address)}: choose a private address, such as 10.8.0.1/24`;
  if (reserved(prefix).includes(ipv4Number(address)))
    return `${address} is the network or the broadcast address of ${prefix}: choose a host's, such as 10.8.0.1/24`;
  return undefined;
}

/** What is wrong with the same in IPv6: `lan` is the virtual LAN in IPv4, which numbers the /64s. */
function faultOfLan6(prefix: string, lan: string): string | undefined {
  const [address = '', length = ''] = prefix.split('/');
  const longest = 64 - (32 - Number(lan.split('/')[1]));
  const lan6 = new Lan6(parsePrefix(prefix));
  if (kindOf(address) !== 'ordinary') return `${address} is ${kindOf(address)}: choose a private address`;
  if (Number(length) < 16 || Number(length) > longest)
    return `${prefix} has no /64 for each address of ${lan}: choose a prefix of /16 to /${longest}`;
  if (lan6.numberOf(lan6.own, 0) !== 0)
    return `${address} is not in the first /64 of its prefix, which is the server's: choose an address there`;
  return undefined;
}

const inside = (address: string, prefix: string): boolean => {
  const [network = '', length = '0'] = prefix.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(ipv4Number(address) / size) === Math.floor(ipv4Number(network) / size);
};

/** RFC 1035 §2.3.4. */
const domain = bareName.refine((name) => name.split('.').every((label) => label.length <= 63), {
  error: 'has a label of more than 63 octets between its dots: no resolver takes it',
});
/** All client data has to fit into one RESPONSE frame. */
const tooLong = (most: number): string => `has more than ${most} entries: client data travels in one frame`;

/** How the private network learns which member of a group has a tunnel client. */
const traffic = strict({
  proxyArp: interfaceName.optional().describe('A device on whose network ARP is answered for tunnel clients.'),
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
      if (lan6 === undefined && text.includes(':'))
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

export const relay = strict({
  $schema,
  role: z.literal('relay', { error: 'is not "relay": "pna relay" wants "role": "relay"' }),
  listen: listen.default('0.0.0.0:3265'),
  names: list(bareName, 'a list of names').min(1, 'is empty: name this relay as tunnel paths name it'),
  allow: list(
    strict({ name: bareName, ports: list(count(1, 65535), 'a list of ports').min(1).default([3265]) }),
    'a list of next nodes: [{"name": "server.test", "ports": [3265]}]',
  ).describe('The nodes that this relay may connect to; all others are refused.'),
  allowAddresses: list(
    z.enum(['loopback', 'link-local'], { error: 'is not "loopback" or "link-local"' }),
    'a list of "loopback", "link-local"',
  )
    .default([])
    .describe('Kinds of addresses that names may resolve to although they are refused otherwise.'),
  limits: strict({
    halfOpenPerSource: count(1, 65535).default(8),
    halfOpen: count(1, 65535).default(256),
    connectionsPerSource: count(1, 65535).default(64),
    connections: count(1, 65535).default(1024),
  })
    .prefault({})
    .describe('Half-open until the next node has answered. One source has at most so many of either.'),
  timers,
});

export const schemas = { client, server, relay } as const;
export type Role = keyof typeof schemas;
export type ClientFile = z.output<typeof client>;
export type ServerFile = z.output<typeof server>;
export type RelayFile = z.output<typeof relay>;
