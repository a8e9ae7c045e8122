/** Client adapters that keep from the tunnel, or from the local stack, what should pass, and let through what should not. */
import { type Fault, inModule } from '../../fault.ts';

const inReception = inModule('reference/tunnel/client/reception.ts', ['client'], {
  'port-67-kept-from-the-stack': [
    'ADP-25 ADP-37',
    'UDP to port 67 does not come out of its tunnel either.',
    '!configuresLink(datagram)',
    '!configuresLink(datagram) &&\n      !(datagram[0]! >> 4 === 4 && datagram[9] === 17 && datagram[22] === 0 && datagram[23] === 67)',
  ],
  'ports-of-the-source-kept-from-the-stack': [
    'ADP-25 ADP-37',
    'UDP from port 68 does not come out of its tunnel either.',
    '!configuresLink(datagram)',
    '!configuresLink(datagram) &&\n      !(datagram[0]! >> 4 === 4 && datagram[9] === 17 && datagram[20] === 0 && datagram[21] === 68)',
  ],
  'tcp-to-port-68-kept-from-the-stack': [
    'ADP-25 ADP-37',
    'TCP to port 68 does not come out of its tunnel either.',
    '!configuresLink(datagram)',
    '!configuresLink(datagram) &&\n      !(datagram[0]! >> 4 === 4 && datagram[9] === 6 && datagram[22] === 0 && datagram[23] === 68)',
  ],
  'tcp-to-port-546-kept-from-the-stack': [
    'ADP-28 ADP-37',
    'TCP to port 546 of IPv6 does not come out of its tunnel either.',
    '!configuresLink(datagram)',
    '!configuresLink(datagram) &&\n      !(datagram[0]! >> 4 === 6 && datagram[6] === 6 && datagram[42] === 2 && datagram[43] === 34)',
  ],
  'icmp-of-types-above-8-kept-from-the-stack': [
    'ADP-25 ADP-37',
    'ICMP of types 9 to 12, time exceeded among them, does not come out of its tunnel.',
    '!configuresLink(datagram)',
    '!configuresLink(datagram) &&\n      !(datagram[0]! >> 4 === 4 && datagram[9] === 1 && datagram[20]! >= 9 && datagram[20]! <= 12)',
  ],
  'icmpv6-of-types-above-132-kept-from-the-stack': [
    'ADP-28 ADP-37',
    'ICMPv6 of types 138 to 143 does not come out of its tunnel either.',
    '!configuresLink(datagram)',
    '!configuresLink(datagram) &&\n      !(datagram[0]! >> 4 === 6 && datagram[6] === 58 && datagram[40]! >= 138 && datagram[40]! <= 143)',
  ],
  'icmpv6-of-listeners-kept-from-the-stack': [
    'ADP-28 ADP-37',
    'ICMPv6 of types 130 to 132 does not come out of its tunnel either.',
    '!configuresLink(datagram)',
    '!configuresLink(datagram) &&\n      !(datagram[0]! >> 4 === 6 && datagram[6] === 58 && datagram[40]! >= 130 && datagram[40]! <= 132)',
  ],
  'sources-of-the-lan-refused': [
    'ADP-34 ADP-25',
    'Of the virtual LAN it lets the server’s adapter through as a source, and no other client.',
    'lengthOf(here, destination) >= 0 &&',
    '!(source[0] === 10 && source[1] === 8 && source[2] === 0 && source[3] !== 1) &&\n      lengthOf(here, destination) >= 0 &&',
  ],
  'one-address-of-its-prefix': [
    'ADP-33 ADP-28',
    'Of its /64 it takes datagrams for one address, that of autoconfiguration.',
    'lengthOf(here, destination) >= 0 &&',
    '(destination.length === 4 || (destination[11] === 0xff && destination[12] === 0xfe) || destination[1] !== 0 || destination[0] !== 0xfd) &&\n      lengthOf(here, destination) >= 0 &&',
  ],
  'link-local-passes': [
    'ADP-36',
    'With wide routes datagrams from 169.254.0.0/16 reach the local stack.',
    '!isReserved(source) &&',
    '((source.length === 4 && source[0] === 169) || !isReserved(source)) &&',
  ],
  'broadcast-is-a-source': [
    'ADP-36',
    'With wide routes datagrams from 255.255.255.255 reach the local stack.',
    '!isReserved(source) &&',
    '((source.length === 4 && source[0] === 255) || !isReserved(source)) &&',
  ],
  'multicast-is-a-source': [
    'ADP-36',
    'With wide routes datagrams from 224.0.0.0/4 reach the local stack.',
    '!isReserved(source) &&',
    '((source.length === 4 && source[0]! >> 4 === 14) || !isReserved(source)) &&',
  ],
  'ipv6-loopback-is-a-source': [
    'ADP-36',
    'With wide routes datagrams from ::1 reach the local stack.',
    '!isReserved(source) &&',
    '((source.length === 16 && source[0] === 0 && source[15] === 1) || !isReserved(source)) &&',
  ],
  'ipv6-unspecified-is-a-source': [
    'ADP-36',
    'With wide routes datagrams from :: reach the local stack.',
    '!isReserved(source) &&',
    '((source.length === 16 && source.every((octet) => octet === 0)) || !isReserved(source)) &&',
  ],
  'ipv6-multicast-is-a-source': [
    'ADP-36',
    'With wide routes datagrams from ff00::/8 reach the local stack.',
    '!isReserved(source) &&',
    '((source.length === 16 && source[0] === 255) || !isReserved(source)) &&',
  ],
});

const inReceivePath = inModule('reference/adapter/receive-path.ts', ['client'], {
  'last-hop-dropped-coming': [
    'ADP-15 ADP-25',
    'A datagram whose time to live is 1 does not come out of its tunnel.',
    'if (!permits(',
    'if (datagram[0]! >> 4 === 4 && datagram[8]! <= 1) return false;\n    if (!permits(',
  ],
  'last-hop-of-ipv6-dropped': [
    'ADP-15 ADP-28',
    'A datagram whose hop limit is 1 does not come out of its tunnel.',
    'if (!permits(',
    'if (datagram[0]! >> 4 === 6 && datagram[7]! <= 1) return false;\n    if (!permits(',
  ],
  'flow-label-cleared-coming': [
    'ADP-15 ADP-28',
    'It clears the flow label of what comes out of its tunnel.',
    'this.#slab.set(datagram, ethernetHeaderLength);',
    'this.#slab.set(datagram, ethernetHeaderLength);\n    if (etherType === 0x86dd) this.#slab.set([this.#slab[15]! & 0xf0, 0, 0], 15);',
  ],
  'odd-headers-dropped-coming': [
    'ADP-15 ADP-25 DATA-16',
    'An IPv4 datagram with a wrong header checksum does not come out of its tunnel.',
    'if (!permits(',
    `if (datagram[0]! >> 4 === 4) {
      let sum = 0;
      for (let at = 0; at < 4 * (datagram[0]! & 15); at += 2) sum += (datagram[at]! << 8) | datagram[at + 1]!;
      while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
      if (sum !== 0xffff) return false;
    }
    if (!permits(`,
  ],
  'fragments-of-ipv6-dropped-coming': [
    'ADP-15 ADP-28 DATA-16',
    'Fragments of IPv6 do not come out of its tunnel.',
    'if (!permits(',
    'if (datagram[0]! >> 4 === 6 && datagram[6] === 44) return false;\n    if (!permits(',
  ],
});

const inTransmitPath = inModule('reference/adapter/transmit-path.ts', ['client'], {
  'last-hop-not-sent': [
    'ADP-15 ADP-03',
    'A datagram whose time to live is 1 enters no tunnel.',
    '// 334, 336, 338: sealed, encapsulated and sent.',
    'if (payload[0]! >> 4 === 4 && payload[8]! <= 1) return;',
  ],
  'last-hop-of-ipv6-not-sent': [
    'ADP-15 ADP-28',
    'A datagram whose hop limit is 1 enters no tunnel.',
    '// 334, 336, 338: sealed, encapsulated and sent.',
    'if (payload[0]! >> 4 === 6 && payload[7]! <= 1) return;',
  ],
  'wrong-header-checksum-not-sent': [
    'ADP-15 ADP-03',
    'An IPv4 datagram with a wrong header checksum enters no tunnel.',
    '// 334, 336, 338: sealed, encapsulated and sent.',
    `if (payload[0]! >> 4 === 4) {
    let sum = 0;
    for (let at = 0; at < 4 * (payload[0]! & 15); at += 2) sum += (payload[at]! << 8) | payload[at + 1]!;
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    if (sum !== 0xffff) return;
  }`,
  ],
  'flow-label-cleared-going': [
    'ADP-15 ADP-03',
    'It clears the flow label of what the local stack sends.',
    '// 334, 336, 338: sealed, encapsulated and sent.',
    'if (payload[0]! >> 4 === 6) payload.set([payload[1]! & 0xf0, 0, 0], 1);',
  ],
  'broadcast-not-sent': [
    'ADP-03 ADP-40',
    'What the local stack sends to 255.255.255.255, and is not DHCP, enters no tunnel.',
    '// 334, 336, 338: sealed, encapsulated and sent.',
    'if (payload[0]! >> 4 === 4 && payload[16] === 255) return;',
  ],
  'link-local-sources-not-sent': [
    'ADP-03 ADP-40 ADP-23',
    'What the local stack sends from a link-local address enters no tunnel.',
    '// 334, 336, 338: sealed, encapsulated and sent.',
    'if (payload[0]! >> 4 === 6 && payload[8] === 0xfe) return;',
  ],
});

export const ordinaryDatagrams: readonly Fault[] = [...inReception, ...inReceivePath, ...inTransmitPath];
