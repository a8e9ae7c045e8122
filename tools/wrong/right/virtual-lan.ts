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
    id: 'routes-of-another-protocol',
    roles: ['client', 'server'],
    does: 'Routes are marked as another routing protocol than 80 (section 11 says nothing of it).',
    touches: ['ADP-11', 'ADP-13', 'ADP-21', 'ADP-24'],
    file: 'reference/linux/route-table.ts',
    change: ["export const ROUTE_PROTOCOL = '80';", "export const ROUTE_PROTOCOL = '99';"],
  },
];
