/** The configuration file of a tunnel server. */
import * as v from 'valibot';
import { equalOctets } from '../../octets.ts';
import { ipv4Octets, isIpv6 } from '../../packets/addresses.ts';
import { contains, hostPrefix, prefixText } from '../../packets/prefix.ts';
import { Lan } from '../lan.ts';
import { clientDataSize, largestClientData } from './client-data-size.ts';
import { faultOfLan, faultOfLan6 } from './lan-faults.ts';
import { described, inspect, type Path, strict } from './shapes.ts';
import { $schema, dataOptions, dataPath, deterministic, keys, lifetime, oneKey, timers, user } from './shared-keys.ts';
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
  suite,
  text,
  transforms,
} from './values.ts';

/** RFC 1035 §2.3.4. */
const domain = v.pipe(
  bareName,
  v.check(
    (name) => name.split('.').every((label) => label.length <= 63),
    'has a label of more than 63 octets between its dots: no resolver takes it',
  ),
);

/** A list that is empty unless the file says otherwise. All client data has to fit into one RESPONSE frame. */
const upTo = <const Item extends v.GenericSchema>(limit: number, item: Item, expected: string) =>
  v.optional(
    v.pipe(
      list(item, expected),
      v.maxLength(limit, `has more than ${limit} entries: client data travels in one frame`),
    ),
    [],
  );

/** How the private network learns which member of a group has a tunnel client. */
const traffic = v.pipe(
  strict({
    proxyArp: v.exactOptional(
      described(
        interfaceName,
        'A device on whose network ARP and neighbour solicitations are answered for tunnel clients.',
      ),
    ),
    routeHook: v.exactOptional(
      v.pipe(
        list(v.string('is not a string'), 'a list: a program and its arguments'),
        v.minLength(1, 'is empty: name a program'),
        v.description('A program with its arguments, to which "add" or "remove", a prefix and a name are appended.'),
      ),
    ),
  }),
  v.check(
    ({ proxyArp, routeHook }) => proxyArp !== undefined || routeHook !== undefined,
    'draws no traffic: give "proxyArp", "routeHook" or both, or leave "traffic" out',
  ),
);

const initiator = strict({
  name: initiatorName,
  publicKey,
  suites: v.optional(
    v.pipe(list(suite, 'a list of suites'), v.minLength(1, 'is empty: name "hybrid", "x25519" or both')),
    ['hybrid', 'x25519'],
  ),
  address: v.exactOptional(described(ipv4Address, 'Otherwise one from the pool.')),
  networks: v.optional(described(list(anyPrefix, 'a list of prefixes'), 'Subnets behind this client.'), []),
});
const initiators = v.pipe(
  list(initiator, 'a list of initiators'),
  inspect((entries, tell) => {
    entries.forEach((entry, index) => {
      const isSame = (other: typeof entry) =>
        other.name === entry.name && equalOctets(other.publicKey, entry.publicKey);
      if (entries.findIndex(isSame) !== index) tell(`"${entry.name}" stands here twice with one key`, [index]);
    });
  }),
);

const adapter = v.pipe(
  strict({
    name: v.optional(interfaceName, 'pna0'),
    address: described(
      ipv4Prefix,
      'The address of this adapter and the prefix of the virtual LAN, such as 10.8.0.1/24.',
    ),
    address6: v.exactOptional(
      described(
        ipv6Prefix,
        'The same in IPv6, such as fd00:8::1/48: each client gets the /64 of it that has the number of its IPv4 address.',
      ),
    ),
    mtu: v.optional(count(1280, 65000), 1400),
    clientPhysical: v.optional(physicalAddress, '06:50:4e:41:43:00'),
    serverPhysical: v.optional(physicalAddress, '06:50:4e:41:53:00'),
  }),
  inspect(({ address, address6 }, tell) => {
    const fault = faultOfLan(address);
    if (fault !== undefined) tell(fault, ['address']);
    const fault6 = address6 && faultOfLan6(address6, address);
    if (fault6 !== undefined) tell(`${fault6}, such as fd00:8::1/48`, ['address6']);
  }),
);

const clientData = strict({
  pool: v.exactOptional(ipv4Range),
  routes: upTo(1000, anyPrefix, 'a list of prefixes'),
  dns: upTo(16, anyAddress, 'a list of addresses'),
  domain: v.exactOptional(domain),
  search: upTo(16, domain, 'a list of domains'),
  leaseSeconds: v.exactOptional(
    described(count(10, 0xffff_ffff), 'Of DHCP leases; by default as long as a key lives.'),
  ),
});

const limits = strict({
  halfOpenPerSource: v.optional(count(1, 65535), 16),
  halfOpenPerKey: v.optional(count(1, 65535), 4),
  halfOpen: v.optional(count(1, 65535), 256),
  relays: v.optional(
    described(list(anyAddress, 'a list of addresses'), 'Addresses of relays, behind each of which are many.'),
    [],
  ),
  halfOpenPerRelay: v.optional(count(1, 65535), 128),
});

export const server = v.pipe(
  strict({
    $schema,
    user,
    role: v.literal('server', 'is not "server": "pna server" wants "role": "server"'),
    listen: v.optional(listen, '0.0.0.0:3265'),
    names: v.pipe(
      list(bareName, 'a list of names'),
      v.minLength(1, 'is empty: name this server as tunnel paths name it'),
    ),
    ...keys,
    initiators,
    transforms,
    adapter,
    clientData: v.optional(clientData, {}),
    clientToClient: v.optional(described(flag, 'Whether datagrams of one client to another pass.'), false),
    addressMap: v.exactOptional(
      described(
        text('.{1,4095}', 'a folder that all members of the group can write'),
        'A folder that the members of a group share: which address of the pool belongs to which name.',
      ),
    ),
    traffic: v.exactOptional(traffic),
    lifetime,
    dataOptions,
    dataPath,
    limits: v.optional(limits, {}),
    timers,
    deterministic,
  }),
  oneKey(),
  inspect((config, tell) => {
    const fault = (path: Path, message: string): void => tell(message, path);
    const { address: own, address6: own6, name, clientPhysical, serverPhysical } = config.adapter;
    const { pool, routes, dns } = config.clientData;
    const { initiators } = config;
    const lan = new Lan(own);

    const outside = (path: Path, address: string): void => {
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

    const needsIpv6 = (path: Path, text: string): void => {
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
  }),
);
