/** Initiators that are wrong about an order of their user's, or about how the end of one connection bears on the next. */
import { type Fault, inModule } from '../../fault.ts';

const finalBecause = (status: string): readonly [from: string, to: string] => [
  'if (!this.#options.reconnect || (by',
  `if (${status} || !this.#options.reconnect || (by`,
];
const keyed = (status: number): string => `(by === 'peer' && this.#conversation.closeVerified && status === ${status})`;
const unkeyed = (status: number): string =>
  `(by === 'peer' && !this.#conversation.closeVerified && status === ${status})`;

const atTheEnd = inModule('reference/nodes/initiator.ts', ['client'], {
  'keyed-resource-limit-is-final': [
    'INI-26',
    'After a keyed CLOSE *resource limit* it does not connect again.',
    ...finalBecause(keyed(12)),
  ],
  'keyed-timeout-is-final': [
    'INI-26',
    'After a keyed CLOSE *timeout* of the server it does not connect again.',
    ...finalBecause(keyed(11)),
  ],
  'keyed-key-expired-is-final': [
    'INI-26',
    'After a keyed CLOSE *key expired* of the server it does not connect again.',
    ...finalBecause(keyed(2)),
  ],
  'keyed-integrity-failure-is-final': [
    'INI-26',
    'After a keyed CLOSE *integrity failure* of the server it does not connect again.',
    ...finalBecause(keyed(4)),
  ],
  'keyed-protocol-error-is-final': [
    'INI-26',
    'After a keyed CLOSE *protocol error* of the server it does not connect again.',
    ...finalBecause(`${keyed(5)} || ${keyed(6)}`),
  ],
  'keyed-unnamed-status-is-final': [
    'INI-26 ID-06',
    'After a keyed CLOSE whose status has no name it does not connect again.',
    ...finalBecause("(by === 'peer' && this.#conversation.closeVerified && (status ?? 0) > 14)"),
  ],
  'no-common-transform-is-final': [
    'INI-20',
    'After a CLOSE *no common transform* it does not connect again.',
    ...finalBecause(unkeyed(7)),
  ],
  'no-address-left-is-final': [
    'INI-20',
    'After a CLOSE *no address left* it does not connect again.',
    ...finalBecause(unkeyed(10)),
  ],
  'resource-limit-is-final': [
    'INI-20 INI-26',
    'After a CLOSE *resource limit* it does not connect again.',
    ...finalBecause(unkeyed(12)),
  ],
  'not-on-path-is-final': [
    'INI-20',
    'After a CLOSE *not on path* it does not connect again.',
    ...finalBecause(unkeyed(9)),
  ],
  'unsupported-version-is-final': [
    'INI-20',
    'After a CLOSE *unsupported version* it does not connect again.',
    ...finalBecause(unkeyed(6)),
  ],
  'next-node-unreachable-is-final': [
    'INI-20',
    'After a CLOSE *next node unreachable* it does not connect again.',
    ...finalBecause(unkeyed(8)),
  ],
  'key-expired-by-the-server-renewed-at-once': [
    'INI-16',
    'After a keyed CLOSE *key expired* of the server it connects again at once.',
    "this.#machine.after(this.#wait(), 'backOff');",
    "this.#machine.after(by === 'peer' && status === Status.keyExpired ? 0 : this.#wait(), 'backOff');",
  ],
  'shutting-down-by-the-server-followed-at-once': [
    'INI-16 INI-26',
    'After a keyed CLOSE *shutting down* it connects again at once.',
    "this.#machine.after(this.#wait(), 'backOff');",
    "this.#machine.after(by === 'peer' && status === Status.shuttingDown ? 0 : this.#wait(), 'backOff');",
  ],
  'own-integrity-failure-followed-at-once': [
    'INI-16 INI-27',
    'After an integrity failure that it has found it connects again at once.',
    "this.#machine.after(this.#wait(), 'backOff');",
    "this.#machine.after(by === 'self' && status === Status.integrityFailure ? 0 : this.#wait(), 'backOff');",
  ],
  'broken-session-followed-at-once': [
    'INI-16 INI-15 INI-22',
    'A connection that breaks in Authorized is made again at once, and only what fails then is waited for.',
    "this.#machine.after(this.#wait(), 'backOff');",
    "this.#machine.after(by === 'network' && this.#failures === 0 && this.#authorizedAt > 0 ? 0 : this.#wait(), 'backOff');",
  ],
  'order-in-dying-skips-the-back-off': [
    'INI-29 INI-16',
    'An order to connect that comes in Dying is obeyed without a back-off.',
    "this.#machine.after(this.#wait(), 'backOff');",
    "this.#machine.after(this.#asked ? 0 : this.#wait(), 'backOff');",
  ],
  'refusals-are-no-failures': [
    'INI-16',
    'The back-off grows with connections that fail, and not with those that a CLOSE ends: who is refused asks every second or two.',
    'this.#failures += 1;',
    "if (by !== 'peer') this.#failures += 1;",
  ],
  'own-faults-are-no-failures': [
    'INI-16 INI-27',
    'The back-off does not grow after a fault that it has found itself, or a timeout of its own.',
    'this.#failures += 1;',
    "if (by !== 'self') this.#failures += 1;",
  ],
  'network-errors-are-no-failures': [
    'INI-16 INI-15',
    'The back-off grows with refusals, and not with connections that fail.',
    'this.#failures += 1;',
    "if (by !== 'network') this.#failures += 1;",
  ],
  'failures-forgotten-at-the-end-of-an-order': [
    'INI-16 INI-29',
    'An order to connect that comes in Dead begins the back-offs anew.',
    'this.#asked = this.#wanted &&',
    "if (this.state === 'Dead') this.#failures = 0;\n    this.#asked = this.#wanted &&",
  ],
  'jitter-drawn-once': [
    'INI-16',
    'The jitter of the back-off is drawn once, for all back-offs of a run.',
    '* randomness.jitter();',
    '* (globalThis.jitter ??= randomness.jitter());',
  ],
  'order-in-dying-not-taken-back': [
    'INI-25 INI-29 INI-06',
    'An order to connect that comes in Dying stays, though the user ends the session before the connection is over.',
    'this.#asked = this.#wanted && this.#machine.phase',
    'this.#asked = (this.#wanted || this.#asked) && this.#machine.phase',
  ],
  'order-after-end-session-in-dead-lost': [
    'INI-29 INI-25',
    'Once End Session has come in Dead, an order to connect is lost.',
    "if (this.state === 'Dead') this.#report();",
    "if (this.state === 'Dead') {\n        this.#machine.deadlines.clear('backOff');\n        this.#report();\n      }",
  ],
  'lifetimes-in-whole-seconds-of-90-percent': [
    'INI-09',
    'Of the time of a key 90 % are rounded down to whole seconds.',
    'const { lifetimes, options: dataOptions } = keyExchangeData;',
    `const { options: dataOptions } = keyExchangeData;
    const whole = Math.floor(keyExchangeData.lifetimes.seconds * 0.9) / 0.9;
    const lifetimes = { ...keyExchangeData.lifetimes, seconds: whole };`,
  ],
  'choice-before-the-header': [
    'RESP-02 RESP-05',
    'What RESPONSE chooses is judged before its header in the clear.',
    `      if (fault !== undefined) throw fault;
      checkChoice(response, { transforms, lifetimes, suite: server.suite, dataOptions });`,
    `      checkChoice(response, { transforms, lifetimes, suite: server.suite, dataOptions });
      if (fault !== undefined) throw fault;`,
  ],
  'client-data-before-the-header': [
    'RESP-02 CD-06',
    'Client data is judged before the header in the clear: which of two faults is said is that of the client data.',
    '      if (fault !== undefined) throw fault;\n',
    '      toNetworkSettings(clientData);\n      if (fault !== undefined) throw fault;\n',
  ],
  'another-suite-unkeyed': [
    'RESP-01 CLOSE-01',
    'A RESPONSE that names another suite is answered unkeyed.',
    'this.#conversation.closeKey = close;',
    'if (response.suite === server.suite) this.#conversation.closeKey = close;',
  ],
  'unusable-client-data-unkeyed': [
    'CD-06 CLOSE-01',
    'Client data that it cannot read is answered unkeyed.',
    '      toNetworkSettings(clientData);\n',
    `      try {
        toNetworkSettings(clientData);
      } catch (error) {
        this.#conversation.closeKey = undefined;
        throw error;
      }\n`,
  ],
  'greater-bounds-unkeyed': [
    'RESP-05 CLOSE-01',
    'Bounds of RESPONSE above those of REQUEST are answered unkeyed.',
    'this.#conversation.closeKey = close;',
    'if (response.keyExchangeData.lifetimes.seconds <= lifetimes.seconds) this.#conversation.closeKey = close;',
  ],
});

export const turnsOfAnOrder: readonly Fault[] = atTheEnd;
