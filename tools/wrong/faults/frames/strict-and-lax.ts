/** Initiators that are stricter or laxer than the text with client data, or with what follows from them. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const inIpv6Settings = inModule('reference/wire/ipv6-settings.ts', ['client'], {
  'reserved-flags-of-a-prefix-judged': [
    'CD-09 CD-12',
    'The reserved bits of the flags of Prefix Information have to be 0.',
    'if ((flags & (onLink | autonomous)) !== autonomous)',
    'if (flags !== autonomous)',
  ],
  'reserved-field-of-a-prefix-judged': [
    'CD-09 CD-12',
    'The reserved field of Prefix Information, behind its lifetimes, has to be 0.',
    'checkLifetime(value, 6);\n',
    "checkLifetime(value, 6);\n  if (wordAt(value, 10) !== 0) throw new Malformed('reserved');\n",
  ],
  'reserved-field-of-an-mtu-judged': [
    'CD-12 CD-08',
    'The reserved field of the MTU in n6 has to be 0.',
    'checkLength(value, 6);\n  return',
    "checkLength(value, 6);\n  if (value[0] !== 0 || value[1] !== 0) throw new Malformed('reserved');\n  return",
  ],
  'reserved-field-of-a-search-list-judged': [
    'CD-12',
    'The reserved field of the search list in n6 has to be 0.',
    'const names = value.subarray(dnsHeader.length);',
    "if (value[0] !== 0 || value[1] !== 0) throw new Malformed('reserved');\n  const names = value.subarray(dnsHeader.length);",
  ],
  'reserved-bits-of-a-route-judged': [
    'CD-11 CD-12',
    'The reserved bits beside the preference of a route have to be 0.',
    'const available = value.length - 6;',
    "const available = value.length - 6;\n  if ((value[1]! & 0xe7) !== 0) throw new Malformed('reserved');",
  ],
  'route-information-of-more-octets-refused': [
    'CD-11',
    'Route Information with more octets of its prefix than it needs is refused.',
    'if (length > 128 || available > 16 || 8 * available < length)',
    'if (length > 128 || available !== 8 * Math.ceil(length / 64))',
  ],
  'prefix-of-129-bits-cut': [
    'CD-06 CD-11',
    'A route of more than 128 bits is one of 128.',
    'const length = value[0]!;\n  const available',
    'const length = Math.min(128, value[0]!);\n  const available',
  ],
  'no-address-of-dns-servers-taken': [
    'CD-06',
    'An option 25 without a whole address is passed over.',
    "if (addresses.length === 0 || addresses.length % 16 !== 0) throw new Malformed('not one or more times 16 octets');",
    'if (addresses.length % 16 !== 0) return [];',
  ],
});

const inNetworkSettings = inModule('reference/wire/network-settings.ts', ['client'], {
  'sub-options-by-place': [
    'CD-05 CD-02',
    'The first sub-option of option 43 is the physical address of the client, whatever its code.',
    'addresses.set(found.option.code, found.option.value);',
    'addresses.set(addresses.size + 1, found.option.value);',
  ],
  'unknown-sub-options-refused': [
    'CD-02 CD-05',
    'Client data whose option 43 has a sub-option 3 cannot be read.',
    'addresses.set(found.option.code, found.option.value);',
    "if (found.option.code > 2) throw new Malformed('sub-option');\n    addresses.set(found.option.code, found.option.value);",
  ],
  'unknown-dhcp-options-of-client-data-refused': [
    'CD-01 CD-02',
    'Client data with a DHCP option that is not in the table cannot be read.',
    'const values = joinDhcpOptions(dhcp);',
    "const values = joinDhcpOptions(dhcp);\n  if ([...values.keys()].some((code) => ![1, 3, 6, 15, 26, 43, 50, 51, 54, 119, 121].includes(code))) throw new Malformed('unknown');",
  ],
  'lease-of-5-octets-taken': [
    'CD-06',
    'Octets behind the 4 of a lease are not looked at.',
    'checkLength(value, 4);\n  return checkLowest(wordAt(value, 0), 1);',
    'return checkLowest(wordAt(value, 0), 1);',
  ],
  'mtu-of-4-octets-taken': ['CD-06', 'Octets behind the 2 of an MTU are not looked at.', 'checkLength(value, 2);', ''],
  'mask-of-5-octets-taken': [
    'CD-06',
    'Octets behind the 4 of a subnet mask are not looked at.',
    'checkLength(value, 4);\n  const prefixLength = Math.clz32(~wordAt(value, 0));\n  if (prefixLength === 0 || !equalOctets(maskOctets(prefixLength), value))',
    'const prefixLength = Math.clz32(~wordAt(value, 0));\n  if (prefixLength === 0 || !equalOctets(maskOctets(prefixLength), value.subarray(0, 4)))',
  ],
  'dns-servers-of-6-octets-taken': [
    'CD-06',
    'What is behind the last whole address of option 6 is not looked at.',
    'if (value.length === 0 || value.length % 4 !== 0)\n    throw new Malformed(`${value.length} octets, not one or more times 4`);\n  return pieces(value, 4).map(ipv4Text);',
    'return pieces(value.subarray(0, value.length & ~3), 4).map(ipv4Text);',
  ],
  'router-counts-before-routes': [
    'CD-04 CD-02 DHCP-09',
    'Where client data has both, option 3 counts, and not option 121.',
    'optional(DhcpOptionCode.classlessRoutes, decodeClasslessRoutes) ??\n    optional(DhcpOptionCode.router, decodeRouters) ??',
    'optional(DhcpOptionCode.router, decodeRouters) ??\n    optional(DhcpOptionCode.classlessRoutes, decodeClasslessRoutes) ??',
  ],
});

const several = ofSeveral({
  'ipv4-mtu-advertised': [
    'ND-06',
    'client',
    'Its advertisements have the MTU of option 26, not that of n6.',
    [
      'reference/adapter/activation.ts',
      'const router = ipv6 && routerOf(ipv6,',
      'const router = ipv6 && routerOf({ ...ipv6, ...(mtu !== undefined && { mtu }) },',
    ],
  ],
  'end-before-authorized-is-a-failure': [
    'INI-18 INI-07',
    'client',
    'The exit status is 1 after End Session before RESPONSE.',
    ['reference/tunnel/client/client.ts', "(cause.by === 'self' || wasKeyed)", 'wasKeyed'],
  ],
  'lockdown-lets-icmp-pass': [
    'LOCK-01 LOCK-02',
    'client',
    'A lockdown holds for every protocol but ICMP.',
    [
      'reference/linux/lockdown.ts',
      "'ip6 daddr @except6 accept',",
      "'ip6 daddr @except6 accept',\n      'meta l4proto { icmp, ipv6-icmp } accept',",
    ],
  ],
  'ipv6-pins-left-behind': [
    'ADP-12',
    'client',
    'The IPv6 route to the first hop stays when the session is over.',
    [
      'reference/linux/routing/pins.ts',
      'if (way !== undefined) await drop',
      'if (way !== undefined && !isIpv6(host)) await drop',
    ],
  ],
  'response-shorter-than-its-tokens-a-protocol-error': [
    'HS-09',
    'client',
    'A RESPONSE whose string buffer is shorter than the tokens of its suite is a protocol error.',
    [
      'reference/nodes/exchange.ts',
      'const payload = handshake.readResponse(decodeResponse(octets).message);',
      "if (octets.length < 14 + (suite === 2 ? 32 + 1104 + 16 : 48)) throw new Malformed('RESPONSE: short');\n  const payload = handshake.readResponse(decodeResponse(octets).message);",
    ],
  ],
  'carrier-toggled-at-each-connection': [
    'INI-10 INI-22 ADP-22',
    'client',
    'Each new connection toggles the carrier of the adapter, whether the client data are others or not.',
    [
      'reference/tunnel/client/client-adapter.ts',
      'const renew = !fresh && !isDeepStrictEqual(settings, this.#open.settings);',
      'const renew = !fresh;',
    ],
  ],
  'default-route-for-all-prefixes': [
    'ADP-17 ADP-18',
    'client',
    'A user who accepts a default route accepts every route.',
    [
      'reference/tunnel/client/acceptance.ts',
      'if (!prefixes.some((outer) => contains(outer, prefix)))',
      'if (!defaultRoute && !prefixes.some((outer) => contains(outer, prefix)))',
    ],
  ],
  'connected-subnets-before-a-default-route': [
    'ADP-17 CD-07',
    'client',
    'A user who accepts a default route accepts routes to the subnets of the machine.',
    [
      'reference/tunnel/client/acceptance.ts',
      'return faultOfSubnet(prefix, this.#connected);\n  }',
      'return defaultRoute ? undefined : faultOfSubnet(prefix, this.#connected);\n  }',
    ],
  ],
});

export const strictAndLax: readonly Fault[] = [...inIpv6Settings, ...inNetworkSettings, ...several];
