/** Initiators that make something of the first client data, and not of those that a later connection brings. */
import { type Fault, inModule } from '../../fault.ts';

const inAdapter = inModule('reference/adapter/adapter.ts', ['client'], {
  'dhcp-of-the-first-client-data': [
    'DHCP-01 DHCP-09 ADP-22 ADP-33',
    'When Reconnect brings other client data, DHCP goes on with those of before.',
    'this.#emulators = activation.emulators;',
    'this.#emulators = { ...activation.emulators, dhcp: this.#emulators?.dhcp ?? activation.emulators.dhcp };',
  ],
  'neighbours-of-the-first-client-data': [
    'ND-01 ND-06 ADP-22 ND-11 ADP-05',
    'When Reconnect brings other client data, solicitations are answered with those of before.',
    'this.#emulators = activation.emulators;',
    `this.#emulators = {
      ...activation.emulators,
      neighbour: this.#emulators?.neighbour ?? activation.emulators.neighbour,
    };`,
  ],
  'physical-address-of-the-first-client-data': [
    'ADP-02 ADP-22 ADP-05',
    'The adapter keeps its physical address though Reconnect brings another.',
    'this.#device.setPhysicalAddress(activation.localPhysical);',
    'if (!renew) this.#device.setPhysicalAddress(activation.localPhysical);',
  ],
});

const inActivation = inModule('reference/adapter/activation.ts', ['client'], {
  'arp-own-address-of-the-first-client-data': [
    'ARP-03 ADP-22 ARP-01',
    'ARP requests for the address of the first client data go unanswered, and those for a later one are answered.',
    'arpEmulator(resolveAtClient(settings))',
    'arpEmulator(resolveAtClient({ ...settings, address: (globalThis.address ??= settings.address) }))',
  ],
});

const inClientAdapter = inModule('reference/tunnel/client/client-adapter.ts', ['client'], {
  'routes-of-later-client-data-unjudged': [
    'CD-07 ADP-17 ADP-18 ADP-22 ADP-33',
    'The routes of the first client data are judged, and none of later ones.',
    'if (accepted !== undefined) return accepted;',
    `const { routes } = toNetworkSettings(clientData);
    if (accepted !== undefined && this.judged) return { ...accepted, routes };
    this.judged = true;
    if (accepted !== undefined) return accepted;`,
  ],
  'addresses-of-later-client-data-unjudged': [
    'ADP-20 ADP-22 CD-06',
    'The addresses of the first client data are judged, and none of later ones.',
    'if (accepted !== undefined) return accepted;',
    `if (accepted === undefined && this.judged) return toNetworkSettings(clientData);
    this.judged = true;
    if (accepted !== undefined) return accepted;`,
  ],
  'subnets-of-the-first-client-data': [
    'CD-07 ADP-20 ADP-35 ADP-22',
    'It asks for the subnets that it is connected to once, for its first client data.',
    'this.#connected = connectedSubnets(adapter.name);',
    'this.#connected = this.subnets ??= connectedSubnets(adapter.name);',
  ],
  'client-data-of-other-names-no-other': [
    'ADP-22 DHCP-09 ND-11',
    'Client data that differ in DNS servers and domains alone count as those of before.',
    'const renew = !fresh && !isDeepStrictEqual(settings, this.#open.settings);',
    `const unnamed = ({ dns, domain, search, ipv6, ...others }) => ({ ...others, ...ipv6, dns: 0, search: 0 });
    const renew = !fresh && !isDeepStrictEqual(unnamed(settings), unnamed(this.#open.settings));`,
  ],
  'former-prefix-of-the-first-client-data': [
    'ND-15 ADP-22',
    'The /64 that it withdraws is always that of its first client data.',
    'this.#open.settings?.ipv6?.prefix)',
    '(this.formerPrefix ??= this.#open.settings?.ipv6?.prefix))',
  ],
  'routes-of-the-first-adapter-alone': [
    'ADP-11 INI-03 ADP-12',
    'After End Session and another command to connect, the new adapter gets no routes.',
    'routes: routes ? routesOf(settings) : [],',
    'routes: routes && !this.closedOnce ? routesOf(settings) : [],',
  ],
}).map((fault) =>
  fault.id === 'routes-of-the-first-adapter-alone'
    ? {
        ...fault,
        more: [
          {
            file: 'reference/tunnel/client/client-adapter.ts',
            change: [
              '      this.#open = {};\n',
              '      if (this.#open.adapter !== undefined) this.closedOnce = true;\n      this.#open = {};\n',
            ] as const,
          },
        ],
      }
    : fault,
);

const replaces = (condition: string): readonly [string, string] => [
  "this.#installed = [];\n      for (const entry of wanted) {\n        await this.#change('replace', entry);",
  `const before = this.#installed.filter((old) => ${condition});
      this.#installed = [];
      for (const entry of wanted) {
        if (!before.some((old) => prefixText(old) === prefixText(entry))) await this.#change('replace', entry);`,
];
const repairsByPrefix = {
  file: 'reference/linux/routing/routes.ts',
  change: [
    'return same(prefix, route) && same(hostPrefix(gateway), hostPrefix(route.gateway));',
    'return same(prefix, route);',
  ],
} as const;

const inRoutes: readonly Fault[] = [
  {
    id: 'route-keeps-its-gateway-ipv4',
    breaks: ['ADP-22', 'CD-03', 'ADP-33'],
    roles: ['client'],
    does: "A route that later client data have too keeps the gateway of before, though the server's address is another.",
    file: 'reference/linux/routing/routes.ts',
    change: replaces('!isIpv6(old.address)'),
    more: [repairsByPrefix],
  },
  {
    id: 'route-keeps-its-gateway-ipv6',
    breaks: ['ADP-22', 'ADP-05', 'CD-11'],
    roles: ['client'],
    does: "An IPv6 route that later client data have too keeps its gateway, though the server's physical address is another.",
    file: 'reference/linux/routing/routes.ts',
    change: replaces('isIpv6(old.address)'),
    more: [repairsByPrefix],
  },
  ...inModule('reference/linux/routing/routes.ts', ['client'], {
    'ipv6-routes-of-before-stay': [
      'ADP-22',
      'The IPv6 routes of former client data stay beside those of the new.',
      'if (!wanted.some((entry) => prefixText(entry) === prefixText(old)))',
      'if (!isIpv6(old.address) && !wanted.some((entry) => prefixText(entry) === prefixText(old)))',
    ],
    'repairs-routes-of-the-first-client-data': [
      'ADP-21 ADP-22',
      'A route that somebody removes is put back if the first client data had it.',
      'const entries = this.#installed.filter(',
      `this.known ??= this.#installed.map(prefixText);
        const entries = this.#installed.filter((entry) => this.known.includes(prefixText(entry))).filter(`,
    ],
  }),
];

export const laterClientData: readonly Fault[] = [...inAdapter, ...inActivation, ...inClientAdapter, ...inRoutes];
