/** Packets to begin with: those of the vectors and of real local stacks, neighbour discovery, and datagrams like any other. */
import { cat, u16 } from '../../vectors/generate/octets.ts';
import { datagram4, datagram6, ethernet, ipv4, physical } from '../../vectors/generate/packets.ts';
import { load } from '../../vectors/load.ts';
import { conversations } from './captured.ts';
import { lan } from './lan.ts';
import { icmpv6Sum, linkLocal } from './oracle.ts';

const client = Uint8Array.fromHex(lan.clientPhysical);
const server = Uint8Array.fromHex(lan.serverPhysical);
const unspecified = '00'.repeat(16);
const solicitedNode = 'ff0200000000000000000001ff415300';

/** The packets of a file of vectors, valid and invalid. */
const vectorPackets = (subject: 'arp' | 'dhcp'): Uint8Array[] =>
  load(subject).flatMap(({ tests }) => tests.map((test) => Uint8Array.fromHex(test['packet'])));

/** ICMPv6 in hexadecimal with its checksum still zero; addresses of 16 octets in hexadecimal. */
function icmpv6(source: string, destination: string, message: string): Uint8Array {
  const octets = Uint8Array.fromHex(message);
  const header = cat([0x60, 0, 0, 0], u16(octets.length), [58, 255]);
  const packet = cat(header, Uint8Array.fromHex(source + destination), octets);
  packet.set(u16(icmpv6Sum(packet)), 42);
  return ethernet(physical('33:33:ff:41:53:00'), client, 0x86dd, packet);
}

/** The same behind an extension header (RFC 8200 §4) in hexadecimal, of which the first octet is 58: ICMPv6. */
function behind(first: number, header: string, packet: Uint8Array): Uint8Array {
  const octets = Uint8Array.fromHex(header);
  const whole = cat(packet.slice(0, 54), octets, packet.slice(54));
  whole.set(cat(u16(whole.length - 54), [first]), 18);
  return whole;
}

const asks = (target: string): string => `8700000000000000${target}`;
const sourcePhysical = `0101${lan.clientPhysical}`;

const neighbour: readonly Uint8Array[] = [
  icmpv6(linkLocal.client, solicitedNode, asks(linkLocal.server) + sourcePhysical),
  icmpv6(linkLocal.client, linkLocal.server, asks(linkLocal.server)),
  icmpv6(linkLocal.server, solicitedNode, asks(linkLocal.client) + sourcePhysical),
  icmpv6(unspecified, solicitedNode, asks(linkLocal.server)),
  icmpv6(linkLocal.client, solicitedNode, asks('fd000000000000000000000000000001') + sourcePhysical),
  icmpv6(linkLocal.client, solicitedNode, asks(`${lan.prefix}0000000000000001`) + sourcePhysical),
  icmpv6(linkLocal.client, 'ff020000000000000000000000000002', `8500000000000000${sourcePhysical}`),
  icmpv6(unspecified, 'ff020000000000000000000000000002', '8500000000000000'),
  ...(
    [
      [0, '3a00010400000000'],
      [43, `3a01${'00'.repeat(14)}`],
      [44, '3a00000112345678'],
      [44, '3a00001012345678'],
      [51, `3a04${'00'.repeat(22)}`],
      [60, '3a00010400000000'],
    ] as const
  ).map(([first, header]) => behind(first, header, icmpv6(linkLocal.client, solicitedNode, asks(linkLocal.server)))),
  icmpv6(linkLocal.server, linkLocal.client, `88000000e0000000${linkLocal.server}0201${lan.serverPhysical}`),
  icmpv6(linkLocal.server, linkLocal.client, '8000000000010001'),
];

const toServer = (payload: Uint8Array, type: number): Uint8Array => ethernet(server, client, type, payload);
/** A whole DISCOVER that says it is the first fragment of more. */
const fragment = ipv4({
  source: '0.0.0.0',
  destination: '255.255.255.255',
  protocol: 17,
  fragment: 0x2000,
  payload: Uint8Array.fromHex(load('dhcp')[0]?.tests[0]?.['packet']).slice(34),
});

export const seeds: readonly Uint8Array[] = [
  ...vectorPackets('arp'),
  ...vectorPackets('dhcp'),
  ...neighbour,
  ...conversations.flatMap(({ packets }) => packets.map(({ octets }) => octets)),
  toServer(datagram4(lan.client, '10.9.0.7', 60, 'fuzz'), 0x0800),
  toServer(datagram4(lan.client, lan.server, 576, 'fuzz'), 0x0800),
  toServer(datagram6(80, 'fuzz'), 0x86dd),
  toServer(fragment, 0x0800),
];
