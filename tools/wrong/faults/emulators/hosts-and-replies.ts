/** Emulators that take what one kind of host sends for what every host sends, or tell it more than they know. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const inDhcp = inModule('reference/emulators/dhcp.ts', ['client'], {
  'dhcp-inform-broadcast-by-its-flag': [
    'DHCP-11 DHCP-05',
    'INFORM of a client that has an address is answered by broadcast where its flag is set.',
    'const inUse = answer ===',
    "if (answer === 'configuration only' && (flags & broadcastFlag) !== 0) return broadcastIpv4;\n  const inUse = answer ===",
  ],
  'dhcp-behind-options-unanswered': [
    'DHCP-01 DHCP-02',
    'A message whose IPv4 header has options is kept from the tunnel, and not answered.',
    'isFragment(datagram)) return undefined;',
    'isFragment(datagram) || datagram.options.length > 0) return undefined;',
  ],
  'dhcp-below-300-octets-unanswered': [
    'DHCP-01 DHCP-02',
    'A message of fewer than 300 octets is malformed to it.',
    'const request = decodeDhcp(udp.payload);',
    'if (udp.payload.length < 300) return undefined;\n  const request = decodeDhcp(udp.payload);',
  ],
  'dhcp-discover-from-an-address-unanswered': [
    'DHCP-01',
    'It answers DISCOVER from 0.0.0.0 alone.',
    'const answer = unlessMalformed(() => answerTo(request, settings));',
    `const type = request.options.get(DhcpOptionCode.messageType)?.[0];
  if (type === MessageType.DISCOVER && received.source !== unspecifiedIpv4) return undefined;
  const answer = unlessMalformed(() => answerTo(request, settings));`,
  ],
  'dhcp-request-from-an-address-to-all-unanswered': [
    'DHCP-02',
    'It answers REQUEST to the broadcast address from 0.0.0.0 alone, so that nobody can rebind.',
    'const answer = unlessMalformed(() => answerTo(request, settings));',
    `const type = request.options.get(DhcpOptionCode.messageType)?.[0];
  const toAll = frame[30] === 255;
  if (type === MessageType.REQUEST && toAll && received.source !== unspecifiedIpv4) return undefined;
  const answer = unlessMalformed(() => answerTo(request, settings));`,
  ],
  'dhcp-lease-of-a-day-at-most': [
    'DHCP-07 DHCP-09',
    'It grants no lease above a day, whatever the client data says.',
    'leased ? u32(settings.leaseSeconds) : undefined',
    'leased ? u32(Math.min(settings.leaseSeconds, 86_400)) : undefined',
  ],
  'dhcp-refused-of-a-wrong-length-taken': [
    'DHCP-16 DHCP-03',
    'An option 50 or 54 of other than 4 octets is as if it was not there.',
    'return value && decodeDhcpAddress(value);',
    'return value?.length === 4 ? decodeDhcpAddress(value) : undefined;',
  ],
  'dhcp-rapid-commit-past-the-broadcast-flag': [
    'DHCP-14 DHCP-11',
    'The ACK of a rapid commit is never broadcast.',
    'const wantsBroadcast = (flags & broadcastFlag) !== 0;',
    'const wantsBroadcast = (flags & broadcastFlag) !== 0 && !isRapid(request);',
  ],
  'dhcp-zero-client-identifier-left-out': [
    'DHCP-08',
    'A client identifier that begins with type 0 is not echoed.',
    '...dhcpOptions(DhcpOptionCode.clientIdentifier, identifier),',
    '...dhcpOptions(DhcpOptionCode.clientIdentifier, identifier?.[0] === 0 ? undefined : identifier),',
  ],
});

const inMessages = inModule('reference/packets/dhcp.ts', ['client'], {
  'dhcp-overload-unasked': [
    'DHCP-01 DHCP-02',
    'It reads options in `file` and `sname` though no option 52 says that there are any.',
    'if ((overload & 1) !== 0) options',
    'if (octets[108] !== 0) options',
  ],
  'dhcp-hardware-address-of-16-octets-sent': [
    'DHCP-17',
    'The length of the hardware address in its replies is 16.',
    'clientHardware.length, message.hops),',
    '16, message.hops),',
  ],
  'dhcp-flags-little-endian': [
    'DHCP-11',
    'The flags of a message are read with the low octet first.',
    'flags: view.getUint16(10),',
    'flags: view.getUint16(10, true),',
  ],
});

const inConfiguration = inModule('reference/emulators/dhcp-configuration.ts', ['client'], {
  'dhcp-server-is-always-the-router': [
    'ADP-18 DHCP-09',
    'Option 3 names the server’s adapter also where there is no default route.',
    'dhcpOptions(DhcpOptionCode.router, defaultRoute && ipv4Octets(defaultRoute.gateway)),',
    'dhcpOptions(DhcpOptionCode.router, ipv4Octets(settings.serverAddress)),',
  ],
  'dhcp-domain-is-the-first-of-the-search-list': [
    'DHCP-09 DHCP-18',
    'Where there is no domain, the first name of the search list is handed out as one.',
    'dhcpOptions(DhcpOptionCode.domainName, domain === undefined ? undefined : ascii(domain))',
    'dhcpOptions(DhcpOptionCode.domainName, (domain ?? search[0]) && ascii(domain ?? search[0]))',
  ],
  'dhcp-domain-is-searched-first': [
    'DHCP-18',
    'The domain is put before the search list, which does not have it.',
    'search.length === 0 ? undefined : compressDomains(search)',
    'search.length === 0 ? undefined : compressDomains([...(domain && !search.includes(domain) ? [domain] : []), ...search])',
  ],
});

const inDecision = inModule('reference/emulators/dhcp-decision.ts', ['client'], {
  'dhcp-discover-for-another-address-unanswered': [
    'DHCP-01',
    'DISCOVER that asks for another address is not answered.',
    "return wish.rapidCommit ? 'ACK' : 'OFFER';",
    "return requested !== undefined && requested !== address ? undefined : wish.rapidCommit ? 'ACK' : 'OFFER';",
  ],
  'dhcp-rapid-commit-for-another-address-refused': [
    'DHCP-14',
    'A rapid commit that asks for another address gets an OFFER.',
    "return wish.rapidCommit ? 'ACK' : 'OFFER';",
    "return wish.rapidCommit && (requested ?? address) === address ? 'ACK' : 'OFFER';",
  ],
});

const inAdvertisements = inModule('reference/emulators/neighbour.ts', ['client'], {
  'nd-other-flag-advertised': [
    'ND-17 ND-06',
    'Its advertisements have hosts ask DHCPv6 for other configuration, which nobody answers.',
    'fixedPart: concat(Uint8Array.of(CURRENT_HOP_LIMIT, 0),',
    'fixedPart: concat(Uint8Array.of(CURRENT_HOP_LIMIT, 0x40),',
  ],
  'nd-reachable-time-advertised': [
    'ND-17 ND-06',
    'Its advertisements have a reachable time of 30 s.',
    'u16(routerLifetime), new Uint8Array(8)),',
    'u16(routerLifetime), Uint8Array.of(0, 0, 0x75, 0x30, 0, 0, 0, 0)),',
  ],
  'nd-retransmission-timer-advertised': [
    'ND-17 ND-06',
    'Its advertisements have a retransmission timer of 1 s.',
    'u16(routerLifetime), new Uint8Array(8)),',
    'u16(routerLifetime), Uint8Array.of(0, 0, 0, 0, 0, 0, 3, 0xe8)),',
  ],
});

const unicast = ofSeveral({
  'nd-unicast-solicitation-does-not-override': [
    'ND-01',
    'client',
    'Its answer to a neighbour solicitation by unicast does not override.',
    [
      'reference/emulators/neighbour.ts',
      'function answerAddress({ physical, source, fixedPart }: DiscoveryMessage',
      'function answerAddress({ physical, source, destination, fixedPart }: DiscoveryMessage',
    ],
    [
      'reference/emulators/neighbour.ts',
      'flags: SOLICITED_ANSWER,',
      'flags: destination[0] === 0xff ? SOLICITED_ANSWER : SOLICITED_ANSWER & ~NeighbourFlag.override,',
    ],
  ],
});

const inRouter = inModule('reference/emulators/router.ts', ['client'], {
  'nd-former-prefix-valid-on': [
    'ND-15',
    'Of the former /64 it withdraws the preferred lifetime, and leaves the valid one infinite.',
    'const autonomous = Uint8Array.of(64, 0x40, ...new Uint8Array(12));',
    'const autonomous = Uint8Array.of(64, 0x40, 255, 255, 255, 255, ...new Uint8Array(8));',
  ],
  'nd-router-when-ipv6-is-withdrawn': [
    'ND-15 ND-08',
    'The advertisement that withdraws IPv6 says that it is a default router.',
    'options: [withdrawnPrefix(formerPrefix)], routerLifetime: 0 }',
    'options: [withdrawnPrefix(formerPrefix)], routerLifetime: DEFAULT_LIFETIME }',
  ],
  'nd-former-prefix-on-link': [
    'ND-15',
    'The former /64 is advertised as on-link.',
    'const autonomous = Uint8Array.of(64, 0x40, ...',
    'const autonomous = Uint8Array.of(64, 0x80, ...',
  ],
  'nd-prefix-for-a-month': [
    'ND-06 ND-17',
    'It advertises the prefix with lifetimes of 30 and 7 days, the defaults of RFC 4861.',
    'if (formerPrefix !== undefined && formerPrefix !== settings.prefix)',
    `for (const { type, value } of options)
    if (type === NeighbourOptionType.prefix) value.set(Uint8Array.of(0, 0x27, 0x8d, 0, 0, 9, 0x3a, 0x80), 2);
  if (formerPrefix !== undefined && formerPrefix !== settings.prefix)`,
  ],
  'nd-routes-for-half-an-hour': [
    'ND-06 ND-17',
    'It advertises routes with the lifetime of a default router, 1,800 s.',
    'if (formerPrefix !== undefined && formerPrefix !== settings.prefix)',
    `for (const { type, value } of options)
    if (type === NeighbourOptionType.route) value.set(Uint8Array.of(0, 0, 7, 8), 2);
  if (formerPrefix !== undefined && formerPrefix !== settings.prefix)`,
  ],
  'nd-default-route-not-told': [
    'ND-06',
    'A default route makes it a default router, and is not advertised as the route that it came as.',
    'const isDefault = settings.routes',
    `options.splice(0, options.length, ...options.filter(({ type, value }) => type !== NeighbourOptionType.route || value[0] !== 0));
  const isDefault = settings.routes`,
  ],
});

const inDiscovery = inModule('reference/packets/discovery.ts', ['client'], {
  'nd-code-of-router-solicitations-unread': [
    'ND-10',
    'The code of router solicitations is not looked at.',
    'code !== 0 ||',
    '(code !== 0 && type !== 133) ||',
  ],
  'nd-sender-of-a-group-answered': [
    'ND-10 ND-01',
    'A solicitation from a multicast address is answered.',
    ' || isMulticast(source))',
    ')',
  ],
  'nd-type-138-kept-from-the-tunnel': [
    'ND-03 ADP-03',
    'ICMPv6 of type 138 is kept from the tunnel, too.',
    'return carriesDiscovery(frame, ethernetHeaderLength) &&',
    'if (frame[20] === 58 && frame[54] === 138) return true;\n  return carriesDiscovery(frame, ethernetHeaderLength) &&',
  ],
  'nd-type-132-kept-from-the-tunnel': [
    'ND-03 ADP-03',
    'ICMPv6 of type 132 is kept from the tunnel, too.',
    'return carriesDiscovery(frame, ethernetHeaderLength) &&',
    'if (frame[20] === 58 && frame[54] === 132) return true;\n  return carriesDiscovery(frame, ethernetHeaderLength) &&',
  ],
  'nd-checksum-of-router-solicitations-unread': [
    'ND-10',
    'The checksum of router solicitations is not verified.',
    'const { type, code, body } = decodeIcmpv6(datagram.payload, datagram);',
    `const plain = datagram.payload;
  const { type, code, body } =
    plain[0] === 133 ? { type: 133, code: plain[1]!, body: plain.subarray(4) } : decodeIcmpv6(plain, datagram);`,
  ],
});

const inOptions = inModule('reference/packets/neighbour-options.ts', ['client'], {
  'nd-option-beyond-the-end-taken': [
    'ND-10',
    'An option that is longer than what is left of the solicitation is read as far as it goes.',
    'if (length === 0 || offset + length > octets.length)',
    'if (length === 0)',
  ],
});

export const hostsAndReplies: readonly Fault[] = [
  ...inDhcp,
  ...inMessages,
  ...inConfiguration,
  ...inDecision,
  ...inAdvertisements,
  ...unicast,
  ...inRouter,
  ...inDiscovery,
  ...inOptions,
];
