/** What a client takes out of its tunnel, or accepts, in one form and not in another. */
import { type Fault, inModule } from '../../fault.ts';

const inReceivePath = inModule('reference/adapter/receive-path.ts', ['client'], {
  'what-lacks-something-unjudged': [
    'ADP-33 ADP-34 OFF-01 ADP-36 OFF-03',
    'Datagrams that lack something reach the local stack whatever their addresses.',
    'if (!permits(sourceOf(datagram), destinationOf(datagram), datagram)) {',
    'if (offload === undefined && !permits(sourceOf(datagram), destinationOf(datagram), datagram)) {',
  ],
});

const bundles: readonly Fault[] = [
  {
    id: 'rest-of-a-bundle-unjudged',
    breaks: ['BUN-05', 'ADP-33', 'ADP-34'],
    roles: ['client'],
    does: 'Of a bundle the addresses of the first datagram alone are judged.',
    file: 'reference/nodes/conversation.ts',
    change: [
      "for (const datagram of this.#received) this.#machine.emit({ type: 'deliver', datagram, offload });",
      `for (const [index, datagram] of this.#received.entries())
      this.#machine.emit({ type: 'deliver', datagram, offload, trusted: index > 0 });`,
    ],
    more: [
      {
        file: 'reference/tunnel/connection.ts',
        change: [
          'this.#ports.deliver(effect.datagram, effect.offload);',
          'this.#ports.deliver(effect.datagram, effect.offload, effect.trusted);',
        ],
      },
      {
        file: 'reference/tunnel/client/client-adapter.ts',
        change: ['deliver(datagram: Uint8Array, offload?: Offload): void {', 'deliver(datagram, offload, trusted) {'],
      },
      {
        file: 'reference/tunnel/client/client-adapter.ts',
        change: [
          'this.#open.reception?.permits ?? nothing, offload',
          'trusted ? () => true : (this.#open.reception?.permits ?? nothing), offload',
        ],
      },
    ],
  },
];

const inReception = inModule('reference/tunnel/client/reception.ts', ['client'], {
  'own-networks-before-longer-routes': [
    'ADP-35',
    'A source in a network behind the client is refused, though a longer accepted route has it.',
    'lengthOf(there, source) > lengthOf(elsewhere, source) &&',
    'lengthOf(there, source) >= 0 && lengthOf(elsewhere, source) < 0 &&',
  ],
  'first-network-behind-it-alone': [
    'ADP-33 ADP-24',
    'Of the networks behind it a client takes datagrams for the first alone.',
    'const local = [...own, ...networks];',
    'const local = [...own, ...networks.slice(0, 1)];',
  ],
});

const inAcceptance = inModule('reference/tunnel/client/acceptance.ts', ['client'], {
  'domains-refused-with-dns-servers': [
    'ADP-19 DHCP-09 DHCP-18 CD-17',
    'A user who refuses DNS servers gets neither the domain nor the search list.',
    'const accepted = usable ? { ...others, ...lists, ...(ipv6 && { ipv6 }) } : undefined;',
    `const { domain, search, ...rest } = others;
  const names = accept.dns ? others : { ...rest, search: [] };
  const accepted = usable ? { ...names, ...lists, ...(ipv6 && { ipv6 }) } : undefined;`,
  ],
  'ipv6-search-list-refused-with-dns-servers': [
    'ND-09 ADP-19 CD-17',
    'A user who refuses DNS servers is advertised no search list.',
    'return { ...others, ...judgement.lists(offered, options) };',
    'return { ...others, ...(accept.dns ? {} : { search: [] }), ...judgement.lists(offered, options) };',
  ],
});

const stray = `  if (stray !== undefined)
    throw new Malformed(\`client data: a route by \${stray.gateway}, and not by the server's adapter \${serverAddress}\`);
`;

const inSettings: readonly Fault[] = [
  {
    id: 'route-by-another-gateway-taken',
    breaks: ['CD-06', 'CD-03'],
    roles: ['client'],
    does: "A route of the client data may have another gateway than the server's adapter.",
    file: 'reference/wire/network-settings.ts',
    change: [stray, ''],
  },
  {
    id: 'route-by-another-gateway-left-out',
    breaks: ['CD-06', 'CD-03'],
    roles: ['client'],
    does: "A route of another gateway than the server's adapter is left out, and the others are laid.",
    file: 'reference/wire/network-settings.ts',
    change: [stray, ''],
    more: [
      {
        file: 'reference/wire/network-settings.ts',
        change: [
          '    routes,\n    dns: optional',
          '    routes: routes.filter(({ gateway }) => gateway === serverAddress),\n    dns: optional',
        ],
      },
    ],
  },
  ...inModule('reference/tunnel/client/acceptance.ts', ['client'], {
    'reserved-server-address-taken': [
      'ADP-20',
      'An address for the server that is loopback or link-local is taken, where it is in the virtual LAN.',
      'faultOfHost(serverAddress) ?? outside(serverAddress, lan)',
      'outside(serverAddress, lan)',
    ],
  }),
  {
    id: 'refused-mtu-handed-out',
    breaks: ['CD-08', 'DHCP-09'],
    roles: ['client'],
    does: 'An MTU below 1280 is not set, but handed out by DHCP.',
    file: 'reference/adapter/activation.ts',
    change: [
      'answer: (frame) => answerDhcp(frame, settings),',
      'answer: (frame) => answerDhcp(frame, { ...settings, mtu: settings.mtu ?? globalThis.mtu }),',
    ],
    more: [
      {
        file: 'reference/tunnel/client/acceptance.ts',
        change: [
          'const { address, serverAddress } = offered;',
          'const { address, serverAddress } = offered;\n  globalThis.mtu = offered.mtu;',
        ],
      },
    ],
  },
];

export const letsThrough: readonly Fault[] = [
  ...inSettings,
  ...inReceivePath,
  ...bundles,
  ...inReception,
  ...inAcceptance,
];
