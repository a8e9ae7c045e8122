/** Servers that misread what a REQUEST, a datagram or a packet seldom has, and answer at their adapter what clients answer. */
import { type Fault, ofSeveral } from '../../fault.ts';

const KE = 'reference/wire/key-exchange-data.ts';
const OP = 'reference/wire/opened.ts';
const RQ = 'reference/wire/request.ts';
const CD = 'reference/wire/client-data.ts';
const TB = 'reference/tunnel/server/table.ts';
const PO = 'reference/tunnel/server/policy.ts';
const UL = 'reference/packets/upper-layer.ts';
const RP = 'reference/adapter/receive-path.ts';
const AC = 'reference/adapter/activation.ts';
const NB = 'reference/emulators/neighbour.ts';
const AR = 'reference/emulators/arp.ts';
const SN = 'reference/nodes/server.ts';

const port =
  '  const port = ((datagram[offset + 2] ?? 0) << 8) | (datagram[offset + 3] ?? 0);\n  return port === (six ? DHCPV6_CLIENT : DHCP_CLIENT);';
const neighbourOfServer = '      neighbour: neighbourEmulator(resolve6AtServer(settings)),';

// biome-ignore format: a table, one line for each change
export const oddRequestsAndPackets: readonly Fault[] = ofSeveral({
  'key-exchange-data-cut-within-an-entry': ['REQ-12 REQ-13 REQ-15 SRV-06 FRAME-12', 'server', 'One to three octets behind the last entry of key exchange data are not looked at.',
    [KE, '    if (octets.length - offset < entryHeaderLength) throw new Malformed(`key exchange data: cut at octet ${offset}`);\n', '    if (octets.length - offset < entryHeaderLength) break;\n']],
  'last-entry-as-long-as-is-there': ['REQ-12 REQ-13 REQ-15 SRV-06 FRAME-12', 'server', 'The last entry of key exchange data may say that it is longer than what is there.',
    [KE, '    if (end > octets.length) throw new Malformed(`key exchange data 0x${hex(id)}: longer than what is left`);\n', '']],
  'seventeen-entries-refused': ['REQ-14', 'server', 'Key exchange data of more than 16 entries is refused.',
    [KE, '  const value = (id: number) =>', "  if (entries.length > 16) throw new Malformed('key exchange data: many entries');\n  const value = (id: number) =>"]],
  'gap-before-the-first-section': ['REQ-05 FRAME-12 RESP-10', 'server', 'Octets between the header and the first section of the opened frame are not looked at.',
    [OP, '? offset !== headerLength :', '? offset < headerLength :']],
  'odd-octet-behind-transforms': ['FRAME-12 RESP-10', 'server', 'Half a transform behind the others is not looked at.',
    [OP, 'if (octets.length < 2 || octets.length % 2 !== 0)', 'if (octets.length < 2)'],
    [OP, '  return readU16s(octets);', '  return readU16s(octets.subarray(0, octets.length & ~1));']],
  'seconds-of-2-31-negative': ['RESP-11 REQ-12', 'server', 'A bound of seconds of 2^31 and above is a negative number, for which no RESPONSE can be made.',
    [KE, 'seconds: view.getUint32(0)', 'seconds: view.getInt32(0)']],
  'frames-of-2-63-negative': ['RESP-11 REQ-12', 'server', 'A bound of frames of 2^63 and above is a negative number, for which no RESPONSE can be made.',
    [KE, 'frames: view.getBigUint64(4)', 'frames: view.getBigInt64(4)']],
  'bounds-above-those-of-keys-refused': ['RESP-11 KEY-04', 'server', 'A REQUEST that asks for more frames than a key may have is not authorised.',
    [KE, "  if (lifetimes.seconds === 0 ||", "  if (lifetimes.frames > 1n << 32n) throw new Malformed('lifetimes: too many frames');\n  if (lifetimes.seconds === 0 ||"]],
  'options-entry-of-none-sent': ['RESP-09 RESP-13', 'server', 'Where no option is selected, RESPONSE has the entry all the same, with 0 in it.',
    [SN, 'makeKeyExchangeData({ lifetimes: grant.lifetimes, options: dataOptions })', 'makeKeyExchangeData({ lifetimes: grant.lifetimes, options: dataOptions, extra: dataOptions === 0 ? [{ id: 3, value: new Uint8Array(2) }] : [] })']],
  'destination-case-folded': ['REQ-08 REQ-07 SRV-06 REQ-05', 'server', 'A destination name may be in upper case.',
    [RQ, "readName('destination name (128)', sections.destinationNameOffset, nodeNameFault)", "readName('destination name (128)', sections.destinationNameOffset.map((octet) => (octet >= 65 && octet <= 90 ? octet | 32 : octet)), nodeNameFault)"]],
  'octets-behind-client-data': ['REQ-17 REQ-05 FRAME-12', 'server', 'Octets behind n6 and its options are not looked at.',
    [CD, '  if (end !== octets.length) throw new Malformed(`client data: ${octets.length - end} octets after its end`);\n', ''],
    [CD, 'decodeNeighbourOptions(octets.subarray(middle + 2))', 'decodeNeighbourOptions(octets.subarray(middle + 2, end))']],
  'another-64-in-ones-network': ['ADP-08', 'server', 'Who has a network behind it may use an address of another client’s /64 that lies in that network.',
    [TB, 'if (holder === undefined || this.hasClient(octets)) return false;', 'if (holder === undefined || (octets.length === 4 && this.hasClient(octets))) return false;']],
  'udp-from-the-port-of-dhcp-kept-out': ['ADP-25 ADP-37', 'server', 'It keeps UDP from ports 68 and 546 from its local stack, too.',
    [UL, port, port.replace('return port ===', 'const from = ((datagram[offset] ?? 0) << 8) | (datagram[offset + 1] ?? 0);\n  return [port, from].includes').replace('CLIENT;', 'CLIENT);')]],
  'tcp-to-the-port-of-dhcp-kept-out': ['ADP-25 ADP-37', 'server', 'It keeps TCP to ports 68 and 546 from its local stack, too.',
    [UL, '  if (protocol !== IpProtocol.udp) return false;', '  if (protocol !== IpProtocol.udp && protocol !== 6) return false;']],
  'icmpv6-from-133-up-kept-out': ['ADP-28 ADP-37', 'server', 'It takes every ICMPv6 type from 133 up for neighbour discovery.',
    [UL, 'type >= Icmpv6Type.routerSolicitation && type <= REDIRECT6', 'type >= Icmpv6Type.routerSolicitation']],
  'later-fragments-read-as-first-ones': ['ADP-15 ADP-25 ADP-37', 'server', 'What a later fragment of IPv4 begins with is taken for the header of what the datagram carries.',
    [UL, '  if (fragmentOffset > 0) return undefined;\n', '']],
  'later-fragments-of-ipv6-read-as-first-ones': ['ADP-28 ADP-37 DATA-16', 'server', 'What a later fragment of IPv6 begins with is taken for the header of what the datagram carries.',
    [UL, '    if (header === FRAGMENT && (((octets[at + 2] ?? 0) << 8) | (octets[at + 3] ?? 0)) >= 8) return undefined;\n', '']],
  'icmp-codes-as-types': ['ADP-25 ADP-37', 'server', 'It takes the code of ICMP for its type: an error of code 9 or 10 is kept from its local stack.',
    [UL, 'return ICMP_OF_A_LINK.has(datagram[offset] ?? 0);', 'return ICMP_OF_A_LINK.has(datagram[offset] ?? 0) || ICMP_OF_A_LINK.has(datagram[offset + 1] ?? 0);']],
  'longer-than-1500-dropped': ['DATA-16 DATA-01 ADP-15 ADP-37 BUN-01', 'server', 'A datagram of more than 1,500 octets does not come out of the tunnel.',
    [RP, '    if (etherType === undefined ||', '    if (datagram.length > 1_500 || etherType === undefined ||']],
  'router-at-the-server': ['ND-06 ND-13', 'server', 'The server’s adapter plays a router to the server’s stack, too.',
    [AC, neighbourOfServer, '      neighbour: neighbourEmulator(resolve6AtServer(settings), { physical: clientPhysical, options: [], routerLifetime: 0 }),']],
  'dhcp-at-the-server': ['DHCP-01 ADP-06', 'server', 'The server’s adapter answers DHCP, too.',
    [AC, '      dhcp: { concerns: () => false, answer: () => undefined },', "      dhcp: {\n        concerns: (frame) => concernsDhcp(frame, offered),\n        answer: (frame) => answerDhcp(frame, offered),\n      },"],
    [AC, '  const { clientPhysical, serverPhysical, mtu } = settings;\n', "  const { clientPhysical, serverPhysical, mtu } = settings;\n  const offered = { address: '10.8.0.99', prefixLength: 24, serverAddress: '10.8.0.1', leaseSeconds: 60, routes: [], dns: [], search: [], clientPhysical, serverPhysical };\n"]],
  'neighbour-advertisement-to-all-nodes': ['ND-01 ND-13', 'server', 'Its neighbour advertisement goes to all nodes, whoever has asked.',
    [NB, '      destination: source,\n      target,', '      destination: allNodes,\n      target,']],
  'arp-from-elsewhere-unanswered': ['ARP-08', 'server', 'An ARP request whose sender address is not in the virtual LAN is not answered.',
    [AR, 'return operation === ArpOperation.request && isStation && isAboutAnother;', "return operation === ArpOperation.request && isStation && isAboutAnother && senderAddress.startsWith('10.8.');"]],
  'lease-of-seconds-at-most-a-day': ['CD-02', 'server', 'The lease is a day at most, however long the key lives.',
    [PO, 'clientData.leaseSeconds ?? Math.max(keySeconds, shortestLease)', 'clientData.leaseSeconds ?? Math.min(86_400, Math.max(keySeconds, shortestLease))']],
});
