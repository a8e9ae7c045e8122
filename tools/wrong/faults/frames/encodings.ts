/** How frames, names, key exchange data and client data are written and read: bounds, signs, widths, the first of several. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const frame = faultsIn('reference/wire/frame-start.ts');
const conversation = faultsIn('reference/nodes/conversation.ts');
const relayFrame = faultsIn('reference/wire/relay.ts');
const policy = faultsIn('reference/tunnel/server/policy.ts');
const serverNode = faultsIn('reference/nodes/server.ts');
const opened = faultsIn('reference/wire/opened.ts');
const names = faultsIn('reference/wire/names.ts');
const keyExchangeData = faultsIn('reference/wire/key-exchange-data.ts');
const clientData = faultsIn('reference/wire/client-data.ts');
const group = faultsIn('reference/tunnel/names/group.ts');
const closeFrame = faultsIn('reference/wire/close.ts');
const exchangeNode = faultsIn('reference/nodes/exchange.ts');
const classlessRoutes = faultsIn('reference/packets/classless-routes.ts');
const dhcpOptions = faultsIn('reference/packets/dhcp-options.ts');
const networkSettings = faultsIn('reference/wire/network-settings.ts');

const readStart = 'const { length, type, version } = start.decode(octets);';

export const encodings: readonly Fault[] = [
  frame(
    'length-of-24-bits',
    'FRAME-07',
    'server relay',
    'It ignores the high octet of `length`.',
    readStart,
    'const { length: read, type, version } = start.decode(octets);\n  const length = read & 0xff_ffff;',
  ),
  conversation(
    'stalled-frame-forgotten-at-sending',
    'FRAME-15',
    'server client',
    'Each DATA frame that it sends ends the wait for the rest of a frame that it was receiving.',
    "machine.after(machine.timers.keepAlive, 'keepAlive');",
    "machine.after(machine.timers.keepAlive, 'keepAlive');\n    machine.deadlines.clear('stalledFrame');",
  ),
  relayFrame(
    'relay-frame-padded-with-nul',
    'FRAME-12 RELAY-03',
    'server relay',
    'NULs after the last name of a RELAY frame are taken for padding.',
    'if (expected !== buffer.length) {',
    'if (buffer.subarray(expected).some((octet) => octet !== 0)) {',
  ),
  policy(
    'transforms-of-12-bits',
    'ID-08 RESP-03',
    'server',
    'It compares the low 12 bits of transforms: 0xF002 is 0x0002 to it.',
    'const transform = request.transforms.find((wanted)',
    'const transform = request.transforms.map((wanted) => wanted & 0xfff).find((wanted)',
  ),
  relayFrame(
    'own-name-first-label',
    'RELAY-08 RELAY-07',
    'relay server',
    'It finds itself by the first label of a name: `server.example` is `server.test` to it.',
    'const hosts = new Set(own.map(hostOf));',
    "const hosts = new Set(own.map((name) => hostOf(name).split('.')[0]));",
    [
      {
        file: 'reference/wire/relay.ts',
        change: ['hosts.has(hostOf(name)) ?', "hosts.has(hostOf(name).split('.')[0]) ?"],
      },
    ],
  ),
  relayFrame(
    'twice-in-a-row-counts-once',
    'RELAY-09',
    'relay server',
    'Where it stands twice in a row on the path, it takes that for once.',
    'return positions.length === 1 ? positions[0] : undefined;',
    'return positions.every((position, index) => position === positions[0]! + index) ? positions.at(-1) : undefined;',
  ),
  relayFrame(
    'hop-count-of-5-bits',
    'RELAY-04',
    'server relay',
    'Of the hop count it reads the low five bits: 0x21 is 1 to it.',
    'const { originIndex, hopCount, reserved } = relayLayout.decode(octets);',
    'const { originIndex, hopCount: read, reserved } = relayLayout.decode(octets);\n  const hopCount = read & 0x1f;',
  ),
  serverNode(
    'origin-has-to-be-qualified',
    'RELAY-14',
    'server',
    'It refuses a RELAY frame whose origin has no dot.',
    'const { path } = decodeRelay(octets);\n    if (',
    "const { path, origin } = decodeRelay(octets);\n    if (origin.includes('.') && ",
  ),
  opened(
    'last-field-of-header-not-compared',
    'REQ-04 REQ-03',
    'server',
    'It compares the two headers without their last field, the offset of the client data.',
    'return equalOctets(frame.subarray(0, headerLength), opened.subarray(0, headerLength));',
    'return equalOctets(frame.subarray(0, headerLength - 2), opened.subarray(0, headerLength - 2));',
  ),
  opened(
    'padded-to-64',
    'REQ-06 RESP-10',
    'server client',
    'It takes an opened string buffer that is padded to an odd multiple of 64.',
    'if ((opened.length - headerLength) % openedBlock !== 0)',
    'if ((opened.length - headerLength) % 64 !== 0)',
  ),
  names(
    'tilde-refused-in-initiator-name',
    'REQ-07',
    'server',
    'It refuses the name of an initiator with a tilde, 0x7e.',
    'if (!/^[\\x20-\\x7e]*$/.test(name))',
    'if (!/^[\\x20-\\x7d]*$/.test(name))',
  ),
  keyExchangeData(
    'ids-compared-with-the-first',
    'REQ-13',
    'server',
    'It compares the id of each entry with that of the first one alone.',
    'previous = id;',
    'if (previous < 0) previous = id;',
  ),
  clientData(
    'neighbour-options-of-request-unread',
    'REQ-17',
    'server',
    'Of the client data of a REQUEST it decodes the DHCP options alone.',
    'neighbour: decodeNeighbourOptions(octets.subarray(middle + 2)),',
    'neighbour: [],',
  ),
  policy(
    'transform-twice-refused',
    'SRV-04 REQ-11',
    'server',
    'It refuses a REQUEST in which a transform stands twice.',
    "if (transform === undefined) return refusal('no common transform');",
    "if (new Set(request.transforms).size !== request.transforms.length) return refusal('not authorized');\n    if (transform === undefined) return refusal('no common transform');",
  ),
  policy(
    'octets-bound-of-request-alone',
    'RESP-11',
    'server',
    'It grants the bound of octets that the REQUEST asks for, also above its own.',
    'octets: own.octets < asked.octets ? own.octets : asked.octets,',
    'octets: asked.octets,',
  ),
  group(
    'port-of-last-node-alone',
    'FRAME-16',
    'client relay',
    'It takes the port of a name for the last node of the path alone: any other is reached at 3265.',
    'port: port ?? defaultPort, priority',
    'port: (last ? port : undefined) ?? defaultPort, priority',
  ),
  frame(
    'data-most-without-padding',
    'FRAME-07 TRF-04',
    'client server',
    'A DATA frame is at most a datagram of 65,535 octets, header and digest: with padding it is refused.',
    'DATA: { min: 16, max: 131_072 }',
    'DATA: { min: 16, max: 16 + 32 + 65_535 }',
  ),
  opened(
    'reserved-flags-of-four-bits',
    'FRAME-11 REQ-02 RESP-01',
    'server client',
    'Of the low octet of `flags` it judges the low four bits.',
    "if ((flags & 0xff) !== 0) throw new Malformed(`${layout.describe('flags')}: reserved bits are set`);",
    "if ((flags & 0x0f) !== 0) throw new Malformed(`${layout.describe('flags')}: reserved bits are set`);",
    [
      {
        file: 'reference/wire/opened.ts',
        change: [
          'if ((flags & 0xff) !== 0) throw new Malformed(`${name} flags: reserved bits are set`);',
          'if ((flags & 0x0f) !== 0) throw new Malformed(`${name} flags: reserved bits are set`);',
        ],
      },
    ],
  ),
  closeFrame(
    'status-signed',
    'ID-06 CLOSE-03',
    'client server',
    'It takes a status of 0x8000 and above for a negative number, and refuses it.',
    'if (status === 0) throw new Malformed(',
    'if (status << 16 <= 0) throw new Malformed(',
  ),
  opened(
    'sixteen-transforms',
    'ID-08 REQ-11 RESP-07',
    'server',
    'Of the transforms of a REQUEST it reads the first sixteen.',
    'return readU16s(octets);',
    'return readU16s(octets).slice(0, 16);',
  ),
  exchangeNode(
    'octets-bound-of-32-bits-compared',
    'RESP-05',
    'client',
    'Of the bound of octets in RESPONSE it compares the low 32 bits.',
    'lifetimes.octets <= proposed.lifetimes.octets;',
    'BigInt.asUintN(32, lifetimes.octets) <= proposed.lifetimes.octets;',
  ),
  classlessRoutes(
    'octets-of-destination-rounded',
    'CD-03 DHCP-09',
    'server client',
    'It rounds the octets of a destination: a /17 to /19 or a /25 to /27 loses its last one.',
    'Math.ceil(length / 8);',
    'Math.round(length / 8);',
  ),
  dhcpOptions(
    'first-part-of-an-option-alone',
    'CD-03 CD-01',
    'client',
    'Of an option in parts it reads the first (RFC 3396).',
    'concat(...parts.map(({ value }) => value))]));',
    'parts[0]!.value]));',
  ),
  networkSettings(
    'search-list-not-joined-to-domain',
    'CD-14',
    'server',
    'Where there is a domain it sends no search list.',
    '[DhcpOptionCode.domainSearch, joined(search.map(encodeDomain))],',
    '[DhcpOptionCode.domainSearch, domain === undefined ? joined(search.map(encodeDomain)) : undefined],',
  ),
  networkSettings(
    'search-list-with-dns-servers-alone',
    'CD-14',
    'server',
    'Where there is no DNS server it sends no search list.',
    '[DhcpOptionCode.domainSearch, joined(search.map(encodeDomain))],',
    '[DhcpOptionCode.domainSearch, dns.length > 0 ? joined(search.map(encodeDomain)) : undefined],',
  ),
  networkSettings(
    'first-dns-server-alone',
    'CD-14',
    'server',
    'Of several DNS servers it sends the first.',
    'joined(dns.map(ipv4Octets))',
    'joined(dns.slice(0, 1).map(ipv4Octets))',
  ),
];
