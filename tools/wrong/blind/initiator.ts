/** The tunnel initiator. */
import type { Fault } from '../fault.ts';
import { faultsIn } from '../faults/in-file.ts';

const node = faultsIn('reference/nodes/initiator.ts');
const conversation = faultsIn('reference/nodes/conversation.ts');
const client = faultsIn('reference/tunnel/client/client.ts');
const stack = faultsIn('reference/linux/local-stack.ts');
const queue = faultsIn('reference/nodes/queue.ts');
const keys = faultsIn('reference/tunnel/config/shared-keys.ts');
const group = faultsIn('reference/tunnel/names/group.ts');

export const blindInitiator: readonly Fault[] = [
  node(
    'back-off-anew-when-tcp-is-established',
    'INI-16',
    'client',
    'The back-off begins anew once TCP is established: a server that accepts and closes is asked every second or two.',
    "else if (input.type === 'tcp established') this.#machine.step('tcp established');",
    "else if (input.type === 'tcp established') {\n      this.#failures = 0;\n      this.#machine.step('tcp established');\n    }",
  ),
  node(
    'back-off-doubled-after-its-most',
    'INI-16',
    'client',
    'It doubles the bound of the back-off after it has compared it with `backOffMax`.',
    'Math.min(timers.backOffMin * 2 ** Math.min(this.#failures + 1, 30), timers.backOffMax)',
    '2 * Math.min(timers.backOffMin * 2 ** Math.min(this.#failures, 30), timers.backOffMax)',
  ),
  stack(
    'addresses-set-anew-at-reconnect',
    'INI-10 INI-22',
    'client',
    'At each connection it takes the address off the adapter and sets it anew.',
    'if (!addresses.some((wanted) => prefixText(wanted) === prefixText(old))) await removeAddress(this.#device, old);',
    'await removeAddress(this.#device, old);',
    [
      {
        file: 'reference/linux/local-stack.ts',
        change: ['if (!before.some((old) => isDeepStrictEqual(old, wanted))) await setAddress', 'await setAddress'],
      },
    ],
  ),
  client(
    'unknown-name-ends-the-program',
    'INI-15',
    'client',
    'A name that cannot be resolved ends the program, though it is to reconnect.',
    'if (endpoints.length === 0) throw error;',
    'if (endpoints.length === 0) {\n        this.#fail(error);\n        throw error;\n      }',
  ),
  client(
    'any-close-is-a-good-end',
    'INI-18',
    'client',
    'Every CLOSE of the server ends the program with status 0.',
    'const asItShould = cause.status',
    "const asItShould = cause.by === 'peer' || cause.status",
  ),
  conversation(
    'unsupported-version-unkeyed',
    'INI-13 CLOSE-01',
    'client server',
    'Its CLOSE *unsupported version* is unkeyed, whatever came before.',
    'const octets = this.#session?.close(status) ??',
    'const octets =\n      status === Status.unsupportedVersion ? unkeyed() : this.#session?.close(status) ??',
  ),
  queue(
    'queue-without-bound',
    'ADP-14',
    'client',
    'While it connects again, it keeps every datagram that the local stack sends.',
    'if (this.#waiting.length >= this.#limit) {',
    'if (this.#waiting.length < 0) {',
  ),
  keys(
    'back-off-most-below-least',
    'SEC-03',
    'client',
    'It takes a configuration whose `backOffMax` is below `backOffMin`.',
    'if (backOffMax < backOffMin) tell',
    'if (backOffMax < 0) tell',
  ),
  group(
    'two-addresses-tried-alone',
    'PATH-08',
    'client',
    'Of the addresses of the next node it tries the first two alone.',
    'for (const endpoint of member.endpoints) {',
    'for (const endpoint of member.endpoints.slice(0, 2)) {',
  ),
];
