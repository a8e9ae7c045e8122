/** Clients whose emulators, or whose rules of what may come out of the tunnel, look at a part of a packet or stop one short. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const ofArp = ofSeveral({
  'arp-operation-by-its-low-octet': [
    'ARP-07',
    'client',
    'An ARP packet of operation 0x0101 is answered as a request.',
    ['reference/packets/arp.ts', 'operation: view.getUint16(6),', 'operation: octets[7]!,'],
  ],
  'arp-hardware-by-its-low-octet': [
    'ARP-07',
    'client',
    'An ARP packet of hardware type 0x0101 is answered.',
    ['reference/packets/arp.ts', 'view.getUint16(0) !== ETHERNET', 'octets[1] !== ETHERNET'],
  ],
  'arp-protocol-by-its-high-octet': [
    'ARP-07',
    'client',
    'An ARP packet of protocol type 0x0806 is answered.',
    ['reference/packets/arp.ts', 'view.getUint16(2) !== EtherType.ipv4', 'octets[2] !== 8'],
  ],
  'arp-sender-groups-but-broadcast': [
    'ARP-07',
    'client',
    'An ARP request whose sender is a group is answered; only the broadcast address is not.',
    ['reference/emulators/arp.ts', '(senderPhysical[0]! & 1) === 0', 'senderPhysical.some((octet) => octet !== 0xff)'],
  ],
  'arp-sender-zero-by-its-first-octet': [
    'ARP-01 ARP-02 ARP-07',
    'client',
    'A station whose physical address begins with 00 gets no ARP reply, as if it had none.',
    ['reference/emulators/arp.ts', 'senderPhysical.some((octet) => octet !== 0)', 'senderPhysical[0] !== 0'],
  ],
  'arp-reply-to-the-header': [
    'ARP-02 ARP-01 ARP-06',
    'client',
    'An ARP reply goes to the physical address of the Ethernet header, and not to the one in the ARP packet.',
    [
      'reference/emulators/arp.ts',
      '    destination: request.senderPhysical,\n    source',
      '    destination: frame.subarray(6, 12),\n    source',
    ],
  ],
  'arp-target-physical-must-be-zero': [
    'ARP-06',
    'client',
    'A broadcast ARP request that holds a physical address of the target is not answered.',
    [
      'reference/emulators/arp.ts',
      'if (!request || !isQuestion(request)) return undefined;',
      'if (!request || !isQuestion(request) || (frame[0] === 0xff && request.targetPhysical.some((octet) => octet !== 0))) return undefined;',
    ],
  ],
});

const ofDhcp = ofSeveral({
  'dhcp-port-by-its-low-octet': [
    'DHCP-15 DHCP-20 ADP-03 ADP-07 ADP-40',
    'client',
    'A datagram to UDP port 323 of the server’s adapter is taken for a DHCP message.',
    [
      'reference/emulators/dhcp.ts',
      'if (((frame[ports + 2]! << 8) | frame[ports + 3]!) !== dhcpPort.server)',
      'if (frame[ports + 3] !== dhcpPort.server)',
    ],
    [
      'reference/datapath/outward.ts',
      'u16At(octets, ports + 2) === dhcpPort.server',
      'octets[ports + 3] === dhcpPort.server',
    ],
  ],
  'dhcp-cookie-by-its-first-half': [
    'DHCP-16',
    'client',
    'Only the first two octets of the magic cookie are compared.',
    ['reference/packets/dhcp.ts', 'view.getUint32(236) !== magicCookie', 'view.getUint16(236) !== magicCookie >>> 16'],
  ],
  'dhcp-overload-file-alone': [
    'DHCP-16 DHCP-08',
    'client',
    'An overload of 3 is read as one of 1: the options in sname are overlooked.',
    ['reference/packets/dhcp.ts', 'if ((overload & 2) !== 0)', 'if (overload === 2)'],
  ],
  'dhcp-header-sum-without-options': [
    'DHCP-16 DHCP-01',
    'client',
    'The header checksum of a DHCP message is taken over the first 20 octets, whatever options its IPv4 header has.',
    [
      'reference/packets/ipv4.ts',
      'checksum(octets.subarray(0, headerLength)) !== 0',
      'checksum(octets.subarray(0, 20)) !== 0',
    ],
  ],
  'dhcp-short-identifier-not-echoed': [
    'DHCP-08',
    'client',
    'A client identifier of two octets, the shortest, is not echoed.',
    [
      'reference/emulators/dhcp.ts',
      'dhcpOptions(DhcpOptionCode.clientIdentifier, identifier)',
      'dhcpOptions(DhcpOptionCode.clientIdentifier, identifier?.length === 2 ? undefined : identifier)',
    ],
  ],
  'dhcp-reply-one-octet-too-long': [
    'DHCP-19',
    'client',
    'A reply may be an octet longer than the client takes: room for the end option is forgotten.',
    ['reference/emulators/dhcp.ts', 'SMALLEST_DATAGRAM) - headers - 1;', 'SMALLEST_DATAGRAM) - headers;'],
  ],
  'dhcp-size-of-discover-alone': [
    'DHCP-19',
    'client',
    'Option 57 is obeyed in a DHCPDISCOVER alone: every ACK has 576 octets at the most.',
    [
      'reference/emulators/dhcp.ts',
      'value?.length === 2 ?',
      'value?.length === 2 && options.get(DhcpOptionCode.messageType)?.[0] === MessageType.DISCOVER ?',
    ],
  ],
  'dhcp-inform-of-relay-to-source': [
    'DHCP-13 DHCP-05',
    'client',
    'A relayed DHCPINFORM is answered to its `ciaddr`, and not to the relay agent.',
    [
      'reference/emulators/dhcp.ts',
      'if (relayAddress !== unspecifiedIpv4) return relayAddress;',
      "if (relayAddress !== unspecifiedIpv4 && !(answer === 'configuration only' && clientAddress !== unspecifiedIpv4)) return relayAddress;",
    ],
  ],
  'dhcp-unicast-inform-broadcast': [
    'DHCP-05 DHCP-11',
    'client',
    'A DHCPINFORM with the broadcast flag is answered by broadcast, though its client has an address.',
    [
      'reference/emulators/dhcp.ts',
      'if (inUse !== unspecifiedIpv4) return inUse;',
      "if (inUse !== unspecifiedIpv4 && !(answer === 'configuration only' && (flags & broadcastFlag) !== 0)) return inUse;",
    ],
  ],
});

const ofReception = ofSeveral({
  'link-ports-by-their-low-octet': [
    'ADP-33 ADP-37',
    'client',
    'UDP to port 324 in IPv4 and 34 in IPv6 is dropped as if it were for a DHCP client.',
    [
      'reference/packets/upper-layer.ts',
      'return port === (six ? DHCPV6_CLIENT : DHCP_CLIENT);',
      'return (port & 0xff) === ((six ? DHCPV6_CLIENT : DHCP_CLIENT) & 0xff);',
    ],
  ],
  'link-ports-of-servers-dropped': [
    'ADP-37',
    'client',
    'UDP from the ports of DHCP servers is dropped, whatever port it is to.',
    [
      'reference/packets/upper-layer.ts',
      'return port === (six ? DHCPV6_CLIENT : DHCP_CLIENT);',
      'return port === (six ? DHCPV6_CLIENT : DHCP_CLIENT) || (!six && datagram[offset] === 0 && datagram[offset + 1] === 67);',
    ],
  ],
  'icmp-types-5-to-10-dropped': [
    'ADP-37 ADP-15 ADP-25',
    'client',
    'Every ICMP message of a type from 5 to 10 is dropped, so that no ping from the private network is heard.',
    ['reference/packets/upper-layer.ts', 'new Set([5, 9, 10])', 'new Set([5, 6, 7, 8, 9, 10])'],
  ],
  'icmpv6-type-138-dropped': [
    'ADP-37 ND-03',
    'client',
    'ICMPv6 of type 138 is taken for neighbour discovery.',
    ['reference/packets/upper-layer.ts', 'type <= REDIRECT6;', 'type <= REDIRECT6 + 1;'],
  ],
  'icmpv6-type-132-dropped': [
    'ADP-37 ND-03',
    'client',
    'ICMPv6 of type 132 is taken for neighbour discovery.',
    [
      'reference/packets/upper-layer.ts',
      'type >= Icmpv6Type.routerSolicitation &&',
      'type >= Icmpv6Type.routerSolicitation - 1 &&',
    ],
  ],
  'broadcast-of-30-let-through': [
    'ADP-36',
    'client',
    'In a virtual LAN of prefix length 30 its last address is none of broadcast.',
    ['reference/tunnel/client/reception.ts', 'lan.length > 30 ?', 'lan.length > 29 ?'],
  ],
  'equal-routes-before-own-subnets': [
    'ADP-35',
    'client',
    'A route that is as long as a subnet of this machine or a network behind it lets its sources through.',
    [
      'reference/tunnel/client/reception.ts',
      'lengthOf(there, source) > lengthOf(elsewhere, source)',
      'lengthOf(there, source) >= lengthOf(elsewhere, source)',
    ],
  ],
  'dns-at-broadcast-accepted': [
    'CD-17',
    'client',
    'A DNS server at 255.255.255.255 is accepted.',
    [
      'reference/tunnel/client/acceptance.ts',
      "return kind === 'ordinary' ?",
      "return kind === 'ordinary' || kind === 'broadcast' ?",
    ],
  ],
});

const ofOffload = inModule('reference/packets/offload.ts', ['client'], {
  'segment-of-all-the-payload': [
    'OFF-03',
    'A datagram whose payload is as long as the segment size is delivered, though there is nothing to cut.',
    'datagram.length - upper.payload > segmentSize;',
    'datagram.length - upper.payload >= segmentSize;',
  ],
  'later-fragment-can-lack': [
    'OFF-03',
    'The last fragment of a datagram is delivered as one that lacks its checksum.',
    '(u16At(datagram, 6) & 0x3fff) !== 0',
    '(u16At(datagram, 6) & 0x2000) !== 0',
  ],
  'shorter-udp-can-lack': [
    'OFF-03',
    'A datagram that has more behind its IP header than the length of UDP says is delivered.',
    'u16At(datagram, start + 4) === length ?',
    'u16At(datagram, start + 4) <= length ?',
  ],
  'tcp-without-payload-cannot-lack': [
    'OFF-01 OFF-05',
    'A datagram that ends with its TCP header is dropped where it lacks its checksum.',
    'header >= tcpHeaderLength && header <= length ?',
    'header >= tcpHeaderLength && header < length ?',
  ],
  'udp-without-payload-cannot-lack': [
    'OFF-01 OFF-05',
    'A UDP datagram without payload is dropped where it lacks its checksum.',
    'length >= udpHeaderLength &&',
    'length > udpHeaderLength &&',
  ],
  'ip-options-cannot-lack': [
    'OFF-01',
    'A datagram with IPv4 options is dropped where it lacks its checksum.',
    '  const protocol = datagram[six ? 6 : 9]!;',
    '  if (!six && start !== 20) return undefined;\n  const protocol = datagram[six ? 6 : 9]!;',
  ],
});

const ofFlags = ofSeveral({
  'segment-size-256-refused': [
    'OFF-01 OFF-02',
    'client',
    'A segment size of just 256 is refused.',
    ['reference/wire/offload.ts', 'segmentSize >= leastSegmentSize', 'segmentSize > leastSegmentSize'],
  ],
  'bundle-ends-with-bare-ipv6': [
    'BUN-01 BUN-04',
    'client',
    'A bundle that ends with an IPv6 datagram of 40 octets is refused.',
    ['reference/wire/bundle.ts', 'version === 6 && left >= 40', 'version === 6 && left > 40'],
  ],
  'bundle-ends-with-bare-ipv4': [
    'BUN-01 BUN-04',
    'client',
    'A bundle that ends with an IPv4 datagram of 20 octets is refused.',
    ['reference/wire/bundle.ts', 'version === 4 && left >= 20', 'version === 4 && left > 20'],
  ],
  'bundle-with-bare-ipv4-refused': [
    'BUN-01 BUN-04',
    'client',
    'A bundle that has an IPv4 datagram of total length 20 is refused.',
    ['reference/wire/bundle.ts', 'return total >= 20 ?', 'return total > 20 ?'],
  ],
  'bundle-cut-by-header-length': [
    'BUN-01 BUN-04 BUN-05',
    'client',
    'A bundle with a datagram whose IPv4 header is longer than its total length is refused, and not that datagram alone.',
    ['reference/wire/bundle.ts', 'return total >= 20 ?', 'return total >= 4 * (view.getUint8(at) & 15) ?'],
  ],
  'bundle-of-any-header-length': [
    'BUN-01 BUN-04 BUN-05',
    'client',
    'A bundle with a datagram whose IPv4 header length is below 5 is refused, and not that datagram alone.',
    ['reference/wire/bundle.ts', 'return total >= 20 ?', 'return total >= 20 && (view.getUint8(at) & 15) >= 5 ?'],
  ],
});

export const answersByHalves: readonly Fault[] = [...ofArp, ...ofDhcp, ...ofReception, ...ofOffload, ...ofFlags];
