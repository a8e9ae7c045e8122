/** What the emulators answer, to whom, and with what: ARP, DHCP, neighbour discovery. */
import type { Fault } from '../fault.ts';
import { faultsIn } from './in-file.ts';

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
    'identifier && identifier.length <= 255 ? identifier : undefined',
    'identifier?.slice(0, 16)',
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
    'identifier && identifier.length <= 255 ? identifier : undefined',
    "answer !== 'configuration only' && identifier && identifier.length <= 255 ? identifier : undefined",
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
];
