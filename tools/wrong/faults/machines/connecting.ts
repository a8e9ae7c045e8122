/** How tunnel connections begin and end: timers, CLOSE, back-off, what is left of a former connection. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const initiatorNode = faultsIn('reference/nodes/initiator.ts');
const localStack = faultsIn('reference/linux/routing/local-stack.ts');
const client = faultsIn('reference/tunnel/client/client.ts');
const conversation = faultsIn('reference/nodes/conversation.ts');
const queue = faultsIn('reference/nodes/queue.ts');
const sharedKeys = faultsIn('reference/tunnel/config/shared-keys.ts');
const serverNode = faultsIn('reference/nodes/server.ts');
const runningMachine = faultsIn('reference/nodes/running-machine.ts');
const remembering = faultsIn('reference/tunnel/client/remembering.ts');
const clientFile = faultsIn('reference/tunnel/config/client-file.ts');
const relayNode = faultsIn('reference/nodes/relay.ts');
const initiatorMachine = faultsIn('reference/machines/initiator.ts');
const serverMachine = faultsIn('reference/machines/server.ts');
const server = faultsIn('reference/tunnel/server/server.ts');
const table = faultsIn('reference/tunnel/server/table.ts');
const connection = faultsIn('reference/tunnel/connection.ts');

const dyingOctets = "machine.step('frame');";

export const connecting: readonly Fault[] = [
  initiatorNode(
    'back-off-anew-when-tcp-is-established',
    'INI-16',
    'client',
    'The back-off begins anew once TCP is established: a server that accepts and closes is asked every second or two.',
    "else if (input.type === 'tcp established') this.#machine.step('tcp established');",
    "else if (input.type === 'tcp established') {\n      this.#failures = 0;\n      this.#machine.step('tcp established');\n    }",
  ),
  initiatorNode(
    'back-off-doubled-after-its-most',
    'INI-16',
    'client',
    'It doubles the bound of the back-off after it has compared it with `backOffMax`.',
    'Math.min(timers.backOffMin * 2 ** Math.min(this.#failures + 1, 30), timers.backOffMax)',
    '2 * Math.min(timers.backOffMin * 2 ** Math.min(this.#failures, 30), timers.backOffMax)',
  ),
  localStack(
    'addresses-set-anew-at-reconnect',
    'INI-10 INI-22',
    'client',
    'At each connection it takes the address off the adapter and sets it anew.',
    'if (!addresses.some((wanted) => prefixText(wanted) === prefixText(old))) await removeAddress(this.#device, old);',
    'await removeAddress(this.#device, old);',
    [
      {
        file: 'reference/linux/routing/local-stack.ts',
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
    'const saysSo = cause.status',
    "const saysSo = cause.by === 'peer' || cause.status",
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
  sharedKeys(
    'back-off-most-below-least',
    'SEC-03',
    'client',
    'It takes a configuration whose `backOffMax` is below `backOffMin`.',
    'if (backOffMax < backOffMin) tell',
    'if (backOffMax < 0) tell',
  ),
  serverNode(
    'refusals-one-after-the-other',
    'SRV-07',
    'server',
    'It refuses one REQUEST at a time: each waits for the refusal before it, then for its own delay.',
    "'delay CLOSE': () => this.#machine.after(options.timers.refusalDelay, 'refusal'),",
    "'delay CLOSE': () => {\n        const { now, deadlines } = this.#machine;\n        globalThis.refusing = Math.max(now, globalThis.refusing ?? 0) + options.timers.refusalDelay;\n        deadlines.set('refusal', globalThis.refusing);\n      },",
  ),
  runningMachine(
    'connect-wait-runs-from-acceptance',
    'SRV-14',
    'server',
    'The time for REQUEST is what is left of the time for RELAY.',
    "this.deadlines.clear('state');",
    "if (state !== 'Connect Wait') this.deadlines.clear('state');",
    [
      {
        file: 'reference/nodes/running-machine.ts',
        change: ['if (timer !== undefined) this', "if (timer !== undefined && timer !== 'connectWait') this"],
      },
    ],
  ),
  initiatorNode(
    'brief-keys-counted-for-ever',
    'INI-09',
    'client',
    'Once a key has lasted less than `backOffMin`, any later one that does ends the session, though others lay between.',
    'this.#brief = brief;',
    'this.#brief ||= brief;',
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
  conversation(
    'close-of-40-octets-refused-before-keys',
    'CLOSE-03 INI-05',
    'client server',
    'Not keyed itself, it takes a CLOSE of 40 octets for a protocol error.',
    "else if (frame.type === 'CLOSE') this.#closed(decodeClose(frame.octets).status);",
    "else if (frame.type === 'CLOSE' && frame.octets.length === 8) this.#closed(decodeClose(frame.octets).status);\n        else if (frame.type === 'CLOSE') throw new Malformed('CLOSE');",
  ),
  relayNode(
    'relay-refuses-close-of-40-octets',
    'CLOSE-03 RLY-01',
    'relay',
    'In Receive Relay it takes a CLOSE of 40 octets for a protocol error.',
    "else if (frame.type === 'CLOSE')\n",
    "else if (frame.type === 'CLOSE' && frame.octets.length === 8)\n",
  ),
  initiatorMachine(
    'reconnect-waits-for-the-peer',
    'CLOSE-08 INI-09',
    'client',
    'In Reconnect it waits for the end of the peer’s stream as long as that takes.',
    "Reconnect: { numeral: 212, phase: 'ending', timer: 'dying' },",
    "Reconnect: { numeral: 212, phase: 'ending' },",
  ),
  initiatorMachine(
    'initiator-dying-waits-for-the-peer',
    'CLOSE-08',
    'client',
    'In Dying it waits for the end of the peer’s stream as long as that takes.',
    "Dying: { numeral: 208, phase: 'ending', timer: 'dying' },",
    "Dying: { numeral: 208, phase: 'ending' },",
  ),
  serverMachine(
    'server-dying-waits-for-the-peer',
    'CLOSE-08',
    'server',
    'In Dying it waits for the end of the peer’s stream as long as that takes.',
    "Dying: { numeral: 230, phase: 'ending', timer: 'dying' },",
    "Dying: { numeral: 230, phase: 'ending' },",
  ),
  conversation(
    'dying-postponed-by-octets',
    'CLOSE-08',
    'client server',
    'Each octet that comes in Dying begins its 2 s anew.',
    dyingOctets,
    `${dyingOctets}\n      machine.deadlines.set('state', machine.now + machine.timers.dying);`,
    [{ file: 'reference/tunnel/transport-connection.ts', change: ['if (this.#finishing) return;', ''] }],
  ),
  relayNode(
    'relay-dying-postponed-by-octets',
    'CLOSE-08 RLY-06',
    'relay',
    'Each octet that comes in Dying begins its 2 s anew.',
    'discard: () => {},',
    "discard: () => this.#machine.deadlines.set('state', this.#machine.now + options.timers.dying),",
    [{ file: 'reference/tunnel/transport-connection.ts', change: ['if (this.#finishing) return;', ''] }],
  ),
  initiatorNode(
    'shutting-down-is-final',
    'INI-26',
    'client',
    'After a keyed CLOSE shutting down it does not connect again.',
    'const final = status === Status.endSession || status === Status.superseded;',
    'const final =\n      status === Status.endSession || status === Status.superseded || status === Status.shuttingDown;',
  ),
  initiatorNode(
    'not-authorized-is-final',
    'INI-20',
    'client',
    'After a CLOSE not authorized it does not connect again, though nobody knows who sent it.',
    'this.#conversation.closeVerified && final))\n      this.#wanted = this.#asked;',
    "this.#conversation.closeVerified && final))\n      this.#wanted = this.#asked;\n    if (by === 'peer' && status === Status.notAuthorized) this.#wanted = false;",
  ),
  server(
    'end-session-of-the-confirmed-alone',
    'SRV-34',
    'server',
    'The operator’s End Session leaves a session alone that is not confirmed.',
    'if (name === undefined || tunnel.session?.name === name)',
    'if (tunnel.confirmed && (name === undefined || tunnel.session?.name === name))',
  ),
  server(
    'end-session-of-the-first-of-a-name',
    'SRV-34',
    'server',
    'The operator’s End Session ends one session of the name, the one that came first.',
    "tunnel.connection.input({ type: 'command', command: 'end session' });",
    "return tunnel.connection.input({ type: 'command', command: 'end session' });",
  ),
  table(
    'superseded-takes-its-address-along',
    'SRV-18 ADP-10',
    'server',
    'When a superseded session ends, its address is nobody’s, though the newer session has it.',
    'for (const [number, holder] of this.#clients) if (holder === session) this.#clients.delete(number);',
    'for (const number of this.#clients.keys()) if (globalThis.wasAt?.get(session)?.has(number)) this.#clients.delete(number);',
    [
      {
        file: 'reference/tunnel/server/table.ts',
        change: [
          'if (number !== undefined) this.#clients.set(number, session);',
          'if (number !== undefined) {\n      this.#clients.set(number, session);\n      (globalThis.wasAt ??= new Map()).set(session, new Set([number]));\n    }',
        ],
      },
    ],
  ),
  client(
    'superseded-is-done',
    'INI-18 INI-17',
    'client',
    'It ends with status 0 after a CLOSE superseded.',
    'const saysSo = cause.status === Status.endSession || cause.status === Status.shuttingDown;',
    'const saysSo =\n        cause.status === Status.endSession ||\n        cause.status === Status.shuttingDown ||\n        cause.status === Status.superseded;',
  ),
  initiatorNode(
    'end-session-waits-for-the-back-off',
    'INI-25',
    'client',
    'In Dead it does not hear of the user’s End Session before the back-off is over.',
    "if (this.state === 'Dead') this.#report();",
    "if (this.state === 'Dead') return;",
    [
      {
        file: 'reference/nodes/initiator.ts',
        change: [
          "if (this.#wanted) this.#machine.step('connect');",
          "if (this.#wanted) this.#machine.step('connect');\n      else this.#report();",
        ],
      },
    ],
  ),
  initiatorNode(
    'end-session-in-dead-ignored',
    'INI-25',
    'client',
    'In Dead it ignores a command that ends the session, and connects again.',
    "this.#wanted = command === 'connect';",
    "this.#wanted = command === 'connect' || this.state === 'Dead';",
  ),
  initiatorNode(
    'order-in-dying-lost',
    'INI-29',
    'client',
    'An order to connect that comes in Dying is forgotten when the connection is over.',
    "this.#asked = this.#wanted && this.#machine.phase === 'ending';",
    'this.#asked = false;',
  ),
  initiatorNode(
    'order-in-authorized-kept',
    'INI-29',
    'client',
    'An order to connect that comes in Authorized has it connect again when that session is over.',
    "this.#asked = this.#wanted && this.#machine.phase === 'ending';",
    'this.#asked = this.#wanted;',
  ),
  initiatorNode(
    'any-close-of-the-server-is-final',
    'INI-26',
    'client',
    'After any keyed CLOSE it does not connect again.',
    'this.#conversation.closeVerified && final)',
    'this.#conversation.closeVerified)',
  ),
  connection(
    'end-of-stream-overtakes-octets',
    'SRV-04 CLOSE-05 RLY-06',
    'server client relay',
    'It looks at octets a moment after they came, and at the end of the stream at once.',
    "octets: (octets) => current() && this.input({ type: 'octets', octets, ...from }),",
    "octets: (octets) => {\n        const late = octets.slice();\n        setTimeout(() => current() && this.input({ type: 'octets', octets: late, ...from }), 5);\n      },",
  ),
];
