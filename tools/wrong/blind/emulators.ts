/** The emulators: ARP, DHCP, neighbour discovery. */
import type { Fault } from '../fault.ts';
import { faultsIn } from '../faults/in-file.ts';

const resolution = faultsIn('reference/emulators/resolution.ts');
const arp = faultsIn('reference/emulators/arp.ts');
const decision = faultsIn('reference/emulators/dhcp-decision.ts');
const dhcp = faultsIn('reference/emulators/dhcp.ts');
const upperLayer = faultsIn('reference/packets/upper-layer.ts');
const router = faultsIn('reference/emulators/router.ts');

export const blindEmulators: readonly Fault[] = [
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
  decision(
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
];
