/** Where relays and initiators connect to, what a relay lets pass, how its two connections end. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const group = faultsIn('reference/tunnel/names/group.ts');
const flow = faultsIn('reference/nodes/flow.ts');
const relayNode = faultsIn('reference/nodes/relay.ts');
const relay = faultsIn('reference/tunnel/relay/relay.ts');
const relayForwarding = faultsIn('reference/tunnel/relay/forwarding.ts');
const reserved = faultsIn('reference/packets/reserved.ts');
const handOver = faultsIn('reference/tunnel/relay/forward/hand-over.ts');
const oneWayCopy = faultsIn('reference/tunnel/relay/forward/one-way-copy.ts');
const splice = faultsIn('reference/tunnel/relay/forward/splice.ts');

export const forwarding: readonly Fault[] = [
  splice(
    'to-the-descriptor-of-another',
    'RLY-17',
    'relay',
    'After one connection of a tunnel was reset, what comes from the other is written to the number of its descriptor.',
    '.copy.abandon();',
    '.copy.drop();',
  ),
  group(
    'two-addresses-tried-alone',
    'PATH-08',
    'client',
    'Of the addresses of the next node it tries the first two alone.',
    'for (const endpoint of member.endpoints) {',
    'for (const endpoint of member.endpoints.slice(0, 2)) {',
  ),
  flow(
    'close-by-its-usual-lengths',
    'RLY-05',
    'relay',
    'It knows a CLOSE by its type and a length of 8 or 40: after another one it goes on.',
    'this.#type = this.#start[4] ?? 0;',
    'const type = this.#start[4] ?? 0;\n          this.#type = type === FrameType.CLOSE && length !== 8 && length !== 40 ? 0 : type;',
  ),
  flow(
    'lengths-1-to-5-pass',
    'RLY-15',
    'relay',
    'A `length` of 0 alone is refused; from 1 to 5 it passes as a frame of 6 octets.',
    'if (length < frameStartLength || !admit',
    'if (length === 0 || !admit',
    [
      {
        file: 'reference/nodes/flow.ts',
        change: ['this.#left = length - frameStartLength;', 'this.#left = Math.max(0, length - frameStartLength);'],
      },
      {
        file: 'reference/tunnel/relay/forward/one-way-copy.ts',
        change: ['length >= frameStartLength;', 'length > 0;'],
      },
    ],
  ),
  relayNode(
    'node-not-allowed-is-not-authorized',
    'RLY-07',
    'relay',
    'It answers a next node that its operator does not allow with *not authorized*.',
    "this.#refuse('connect failed', Status.nextNodeUnreachable, input.reason);",
    "this.#refuse(\n          'connect failed',\n          /allow-list/.test(input.reason) ? Status.notAuthorized : Status.nextNodeUnreachable,\n          input.reason,\n        );",
  ),
  relay(
    'itself-at-the-default-port-alone',
    'PATH-09',
    'relay',
    'It takes one of its own addresses for itself at port 3265 alone, whatever port it listens on.',
    'port === this.#port &&',
    'port === 3265 &&',
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
  group(
    'first-address-has-all-the-time',
    'PATH-17',
    'client relay',
    'The first address of the next node has all the time: where it does not answer, no other is tried.',
    'AbortSignal.timeout(share)',
    'AbortSignal.timeout(share * 1000)',
  ),
  group(
    'first-ipv6-address-has-all-the-time',
    'PATH-17',
    'client relay',
    'An IPv6 address of the next node that does not answer has all the time.',
    'AbortSignal.timeout(share)',
    "AbortSignal.timeout(endpoint.address.includes(':') ? share * 1000 : share)",
  ),
  relayForwarding(
    'ports-of-any-entry',
    'PATH-02',
    'relay',
    'It allows a name with the ports of every entry of its list.',
    'port: (port) => entries.some(',
    'port: (port) => policy.allow.some(',
  ),
  relayForwarding(
    'first-entry-of-a-name-alone',
    'PATH-02 RLY-02',
    'relay',
    'Of the entries of its list that have a name it reads the first.',
    'allowed.name === host);',
    'allowed.name === host).slice(0, 1);',
  ),
  reserved(
    'link-local-of-16-bits',
    'CD-07',
    'client',
    'Of fe80::/10 it knows fe80::/16.',
    "'fe80::/10'",
    "'fe80::/16'",
  ),
  handOver(
    'close-from-downstream-not-seen',
    'RLY-05',
    'relay',
    'After the answer it does not notice a CLOSE of the server: both connections stay.',
    "if (report.event === 'close frame' || report.event === 'refused')",
    "if (report.event === 'close frame' && report.side === 'downstream') return;\n  if (report.event === 'close frame' || report.event === 'refused')",
  ),
  splice(
    'relay-close-into-a-frame-later',
    'RLY-16',
    'relay',
    'Once a tunnel has lasted for a while, it sends its CLOSE into the middle of a frame.',
    'if (this.#ends[side].closed || towards.within) return;',
    'if (this.#ends[side].closed) return;',
  ),
  oneWayCopy(
    'start-of-a-cut-frame-lost-later',
    'RLY-06',
    'relay',
    'Once a tunnel has lasted for a while, it loses the first octets of a frame that has fewer than six.',
    'if (held.length > 0) this.#pass(held);',
    '',
  ),
  handOver(
    'reset-not-passed-on-later',
    'RLY-06',
    'relay',
    'Once a tunnel has lasted for a while, it does not notice a reset.',
    "else if (report.event === 'lost') events?.failed(report.reason);",
    "else if (report.event === 'lost') return;",
  ),
  handOver(
    'end-of-stream-not-seen-later',
    'RLY-06 RLY-17',
    'relay',
    'Once a tunnel has lasted for a while, it does not notice the end of a stream.',
    "else if (report.event === 'end of stream') events?.ended();",
    "else if (report.event === 'end of stream') return;",
  ),
  handOver(
    'refused-frame-not-seen-later',
    'RLY-15',
    'relay',
    'Once a tunnel has lasted for a while, a length below 6 ends nothing.',
    "if (report.event === 'close frame' || report.event === 'refused')",
    "if (report.event === 'refused') return;\n  if (report.event === 'close frame' || report.event === 'refused')",
  ),
  handOver(
    'close-from-upstream-not-seen',
    'RLY-05',
    'relay',
    'After the answer it does not notice a CLOSE of the initiator: both connections stay.',
    "if (report.event === 'close frame' || report.event === 'refused')",
    "if (report.event === 'close frame' && report.side === 'upstream') return;\n  if (report.event === 'close frame' || report.event === 'refused')",
  ),
  oneWayCopy(
    'long-frame-not-forwarded',
    'RLY-03',
    'relay',
    'In Forward it takes a frame of more than 131,072 octets for a protocol error.',
    'length >= frameStartLength;',
    'length >= frameStartLength && length <= 131_072;',
  ),
  relayNode(
    'time-begun-anew-behind-relay',
    'RLY-21',
    'relay',
    'The frame behind RELAY has 10 s of its own.',
    'this.#relay = { octets: octets.slice(), path, position };',
    "this.#relay = { octets: octets.slice(), path, position };\n    this.#machine.deadlines.set('state', this.#machine.now + this.#options.timers.receiveRelay);",
  ),
  relay(
    'own-port-is-own-address',
    'PATH-09',
    'relay',
    'It takes every node at the port that it listens on for itself where the address is loopback alone.',
    'isOwn: ({ address, port }) => port === this.#port && isOwnAddress(address),',
    "isOwn: ({ address, port }) => port === this.#port && address.startsWith('127.'),",
  ),
];
