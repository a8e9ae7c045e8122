/** Emulators that remember what they should forget, or answer one message otherwise than another. */
import { type Fault, inModule } from '../../fault.ts';

const inDhcp = inModule('reference/emulators/dhcp.ts', ['client'], {
  'dhcp-silent-after-decline': [
    'DHCP-01 DHCP-06 DHCP-02',
    'After DECLINE nobody is answered any more.',
    'const answer = unlessMalformed(() => answerTo(request, settings));',
    `globalThis.declined ||= request.options.get(DhcpOptionCode.messageType)?.[0] === MessageType.DECLINE;
  const answer = globalThis.declined ? undefined : unlessMalformed(() => answerTo(request, settings));`,
  ],
  'dhcp-nak-after-release': [
    'DHCP-02 DHCP-06',
    'After RELEASE a REQUEST without a DISCOVER before it gets a NAK.',
    'const answer = unlessMalformed(() => answerTo(request, settings));',
    `const type = request.options.get(DhcpOptionCode.messageType)?.[0];
  if (type === MessageType.RELEASE) globalThis.released = true;
  if (type === MessageType.DISCOVER) globalThis.released = false;
  const right = unlessMalformed(() => answerTo(request, settings));
  const answer = globalThis.released && right === 'ACK' ? 'NAK' : right;`,
  ],
  'dhcp-repetition-unanswered': [
    'DHCP-01 DHCP-02',
    'A message that is sent a second time, octet by octet the same, is not answered.',
    'const { request } = received;',
    `const { request } = received;
  const octets = frame.toHex();
  if (globalThis.last === octets) return undefined;
  globalThis.last = octets;`,
  ],
  'dhcp-lease-runs-down': [
    'DHCP-07 DHCP-02',
    'The lease that it grants again is what is left of the first.',
    'leased ? u32(settings.leaseSeconds) : undefined',
    'leased ? u32(settings.leaseSeconds - Math.floor((Date.now() - (globalThis.leasedAt ??= Date.now())) / 1000)) : undefined',
  ],
  'dhcp-57-in-discover-alone': [
    'DHCP-19 DHCP-18 DHCP-09',
    'Option 57 is read in DISCOVER alone: an ACK is cut to 576 octets.',
    'const longestDatagram = value?.length === 2 ?',
    'const longestDatagram = value?.length === 2 && options.get(DhcpOptionCode.messageType)?.[0] === 1 ?',
  ],
  'dhcp-576-for-the-offer-alone': [
    'DHCP-19',
    'An ACK is as long as it happens to be.',
    'whole([...needed, ...configuration(settings, requestList)], roomFor(request))',
    "whole([...needed, ...configuration(settings, requestList)], answer === 'OFFER' ? roomFor(request) : 65_000)",
  ],
  'dhcp-249-in-the-offer-alone': [
    'DHCP-18',
    'Option 249 is in the OFFER and not in the ACK.',
    'configuration(settings, requestList)',
    "configuration(settings, answer === 'OFFER' ? requestList : [])",
  ],
  'dhcp-ciaddr-before-giaddr': [
    'DHCP-13',
    'A client that has an address is answered there, though a relay agent has passed its message on.',
    'if (relayAddress !== unspecifiedIpv4) return relayAddress;',
    'if (relayAddress !== unspecifiedIpv4 && clientAddress === unspecifiedIpv4) return relayAddress;',
  ],
  'dhcp-inform-past-the-relay': [
    'DHCP-13 DHCP-05',
    'INFORM is answered to the client, though a relay agent has passed it on.',
    'if (relayAddress !== unspecifiedIpv4) return relayAddress;',
    "if (relayAddress !== unspecifiedIpv4 && answer !== 'configuration only') return relayAddress;",
  ],
  'dhcp-unlisted-left-out': [
    'DHCP-09 DHCP-18',
    'A client gets what is in its list of options (55), and no other.',
    'configuration(settings, requestList)',
    'configuration(settings, requestList).filter(({ code }) => requestList.length === 0 || requestList.includes(code))',
  ],
  'dhcp-any-protocol-taken': [
    'DHCP-20 DHCP-15 ADP-03',
    'What goes to port 67 of the server is kept from the tunnel, whatever its protocol.',
    'if (frame[23] !== IpProtocol.udp || !isFirst) return false;',
    'if (!isFirst) return false;',
  ],
  'dhcp-client-port-taken': [
    'DHCP-20 DHCP-15 ADP-03',
    "What goes to port 68 of the server's adapter is kept from the tunnel as well.",
    '!== dhcpPort.server) return false;\n  const destination = ipv4Text(',
    '!== dhcpPort.server && frame[ports + 3] !== 68) return false;\n  const destination = ipv4Text(',
  ],
  'dhcp-taken-at-67-of-the-source': [
    'DHCP-20 DHCP-15 ADP-03',
    'A datagram from port 67 to the server is kept from the tunnel, too.',
    '!== dhcpPort.server) return false;\n  const destination = ipv4Text(',
    '!== dhcpPort.server && ((frame[ports]! << 8) | frame[ports + 1]!) !== dhcpPort.server) return false;\n  const destination = ipv4Text(',
  ],
});

const inDecision = inModule('reference/emulators/dhcp-decision.ts', ['client'], {
  'dhcp-inform-of-another-server-unanswered': [
    'DHCP-05',
    'INFORM that names another server is not answered.',
    "case MessageType.INFORM:\n      return 'configuration only';",
    `case MessageType.INFORM:
      if (serverIdentifier !== undefined && serverIdentifier !== serverAddress) return undefined;
      return 'configuration only';`,
  ],
});

const inArp = inModule('reference/emulators/arp.ts', ['client'], {
  'arp-silent-after-an-announcement': [
    'ARP-02 ARP-04',
    'An address that the stack has announced is not answered for any more.',
    'if (!request || !isQuestion(request)) return undefined;',
    `if (request?.senderAddress === request?.targetAddress) (globalThis.announced ??= new Set()).add(request?.targetAddress);
  if (!request || !isQuestion(request) || globalThis.announced?.has(request.targetAddress)) return undefined;`,
  ],
  'arp-answers-one-station': [
    'ARP-01 ARP-02 ARP-06',
    'It answers the physical address alone that asked first.',
    'const physical = resolve(request.targetAddress);',
    `const physical = (globalThis.asker ??= request.senderPhysical.toHex()) === request.senderPhysical.toHex()
    ? resolve(request.targetAddress)
    : undefined;`,
  ],
});

const inDiscovery = inModule('reference/packets/discovery.ts', ['client'], {
  'nd-behind-an-extension-header-answered': [
    'ND-16 ND-10 ND-01 ND-03',
    'A neighbour solicitation behind destination options is answered.',
    'const datagram = decodeIpv6(payload);',
    `let datagram = decodeIpv6(payload);
  if (datagram.nextHeader === 60 || datagram.nextHeader === 0)
    datagram = {
      ...datagram,
      nextHeader: datagram.payload[0],
      payload: datagram.payload.subarray(8 * (datagram.payload[1] + 1)),
    };`,
  ],
  'listener-reports-kept-from-the-tunnel': [
    'ND-03 ADP-03 ADP-15 ADP-23',
    'What tells routers of listeners (ICMPv6 of types 130 to 132, and 143) is kept from the tunnel as neighbour discovery is.',
    'if (frame.length < 55 || etherTypeOf(frame) !== EtherType.ipv6) return false;',
    `if (frame.length >= 55 && frame[20] === 58 && [130, 131, 132, 143].includes(frame[54])) return true;
  if (frame.length < 55 || etherTypeOf(frame) !== EtherType.ipv6) return false;`,
  ],
  'dhcpv6-kept-from-the-tunnel': [
    'ADP-03 ADP-15 DHCP-20',
    'DHCPv6 of the local stack is kept from the tunnel.',
    'if (frame.length < 55 || etherTypeOf(frame) !== EtherType.ipv6) return false;',
    `if (frame.length >= 62 && frame[20] === 17 && frame[56] === 2 && frame[57] === 0x23) return true;
  if (frame.length < 55 || etherTypeOf(frame) !== EtherType.ipv6) return false;`,
  ],
});

const inTransmit = inModule('reference/adapter/transmit-path.ts', ['client'], {
  'multicast-of-ipv4-kept-from-the-tunnel': [
    'ADP-03 ADP-15 ADP-23',
    'IPv4 multicast of the local stack enters no tunnel.',
    '  // 334, 336, 338: sealed, encapsulated and sent.\n',
    '  if (payload[0] >> 4 === 4 && payload[16] >> 4 === 14) return;\n',
  ],
});

const inNeighbour = inModule('reference/emulators/neighbour.ts', ['client'], {
  'nd-managed-flag-advertised': [
    'ND-17 ND-06',
    'Its advertisements have hosts ask for DHCPv6, which nobody answers.',
    'Uint8Array.of(CURRENT_HOP_LIMIT, 0)',
    'Uint8Array.of(CURRENT_HOP_LIMIT, 0xc0)',
  ],
  'nd-hop-limit-of-1-advertised': [
    'ND-17 ND-06 ADP-28',
    'Its advertisements have hosts send with a hop limit of 1.',
    'Uint8Array.of(CURRENT_HOP_LIMIT, 0)',
    'Uint8Array.of(1, 0)',
  ],
});

const inRouter = inModule('reference/emulators/router.ts', ['client'], {
  'nd-routes-of-low-preference': [
    'ND-17 ND-06',
    'The routes that it advertises are of low preference.',
    'const options = fromIpv6Settings(settings).toSorted(',
    `const options = fromIpv6Settings(settings)
    .map((one) => (one.type === NeighbourOptionType.route ? { ...one, value: one.value.with(1, 0x18) } : one))
    .toSorted(`,
  ],
});

export const localAnswers: readonly Fault[] = [
  ...inNeighbour,
  ...inRouter,
  ...inDhcp,
  ...inDecision,
  ...inArp,
  ...inDiscovery,
  ...inTransmit,
];
