/** Other choices about what the local stack sees: emulators, device, routes. */
import type { Right } from '../right.ts';

const dhcp = ['DHCP-01', 'DHCP-03', 'DHCP-09', 'DHCP-19', 'ADP-19', 'ADP-23'];

export const virtualLanChoices: readonly Right[] = [
  {
    id: 'dhcp-options-by-code',
    roles: ['client'],
    does: 'The options of a DHCP reply ascend by code behind option 53 (section 13).',
    touches: dhcp,
    file: 'reference/emulators/dhcp.ts',
    change: [
      'options: refused ? needed : whole([...needed, ...configuration(settings, requestList)], roomFor(request)),',
      'options: refused ? needed : whole([...needed, ...configuration(settings, requestList)], roomFor(request)).toSorted((one, other) => (one.code === 53 ? -1 : other.code === 53 ? 1 : one.code - other.code)),',
    ],
  },
  {
    id: 'dhcp-options-descending',
    roles: ['client'],
    does: 'The options of a DHCP reply descend by code behind option 53 (section 13).',
    touches: dhcp,
    file: 'reference/emulators/dhcp.ts',
    change: [
      'options: refused ? needed : whole([...needed, ...configuration(settings, requestList)], roomFor(request)),',
      'options: refused ? needed : whole([...needed, ...configuration(settings, requestList)], roomFor(request)).toSorted((one, other) => (one.code === 53 ? -1 : other.code === 53 ? 1 : other.code - one.code)),',
    ],
  },
  {
    id: 'dhcp-other-ip-header',
    roles: ['client'],
    does: 'DHCP replies have a time to live of 255 and an identification (RFC 791 leaves both free).',
    touches: dhcp,
    file: 'reference/emulators/dhcp.ts',
    change: [
      'encodeIpv4({ protocol: IpProtocol.udp,',
      'encodeIpv4({ timeToLive: 255, identification: 0x1234, protocol: IpProtocol.udp,',
    ],
  },
  {
    id: 'arp-reply-padded',
    roles: ['client', 'server'],
    does: 'ARP replies are padded to 60 octets, the least of an Ethernet packet (RFC 894).',
    touches: ['ARP', 'ADP-07'],
    file: 'reference/emulators/arp.ts',
    change: [
      '    payload: reply,\n',
      '    payload: new Uint8Array([...reply, ...new Uint8Array(46 - reply.length)]),\n',
    ],
  },
  {
    id: 'advertisement-to-all-nodes',
    roles: ['client'],
    does: 'A router solicitation is answered to all nodes (section 14).',
    touches: ['ND-06', 'ND-07', 'ND-08', 'ND-11'],
    file: 'reference/emulators/neighbour.ts',
    change: [
      'return isUnspecified(source) ? advertise(router) : advertisementTo(source, physical.source, router);',
      'return physical && source ? advertise(router) : advertisementTo(source, physical, router);',
    ],
  },
  {
    id: 'advertisement-without-physical-address',
    roles: ['client'],
    does: "An advertisement lacks the router's physical address (section 14).",
    touches: ['ND-06', 'ND-07', 'ND-08', 'ND-11'],
    file: 'reference/emulators/neighbour.ts',
    change: ['fitting([own, ...options],', 'fitting([...options, ...[own].slice(1)],'],
  },
  {
    id: 'advertisement-other-hop-limit',
    roles: ['client'],
    does: 'The advertisement leaves the hop limit unspecified (RFC 4861 §4.2).',
    touches: ['ND-06', 'ND-07', 'ND-08', 'ND-11'],
    file: 'reference/emulators/neighbour.ts',
    change: ['const CURRENT_HOP_LIMIT = 64;', 'const CURRENT_HOP_LIMIT = 0;'],
  },
  {
    id: 'mtu-1420-unless-told',
    roles: ['client'],
    does: 'Without an MTU in the client data the adapter has 1,420 octets (section 11).',
    touches: ['CD-08', 'ADP-16', 'ADP-04'],
    file: 'reference/adapter/activation.ts',
    change: [
      '    localPhysical: clientPhysical,\n    remotePhysical: serverPhysical,\n    mtu,',
      '    localPhysical: clientPhysical,\n    remotePhysical: serverPhysical,\n    mtu: mtu ?? 1420,',
    ],
  },
  {
    id: 'device-of-another-name',
    roles: ['client', 'server'],
    does: 'The device has another name than the configuration says (docs/iut.md).',
    touches: ['ADP', 'ARP', 'DHCP-01', 'ND-01', 'ND-13', 'DATA-11', 'INI-10', 'INI-22', 'PATH-01', 'CD-07', 'KEY-02'],
    file: 'reference/tunnel/config/config.ts',
    change: [
      "return { ...config, ...identity(config, place), ...folderOf('stateFolder', config, place) };",
      "return { ...config, ...identity(config, place), ...folderOf('stateFolder', config, place), adapter: { ...config.adapter, name: 'acme-' + config.adapter.name } };",
    ],
    more: [
      {
        file: 'reference/tunnel/config/config.ts',
        change: [
          "return { ...config, ...identity(config, place), ...folderOf('addressMap', config, place) };",
          "return { ...config, ...identity(config, place), ...folderOf('addressMap', config, place), adapter: { ...config.adapter, name: 'acme-' + config.adapter.name } };",
        ],
      },
    ],
  },
  {
    id: 'routes-of-another-protocol',
    roles: ['client', 'server'],
    does: 'Routes are marked as another routing protocol than 80 (section 11 says nothing of it).',
    touches: ['ADP-11', 'ADP-13', 'ADP-21', 'ADP-24'],
    file: 'reference/linux/routing/route-table.ts',
    change: ["export const ROUTE_PROTOCOL = '80';", "export const ROUTE_PROTOCOL = '99';"],
  },
  {
    id: 'clients-behind-another-address',
    roles: ['server'],
    does: "The server's machine has its clients behind an address of the virtual LAN that no client gets (section 11 names none).",
    touches: ['ADP-44', 'ADP-24', 'ADP-25', 'ARP-08'],
    file: 'reference/tunnel/server/server-adapter.ts',
    change: ["const gateway4 = '169.254.0.1';", "const gateway4 = '10.8.0.254';"],
  },
  {
    id: 'client-data-routes-reversed',
    roles: ['server'],
    does: 'The routes of the client data stand in the opposite order of the configuration (section 6 has none).',
    touches: ['CD', 'RESP-08', 'ADP-11', 'ADP-24', 'ADP-25'],
    file: 'reference/tunnel/server/policy.ts',
    change: [
      '        .filter(({ address }) => !isIpv6(address))\n        .map(',
      '        .filter(({ address }) => !isIpv6(address))\n        .toReversed()\n        .map(',
    ],
    more: [
      {
        file: 'reference/tunnel/server/policy.ts',
        change: ['routes: [this.#lan6.prefix, ...routes],', 'routes: [this.#lan6.prefix, ...routes.toReversed()],'],
      },
    ],
  },
  {
    id: 'dhcp-renewal-times',
    roles: ['client'],
    does: 'A lease also says when it is to be renewed and rebound, options 58 and 59 (RFC 2131 table 3: MAY).',
    touches: dhcp,
    file: 'reference/emulators/dhcp.ts',
    change: [
      '    ...dhcpOptions(DhcpOptionCode.clientIdentifier, identifier)',
      `    ...dhcpOptions(58, leased ? u32(settings.leaseSeconds >>> 1) : undefined),
    ...dhcpOptions(59, leased ? u32(settings.leaseSeconds - (settings.leaseSeconds >>> 3)) : undefined),
    ...dhcpOptions(DhcpOptionCode.clientIdentifier, identifier)`,
    ],
  },
  {
    id: 'dhcp-next-server',
    roles: ['client'],
    does: 'siaddr of a DHCP reply is the address of the server (RFC 2131 table 3 leaves it free).',
    touches: dhcp,
    file: 'reference/emulators/dhcp.ts',
    change: [
      '    serverAddress: unspecifiedIpv4,',
      '    serverAddress: refused ? unspecifiedIpv4 : settings.serverAddress,',
    ],
  },
  {
    id: 'slow-emulators',
    roles: ['client', 'server'],
    does: 'The emulators answer 200 ms later.',
    touches: ['ARP', 'DHCP-01', 'DHCP-03', 'DHCP-11', 'DHCP-14', 'ND-01', 'ND-06', 'ND-13', 'ADP-07', 'ADP-23'],
    file: 'reference/adapter/adapter.ts',
    change: [
      '    this.#ports = { indicate: this.#indicate, tunnel: options.tunnel };',
      `    const later = (frame: Uint8Array): boolean => {
      const copy = new Uint8Array(frame);
      setTimeout(() => this.#closed || this.#indicate(copy), 200);
      return true;
    };
    this.#ports = { indicate: later, tunnel: options.tunnel };`,
    ],
  },
  {
    id: 'advertisement-every-second',
    roles: ['client'],
    does: 'The router advertisement is repeated each second, with another lifetime (RFC 4861 §6.2.1).',
    touches: ['ND'],
    file: 'reference/emulators/router.ts',
    change: ['export const ADVERTISEMENT_INTERVAL = 600;', 'export const ADVERTISEMENT_INTERVAL = 1;'],
    more: [
      {
        file: 'reference/emulators/router.ts',
        change: ['const DEFAULT_LIFETIME = 1800;', 'const DEFAULT_LIFETIME = 9000;'],
      },
    ],
  },
  {
    id: 'routes-with-a-metric',
    roles: ['client', 'server'],
    does: 'Routes through the adapter have a metric (section 11 says nothing of it).',
    touches: ['ADP-11', 'ADP-12', 'ADP-13', 'ADP-21', 'ADP-24', 'SRV-16'],
    file: 'reference/linux/routing/routes.ts',
    change: [
      "const where = ['via', gateway, 'dev', this.#device, 'onlink', 'proto', ROUTE_PROTOCOL];",
      "const where = ['via', gateway, 'dev', this.#device, 'onlink', 'proto', ROUTE_PROTOCOL, 'metric', '70'];",
    ],
  },
  {
    id: 'ipv6-address-of-its-own-choice',
    roles: ['client'],
    does: "The client's address in its /64 does not follow from its physical address (section 6: its own choice).",
    touches: ['ADP-28', 'CD-10', 'ND-06', 'ADP-02'],
    file: 'reference/tunnel/client/stack-settings.ts',
    change: [
      'address: ipv6Text(interfaceAddress(ipv6Octets(ipv6.prefix), clientPhysical)),',
      'address: ipv6Text(interfaceAddress(ipv6Octets(ipv6.prefix), clientPhysical).with(9, 0x77)),',
    ],
  },
  {
    id: 'routes-after-the-event',
    roles: ['client'],
    does: 'Routes are laid 400 ms after the event `adapter`, which promises the address alone (docs/iut.md).',
    touches: ['ADP-11', 'ADP-13', 'ADP-16', 'ADP-17', 'ADP-18', 'ADP-24', 'ADP-25', 'ADP-41', 'CD-07'],
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      '    this.#refused.update(await this.#open.stack.configure(this.#open.wanted));',
      `    const { stack, wanted } = this.#open;
    // Reconnect keeps them (INI-10).
    const laid = ((globalThis as any).laid ??= new WeakSet());
    if (laid.has(stack)) {
      this.#refused.update(await stack.configure(wanted));
      return;
    }
    laid.add(stack);
    await stack.configure({ ...wanted, routes: [] });
    setTimeout(() => {
      if (this.#open.stack === stack && this.#open.wanted === wanted) stack.configure(wanted).catch(() => {});
    }, 400);`,
    ],
  },
  {
    id: 'misfit-datagrams-delivered',
    roles: ['client', 'server'],
    does: 'A datagram whose length field is not its length is handed to the local stack (DATA-16; section 11).',
    touches: ['DATA-16', 'ADP-05', 'ADP-08', 'ADP-29'],
    file: 'reference/adapter/receive-path.ts',
    change: [
      'if (etherType === undefined || datagramLength(datagram) !== datagram.length) {',
      'if (etherType === undefined || datagram.length < (datagram[0]! >> 4 === 4 ? 20 : 40)) {',
    ],
  },
];
