/** The DHCP server emulator: which messages are answered, and where to ([EP] fig. 16, 306). */
import type { Fault } from '../../fault.ts';

const dhcp = 'reference/emulators/dhcp.ts';
const decision = 'reference/emulators/dhcp-decision.ts';
const configuration = 'reference/emulators/dhcp-configuration.ts';

export const dhcpMessages: readonly Fault[] = [
  {
    id: 'dhcp-offer-of-another-address',
    breaks: ['DHCP-01'],
    roles: ['client'],
    does: 'A DISCOVER that asks for an address is offered that address.',
    file: dhcp,
    change: [
      'yourAddress: leased ? settings.address : unspecifiedIpv4,',
      `yourAddress: !leased
      ? unspecifiedIpv4
      : answer === 'OFFER' && options.has(DhcpOptionCode.requestedAddress)
        ? decodeDhcpAddress(options.get(DhcpOptionCode.requestedAddress)!)
        : settings.address,`,
    ],
  },
  {
    id: 'dhcp-selecting-only',
    breaks: ['DHCP-02'],
    roles: ['client'],
    does: 'Only a REQUEST that names the server is answered.',
    file: decision,
    change: [
      'if (serverIdentifier !== undefined && serverIdentifier !== serverAddress)',
      'if (serverIdentifier !== serverAddress)',
    ],
  },
  {
    id: 'dhcp-renewal-unanswered',
    breaks: ['DHCP-02'],
    roles: ['client'],
    does: 'RENEWING and REBINDING are not answered.',
    file: decision,
    change: ['const wanted = ciaddr === unspecifiedIpv4 ? requested : ciaddr;', 'const wanted = requested;'],
  },
  {
    id: 'dhcp-reboot-without-discover-unanswered',
    breaks: ['DHCP-02'],
    roles: ['client'],
    does: 'INIT-REBOOT is not answered before a DISCOVER has come.',
    file: decision,
    change: [
      'export function decide(wish: Wish, address: string, serverAddress: string): Decision {',
      `let discovered = false;
export function decide(wish: Wish, address: string, serverAddress: string): Decision {
  if (wish.messageType === MessageType.DISCOVER) discovered = true;
  const rebooting = wish.messageType === MessageType.REQUEST && wish.serverIdentifier === undefined;
  if (rebooting && wish.ciaddr === unspecifiedIpv4 && !discovered) return undefined;`,
    ],
  },
  {
    id: 'dhcp-overload-unread',
    breaks: ['DHCP-02'],
    roles: ['client'],
    does: 'Options in the file field are not read.',
    file: 'reference/packets/dhcp.ts',
    change: ['if ((overload & 1) !== 0)', 'if ((overload & 4) !== 0)'],
  },
  {
    id: 'dhcp-checksum-of-a-request-judged',
    breaks: ['DHCP-02', 'OFF-07'],
    roles: ['client'],
    does: 'A request whose UDP checksum the stack has not finished is not answered.',
    file: dhcp,
    change: [
      'const udp = decodeUdp(datagram.payload);',
      'const udp = decodeUdp(datagram.payload, { source: ipv4Octets(datagram.source), destination: ipv4Octets(datagram.destination) });',
    ],
  },
  {
    id: 'dhcp-nak-is-silence',
    breaks: ['DHCP-03'],
    roles: ['client'],
    does: 'A REQUEST for another address is not answered.',
    file: decision,
    change: ["return wanted === address ? 'ACK' : 'NAK';", "return wanted === address ? 'ACK' : undefined;"],
  },
  {
    id: 'dhcp-nak-is-ack',
    breaks: ['DHCP-03'],
    roles: ['client'],
    does: 'A REQUEST for another address is acknowledged with the right one.',
    file: decision,
    change: ["return wanted === address ? 'ACK' : 'NAK';", "return 'ACK';"],
  },
  {
    id: 'dhcp-nak-in-selecting-only',
    breaks: ['DHCP-03'],
    roles: ['client'],
    does: 'Renewing another address is not answered.',
    file: decision,
    change: [
      "return wanted === address ? 'ACK' : 'NAK';",
      "return wanted === address ? 'ACK' : ciaddr === unspecifiedIpv4 ? 'NAK' : undefined;",
    ],
  },
  {
    id: 'dhcp-request-without-address-refused',
    breaks: ['DHCP-16'],
    roles: ['client'],
    does: 'A REQUEST that names no address gets a NAK.',
    file: decision,
    change: ['if (wanted === undefined) return undefined;', "if (wanted === undefined) return 'NAK';"],
  },
  {
    id: 'dhcp-other-server-answered',
    breaks: ['DHCP-04'],
    roles: ['client'],
    does: 'A REQUEST that names another server is answered.',
    file: decision,
    change: ['      if (serverIdentifier !== undefined && serverIdentifier !== serverAddress) return undefined;\n', ''],
  },
  {
    id: 'dhcp-other-server-refused',
    breaks: ['DHCP-04'],
    roles: ['client'],
    does: 'A REQUEST that names another server gets a NAK.',
    file: decision,
    change: [
      'serverIdentifier !== serverAddress) return undefined;',
      "serverIdentifier !== serverAddress) return 'NAK';",
    ],
  },
  {
    id: 'dhcp-inform-with-lease',
    breaks: ['DHCP-05'],
    roles: ['client'],
    does: 'The reply to INFORM has a lease time.',
    file: dhcp,
    change: ['leased ? u32(settings.leaseSeconds) : undefined', 'refused ? undefined : u32(settings.leaseSeconds)'],
  },
  {
    id: 'dhcp-inform-with-address',
    breaks: ['DHCP-05'],
    roles: ['client'],
    does: 'The reply to INFORM has the address in yiaddr.',
    file: dhcp,
    change: ['yourAddress: leased ?', 'yourAddress: !refused ?'],
  },
  {
    id: 'dhcp-inform-without-address-unanswered',
    breaks: ['DHCP-05'],
    roles: ['client'],
    does: 'INFORM without ciaddr is broadcast, though its datagram has a source.',
    file: dhcp,
    change: [
      "const inUse = answer === 'configuration only' && clientAddress === unspecifiedIpv4 ? source : clientAddress;",
      'const inUse = clientAddress;',
    ],
  },
  {
    id: 'dhcp-decline-answered',
    breaks: ['DHCP-06'],
    roles: ['client'],
    does: 'DECLINE is refused.',
    file: decision,
    change: [
      '    default:\n      return undefined;',
      "    default:\n      return wish.messageType === MessageType.DECLINE ? 'NAK' : undefined;",
    ],
  },
  {
    id: 'dhcp-release-answered',
    breaks: ['DHCP-06'],
    roles: ['client'],
    does: 'RELEASE is acknowledged.',
    file: decision,
    change: [
      '    default:\n      return undefined;',
      "    default:\n      return wish.messageType === MessageType.RELEASE ? 'configuration only' : undefined;",
    ],
  },
  {
    id: 'dhcp-type-not-first',
    breaks: ['DHCP-07'],
    roles: ['client'],
    does: 'Option 54 stands before option 53.',
    file: dhcp,
    change: [
      `    ...dhcpOptions(DhcpOptionCode.messageType, Uint8Array.of(typeOf(answer))),
    ...dhcpOptions(DhcpOptionCode.serverIdentifier, ipv4Octets(settings.serverAddress)),`,
      `    ...dhcpOptions(DhcpOptionCode.serverIdentifier, ipv4Octets(settings.serverAddress)),
    ...dhcpOptions(DhcpOptionCode.messageType, Uint8Array.of(typeOf(answer))),`,
    ],
  },
  {
    id: 'dhcp-nak-without-server-identifier',
    breaks: ['DHCP-07', 'DHCP-12'],
    roles: ['client'],
    does: 'NAK has no option 54.',
    file: dhcp,
    change: [
      'serverIdentifier, ipv4Octets(settings.serverAddress)),\n    ...dhcpOptions(DhcpOptionCode.leaseTime',
      'serverIdentifier, refused ? undefined : ipv4Octets(settings.serverAddress)),\n    ...dhcpOptions(DhcpOptionCode.leaseTime',
    ],
  },
  {
    id: 'dhcp-renewed-lease-without-time',
    breaks: ['DHCP-07'],
    roles: ['client'],
    does: 'The ACK of a renewal has no lease time.',
    file: dhcp,
    change: [
      'leased ? u32(settings.leaseSeconds) : undefined',
      'leased && clientAddress === unspecifiedIpv4 ? u32(settings.leaseSeconds) : undefined',
    ],
  },
  {
    id: 'dhcp-identifier-not-echoed',
    breaks: ['DHCP-08'],
    roles: ['client'],
    does: 'The client identifier is left out.',
    file: dhcp,
    change: ['clientIdentifier, identifier)', 'clientIdentifier, undefined)'],
  },
  {
    id: 'dhcp-identifier-not-in-nak',
    breaks: ['DHCP-08'],
    roles: ['client'],
    does: 'The client identifier is left out of a NAK.',
    file: dhcp,
    change: ['clientIdentifier, identifier)', 'clientIdentifier, refused ? undefined : identifier)'],
  },
  ...(
    [
      ['mask', 'subnetMask, maskOctets(prefixLength)', 'subnetMask, undefined'],
      ['mtu', 'mtu === undefined ? undefined : u16(mtu)', 'undefined'],
      ['dns', 'dns.length === 0 ? undefined : concat(...dns.map(ipv4Octets))', 'undefined'],
      ['second-dns', 'concat(...dns.map(ipv4Octets))', 'ipv4Octets(dns[0]!)'],
      ['domain', 'domain === undefined ? undefined : ascii(domain)', 'undefined'],
    ] as const
  ).map(
    ([name, from, to]): Fault => ({
      id: `dhcp-without-${name}`,
      breaks: ['DHCP-09'],
      roles: ['client'],
      does: `The ${name} of the client data is not in OFFER and ACK.`,
      file: configuration,
      change: [from, to],
    }),
  ),
  {
    id: 'dhcp-without-routes',
    breaks: ['DHCP-09'],
    roles: ['client'],
    does: 'The routes of the client data are not in OFFER and ACK.',
    file: configuration,
    change: ['    ...routeOptions(DhcpOptionCode.classlessRoutes),\n', ''],
  },
  {
    id: 'dhcp-default-route-in-121-only',
    breaks: ['DHCP-09'],
    roles: ['client'],
    does: 'A default route is not in option 3.',
    file: configuration,
    change: ['defaultRoute && ipv4Octets(defaultRoute.gateway)', 'undefined'],
  },
  {
    id: 'dhcp-nothing-in-the-offer',
    breaks: ['DHCP-09'],
    roles: ['client'],
    does: 'The OFFER has no configuration; the ACK has.',
    file: dhcp,
    change: ['options: refused ? needed', "options: refused || answer === 'OFFER' ? needed"],
  },
  {
    id: 'dhcp-renewal-without-configuration',
    breaks: ['DHCP-09'],
    roles: ['client'],
    does: 'The ACK of a renewal has no configuration.',
    file: dhcp,
    change: ['options: refused ? needed', 'options: refused || clientAddress === settings.address ? needed'],
  },
  {
    id: 'dhcp-unpadded',
    breaks: ['DHCP-10'],
    roles: ['client'],
    does: 'Replies are not padded.',
    file: 'reference/packets/dhcp.ts',
    change: ['const dhcpMinimumLength = 300;', 'const dhcpMinimumLength = 240;'],
  },
  {
    id: 'dhcp-without-checksum',
    breaks: ['DHCP-10'],
    roles: ['client'],
    does: 'Replies carry no UDP checksum.',
    file: 'reference/packets/udp.ts',
    change: ['  viewOf(octets).setUint16(6, upperLayerChecksum(pseudo, IpProtocol.udp, octets) || 0xffff);\n', ''],
  },
  {
    id: 'dhcp-always-broadcast',
    breaks: ['DHCP-11'],
    roles: ['client'],
    does: 'Replies to a client without an address are broadcast whether it asks for that or not.',
    file: dhcp,
    change: ['return wantsBroadcast ||', 'return wantsBroadcast || clientAddress === unspecifiedIpv4 ||'],
  },
  {
    id: 'dhcp-never-broadcast',
    breaks: ['DHCP-11'],
    roles: ['client'],
    does: 'The broadcast flag is ignored.',
    file: dhcp,
    change: ['return wantsBroadcast || reply', 'return reply'],
  },
  {
    id: 'dhcp-broadcast-where-unicast-is-due',
    breaks: ['DHCP-11'],
    roles: ['client'],
    does: 'A reply to the new address goes to the physical broadcast address.',
    file: dhcp,
    change: [
      'byRelay ? physical : request.clientHardware,',
      'byRelay ? physical : request.clientAddress === unspecifiedIpv4 ? broadcastPhysical : request.clientHardware,',
    ],
  },
];
