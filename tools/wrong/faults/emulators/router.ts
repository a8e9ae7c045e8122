/** Neighbour discovery: router advertisements. */
import type { Fault } from '../../fault.ts';

const resolution = 'reference/emulators/resolution.ts';
const neighbour = 'reference/emulators/neighbour.ts';
const discovery = 'reference/packets/discovery.ts';
const serverAdapter = 'reference/tunnel/server/server-adapter.ts';

export const routers: readonly Fault[] = [
  ...(
    [
      ['prefix', 3],
      ['mtu', 5],
      ['routes', 24],
      ['dns', 25],
      ['search-list', 31],
    ] as const
  ).map(
    ([name, type]): Fault => ({
      id: `nd-router-without-${name}`,
      breaks: ['ND-06'],
      roles: ['client'],
      does: `Option ${type} of the client data is not advertised.`,
      file: 'reference/emulators/router.ts',
      change: [
        'fromIpv6Settings(settings).toSorted(',
        `fromIpv6Settings(settings).filter(({ type }) => type !== ${type}).toSorted(`,
      ],
    }),
  ),
  {
    id: 'nd-advertisement-beyond-1280',
    breaks: ['ND-14'],
    roles: ['client'],
    does: 'An advertisement is as long as it happens to be.',
    file: neighbour,
    change: ['const ROOM_FOR_OPTIONS = 1280 - 56;', 'const ROOM_FOR_OPTIONS = 60_000;'],
  },
  {
    id: 'nd-routes-keep-others-out',
    breaks: ['ND-14'],
    roles: ['client'],
    does: 'Routes are not the first that are left out of an advertisement.',
    file: 'reference/emulators/router.ts',
    change: [
      '  NeighbourOptionType.dnsServer,\n  NeighbourOptionType.dnsSearch,\n  NeighbourOptionType.route,',
      '  NeighbourOptionType.route,\n  NeighbourOptionType.dnsServer,\n  NeighbourOptionType.dnsSearch,',
    ],
  },
  {
    id: 'nd-router-without-offer',
    breaks: ['ND-07'],
    roles: ['client'],
    does: 'Router solicitations are answered where the client data offers no IPv6.',
    file: 'reference/adapter/activation.ts',
    change: [
      'const router = ipv6 && routerOf(ipv6, serverPhysical, formerPrefix);',
      'const router = ipv6 ? routerOf(ipv6, serverPhysical, formerPrefix) : { physical: serverPhysical, options: [], routerLifetime: 0 };',
    ],
  },
  {
    id: 'nd-never-a-default-router',
    breaks: ['ND-08'],
    roles: ['client'],
    does: 'The router lifetime is always 0.',
    file: 'reference/emulators/router.ts',
    change: ['routerLifetime: isDefault ? DEFAULT_LIFETIME : 0', 'routerLifetime: 0 * Number(isDefault)'],
  },
  {
    id: 'nd-always-a-default-router',
    breaks: ['ND-08'],
    roles: ['client'],
    does: 'The router lifetime is always above 0.',
    file: 'reference/emulators/router.ts',
    change: ['routerLifetime: isDefault ? DEFAULT_LIFETIME : 0', 'routerLifetime: isDefault ? DEFAULT_LIFETIME : 1800'],
  },
  {
    id: 'nd-refused-routes-advertised',
    breaks: ['ND-09'],
    roles: ['client'],
    does: 'IPv6 routes that the user does not accept are not installed, but advertised.',
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      'if (accepted !== undefined) return accepted;',
      'if (accepted !== undefined) this.offered = toNetworkSettings(clientData);\n    if (accepted !== undefined) return accepted;',
    ],
    more: [
      {
        file: 'reference/tunnel/client/client-adapter.ts',
        change: [
          'clientActivation(this.#withMtu(settings)',
          'clientActivation(this.#withMtu({ ...settings, ...(settings.ipv6 && { ipv6: { ...settings.ipv6, routes: this.offered.ipv6.routes } }) })',
        ],
      },
    ],
  },
  {
    id: 'nd-refused-ipv6-advertised',
    breaks: ['ND-07', 'ND-09'],
    roles: ['client'],
    does: 'A user who accepts no IPv6 gets a router all the same.',
    file: 'reference/tunnel/client/acceptance.ts',
    change: ['const fault = accept.ipv6 ?', 'const fault = accept ?'],
  },
  {
    id: 'nd-checksum-unread',
    breaks: ['ND-10'],
    roles: ['client', 'server'],
    does: 'The checksum of a solicitation is not verified.',
    file: 'reference/packets/icmpv6.ts',
    change: [
      "  if (upperLayerChecksum(pseudo, IpProtocol.icmpv6, octets) !== 0) throw new Malformed('ICMPv6: checksum');\n",
      '',
    ],
  },
  {
    id: 'nd-code-unread',
    breaks: ['ND-10'],
    roles: ['client', 'server'],
    does: 'The code of a solicitation is not looked at.',
    file: discovery,
    change: ['|| code !== 0 || body', '|| body'],
  },
  {
    id: 'nd-option-of-length-0-passed-over',
    breaks: ['ND-10'],
    roles: ['client', 'server'],
    does: 'Options behind one of length 0 are not read, and the solicitation is answered.',
    file: 'reference/packets/neighbour-options.ts',
    change: ['    if (length === 0 ||', '    if (length === 0) break;\n    if (length === 0 ||'],
  },
  {
    id: 'nd-source-option-from-nobody',
    breaks: ['ND-10'],
    roles: ['client'],
    does: 'A router solicitation from `::` with a source physical address is answered.',
    file: discovery,
    change: [
      'if (saysPhysical && SOLICITATIONS.has(type) && isUnspecified(source))',
      'if (saysPhysical && !SOLICITATIONS.has(type) && isUnspecified(source))',
    ],
  },
  {
    id: 'nd-not-advertised-at-first',
    breaks: ['ND-11'],
    roles: ['client'],
    does: 'No advertisement is sent when the adapter has come up.',
    file: 'reference/adapter/adapter.ts',
    change: [
      '    this.#advertise(activation.advertisement);',
      '    if (renew) this.#advertise(activation.advertisement);',
    ],
  },
  {
    id: 'nd-not-advertised-after-reconnect',
    breaks: ['ND-11', 'ADP-22'],
    roles: ['client'],
    does: 'No advertisement is sent when Reconnect has brought other client data.',
    file: 'reference/adapter/adapter.ts',
    change: [
      '    this.#advertise(activation.advertisement);',
      '    if (!renew) this.#advertise(activation.advertisement);',
    ],
  },
  {
    id: 'nd-former-prefix-not-withdrawn',
    breaks: ['ND-15'],
    roles: ['client'],
    does: 'The former /64 is not advertised with lifetimes of 0.',
    file: 'reference/emulators/router.ts',
    change: [
      'if (formerPrefix !== undefined && formerPrefix !== settings.prefix)',
      'if (formerPrefix !== undefined && formerPrefix === settings.search[0])',
    ],
  },
  {
    id: 'nd-former-prefix-not-withdrawn-at-the-end-of-ipv6',
    breaks: ['ND-15'],
    roles: ['client'],
    does: 'Client data without IPv6 after client data with it is not told to the local stack.',
    file: 'reference/adapter/activation.ts',
    change: [
      'router ?? (formerPrefix === undefined ? undefined : withdrawalAdvertisement(formerPrefix, serverPhysical));',
      'router;',
    ],
  },
  {
    id: 'nd-server-adapter-silent',
    breaks: ['ND-13'],
    roles: ['server'],
    does: "The server's adapter answers for no address of a client.",
    file: resolution,
    change: [
      'return (asked) => gateway(asked) ?? (isBehindClient(asked) ? clientPhysical : undefined);',
      'return gateway;',
    ],
  },
  {
    id: 'nd-server-adapter-answers-for-nobody',
    breaks: ['ND-13', 'ND-05'],
    roles: ['server'],
    does: "The server's adapter answers for an address in the /64 of nobody.",
    file: serverAdapter,
    change: [
      'isBehindClient: (address) => this.#six?.holder(address) !== undefined,',
      "isBehindClient: (address) => this.#six?.locate(address) === 'lan',",
    ],
  },
  {
    id: 'nd-server-adapter-answers-for-itself',
    breaks: ['ND-13', 'ND-05'],
    roles: ['server'],
    does: "The server's adapter answers for its own address.",
    file: serverAdapter,
    change: [
      'isBehindClient: (address) => this.#six?.holder(address) !== undefined,',
      "isBehindClient: (address) => this.#six?.holder(address) !== undefined || this.#six?.locate(address) === 'own',",
    ],
  },
  {
    id: 'nd-server-adapter-forgets-networks',
    breaks: ['ND-13'],
    roles: ['server'],
    does: "The server's adapter answers for the /64 of a client, but not for a network behind it.",
    file: serverAdapter,
    change: [
      'isBehindClient: (address) => this.#six?.holder(address) !== undefined,',
      'isBehindClient: (address) => this.#six?.hasClient(address) === true,',
    ],
  },
  {
    id: 'nd-server-adapter-answers-for-the-gone',
    breaks: ['ND-13', 'ARP-11'],
    roles: ['server'],
    does: "The server's adapter answers for a client that has gone.",
    file: serverAdapter,
    change: ['    this.#switchboard.remove(client);\n', ''],
  },
];
