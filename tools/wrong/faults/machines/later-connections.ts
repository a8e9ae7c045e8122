/** Initiators that are right on their first connection, and wrong on a later one. */
import { type Fault, inModule } from '../../fault.ts';

const inMachine = (limited: string): string =>
  `if (timer !== undefined && !(${limited} && (this.entered = (this.entered ?? 0) + 1) > 1))`;

const times: readonly Fault[] = [
  ...inModule('reference/nodes/running-machine.ts', ['client'], {
    'response-wait-bounded-once': [
      'INI-14',
      'After its first connection it waits for RESPONSE without end.',
      'if (timer !== undefined)',
      inMachine("state === 'Response Wait'"),
    ],
    'dying-bounded-once': [
      'CLOSE-08 INI-06 INI-26',
      'The second time that it is in Dying, it waits for the end of the stream without end.',
      'if (timer !== undefined)',
      inMachine("state === 'Dying'"),
    ],
    'dying-unbounded-after-a-close-received': [
      'INI-04 CLOSE-08 INI-26',
      'Having received CLOSE, it waits for the end of the stream without end.',
      'if (next !== from) this.#enter(next);',
      "if (next !== from) this.#enter(next);\n    if (event === 'close received') this.deadlines.clear('state');",
    ],
    'dying-unbounded-before-authorized': [
      'INI-07 CLOSE-08',
      'After End Session in Response Wait it waits for the end of the stream without end.',
      'if (next !== from) this.#enter(next);',
      "if (next !== from) this.#enter(next);\n    if (event === 'end session' && from === 'Response Wait') this.deadlines.clear('state');",
    ],
  }),
  {
    id: 'tcp-open-bounded-once',
    breaks: ['INI-15'],
    roles: ['client'],
    does: 'After its first connection it waits for an answer to SYN as long as the kernel does.',
    file: 'reference/nodes/running-machine.ts',
    change: ['if (timer !== undefined)', inMachine("timer === 'tcpOpen'")],
    more: [
      {
        file: 'reference/tunnel/client/client.ts',
        change: [
          'patience: this.#config.timers.tcpOpen }',
          'patience: (this.opened = (this.opened ?? 0) + 1) > 1 ? 2 ** 31 - 1 : this.#config.timers.tcpOpen }',
        ],
      },
    ],
  },
];

const keyedOnce = {
  file: 'reference/nodes/conversation.ts',
  change: ['const session = new Session({', 'this.keyed = (this.keyed ?? 0) + 1;\n    const session = new Session({'],
} as const;
const dueOnce = (name: string, action: string): readonly [string, string] => [
  action,
  `if (name === '${name}' && this.keyed > 1) return;\n    ${action}`,
];
const first = "if (name === 'keepAlive') this.sendKeepAlive();";

const keyed: readonly Fault[] = [
  {
    id: 'silence-of-the-first-connection-alone',
    breaks: ['DATA-14', 'INI-22'],
    roles: ['client'],
    does: 'Once it has connected again, its peer may be silent for ever.',
    file: 'reference/nodes/conversation.ts',
    change: dueOnce('silence', first),
    more: [keyedOnce],
  },
  {
    id: 'keep-alives-of-the-first-connection-alone',
    breaks: ['DATA-13', 'INI-22'],
    roles: ['client'],
    does: 'Once it has connected again, it sends no keep-alives.',
    file: 'reference/nodes/conversation.ts',
    change: dueOnce('keepAlive', first),
    more: [keyedOnce],
  },
  {
    id: 'stalled-frames-of-the-first-connection-alone',
    breaks: ['FRAME-15', 'INI-22'],
    roles: ['client'],
    does: 'Once it has connected again, a frame that is begun may stay begun without end.',
    file: 'reference/nodes/conversation.ts',
    change: dueOnce('stalledFrame', first),
    more: [keyedOnce],
  },
];

const inNode = inModule('reference/nodes/initiator.ts', ['client'], {
  'empty-data-on-the-first-connection-alone': [
    'DATA-08 INI-10 INI-22',
    'It sends its empty DATA frame at once on the first connection alone.',
    '    this.#conversation.sendKeepAlive();\n',
    `    if (!this.confirmed) this.#conversation.sendKeepAlive();
    else this.#machine.after(this.#machine.timers.keepAlive, 'keepAlive');
    this.confirmed = true;\n`,
  ],
  'back-off-anew-once': [
    'INI-16',
    'The back-off begins anew the first time that Authorized is reached, and later it goes on growing.',
    'if (!this.#brief) this.#failures = 0;',
    'if (!this.#brief && !this.once) this.#failures = 0;\n    this.once = true;',
  ],
  'back-off-of-another-network-goes-on': [
    'INI-28 INI-16 INI-21',
    'The back-off goes on growing though the addresses of the machine have changed.',
    "else if (input.type === 'network changed') this.#networkChanged();",
    "else if (input.type === 'network changed') return effects;",
  ],
  'options-of-the-first-connection': [
    'DATA-06 BUN-01 INI-10 RESP-09',
    'The options that the first RESPONSE selects hold for all later connections.',
    'const { lifetimes, options: dataOptions } = keyExchangeData;',
    'const { lifetimes } = keyExchangeData;\n    const dataOptions = (this.options ??= keyExchangeData.options);',
  ],
  'transform-of-the-first-connection': [
    'INI-10 KEY-01 RESP-03 RESP-04',
    'The transform that the first RESPONSE selects is used on all later connections.',
    'const { transform, keyExchangeData } = response;',
    'const { keyExchangeData } = response;\n    const transform = (this.transform ??= response.transform);',
  ],
  'lifetime-counted-from-request': [
    'INI-09',
    'The seconds of a key count from REQUEST, not from Authorized.',
    "this.#conversation.key({ role: 'initiator', secrets, transform, lifetimes, percent, dataOptions });",
    `const late = this.requestedAt - this.#machine.now;
    this.#conversation.key({ role: 'initiator', secrets, transform, lifetimes, percent, dataOptions }, late);`,
  ],
});

export const laterConnections: readonly Fault[] = [
  ...times,
  ...keyed,
  ...inNode.map((fault) =>
    fault.id === 'lifetime-counted-from-request'
      ? {
          ...fault,
          more: [
            {
              file: 'reference/nodes/initiator.ts',
              change: [
                '    this.#handshake = new InitiatorHandshake({',
                '    this.requestedAt = this.#machine.now;\n    this.#handshake = new InitiatorHandshake({',
              ] as const,
            },
          ],
        }
      : fault,
  ),
  ...inModule('reference/nodes/session.ts', ['client'], {
    'expiry-of-octets-rounded-up': [
      'INI-09',
      '90 % of the octets of a key are rounded up.',
      'this.#octets = share(lifetimes.octets, maximumOctets);',
      'this.#octets = Math.ceil((Math.min(Number(lifetimes.octets), maximumOctets) * percent) / 100);',
    ],
  }),
  ...inModule('reference/nodes/queue.ts', ['client'], {
    'waiting-datagrams-sent-again': [
      'ADP-40 ADP-15 INI-10',
      'What has waited for one connection is sent on each later one as well.',
      'return this.#waiting.splice(0);',
      'return this.#waiting.slice();',
    ],
    'waiting-datagrams-backwards': [
      'ADP-40 ADP-15 INI-10',
      'Datagrams that have waited for a connection are sent from the last to the first.',
      'return this.#waiting.splice(0);',
      'return this.#waiting.splice(0).reverse();',
    ],
  }),
  ...inModule('reference/nodes/conversation.ts', ['client'], {
    'octets-behind-response-lost': [
      'FRAME-05 FRAME-01 INI-03',
      'What stands behind RESPONSE in the same segment is lost.',
      'else this.#owner.opening(frame);',
      'else {\n          this.#owner.opening(frame);\n          this.#deframer.takeUnread();\n        }',
    ],
  }),
];
