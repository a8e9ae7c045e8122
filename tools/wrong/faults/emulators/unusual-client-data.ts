/** Initiators that read client data rightly as long as there is one of everything, near by and in the usual bounds. */
import { type Fault, inModule } from '../../fault.ts';

const ofOneFamily = (list: string): string =>
  `${list}.filter(({ address }, index) => ${list}.findIndex((one) => one.address.includes(':') === address.includes(':')) === index)`;

const meaning = [
  ...inModule('reference/wire/network-settings.ts', ['client'], {
    'parts-of-an-option-apart': [
      'CD-03 CD-01 CD-06 ADP-11',
      'It joins the parts of an option only where no other option is between them: else the last part counts.',
      'const values = joinDhcpOptions(dhcp);',
      `const values = new Map();
  for (const [index, { code, value }] of dhcp.entries())
    values.set(code, dhcp[index - 1]?.code === code ? concat(values.get(code), value) : value);`,
    ],
    'lease-signed': [
      'CD-02 DHCP-07',
      'A lease of 2^31 seconds and above, one without end among them, is a negative number to it.',
      'return checkLowest(wordAt(value, 0), 1);',
      'return checkLowest(wordAt(value, 0) | 0, 1);',
    ],
  }),
  ...inModule('reference/wire/ipv6-settings.ts', ['client'], {
    'second-dns-option-of-ipv6-unread': [
      'ND-06',
      'Of several options of DNS servers in n6 it reads the first.',
      'dns: each(NeighbourOptionType.dnsServer, decodeServers).flat(),',
      'dns: each(NeighbourOptionType.dnsServer, decodeServers)[0] ?? [],',
    ],
    'second-search-option-of-ipv6-unread': [
      'ND-06',
      'Of several search lists in n6 it reads the first.',
      'search: each(NeighbourOptionType.dnsSearch, decodeSearchList).flat(),',
      'search: each(NeighbourOptionType.dnsSearch, decodeSearchList)[0] ?? [],',
    ],
  }),
  ...inModule('reference/wire/key-exchange-data.ts', ['client'], {
    'bounds-signed': [
      'RESP-05',
      'It reads the octets of a lifetime as a signed integer: 2^63 and above is below what it asked for.',
      'octets: view.getBigUint64(12)',
      'octets: view.getBigInt64(12)',
    ],
  }),
  ...inModule('reference/nodes/exchange.ts', ['client'], {
    'freshness-of-response-refused': [
      'RESP-10 INI-03',
      'A RESPONSE with an entry 4 is a protocol error to it.',
      'const { lifetimes, options, compression } = response.keyExchangeData;',
      `const { lifetimes, options, compression, freshness } = response.keyExchangeData;
  if (freshness !== undefined) throw new Malformed('RESPONSE: freshness');`,
    ],
    'options-with-0102-taken': [
      'RESP-12',
      'A RESPONSE that selects options with 0x0102 is taken.',
      'if (options !== 0 && aeadOf(response.transform) === undefined)',
      'if (options !== 0 && response.transform === 0x0101)',
    ],
  }),
];

const handedOut = [
  ...inModule('reference/emulators/dhcp-configuration.ts', ['client'], {
    'dns-servers-beyond-three-left-out': [
      'DHCP-09',
      'Of the DNS servers DHCP hands out three.',
      'concat(...dns.map(ipv4Octets))',
      'concat(...dns.slice(0, 3).map(ipv4Octets))',
    ],
    'search-domains-beyond-six-left-out': [
      'DHCP-18',
      'Of the search list DHCP hands out six names.',
      'compressDomains(search)',
      'compressDomains(search.slice(0, 6))',
    ],
  }),
  ...inModule('reference/emulators/router.ts', ['client'], {
    'ipv6-dns-servers-beyond-three-left-out': [
      'ND-06',
      'Of the DNS servers of IPv6 it advertises three.',
      'fromIpv6Settings(settings)',
      'fromIpv6Settings({ ...settings, dns: settings.dns.slice(0, 3) })',
    ],
    'ipv6-search-domains-beyond-six-left-out': [
      'ND-06',
      'Of the search list of IPv6 it advertises six names.',
      'fromIpv6Settings(settings)',
      'fromIpv6Settings({ ...settings, search: settings.search.slice(0, 6) })',
    ],
  }),
];

const accepted = [
  ...inModule('reference/tunnel/client/acceptance.ts', ['client'], {
    'one-refused-route-refuses-all': [
      'ADP-11 ADP-17 CD-07',
      'Where one route of a family is refused, all are.',
      'routes: routes.filter((route) => this.passes(`${options.route} ${prefixText(route)}`, this.#faultOfRoute(route))),',
      'routes: routes.every((route) => this.passes(`${options.route} ${prefixText(route)}`, this.#faultOfRoute(route))) ? routes : [],',
    ],
    'dns-servers-judged-by-the-first': [
      'CD-17 ADP-19',
      'It judges the first DNS server of a list, and takes the others as it takes that.',
      'this.#accept.dns ? this.#faultOfServer(server)',
      'this.#accept.dns ? this.#faultOfServer(dns[0]!)',
    ],
    'one-refused-dns-server-refuses-all': [
      'DHCP-09 CD-17 ND-06',
      'Where one DNS server of a family is refused, all are.',
      'this.#accept.dns ? this.#faultOfServer(server)',
      'this.#accept.dns ? dns.map((one) => this.#faultOfServer(one)).find((fault) => fault !== undefined)',
    ],
    'first-accepted-prefix-alone': [
      'ADP-11 ADP-17',
      'Of the prefixes that its user accepts it goes by the first of each family.',
      'if (!prefixes.some(',
      `if (!${ofOneFamily('prefixes')}.some(`,
    ],
    'routes-wider-than-accepted-taken': [
      'ADP-17',
      'A route that holds an accepted prefix is accepted.',
      'contains(outer, prefix)))',
      'contains(outer, prefix) || contains(prefix, outer)))',
    ],
  }),
  ...inModule('reference/linux/routing/subnets.ts', ['client'], {
    'subnets-of-one-adapter-alone': [
      'CD-07 ADP-35 CD-16',
      'Of the other adapters of its machine it knows the subnets of the first.',
      '.flatMap(([, addresses]) => addresses ?? [])',
      '.slice(0, 2)\n    .flatMap(([, addresses]) => addresses ?? [])',
    ],
    'subnets-of-first-addresses-alone': [
      'CD-07 ADP-35 CD-16',
      'Of an adapter that has several addresses of a family it knows the subnet of the first.',
      '.flatMap(([, addresses]) => addresses ?? [])',
      '.flatMap(([, addresses = []]) =>\n      addresses.filter((one, index) => addresses.findIndex(({ family }) => family === one.family) === index))',
    ],
  }),
  ...inModule('reference/tunnel/client/reception.ts', ['client'], {
    'networks-of-ipv6-behind-it-first-alone': [
      'ADP-33 ADP-24',
      'Of the IPv6 networks behind it datagrams may go to the first.',
      'here: longestFirst(local),',
      'here: longestFirst(local).slice(0, six ? 2 : undefined),',
    ],
    'routes-of-one-length-by-the-last': [
      'ADP-34',
      'Of several accepted routes of one length, datagrams may come from the networks of two.',
      'there: longestFirst(reachableBy(settings)),',
      'there: longestFirst(reachableBy(settings)).filter(({ length }, index, all) => all[index - 2]?.length !== length),',
    ],
  }),
];

export const unusualClientData: readonly Fault[] = [...meaning, ...handedOut, ...accepted];
