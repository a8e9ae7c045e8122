/** What a tunnel server passes on, and what a tunnel relay does ([EP] fig. 13, and the adapter of fig. 14, 255). */
import { type Fault, ofSeveral } from '../../fault.ts';

const SB = 'reference/tunnel/server/switchboard.ts';
const TB = 'reference/tunnel/server/table.ts';
const NR = 'reference/nodes/relay.ts';
const FL = 'reference/nodes/flow.ts';
const GR = 'reference/tunnel/names/group.ts';
const OF = 'reference/packets/offload.ts';

// biome-ignore format: a table, one line for each change
export const passing: readonly Fault[] = ofSeveral({
  'reflects-to-sender': ['ADP-09', 'server', 'Where the operator lets clients reach each other, a client’s datagrams to itself come back.',
    [SB, 'clientToClient && holder !== session', 'clientToClient']],
  'routes-by-whole-octets': ['ADP-39', 'server', 'Of the prefixes that clients may send to whole octets are compared.',
    [SB, 'new Network(prefix))', 'new Network({ ...prefix, length: prefix.length - (prefix.length % 8) }))']],
  'network-ends-by-last-octet': ['ADP-10 ADP-29', 'server', 'Addresses of the virtual LAN that end in 0 or 255 are the network’s and the broadcast address, whatever its mask.',
    [TB, '(number === 0 || number === size - 1)', '(number % 256 === 0 || number % 256 === 255)']],
  'no-tunnel-for-port-67': ['ADP-25 ADP-15', 'server', 'What the local stack of the server sends to UDP port 67 enters no tunnel.',
    [SB, '    if (version === 4 && datagram.length >= header4)', '    if (version === 4 && datagram[9] === 17 && datagram[22] === 0 && datagram[23] === 67) return undefined;\n    if (version === 4 && datagram.length >= header4)']],
  'clients-reach-each-other-in-ipv4': ['ADP-09 ADP-28', 'server', 'Where the operator lets clients reach each other they do so in IPv4 alone.',
    [SB, 'clientToClient && holder !== session', 'clientToClient && source.length === 4 && holder !== session']],
  'clients-reach-no-networks-of-others': ['ADP-09', 'server', 'Where the operator lets clients reach each other, the networks behind them are out of reach.',
    [SB, 'clientToClient && holder !== session', 'clientToClient && table.hasClient(destination) && holder !== session']],
  'segments-of-one-identification': ['OFF-05', 'server', 'All segments have the identification of the whole.',
    [OF, 'view.getUint16(4) + index', 'view.getUint16(4)']],
  'fin-and-psh-on-each-segment': ['OFF-05', 'server', 'FIN and PSH of the whole are on each segment.',
    [OF, '    if (from + segmentSize < datagram.length) octets[tcp + TCP_FLAGS]! &= ~(FIN | PSH);\n', '']],
  'cwr-on-each-segment': ['OFF-05', 'server', 'CWR of the whole is on each segment.',
    [OF, '    if (from > headers) octets[tcp + TCP_FLAGS]! &= ~CWR;\n', '']],
  'relay-end-behind-relay-unnoticed': ['RLY-06 RLY-21', 'relay', 'An initiator whose stream ends between RELAY and the frame behind it is waited for.',
    [NR, '    if (!link.open) return;\n    link.ended = true;', "    if (!link.open || (this.state === 'Receive Relay' && this.#relay.path.length > 0)) return;\n    link.ended = true;"]],
  'relay-behind-6-octets-refused': ['RLY-20', 'relay', 'Behind RELAY a frame of 6 octets is refused.',
    [NR, 'if (length < frameStartLength || length > (isClose', 'if (length <= frameStartLength || length > (isClose']],
  'relay-start-behind-in-pieces': ['FRAME-05 RLY-20', 'relay', 'A frame behind RELAY whose first 6 octets come in pieces is never whole.',
    [NR, '    if (behind.length < frameStartLength) return;', '    if (behind.parts[0]!.length < frameStartLength) return;']],
  'relay-64-pieces-behind': ['FRAME-05 RLY-10', 'relay', 'Of the frame behind RELAY the first 64 pieces are kept.',
    [NR, 'for (const part of behind.parts) this.#frame', 'for (const part of behind.parts.slice(0, 64)) this.#frame']],
  'relay-close-in-pieces': ['RLY-05', 'relay', 'Of a CLOSE that comes in pieces the first one is forwarded.',
    [FL, "    flush();\n    return 'passed';\n  }\n}", "    flush();\n    return this.#left > 0 && this.#type === FrameType.CLOSE ? 'close frame' : 'passed';\n  }\n}"]],
  'relay-close-is-no-answer': ['RLY-11 RLY-05', 'relay', 'A CLOSE is not taken for the answer of the next node.',
    [NR, 'this.#answered = length <= bounds.DATA.max;', 'this.#answered = length <= bounds.DATA.max && type !== FrameType.CLOSE;']],
  'relay-short-length-from-server': ['RLY-15', 'relay', 'A length below 6 of the server passes as one of 6.',
    [FL, '  #left = 0;\n', '  #left = 0;\n  lenient = false;\n'],
    [FL, 'if (length < frameStartLength ||', 'if ((length < frameStartLength && !this.lenient) ||'],
    [FL, 'this.#left = length - frameStartLength;', 'this.#left = Math.max(0, length - frameStartLength);'],
    [NR, '  readonly passed: Record<Side, number>', '  readonly soft = (this.#flows.downstream.lenient = true);\n  readonly passed: Record<Side, number>']],
  'relay-connects-in-ipv4-alone': ['RLY-02 PATH-01 PATH-08 PATH-17', 'relay', 'It connects to IPv4 addresses of the next node alone.',
    [GR, 'const endpoints = addresses.map(', "const endpoints = addresses.filter((address) => !address.includes(':')).map("]],
  'srv-ports-not-asked': ['PATH-02 PATH-10', 'relay', 'The ports of SRV records are not looked up in the operator’s list.',
    [GR, 'members.filter((member) => admits', 'members.filter((member) => services.length > 0 || (admits'], [GR, '(member.port) ?? true);', '(member.port) ?? true));']],
  'srv-records-kept': ['PATH-06', 'relay', 'The SRV records of a name are looked up once.',
    [GR, 'await resolver.services(host) : [];', 'await (kept.get(host) ?? kept.set(host, resolver.services(host)).get(host)) : [];'],
    [GR, 'const restingTime', 'const kept = new Map();\nconst restingTime']],
});
