/** What the emulators answer, to whom, and with what: ARP, DHCP, neighbour discovery. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const arp = faultsIn('reference/emulators/arp.ts');
const dhcpDecision = faultsIn('reference/emulators/dhcp-decision.ts');
const dhcp = faultsIn('reference/emulators/dhcp.ts');
const upperLayer = faultsIn('reference/packets/upper-layer.ts');
const router = faultsIn('reference/emulators/router.ts');
const resolution = faultsIn('reference/emulators/resolution.ts');
const dhcpMessage = faultsIn('reference/packets/dhcp.ts');
const domainNames = faultsIn('reference/packets/domain-names.ts');
const discovery = faultsIn('reference/packets/discovery.ts');
const neighbour = faultsIn('reference/emulators/neighbour.ts');
const activation = faultsIn('reference/adapter/activation.ts');
const dhcpConfiguration = faultsIn('reference/emulators/dhcp-configuration.ts');

export const emulators: readonly Fault[] = [
  arp(
    'arp-target-has-to-be-zero',
    'ARP-06',
    'client server',
    'It answers an ARP request only if the physical address of the target is zero in it.',
    'return operation === ArpOperation.request && isStation && isAboutAnother;',
    'return (\n    operation === ArpOperation.request && isStation && isAboutAnother && targetPhysical.every((octet) => octet === 0)\n  );',
    [
      {
        file: 'reference/emulators/arp.ts',
        change: [
          'operation, senderPhysical, senderAddress, targetAddress }: ArpPacket',
          'operation, senderPhysical, senderAddress, targetAddress, targetPhysical }: ArpPacket',
        ],
      },
    ],
  ),
  dhcpDecision(
    'option-50-before-ciaddr',
    'DHCP-03 DHCP-02',
    'client',
    'Where a request has both, option 50 counts before `ciaddr`.',
    'const wanted = ciaddr === unspecifiedIpv4 ? requested : ciaddr;',
    'const wanted = requested ?? (ciaddr === unspecifiedIpv4 ? undefined : ciaddr);',
  ),
  dhcp(
    'client-identifier-of-16-octets',
    'DHCP-08',
    'client',
    'It echoes the first 16 octets of the client identifier.',
    'clientIdentifier, identifier)',
    'clientIdentifier, identifier?.slice(0, 16))',
  ),
  upperLayer(
    'one-extension-header-alone',
    'ND-03',
    'client server',
    'It finds neighbour discovery behind one extension header, not behind two.',
    'while (EXTENSIONS.has(header)) {',
    'for (let once = 0; once < 1 && EXTENSIONS.has(header); once += 1) {',
  ),
  router(
    'default-router-for-global-unicast',
    'ND-08',
    'client',
    'A route to 2000::/3 makes it a default router.',
    'settings.routes.some(({ length }) => length === 0)',
    'settings.routes.some(({ length }) => length <= 3)',
  ),
  resolution(
    'target-by-its-interface-identifier',
    'ND-05',
    'server',
    'It answers a neighbour solicitation for any address with the interface identifier of the other end.',
    'equalOctets(asked, linkLocal) ?',
    'equalOctets(asked.subarray(8), linkLocal.subarray(8)) ?',
  ),
  dhcpMessage(
    'transaction-id-of-16-bits',
    'DHCP-17',
    'client',
    'It keeps the low 16 bits of the transaction id.',
    'transactionId: view.getUint32(4),',
    'transactionId: view.getUint16(6),',
  ),
  dhcpMessage(
    'padded-to-300-with-the-udp-header',
    'DHCP-10',
    'client',
    'It counts the header of UDP among the 300 octets.',
    'const dhcpMinimumLength = 300;',
    'const dhcpMinimumLength = 292;',
  ),
  dhcp(
    'identifier-not-in-the-answer-to-inform',
    'DHCP-08 DHCP-05',
    'client',
    'It echoes the client identifier in every reply but the one to INFORM.',
    'clientIdentifier, identifier)',
    "clientIdentifier, answer === 'configuration only' ? undefined : identifier)",
  ),
  dhcpDecision(
    'server-identifier-of-the-same-lan',
    'DHCP-04',
    'client',
    'It takes another server whose address has the same first three octets for itself.',
    'serverIdentifier !== undefined && serverIdentifier !== serverAddress',
    "serverIdentifier !== undefined && serverIdentifier.replace(/\\d+$/, '') !== serverAddress.replace(/\\d+$/, '')",
  ),
  domainNames(
    'pointers-from-the-beginning-of-a-name',
    'DHCP-18',
    'client',
    'Pointers of the search list count from the beginning of the name in which a suffix first stood.',
    'encodeAt(octets.length, domain, offsets)',
    'encodeAt(0, domain, offsets)',
  ),
  discovery(
    'advertisements-with-hop-limit-64',
    'ND-01 ND-06',
    'client server',
    'Its advertisements have a hop limit of 64.',
    '    hopLimit: HOP_LIMIT,\n',
    '    hopLimit: 64,\n',
  ),
  neighbour(
    'room-without-the-fixed-part',
    'ND-14',
    'client',
    'It forgets the fixed part of 16 octets: its advertisements have up to 1296.',
    'const ROOM_FOR_OPTIONS = 1280 - 56;',
    'const ROOM_FOR_OPTIONS = 1280 - 40;',
  ),
  arp(
    'probe-for-another-unanswered',
    'ARP-02 ARP-01',
    'client',
    'It does not answer a request whose sender is 0.0.0.0, whatever it asks for.',
    'const isAboutAnother = senderAddress !== targetAddress &&',
    'const isAboutAnother = senderAddress !== unspecifiedIpv4 && senderAddress !== targetAddress &&',
  ),
  activation(
    'sender-has-to-be-the-client',
    'ARP-01 ARP-02',
    'client',
    'It answers ARP requests of the client’s own address alone, and not those that the stack sends from another of its addresses.',
    'arp: arpEmulator(resolveAtClient(settings)),',
    "arp: {\n        concerns: concernsArp,\n        answer: (frame) =>\n          ['0.0.0.0', settings.address].includes(frame.subarray(28, 32).join('.'))\n            ? answerArp(frame, resolveAtClient(settings))\n            : undefined,\n      },",
  ),
  dhcp(
    'any-flag-asks-for-broadcast',
    'DHCP-11',
    'client',
    'Whatever bit of the flags is set, it broadcasts.',
    'const wantsBroadcast = (flags & broadcastFlag) !== 0;',
    'const wantsBroadcast = flags !== 0;',
  ),
  dhcp(
    'relayed-nak-broadcast',
    'DHCP-13 DHCP-12',
    'client',
    'It broadcasts a NAK that a relay agent should get.',
    "if (relayAddress !== unspecifiedIpv4) return relayAddress;\n  if (answer === 'NAK') return broadcastIpv4;",
    "if (answer === 'NAK') return broadcastIpv4;\n  if (relayAddress !== unspecifiedIpv4) return relayAddress;",
  ),
  dhcp(
    'reply-to-the-ethernet-source',
    'DHCP-11 DHCP-17',
    'client',
    'It sends its reply to where the Ethernet packet came from, not to the hardware address in the message.',
    'byRelay ? physical : request.clientHardware,',
    'physical,',
  ),
  dhcp(
    'ack-without-ciaddr',
    'DHCP-02 DHCP-17',
    'client',
    'An ACK in RENEWING has no `ciaddr`.',
    "clientAddress: refused || answer === 'OFFER' ? unspecifiedIpv4 : clientAddress,",
    "clientAddress: refused || answer !== 'configuration only' ? unspecifiedIpv4 : clientAddress,",
  ),
  dhcp(
    'nak-without-flags',
    'DHCP-13 DHCP-12',
    'client',
    'A NAK to a relay agent has no broadcast flag.',
    'flags: refused && byRelay ? flags | broadcastFlag : flags,',
    'flags,',
  ),
  dhcp(
    'relayed-request-without-giaddr-in-reply',
    'DHCP-13',
    'client',
    'Its reply to a relay agent has no `giaddr`.',
    'relayAddress,\n    clientHardware: request.clientHardware,',
    'relayAddress: unspecifiedIpv4,\n    clientHardware: request.clientHardware,',
  ),
  dhcpMessage(
    'overload-of-sname-unread',
    'DHCP-16 DHCP-03',
    'client',
    'Where option 52 says that there are options in `sname`, it does not read them.',
    'if ((overload & 2) !== 0) options.push(...readField(octets.subarray(44, 108)));',
    '',
  ),
  dhcpMessage(
    'xid-signed',
    'DHCP-17',
    'client',
    'It keeps the low 31 bits of the transaction id.',
    'transactionId: view.getUint32(4),',
    'transactionId: view.getUint32(4) & 0x7fff_ffff,',
  ),
  dhcpConfiguration(
    'dns-before-routes',
    'DHCP-19 DHCP-09',
    'client',
    'Where room is short, DNS servers are put before routes.',
    '...routeOptions(DhcpOptionCode.classlessRoutes),\n',
    '...dhcpOptions(DhcpOptionCode.domainNameServer, dns.length === 0 ? undefined : concat(...dns.map(ipv4Octets))),\n    ...routeOptions(DhcpOptionCode.classlessRoutes),\n',
    [
      {
        file: 'reference/emulators/dhcp-configuration.ts',
        change: [
          '...dhcpOptions(DhcpOptionCode.interfaceMtu, mtu === undefined ? undefined : u16(mtu)),\n    ...dhcpOptions(DhcpOptionCode.domainNameServer, dns.length === 0 ? undefined : concat(...dns.map(ipv4Octets))),',
          '...dhcpOptions(DhcpOptionCode.interfaceMtu, mtu === undefined ? undefined : u16(mtu)),',
        ],
      },
    ],
  ),
  neighbour(
    'unicast-solicitation-unanswered',
    'ND-01 ND-13',
    'server',
    'It answers a neighbour solicitation to a group alone: a probe of unreachability stays unanswered.',
    'const resolved = isUnspecified(source) ? undefined : resolve(target);',
    'const resolved = isUnspecified(source) || (physical.destination[0]! & 1) === 0 ? undefined : resolve(target);',
  ),
  neighbour(
    'solicitation-without-option-unanswered',
    'ND-01 ND-13',
    'client server',
    'It does not answer a neighbour solicitation without the physical address of its sender.',
    'const resolved = isUnspecified(source) ? undefined : resolve(target);',
    'const resolved = isUnspecified(source) || options.length === 0 ? undefined : resolve(target);',
    [
      {
        file: 'reference/emulators/neighbour.ts',
        change: [
          'function answerAddress({ physical, source, fixedPart }: DiscoveryMessage',
          'function answerAddress({ physical, source, fixedPart, options }: DiscoveryMessage',
        ],
      },
    ],
  ),
  neighbour(
    'router-solicitation-from-nowhere-unanswered',
    'ND-06',
    'client',
    'It does not answer a router solicitation from `::`.',
    'return isUnspecified(source) ? advertise(router) : advertisementTo(',
    'return isUnspecified(source) ? undefined : advertisementTo(',
  ),
  router(
    'default-router-in-any-family',
    'ND-08',
    'client',
    'Its advertisement says that it is a default router for 1,800 s whatever routes there are.',
    'return { physical, options, routerLifetime: isDefault ? DEFAULT_LIFETIME : 0 };',
    'return { physical, options, routerLifetime: isDefault || options.length > 0 ? DEFAULT_LIFETIME : 0 };',
  ),
];
