/** Client data ([EP] fig. 8, 162; CD) and what of it an initiator accepts. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const encoding = faultsIn('reference/wire/client-data.ts');
const settings = faultsIn('reference/wire/network-settings.ts');
const settings6 = faultsIn('reference/wire/ipv6-settings.ts');
const policy = faultsIn('reference/tunnel/server/policy.ts');
const acceptance = faultsIn('reference/tunnel/client/acceptance.ts');
const reserved = faultsIn('reference/packets/reserved.ts');
const domainNames = faultsIn('reference/packets/domain-names.ts');

const withoutOption = (name: string): [string, string] => {
  const line = {
    50: '    [DhcpOptionCode.requestedAddress, ipv4Octets(settings.address)],\n',
    1: '    [DhcpOptionCode.subnetMask, maskOctets(settings.prefixLength)],\n',
    54: '    [DhcpOptionCode.serverIdentifier, ipv4Octets(settings.serverAddress)],\n',
    51: '    [DhcpOptionCode.leaseTime, u32(settings.leaseSeconds)],\n',
    43: '    [DhcpOptionCode.vendorSpecific, encodePhysical(settings)],\n',
  }[name]!;
  return [line, ''];
};
const router = '[DhcpOptionCode.router, defaultRoute && ipv4Octets(defaultRoute.gateway)],';
const prefix6 = 'Uint8Array.of(ownLength, autonomous), u32(infinity), u32(infinity), u32(0), octets);';
const flagsCheck = '(flags & (onLink | autonomous)) !== autonomous';
const bitsCheck = "  if (hasBitsBeyond(prefix)) throw new Malformed('bits beyond the prefix');\n";
const gateways = '.map((prefix) => ({ ...prefix, gateway: serverAddress })),';
const own64 = 'prefix: this.#lan6.nth(number).address,';
const subnetOf = 'const subnet = connected.find((own) => contains(own, prefix));';
const lowest = 'if (mtu < lowestMtu) return';
const judged = 'this.passes(options.mtu, faultOfMtu(mtu))';

/** What the local stack refuses besides: routes are judged when they come, and when they are laid. */
const connected = (test: string) => ({
  file: 'reference/linux/routing/route-policy.ts',
  change: [
    `connected.find((own) => contains(own, route))`,
    `connected.find((own) => own.length >= 0 && ${test})`,
  ] as const,
});
/** The device of loopback is one that the machine is connected by. */
const notLoopback = {
  file: 'reference/linux/routing/subnets.ts',
  change: [`.filter(([name]) => name !== except)`, `.filter(([name]) => name !== except && name !== 'lo')`],
} as const;

// biome-ignore format: a table
export const clientData: readonly Fault[] = [
  // CD-01
  encoding('client-data-without-end', 'CD-01', 'server', 'The DHCP options of client data have no 255 at their end.', 'const end = dhcp.length > 0 ? [DhcpOptionCode.end] : [];', 'const end: number[] = [];'),
  encoding('client-data-without-n6', 'CD-01', 'server', 'Client data end with the DHCP options.', '    ...counted(encodeNeighbourOptions(neighbour)),\n', '    ...(neighbour.length === 0 ? [] : counted(encodeNeighbourOptions(neighbour))),\n'),
  encoding('client-data-with-pads', 'CD-01', 'server', 'The DHCP options of client data begin with a pad.', 'counted(concat(encodeDhcpOptions(dhcp), Uint8Array.from(end)))', 'counted(concat(Uint8Array.of(0), encodeDhcpOptions(dhcp), Uint8Array.from(end)))'),
  encoding('client-data-n4-without-end', 'CD-01', 'server', 'The count n4 does not include the 255.', '...counted(concat(encodeDhcpOptions(dhcp), Uint8Array.from(end))),', '...counted(encodeDhcpOptions(dhcp)),\n    Uint8Array.from(end),'),
  encoding('pads-accepted', 'CD-01 CD-06 RESP-10', 'client', 'Pads among the DHCP options of client data are skipped.', "if (octets[offset] === DhcpOptionCode.pad) throw new Malformed('a pad option (0)');", 'if (octets[offset] === DhcpOptionCode.pad) {\n      offset += 1;\n      continue;\n    }'),
  encoding('octets-after-end-accepted', 'CD-01 CD-06 RESP-10', 'client', 'What follows the 255 of client data is not looked at.', '  if (offset + 1 !== octets.length) throw', '  if (offset + 1 > octets.length) throw'),
  encoding('no-end-accepted', 'CD-01 CD-06 RESP-10', 'client', 'The DHCP options of client data need no 255.', 'while (octets[offset] !== DhcpOptionCode.end) {', 'while (offset < octets.length && octets[offset] !== DhcpOptionCode.end) {', [
    { file: 'reference/wire/client-data.ts', change: ['  if (offset + 1 !== octets.length) throw', '  if (offset < octets.length && offset + 1 !== octets.length) throw'] },
  ]),
  faultsIn('reference/packets/neighbour-options.ts')('neighbour-option-of-length-0', 'CD-01 CD-06 RESP-10', 'client', 'An option of length 0 ends n6.', 'if (length === 0 || offset', 'if (length === 0) break;\n    if (offset'),
  // CD-02
  ...['50', '1', '54', '51', '43'].map((code) => settings(`option-${code}-not-sent`, 'CD-02', 'server', `RESPONSE has no option ${code}.`, ...withoutOption(code))),
  settings('option-50-not-needed', 'CD-02 CD-06', 'client', 'Without option 50 the client takes an address of its own choice.', 'address: needed(DhcpOptionCode.requestedAddress, decodeDhcpAddress),', "address: optional(DhcpOptionCode.requestedAddress, decodeDhcpAddress) ?? '10.8.0.250',"),
  settings('option-1-not-needed', 'CD-02 CD-06', 'client', 'Without option 1 the subnet mask is 255.255.255.0.', 'prefixLength: needed(DhcpOptionCode.subnetMask, decodeMask),', 'prefixLength: optional(DhcpOptionCode.subnetMask, decodeMask) ?? 24,'),
  settings('option-54-not-needed', 'CD-02 CD-06', 'client', 'Without option 54 the server has the first address.', 'const serverAddress = needed(DhcpOptionCode.serverIdentifier, decodeDhcpAddress);', "const serverAddress = optional(DhcpOptionCode.serverIdentifier, decodeDhcpAddress) ?? '10.8.0.1';"),
  settings('option-51-not-needed', 'CD-02 CD-06', 'client', 'Without option 51 the lease is an hour.', 'leaseSeconds: needed(DhcpOptionCode.leaseTime, decodeLease),', 'leaseSeconds: optional(DhcpOptionCode.leaseTime, decodeLease) ?? 3600,'),
  settings('option-43-not-needed', 'CD-02 CD-06', 'client', 'Without option 43 the reserved physical addresses are those of this implementation.', '...needed(DhcpOptionCode.vendorSpecific, decodePhysical),', "...(optional(DhcpOptionCode.vendorSpecific, decodePhysical) ?? { clientPhysical: Uint8Array.of(2, 0, 0, 0, 0, 1), serverPhysical: Uint8Array.of(2, 0, 0, 0, 0, 2) }),"),
  policy('physical-addresses-swapped', 'CD-02 RESP-08', 'server', 'The two reserved physical addresses are swapped.', '      clientPhysical: adapter.clientPhysical,\n      serverPhysical: adapter.serverPhysical,', '      clientPhysical: adapter.serverPhysical,\n      serverPhysical: adapter.clientPhysical,'),
  // CD-03, CD-04, CD-05
  policy('routes-by-client', 'CD-03', 'server', 'The gateway of the routes is the client itself.', gateways, '.map((prefix) => ({ ...prefix, gateway: this.#pool.lan.nth(number).address })),'),
  policy('routes-on-link', 'CD-03', 'server', 'The routes have no gateway.', gateways, ".map((prefix) => ({ ...prefix, gateway: '0.0.0.0' })),"),
  settings('routes-as-option-249', 'CD-03', 'server', 'Routes are option 249.', '[DhcpOptionCode.classlessRoutes, joined(routes.map(encodeClasslessRoute))],', '[DhcpOptionCode.classlessRoutesMicrosoft, joined(routes.map(encodeClasslessRoute))],'),
  settings('routers-always', 'CD-04', 'server', 'Option 3 is always there.', router, '[DhcpOptionCode.router, ipv4Octets(settings.serverAddress)],'),
  settings('routers-with-any-route', 'CD-04', 'server', 'Option 3 is there where there is any route.', 'const defaultRoute = routes.find(({ length }) => length === 0);', 'const defaultRoute = routes[0];'),
  settings('routers-never', 'CD-04', 'server', 'Option 3 is missing where the whole default route is meant.', router, '[DhcpOptionCode.router, undefined],'),
  settings('routers-in-place-of-routes', 'CD-04 CD-03', 'server', 'The whole default route is option 3 and not among the routes of option 121.', 'joined(routes.map(encodeClasslessRoute))', 'joined(routes.filter(({ length }) => length > 0).map(encodeClasslessRoute))'),
  policy('physical-address-universal', 'CD-05', 'server', 'The reserved physical address of the client is not locally administered.', '      clientPhysical: adapter.clientPhysical,', '      clientPhysical: Uint8Array.of(0x00, 0x50, 0x4e, 0x41, 0x43, 0x00),', [
    { file: 'reference/wire/network-settings.ts', change: ['if (!isReservable(clientPhysical) || !isReservable(serverPhysical))', 'if (clientPhysical.length !== 6)'] },
  ]),
  policy('physical-address-of-a-group', 'CD-05', 'server', 'The reserved physical address of the server is one of a group.', '      serverPhysical: adapter.serverPhysical,', '      serverPhysical: Uint8Array.of(0x03, 0x50, 0x4e, 0x41, 0x53, 0x00),', [
    { file: 'reference/wire/network-settings.ts', change: ['if (!isReservable(clientPhysical) || !isReservable(serverPhysical))', 'if (clientPhysical.length !== 6)'] },
  ]),
  policy('physical-addresses-equal', 'CD-05', 'server', 'Both reserved physical addresses are the same.', '      serverPhysical: adapter.serverPhysical,', '      serverPhysical: adapter.clientPhysical,'),
  settings('physical-address-universal-accepted', 'CD-05 CD-06', 'client', 'A reserved physical address need not be locally administered.', '(address[0]! & 0b11) === 0b10', '(address[0]! & 0b1) === 0'),
  settings('physical-address-of-a-group-accepted', 'CD-05 CD-06', 'client', 'A reserved physical address may be one of a group.', '(address[0]! & 0b11) === 0b10', '(address[0]! & 0b10) === 0b10'),
  settings('physical-address-of-8-accepted', 'CD-05 CD-06', 'client', 'Octets behind the 6 of a reserved physical address are not looked at.', 'address.length === 6 &&', 'address.length >= 6 &&'),
  settings('physical-addresses-equal-accepted', 'CD-05 CD-06', 'client', 'Both reserved physical addresses may be the same.', 'if (equalOctets(clientPhysical, serverPhysical)) throw', 'if (clientPhysical.length === 0) throw'),
  // CD-06
  faultsIn('reference/nodes/initiator.ts')('client-data-judged-late', 'CD-06', 'client', 'What client data mean is read once the session is authorized: then the session is ended.', '    toNetworkSettings(clientData);\n', ''),
  settings('mask-with-holes', 'CD-06', 'client', 'A subnet mask with holes is taken for its first ones.', 'if (prefixLength === 0 || !equalOctets(maskOctets(prefixLength), value)) throw', 'if (prefixLength === 0) throw'),
  settings('mask-of-0', 'CD-06', 'client', 'A subnet mask of zeros is accepted.', 'if (prefixLength === 0 || !equalOctets', 'if (!equalOctets'),
  domainNames('pointer-cut-is-0', 'CD-06', 'client', 'The half of a compression pointer that is missing at the end of the search list is 0.', ' || low === undefined) return', ') return'),
  domainNames('pointer-cut-is-255', 'CD-06', 'client', 'The half of a compression pointer that is missing at the end of the search list is 255.', 'const low = octets[at + 1];', 'const low = octets[at + 1] ?? 255;'),
  settings('lease-of-0', 'CD-06', 'client', 'A lease of 0 seconds is accepted.', 'return checkLowest(wordAt(value, 0), 1);', 'return Math.max(wordAt(value, 0), 1);'),
  settings('mtu-below-68', 'CD-06', 'client', 'An MTU below 68 is not looked at further.', 'return checkLowest(viewOf(value).getUint16(0), lowestMtu);', 'return Math.max(viewOf(value).getUint16(0), lowestMtu);'),
  faultsIn('reference/packets/dhcp-options.ts')('address-of-5-octets', 'CD-06', 'client', 'Octets behind the 4 of an address are not looked at.', 'if (value.length !== 4) throw', 'if (value.length < 4) throw', [
    { file: 'reference/packets/dhcp-options.ts', change: ['  return ipv4Text(value);', '  return ipv4Text(value.subarray(0, 4));'] },
  ]),
  faultsIn('reference/packets/classless-routes.ts')('route-cut', 'CD-06', 'client', 'A route that is cut is left out.', "if (length > 32 || offset > octets.length) throw new Malformed('broken route');", "if (length > 32) throw new Malformed('broken route');\n    if (offset > octets.length) break;"),
  // CD-07, CD-08
  ...([
    ['loopback', "loopback: ['127.0.0.0/8', '::1/128'],", "loopback: ['::1/128'],"],
    ['loopback-of-one', "loopback: ['127.0.0.0/8', '::1/128'],", "loopback: ['127.0.0.1/32', '::1/128'],"],
    ['loopback-ipv6', "loopback: ['127.0.0.0/8', '::1/128'],", "loopback: ['127.0.0.0/8'],"],
    ['link-local', "'link-local': ['169.254.0.0/16', 'fe80::/10'],", "'link-local': ['fe80::/10'],"],
    ['link-local-ipv6', "'link-local': ['169.254.0.0/16', 'fe80::/10'],", "'link-local': ['169.254.0.0/16'],"],
    ['link-local-ipv6-of-64', "'link-local': ['169.254.0.0/16', 'fe80::/10'],", "'link-local': ['169.254.0.0/16', 'fe80::/64'],"],
    ['multicast', "multicast: ['224.0.0.0/4', 'ff00::/8'],", "multicast: ['ff00::/8'],"],
    ['multicast-of-24', "multicast: ['224.0.0.0/4', 'ff00::/8'],", "multicast: ['224.0.0.0/24', 'ff00::/8'],"],
    ['multicast-ipv6', "multicast: ['224.0.0.0/4', 'ff00::/8'],", "multicast: ['224.0.0.0/4'],"],
    ['multicast-ipv6-of-16', "multicast: ['224.0.0.0/4', 'ff00::/8'],", "multicast: ['224.0.0.0/4', 'ff02::/16'],"],
  ] as const).map(([kind, from, to]) => reserved(`route-${kind}`, 'CD-07', 'client', `Routes to some addresses are installed: ${kind}.`, from, to, kind.startsWith('loopback') ? [notLoopback] : undefined)),
  reserved('route-around-reserved', 'CD-07', 'client', 'A route is judged by its first address alone.', 'overlaps(one.prefix, prefix)', 'contains(one.prefix, prefix)'),
  reserved('route-within-reserved', 'CD-07', 'client', 'A route is refused only where it holds a whole reserved range.', 'overlaps(one.prefix, prefix)', 'contains(prefix, one.prefix)'),
  acceptance('route-connected', 'CD-07', 'client', 'Routes to a subnet that this machine is on are installed.', '    return faultOfSubnet(prefix, this.#connected);\n  }\n}', '    return undefined;\n  }\n}', [connected('false')]),
  acceptance('route-connected-whole-only', 'CD-07', 'client', 'Routes within a subnet that this machine is on are installed.', subnetOf, 'const subnet = connected.find((own) => own.length === prefix.length && contains(own, prefix));', [connected('own.length === route.length && contains(own, route)')]),
  acceptance('route-connected-ipv4-only', 'CD-07', 'client', 'Routes to an IPv6 subnet that this machine is on are installed.', subnetOf, "const subnet = connected.find((own) => !own.address.includes(':') && contains(own, prefix));", [connected("!own.address.includes(':') && contains(own, route)")]),
  acceptance('mtu-1279', 'CD-08', 'client', 'An MTU of 1279 is accepted.', lowest, lowest.replace('mtu < lowestMtu', 'mtu < lowestMtu - 1')),
  acceptance('mtu-1280-refused', 'CD-08', 'client', 'An MTU of 1280 is refused.', lowest, lowest.replace('mtu < lowestMtu', 'mtu <= lowestMtu')),
  acceptance('mtu-of-no-device', 'ADP-02', 'client', 'An MTU that the kernel refuses ends the program.', 'return mtu > highestMtu', 'return mtu > 0xffff'),
  acceptance('mtu-of-ipv6-unjudged', 'CD-08', 'client', 'An MTU in n6 is accepted whatever it is.', judged, "this.passes(options.mtu, options.mtu === 'MTU (26)' ? faultOfMtu(mtu) : undefined)"),
  acceptance('mtu-of-ipv4-unjudged', 'CD-08', 'client', 'An MTU of option 26 is accepted whatever it is.', judged, "this.passes(options.mtu, options.mtu === 'MTU (26)' ? undefined : faultOfMtu(mtu))"),
  // CD-09: as it is sent
  settings6('prefix-of-48-sent', 'CD-09', 'server', 'The Prefix Information has 48 bits.', prefix6, prefix6.replace('ownLength', '48')),
  settings6('prefix-on-link-sent', 'CD-09', 'server', 'The prefix is on-link.', prefix6, prefix6.replace('autonomous', 'autonomous | onLink')),
  settings6('prefix-not-autonomous-sent', 'CD-09', 'server', 'The prefix is not autonomous.', prefix6, prefix6.replace('autonomous', '0')),
  settings6('prefix-for-a-day-sent', 'CD-09', 'server', 'The prefix is valid for a day.', prefix6, prefix6.replace('u32(infinity)', 'u32(86400)')),
  settings6('routes-for-a-day-sent', 'CD-09', 'server', 'IPv6 routes are valid for a day.', 'Uint8Array.of(length, 0), u32(infinity)', 'Uint8Array.of(length, 0), u32(86400)'),
  settings6('dns-for-a-day-sent', 'CD-09', 'server', 'DNS servers of IPv6 are valid for a day.', 'concat(new Uint8Array(2), u32(infinity));', 'concat(new Uint8Array(2), u32(86400));'),
  settings6('prefix-with-address-sent', 'CD-09', 'server', 'The prefix has bits beyond its 64.', prefix6, prefix6.replace('octets)', 'octets.with(15, 1))')),
  settings6('two-prefixes-sent', 'CD-09', 'server', 'There is a Prefix Information of the virtual LAN too.', '...options(NeighbourOptionType.prefix, [encodePrefix(prefix)]),', '...options(NeighbourOptionType.prefix, [encodePrefix(prefix), encodePrefix(prefix)]),'),
  // CD-09: as it is accepted
  settings6('prefix-of-any-length', 'CD-09', 'client', 'A prefix of another length than 64 is accepted.', 'if (length !== ownLength) throw', 'if (length > 128) throw'),
  settings6('prefix-on-link', 'CD-09', 'client', 'A prefix that is on-link is accepted.', flagsCheck, '(flags & autonomous) !== autonomous'),
  settings6('prefix-not-autonomous', 'CD-09', 'client', 'A prefix that is not autonomous is accepted.', flagsCheck, '(flags & onLink) !== 0'),
  settings6('prefix-valid-for-a-time', 'CD-09', 'client', 'The valid lifetime of the prefix is not looked at.', '  checkLifetime(value, 2);\n  checkLifetime(value, 6);', '  checkLifetime(value, 6);'),
  settings6('prefix-preferred-for-a-time', 'CD-09', 'client', 'The preferred lifetime of the prefix is not looked at.', '  checkLifetime(value, 6);\n', ''),
  settings6('route-for-a-time', 'CD-09', 'client', 'The lifetime of a route is not looked at.', "  checkLifetime(value, 2);\n  const octets = new Uint8Array(16);", '  const octets = new Uint8Array(16);'),
  settings6('dns-for-a-time', 'CD-09', 'client', 'The lifetime of DNS servers is not looked at.', '  checkLifetime(value, 2);\n  return pieces', '  return pieces'),
  settings6('search-list-for-a-time', 'CD-09', 'client', 'The lifetime of a search list is not looked at.', '  checkLifetime(value, 2);\n  const names', '  const names'),
  settings6('bits-beyond-ipv6-prefix', 'CD-09', 'client', 'Bits beyond an IPv6 prefix are not looked at.', bitsCheck, ''),
  settings6('no-prefix', 'CD-09', 'client', 'Without Prefix Information there is no IPv6, but a tunnel.', "if (prefix === undefined) throw", 'if (prefix === undefined && options.length > 0) return undefined;\n  if (prefix === undefined) throw'),
  settings6('two-prefixes', 'CD-09', 'client', 'Of several prefixes the first counts.', '  if (prefixes.length > 0)\n', '  if (prefixes.length > 9)\n'),
  settings6('two-mtus', 'CD-09', 'client', 'Of several MTUs the first counts.', 'if (mtus.length > 0) throw', 'if (mtus.length > 9) throw'),
  // CD-10, CD-11, CD-12
  policy('prefix-by-connection', 'CD-10', 'server', 'The /64 of a name is the next one at each connection.', own64, 'prefix: this.#lan6.nth(number + ((globalThis as unknown as { nth: number }).nth = ((globalThis as unknown as { nth: number }).nth ?? -1) + 1)).address,'),
  policy('prefix-for-all', 'CD-10', 'server', 'All names have one /64.', own64, 'prefix: this.#lan6.nth(10).address,'),
  policy('prefix-in-hexadecimal', 'CD-10', 'server', 'The number of the /64 is that of the address in decimal, written as hexadecimal.', own64, 'prefix: this.#lan6.nth(Number.parseInt(String(number), 16)).address,'),
  policy('lan-not-among-routes', 'CD-11', 'server', 'The prefix of the virtual LAN is not among the routes.', 'routes: [this.#lan6.prefix, ...routes],', 'routes,'),
  policy('ipv6-routes-not-sent', 'CD-11', 'server', 'IPv6 networks behind the server are not among the routes.', 'routes: [this.#lan6.prefix, ...routes],', 'routes: [this.#lan6.prefix],'),
  policy('lan-last-among-routes', 'CD-11', 'server', 'The prefix of the virtual LAN is the last of the routes.', 'routes: [this.#lan6.prefix, ...routes],', 'routes: [...routes, this.#lan6.prefix],'),
  settings6('unknown-neighbour-options-refused', 'CD-12', 'client', 'An option of neighbour discovery that is not known is refused.', '  const [prefix, ...prefixes] = each', "  if (options.some(({ type }) => ![3, 5, 24, 25, 31].includes(type))) throw new Malformed('unknown');\n  const [prefix, ...prefixes] = each"),
  settings6('reserved-fields-judged', 'CD-12', 'client', 'The reserved field of DNS servers has to be 0.', '  const addresses = value.subarray(dnsHeader.length);', "  if ((value[0]! | value[1]!) !== 0) throw new Malformed('reserved');\n  const addresses = value.subarray(dnsHeader.length);"),
  settings6('preference-of-routes-judged', 'CD-12', 'client', 'A route whose preference is not medium is refused.', '  const length = value[0]!;\n  const available', "  if (value[1] !== 0) throw new Malformed('preference');\n  const length = value[0]!;\n  const available"),
];
