/** Initiators that are right about what a local stack or a server sends as a rule, and wrong about what it sends seldom. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const virtioHeader = 'reference/adapter/virtio-header.ts';

const arp = [
  ...inModule('reference/emulators/arp.ts', ['client'], {
    'arp-asker-of-a-group-answered': [
      'ARP-07',
      'It answers an ARP request whose sender has the physical address of a group.',
      '(senderPhysical[0]! & 1) === 0 && senderPhysical.some((octet) => octet !== 0)',
      'senderPhysical.some((octet) => octet !== 0)',
    ],
    'arp-asker-of-zeros-answered': [
      'ARP-07',
      'It answers an ARP request whose sender has a physical address of zeros.',
      '(senderPhysical[0]! & 1) === 0 && senderPhysical.some((octet) => octet !== 0)',
      '(senderPhysical[0]! & 1) === 0',
    ],
    'arp-reply-to-the-ethernet-source': [
      'ARP-01 ARP-06 ARP-02',
      'Its ARP reply goes to where the Ethernet packet came from, not to the physical address of who asks.',
      'destination: request.senderPhysical,',
      'destination: frame.slice(6, 12),',
    ],
  }),
  ...inModule('reference/packets/arp.ts', ['client'], {
    'arp-with-padding-unanswered': [
      'ARP-01 ARP-02 ARP-06',
      'An ARP request that Ethernet has padded to 60 octets is malformed to it.',
      'if (octets.length < arpLength)',
      'if (octets.length !== arpLength)',
    ],
  }),
];

const dhcp = [
  ...inModule('reference/packets/dhcp.ts', ['client'], {
    'dhcp-overload-of-4-taken': [
      'DHCP-16',
      'An option 52 of 4 says to it that no other field has options.',
      '(value.length !== 1 || overload < 1 || overload > 3)',
      '(value.length !== 1 || overload < 1)',
    ],
    'dhcp-sname-before-file': [
      'DHCP-08 DHCP-16',
      'Of an option in parts, in `file` and in `sname`, it takes the part in `sname` first (RFC 3396 §5).',
      `if ((overload & 1) !== 0) options.push(...readField(octets.subarray(108, 236)));
  if ((overload & 2) !== 0) options.push(...readField(octets.subarray(44, 108)));`,
      `if ((overload & 2) !== 0) options.push(...readField(octets.subarray(44, 108)));
  if ((overload & 1) !== 0) options.push(...readField(octets.subarray(108, 236)));`,
    ],
  }),
  ...inModule('reference/emulators/dhcp.ts', ['client'], {
    'dhcp-identifier-of-64-at-most': [
      'DHCP-08',
      'A client identifier of more than 64 octets is left out.',
      'clientIdentifier, identifier)',
      'clientIdentifier, identifier && identifier.length <= 64 ? identifier : undefined)',
    ],
    'dhcp-identifier-of-255-at-most': [
      'DHCP-08',
      'A client identifier in several options is left out.',
      'clientIdentifier, identifier)',
      'clientIdentifier, identifier && identifier.length <= 255 ? identifier : undefined)',
    ],
    'dhcp-nak-of-any-length': [
      'DHCP-19',
      'A NAK with a long client identifier is longer than the client takes.',
      'const needed = whole(known, roomFor(request));',
      'const needed = refused ? known : whole(known, roomFor(request));',
    ],
    'dhcp-57-signed': [
      'DHCP-19 DHCP-18 DHCP-09',
      'An option 57 of 32,768 and above is a negative number to it, and its reply has 576 octets.',
      'viewOf(value).getUint16(0)',
      'viewOf(value).getInt16(0)',
    ],
    'dhcp-rapid-commit-without-configuration': [
      'DHCP-14 DHCP-09 DHCP-18',
      'The ACK of a rapid commit has the lease, and no configuration.',
      'options: refused ?',
      'options: refused || isRapid(request) ?',
    ],
    'dhcp-inform-without-configuration': [
      'DHCP-05 DHCP-09 DHCP-18',
      'The ACK to INFORM has no configuration.',
      'options: refused ?',
      "options: refused || answer === 'configuration only' ?",
    ],
    'dhcp-source-port-judged': [
      'DHCP-01 DHCP-02 DHCP-05',
      'It answers what comes from port 67 or 68, and nothing else.',
      'if (udp.destinationPort !== dhcpPort.server) return undefined;',
      'if (udp.destinationPort !== dhcpPort.server || ![67, 68].includes(udp.sourcePort)) return undefined;',
    ],
    'dhcp-fragments-answered': [
      'DHCP-16',
      'It answers the first fragment of a message.',
      ' || isFragment(datagram)',
      '',
    ],
  }),
  ...inModule('reference/emulators/dhcp.ts', ['client'], {
    'padding-read-as-ports-of-dhcp': [
      'ADP-03 ADP-04 ADP-40',
      'UDP without a payload is kept from the tunnel if its padding looks like the ports of DHCP.',
      'if (14 + ((frame[16]! << 8) | frame[17]!) < ports + 4) return false;',
      '',
    ],
  }),
  ...inModule('reference/packets/udp.ts', ['client'], {
    'dhcp-udp-length-unread': [
      'DHCP-16',
      'It answers a message though UDP says that it is longer than what is there.',
      'length < udpHeaderLength || length > octets.length',
      'length < udpHeaderLength',
    ],
  }),
  ...inModule('reference/emulators/dhcp-decision.ts', ['client'], {
    'dhcp-inform-of-another-address-unanswered': [
      'DHCP-05',
      'It answers INFORM of the client’s own address alone, and not of one that the user has set.',
      "return 'configuration only';",
      "return ciaddr === unspecifiedIpv4 || ciaddr === address ? 'configuration only' : undefined;",
    ],
  }),
];

const discovery = [
  ...inModule('reference/emulators/neighbour.ts', ['client'], {
    'nd-reserved-field-judged': [
      'ND-01',
      'It does not answer a neighbour solicitation whose reserved field is not 0 (RFC 4861 §4.3).',
      'const resolved = isUnspecified(source) ?',
      'const resolved = isUnspecified(source) || fixedPart.subarray(0, 4).some((octet) => octet !== 0) ?',
    ],
    'nd-link-local-askers-alone': [
      'ND-01',
      'It answers neighbour solicitations from link-local addresses alone.',
      'const resolved = isUnspecified(source) ?',
      'const resolved = source[0] !== 0xfe ?',
    ],
  }),
  ...inModule('reference/packets/discovery.ts', ['client'], {
    'nd-unknown-option-unanswered': [
      'ND-01 ND-06',
      'It does not answer a solicitation with an option that it does not know (RFC 4861 §7.1.1).',
      'const options = decodeNeighbourOptions(body.subarray(length));',
      `const options = decodeNeighbourOptions(body.subarray(length));
  if (options.some((option) => option.type > 5)) throw new Malformed('an option');`,
    ],
  }),
  ...inModule('reference/packets/discovery.ts', ['client'], {
    'padding-read-as-a-type': [
      'ADP-03 ADP-04 ADP-40',
      'ICMPv6 without a payload is kept from the tunnel if its padding looks like a type of neighbour discovery.',
      ' && carriesDiscovery(withoutPadding(frame), ethernetHeaderLength)',
      '',
    ],
  }),
  ...inModule('reference/packets/upper-layer.ts', ['client'], {
    'extension-headers-of-eight-octets': [
      'ADP-37 ND-03',
      'Every extension header but that of authentication has 8 octets to it.',
      ': 8 * (field + 1);',
      ': 8;',
    ],
    'destination-options-unknown': [
      'ADP-37 ND-03',
      'It looks behind every extension header but that of destination options.',
      'new Set([0, 43, FRAGMENT, AUTHENTICATION, 60])',
      'new Set([0, 43, FRAGMENT, AUTHENTICATION])',
    ],
    'two-extension-headers-alone': [
      'ADP-37 ND-03',
      'It looks behind two extension headers, and not behind three.',
      'while (EXTENSIONS.has(header)) {',
      'for (let count = 0; count < 2 && EXTENSIONS.has(header); count += 1) {',
    ],
    'ports-of-the-other-family-kept-out': [
      'ADP-28 ADP-25 ADP-37',
      'It keeps UDP to port 546 of IPv4 and to port 68 of IPv6 from its local stack as well.',
      'return port === (six ? DHCPV6_CLIENT : DHCP_CLIENT);',
      'return port === DHCPV6_CLIENT || port === DHCP_CLIENT;',
    ],
    'later-ipv4-fragments-judged-by-their-octets': [
      'ADP-15 ADP-25 DATA-16',
      'It reads a header of UDP or ICMP out of later fragments of IPv4, and keeps some from its local stack.',
      'if (fragmentOffset > 0) return undefined;',
      '',
    ],
    'later-ipv6-fragments-judged-by-their-octets': [
      'ADP-28 ADP-15 DATA-16',
      'It reads a header of UDP or ICMPv6 out of later fragments of IPv6, and keeps some out of the tunnel and from its local stack.',
      'if (header === FRAGMENT && (((octets[at + 2] ?? 0) << 8) | (octets[at + 3] ?? 0)) >= 8) return undefined;',
      '',
    ],
  }),
];

const stationOf = (frame: number, addresses: number): string =>
  `if (frame[12] !== 8 || frame[13] !== 6)
      if (!frame.subarray(${frame}, ${frame + 6}).every((octet, index) => octet === this.#receivePath.addresses[${addresses} + index])) return;
    const left = offloads ?`;

const datagrams = [
  ...inModule('reference/adapter/adapter.ts', ['client'], {
    'packets-for-other-stations-dropped': [
      'ADP-40 ADP-03',
      'Datagrams enter the tunnel in Ethernet packets for the server’s adapter and for groups alone.',
      'const left = offloads ?',
      stationOf(0, 6).replace('if (frame[12]', 'if ((frame[0] & 1) === 0 && (frame[12]').replace('!== 6)', '!== 6))'),
    ],
    'packets-of-other-stations-dropped': [
      'ADP-40 ADP-03 ADP-24',
      'Datagrams enter the tunnel in Ethernet packets from the physical address of its adapter alone.',
      'const left = offloads ?',
      stationOf(6, 0),
    ],
  }),
  ...inModule('reference/tunnel/client/client.ts', ['client'], {
    'datagrams-of-other-sources-dropped': [
      'ADP-40 ADP-03 ADP-24',
      'Without a network behind it, IPv4 datagrams enter the tunnel from its own address alone.',
      'if (!this.#active) return false;',
      `if (!this.#active) return false;
        const four = datagram[0][0] >> 4 === 4 ? datagram[0].subarray(12, 16).join('.') : undefined;
        const [settings, networks] = this.#adapter.accepted ?? [{}, [0]];
        if (networks.length === 0 && four !== undefined && four !== settings.address) return true;`,
    ],
  }),
  ...inModule('reference/adapter/receive-path.ts', ['client'], {
    'options-of-ipv4-dropped': [
      'ADP-15 DATA-16 ADP-25',
      'IPv4 datagrams with options are dropped.',
      'datagramLength(datagram) !== datagram.length)',
      'datagramLength(datagram) !== datagram.length || (datagram[0]! > 0x45 && datagram[0]! < 0x60))',
    ],
  }),
  ...inModule('reference/datapath/outward.ts', ['client'], {
    'thread-sends-ethernet-padding': [
      'ADP-04 ADP-30 ADP-03',
      'The thread sends the padding of a short Ethernet packet as a part of the datagram.',
      'forEmulator ? undefined : datagramLength(octets, at, end);',
      'forEmulator || datagramLength(octets, at, end) === undefined ? undefined : end - at;',
    ],
    'thread-version-unread': [
      'ADP-30 ADP-06',
      'The thread sends a datagram whose version is not that of its EtherType.',
      'const version = octets[at]! >> 4;\n  const isIpv4',
      'const version = etherType === EtherType.ipv4 ? 4 : 6;\n  const isIpv4',
    ],
  }),
];

const offload = [
  ...inModule('reference/packets/offload.ts', ['client'], {
    'offload-in-ipv6-dropped': [
      'OFF-01',
      'IPv6 datagrams that lack something are dropped: it takes none to be able to lack that.',
      'const isFragment = !six &&',
      'const isFragment = six ||',
    ],
    'offload-sequence-number-stops': [
      'OFF-05',
      'The sequence number of a segment does not begin anew after 2^32 - 1.',
      'whole.getUint32(tcp + TCP_SEQUENCE) + from - headers',
      'Math.min(0xffff_ffff, whole.getUint32(tcp + TCP_SEQUENCE) + from - headers)',
    ],
    'offload-identification-stops': [
      'OFF-05',
      'The identification of a segment does not begin anew after 65,535.',
      'view.getUint16(4) + index',
      'Math.min(0xffff, view.getUint16(4) + index)',
    ],
  }),
  ...inModule(virtioHeader, ['client'], {
    'offload-with-ecn-dropped': [
      'OFF-05 OFF-04 ADP-40',
      'TCP that is to be cut and has CWR is dropped: it does not know this kind.',
      'const type = octets[at + 1]! & ~GSO_ECN;',
      'const type = octets[at + 1]!;',
    ],
  }),
  ...ofSeveral({
    'offload-of-unknown-checksums-unfinished': [
      'OFF-05 OFF-04',
      'client',
      'It completes a checksum only right behind the IP header, and sends others as they are.',
      [
        virtioHeader,
        'if (type === GSO_NONE) return [complete(datagram, left)];',
        'if (type === GSO_NONE) return [upperLayerToFinish(datagram, 0) ? complete(datagram, left) : datagram.slice()];',
      ],
      [
        virtioHeader,
        'if (isAll) completeInPlace(datagram, left);',
        'if (isAll && upperLayerToFinish(datagram, 0)) completeInPlace(datagram, left);',
      ],
    ],
  }),
];

export const unusualPackets: readonly Fault[] = [...arp, ...dhcp, ...discovery, ...datagrams, ...offload];
