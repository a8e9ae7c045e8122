/** Where relays and initiators connect to, what a relay lets pass, how its two connections end. */
import type { Fault } from '../fault.ts';
import { faultsIn } from './in-file.ts';

const group = faultsIn('reference/tunnel/names/group.ts');
const flow = faultsIn('reference/nodes/flow.ts');
const relayNode = faultsIn('reference/nodes/relay.ts');
const relay = faultsIn('reference/tunnel/relay/relay.ts');

export const forwarding: readonly Fault[] = [
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
];
