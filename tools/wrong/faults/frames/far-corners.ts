/** Clients that read client data, or names and addresses, not as far as they go: the longest, the widest, the second of a kind. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const ofNames = inModule('reference/packets/domain-names.ts', ['client'], {
  'search-name-of-255-refused': [
    'CD-06 DHCP-18',
    'A name of 255 octets in the search list makes client data unreadable.',
    'size > longestDomain',
    'size >= longestDomain',
  ],
  'search-label-of-63-refused': [
    'CD-06 DHCP-18',
    'A label of 63 octets in the search list makes client data unreadable.',
    'length > 63 ||',
    'length >= 63 ||',
  ],
  'search-pointer-to-pointer-refused': [
    'CD-06 DHCP-18',
    'A pointer of the search list that leads to a name which ends in a pointer makes client data unreadable.',
    '      after ??= at + 2;\n',
    '      if (after !== undefined) return undefined;\n      after = at + 2;\n',
  ],
  'search-pointer-low-octet-alone': [
    'CD-06 DHCP-18',
    'Of the 14 bits of a pointer only the low eight count.',
    'const target = ((length & 0x3f) << 8) | low;',
    'const target = low;',
  ],
});

const ofIpv6 = inModule('reference/wire/ipv6-settings.ts', ['client'], {
  'route-option-longer-than-needed-refused': [
    'CD-11 CD-09',
    'Route Information with 16 octets of a prefix that needs 8 is refused.',
    '8 * available < length)',
    'available !== 8 * Math.ceil(length / 64))',
  ],
  'reserved-field-of-mtu-read': [
    'CD-09 ND-06',
    'The reserved field of option 5 is read as the high half of the MTU.',
    'return wordAt(value, 2);',
    'return (value[0]! << 24) + (value[1]! << 16) + wordAt(value, 2);',
  ],
  'reserved-field-of-dns-refused': [
    'CD-09 ND-06',
    'An option 25 whose reserved field is not 0 is refused.',
    '  checkLifetime(value, 2);\n  return pieces(addresses',
    "  if ((value[0]! | value[1]!) !== 0) throw new Malformed('reserved');\n  checkLifetime(value, 2);\n  return pieces(addresses",
  ],
  'reserved-preference-of-route-refused': [
    'CD-11 ND-17',
    'Route Information of the reserved preference is refused.',
    '  const length = value[0]!;\n  const available',
    "  const length = value[0]!;\n  if ((value[1]! & 0x18) === 0x10) throw new Malformed('preference');\n  const available",
  ],
});

const ofFour = inModule('reference/wire/network-settings.ts', ['client'], {
  'physical-differ-in-last-octets': [
    'CD-05 CD-06',
    'Two reserved physical addresses that differ in the first octets alone are taken for the same one.',
    'if (equalOctets(clientPhysical, serverPhysical))',
    'if (equalOctets(clientPhysical.subarray(3), serverPhysical.subarray(3)))',
  ],
  'mask-of-32-refused': [
    'CD-02 CD-06 ARP-10',
    'A subnet mask of 255.255.255.255 makes client data unreadable.',
    'if (prefixLength === 0 ||',
    'if (prefixLength === 0 || prefixLength === 32 ||',
  ],
});

const ofRanges = ofSeveral({
  'link-scope-groups-alone': [
    'CD-07 CD-17 ADP-36',
    'client',
    'Of the groups of IPv6 only ff00::/12 is reserved.',
    ['reference/packets/reserved.ts', "'ff00::/8'", "'ff00::/12'"],
  ],
  'groups-of-224-alone': [
    'CD-07 CD-17 ADP-36',
    'client',
    'Of the groups of IPv4 only 224.0.0.0/8 is reserved.',
    ['reference/packets/reserved.ts', "'224.0.0.0/4'", "'224.0.0.0/8'"],
  ],
  'groups-of-224-to-231-alone': [
    'CD-07 CD-17 ADP-36',
    'client',
    'Of the groups of IPv4 only 224.0.0.0/5 is reserved.',
    ['reference/packets/reserved.ts', "'224.0.0.0/4'", "'224.0.0.0/5'"],
  ],
  'loopback-of-16-bits': [
    'CD-17',
    'client',
    'Of the loopback addresses only 127.0.0.0/16 is reserved.',
    ['reference/packets/reserved.ts', "'127.0.0.0/8'", "'127.0.0.0/16'"],
  ],
  'site-local-reserved': [
    'CD-17 CD-07 ADP-34',
    'client',
    'fec0::/10 is reserved as fe80::/10 is.',
    ['reference/packets/reserved.ts', "'fe80::/10'", "'fe80::/9'"],
  ],
  'prefixes-by-whole-octets': [
    'ADP-34 ADP-17 CD-07 ADP-35',
    'client',
    'Of a prefix only the whole octets count.',
    [
      'reference/packets/prefix.ts',
      'for (let index = 0; 8 * index < length; index += 1)',
      'for (let index = 0; 8 * index + 8 <= length; index += 1)',
    ],
  ],
  'pins-of-ipv4-alone': [
    'ADP-13',
    'client',
    'A first node that is reached by IPv6 is not pinned.',
    [
      'reference/linux/routing/pins.ts',
      'for (const six of [false, true]) {\n      const hosts',
      'for (const six of [false]) {\n      const hosts',
    ],
  ],
  'ipv4-addresses-alone': [
    'PATH-08 PATH-17',
    'client',
    'Of the addresses of the next node only those of IPv4 are tried.',
    [
      'reference/tunnel/names/group.ts',
      'const endpoints = addresses.map(',
      "const endpoints = addresses.filter((address) => !address.includes(':')).map(",
    ],
  ],
  'completes-whole-words-alone': [
    'OFF-04 OFF-05',
    'client',
    'A checksum that the local stack has left lacks the last octet of a datagram of odd length.',
    [
      'reference/packets/offload.ts',
      'checksum(datagram, start) || 0xffff',
      'checksum(datagram.subarray(start, start + ((datagram.length - start) & ~1))) || 0xffff',
    ],
  ],
  'keep-alive-after-what-came': [
    'DATA-13',
    'client',
    'Each frame that comes puts off its keep-alive.',
    [
      'reference/nodes/conversation.ts',
      "    if (machine.phase !== 'authorized') return;\n    machine.after(machine.timers.silence, 'silence');",
      "    if (machine.phase !== 'authorized') return;\n    machine.after(machine.timers.silence, 'silence');\n    machine.after(machine.timers.keepAlive, 'keepAlive');",
    ],
  ],
  'thread-keep-alive-after-what-came': [
    'DATA-13',
    'client',
    'Each frame that comes to the thread puts off the keep-alive.',
    [
      'reference/datapath/inward.ts',
      'tunnel.lastReceived = now;',
      'tunnel.lastReceived = now;\n    tunnel.lastSent = now;',
    ],
  ],
  'advertisement-of-1288-octets': [
    'ND-14',
    'client',
    'A router advertisement may be 8 octets longer than 1280.',
    ['reference/emulators/neighbour.ts', 'const ROOM_FOR_OPTIONS = 1280 - 56;', 'const ROOM_FOR_OPTIONS = 1288 - 56;'],
  ],
});

export const farCorners: readonly Fault[] = [...ofNames, ...ofIpv6, ...ofFour, ...ofRanges];
