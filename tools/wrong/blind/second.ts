/** More of all areas: what is counted, kept or shared, and what comes a second time. */
import type { Fault } from '../fault.ts';
import { faultsIn } from '../faults/in-file.ts';

const policy = faultsIn('reference/tunnel/server/policy.ts');
const initiator = faultsIn('reference/nodes/initiator.ts');
const client = faultsIn('reference/tunnel/client/client.ts');
const remembering = faultsIn('reference/tunnel/client/remembering.ts');
const clientFile = faultsIn('reference/tunnel/config/client-file.ts');
const admission = faultsIn('reference/tunnel/admission.ts');
const relayNode = faultsIn('reference/nodes/relay.ts');
const group = faultsIn('reference/tunnel/names/group.ts');
const receive = faultsIn('reference/adapter/receive-path.ts');
const serverAdapter = faultsIn('reference/tunnel/server/server-adapter.ts');
const dhcpMessage = faultsIn('reference/packets/dhcp.ts');
const dhcp = faultsIn('reference/emulators/dhcp.ts');
const decision = faultsIn('reference/emulators/dhcp-decision.ts');
const domains = faultsIn('reference/packets/domain-names.ts');
const discovery = faultsIn('reference/packets/discovery.ts');
const neighbour = faultsIn('reference/emulators/neighbour.ts');

export const blindSecond: readonly Fault[] = [
  policy(
    'limit-of-a-key-told-to-any-name',
    'SRV-06 SRV-08',
    'server',
    'It tells *resource limit* of a static key also to whoever brings that key with a wrong name.',
    "if (entry === undefined) return refusal('not authorized');",
    "if (entry === undefined)\n      return refusal(this.#unconfirmed.placeFor(key, request.freshness) ? 'not authorized' : 'resource limit');",
  ),
  policy(
    'half-open-per-name',
    'SRV-26 SRV-25',
    'server',
    'It keeps the greatest freshness, and the half-open connections, for each name, where the key counts.',
    'const key = request.initiatorStatic.toHex();',
    'const key = request.initiatorName;',
  ),
  policy(
    'lease-of-the-key-whatever-the-operator-says',
    'CD-02',
    'server',
    'The lease time is as long as the key lives, also where the operator says otherwise.',
    'leaseSeconds: clientData.leaseSeconds ?? Math.max(keySeconds, shortestLease),',
    'leaseSeconds: Math.max(keySeconds, shortestLease),',
  ),
  initiator(
    'brief-keys-counted-for-ever',
    'INI-09',
    'client',
    'Once a key has lasted less than `backOffMin`, any later one that does ends the session, though others lay between.',
    'this.#brief = brief;',
    'this.#brief ||= brief;',
  ),
  client(
    'first-hop-of-the-first-connection',
    'ADP-13',
    'client',
    'The pinned first hop stays that of its first connection when a later one goes to another address.',
    'this.#firstHop = connection.remoteAddress;',
    'this.#firstHop ??= connection.remoteAddress;',
  ),
  client(
    'first-address-pinned-before-connecting',
    'ADP-13',
    'client',
    'Before it connects again it pins the first address of the first node alone: the tunnel draws the others.',
    'endpoints.map(({ address }) => address)',
    'endpoints.slice(0, 1).map(({ address }) => address)',
  ),
  remembering(
    'names-of-the-connection-before',
    'PATH-06',
    'client',
    'It connects to the addresses that the name had when it connected last.',
    'if (last === undefined) return asked;',
    'if (last === undefined) return asked;\n    asked.catch(() => undefined);\n    if (last !== undefined) return last.answer;',
  ),
  clientFile(
    'path-of-17-names-taken',
    'SEC-03',
    'client',
    'A path of more than 16 names is no fault of its configuration: it fails later, without the name of the key.',
    'v.maxLength(16,',
    'v.maxLength(64,',
  ),
  admission(
    'places-given-back-twice',
    'SRV-27 RLY-22',
    'server relay',
    'A connection that was half-open gives its place back a second time when it ends.',
    "if (entry.state !== 'half-open') return;",
    "if (entry.state === 'over') return;",
  ),
  relayNode(
    'last-held-segment-alone',
    'RLY-10',
    'relay',
    'Of what comes while it connects it keeps the last segment alone.',
    'this.#held.push(octets.slice())',
    '(this.#held = [octets.slice()])',
  ),
  group(
    'rests-though-it-accepted-since',
    'PATH-12',
    'relay',
    'A member that did not accept comes last for 30 s, also when it has accepted since.',
    'this.#restingUntil.delete(key(member));',
    '',
  ),
  receive(
    'ethertype-of-the-first-datagram',
    'ADP-05 ADP-28',
    'client server',
    'The low octet of the EtherType stays that of the first datagram of IPv6 that came.',
    'this.#slab[13] = etherType & 0xff;',
    'this.#slab[13] ||= etherType & 0xff;',
  ),
  serverAdapter(
    'first-network-behind-a-client-alone',
    'ADP-24',
    'server',
    'It routes the first of the networks behind a client alone.',
    'networks.map((network) =>',
    'networks.slice(0, 1).map((network) =>',
  ),
  dhcpMessage(
    'transaction-id-of-16-bits',
    'DHCP-17',
    'client',
    'It keeps the low 16 bits of the transaction id.',
    'transactionId: view.getUint32(4),',
    'transactionId: view.getUint16(6),',
  ),
  dhcpMessage(
    'padded-to-300-with-the-udp-header',
    'DHCP-10',
    'client',
    'It counts the header of UDP among the 300 octets.',
    'const dhcpMinimumLength = 300;',
    'const dhcpMinimumLength = 292;',
  ),
  dhcp(
    'identifier-not-in-the-answer-to-inform',
    'DHCP-08 DHCP-05',
    'client',
    'It echoes the client identifier in every reply but the one to INFORM.',
    'identifier && identifier.length <= 255 ? identifier : undefined',
    "answer !== 'configuration only' && identifier && identifier.length <= 255 ? identifier : undefined",
  ),
  decision(
    'server-identifier-of-the-same-lan',
    'DHCP-04',
    'client',
    'It takes another server whose address has the same first three octets for itself.',
    'serverIdentifier !== undefined && serverIdentifier !== serverAddress',
    "serverIdentifier !== undefined && serverIdentifier.replace(/\\d+$/, '') !== serverAddress.replace(/\\d+$/, '')",
  ),
  domains(
    'pointers-from-the-beginning-of-a-name',
    'DHCP-18',
    'client',
    'Pointers of the search list count from the beginning of the name in which a suffix first stood.',
    'encodeAt(octets.length, domain, offsets)',
    'encodeAt(0, domain, offsets)',
  ),
  discovery(
    'advertisements-with-hop-limit-64',
    'ND-01 ND-06',
    'client server',
    'Its advertisements have a hop limit of 64.',
    '    hopLimit: HOP_LIMIT,\n',
    '    hopLimit: 64,\n',
  ),
  neighbour(
    'room-without-the-fixed-part',
    'ND-14',
    'client',
    'It forgets the fixed part of 16 octets: its advertisements have up to 1296.',
    'const ROOM_FOR_OPTIONS = 1280 - 56;',
    'const ROOM_FOR_OPTIONS = 1280 - 40;',
  ),
];
