/** The initiator's state machine ([EP] fig. 11). */
import { type Fault, inModule } from '../../fault.ts';
import { initiatorTimes } from './initiator-times.ts';

/** Rows of the table that are absent, or lead elsewhere. */
const rows = inModule('reference/machines/initiator.ts', ['client'], {
  'initiator-end-session-in-tcp-open': [
    'INI-07',
    'End Session is ignored while the initiator connects.',
    `    ['TCP Open', ['end session'], ['disconnect'], 'Dying', 'binding'],\n`,
    '',
  ],
  'initiator-end-session-in-response-wait': [
    'INI-07',
    'End Session is ignored while RESPONSE is awaited.',
    `['Response Wait', ['close received', 'end session'],`,
    `['Response Wait', ['close received'],`,
  ],
  'initiator-close-at-end-session-unkeyed': [
    'INI-07',
    'At End Session in Response Wait the initiator sends CLOSE.',
    `['Response Wait', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],`,
    `['Response Wait', ['close received'], ['shut down writing'], 'Dying', 'binding'],
    ['Response Wait', ['end session'], ['send CLOSE'], 'Close', 'binding'],`,
  ],
  'initiator-refusal-ignored': [
    'INI-05',
    'A CLOSE in Response Wait is ignored.',
    `['Response Wait', ['close received', 'end session'],`,
    `['Response Wait', ['end session'],`,
  ],
  'initiator-refusal-answered': [
    'INI-05 CLOSE-07',
    'A CLOSE in Response Wait is answered with a CLOSE.',
    `['Response Wait', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],`,
    `['Response Wait', ['end session'], ['shut down writing'], 'Dying', 'binding'],
    ['Response Wait', ['close received'], ['send CLOSE'], 'Close', 'binding'],`,
  ],
  'initiator-broken-in-response-wait': [
    'INI-15',
    'A connection that breaks or ends while RESPONSE is awaited is not noticed.',
    `    ['Response Wait', ['network error'], ['record'], 'Network Error', 'binding'],\n`,
    '',
  ],
  'initiator-timeout-silent': [
    'INI-14',
    'Without RESPONSE the initiator disconnects without a CLOSE.',
    `['Response Wait', ['integrity failure', 'protocol error', 'unsupported version', 'timeout'], ['send CLOSE'], 'Close', 'binding'],`,
    `['Response Wait', ['integrity failure', 'protocol error', 'unsupported version'], ['send CLOSE'], 'Close', 'binding'],
    ['Response Wait', ['timeout'], ['record'], 'Network Error', 'binding'],`,
  ],
  'initiator-data-before-response-ignored': [
    'INI-12',
    'A frame that has no place in Response Wait is ignored.',
    `['Response Wait', ['integrity failure', 'protocol error', 'unsupported version', 'timeout'],`,
    `['Response Wait', ['integrity failure', 'unsupported version', 'timeout'],`,
  ],
  'initiator-version-in-response-wait-ignored': [
    'INI-13',
    'A frame of another version is ignored in Response Wait.',
    `['Response Wait', ['integrity failure', 'protocol error', 'unsupported version', 'timeout'],`,
    `['Response Wait', ['integrity failure', 'protocol error', 'timeout'],`,
  ],
  'initiator-version-in-authorized-ignored': [
    'INI-13',
    'A frame of another version is ignored in Authorized.',
    `['Authorized', ['protocol error', 'unsupported version'],`,
    `['Authorized', ['protocol error'],`,
  ],
  'initiator-protocol-error-in-authorized-ignored': [
    'INI-11',
    'A frame that has no place in Authorized is ignored.',
    `['Authorized', ['protocol error', 'unsupported version'],`,
    `['Authorized', ['unsupported version'],`,
  ],
  'initiator-response-not-taken': [
    'INI-03',
    'A datagram that comes is not handed to the adapter.',
    `['Authorized', ['data'], ['deliver'],`,
    `['Authorized', ['data'], [],`,
  ],
  'initiator-close-ignored': [
    'INI-04',
    'A CLOSE in Authorized is ignored: the session goes on.',
    `    ['Authorized', ['close received 216'], ['shut down writing'], 'Dying', '[EP] fig. 11'],\n`,
    '',
  ],
  'initiator-close-answered': [
    'INI-04 CLOSE-07',
    'A CLOSE in Authorized is answered with a CLOSE.',
    `['Authorized', ['close received 216'], ['shut down writing'], 'Dying',`,
    `['Authorized', ['close received 216'], ['send CLOSE'], 'Close',`,
  ],
  'initiator-end-session-silent': [
    'INI-06',
    'At End Session in Authorized the initiator shuts down writing without a CLOSE.',
    `['Authorized', ['end session 204', 'integrity failure 205'], ['send CLOSE'], 'Close', '[EP] fig. 11'],`,
    `['Authorized', ['integrity failure 205'], ['send CLOSE'], 'Close', '[EP] fig. 11'],
    ['Authorized', ['end session 204'], ['shut down writing'], 'Dying', '[EP] fig. 11'],`,
  ],
  'initiator-end-session-ignored': [
    'INI-06',
    'End Session is ignored in Authorized.',
    `['Authorized', ['end session 204', 'integrity failure 205'],`,
    `['Authorized', ['integrity failure 205'],`,
  ],
  'initiator-integrity-failure-ignored': [
    'INI-08',
    'A DATA frame that does not verify is dropped, and the session goes on.',
    `['Authorized', ['end session 204', 'integrity failure 205'],`,
    `['Authorized', ['end session 204'],`,
  ],
  'initiator-integrity-failure-silent': [
    'INI-08',
    'At an integrity failure the initiator breaks off without a CLOSE.',
    `['Authorized', ['end session 204', 'integrity failure 205'], ['send CLOSE'], 'Close', '[EP] fig. 11'],`,
    `['Authorized', ['end session 204'], ['send CLOSE'], 'Close', '[EP] fig. 11'],
    ['Authorized', ['integrity failure 205'], ['record'], 'Network Error', 'binding'],`,
  ],
  'initiator-integrity-failure-not-over': [
    'INI-08',
    'Having sent CLOSE after an integrity failure, the initiator does not shut down writing.',
    `['Close', ['close sent 207'], ['shut down writing'],`,
    `['Close', ['close sent 207'], [],`,
  ],
  'initiator-expiry-ends-session': [
    'INI-09 INI-10',
    'A key that expires ends the session like End Session.',
    `['Authorized', ['key expired 211'], ['send CLOSE'], 'Reconnect',`,
    `['Authorized', ['key expired 211'], ['send CLOSE'], 'Close',`,
  ],
  'initiator-expiry-without-close': [
    'INI-09',
    'A key that expires: the initiator ends its stream without a CLOSE, and connects again.',
    `['Authorized', ['key expired 211'], ['send CLOSE'], 'Reconnect',`,
    `['Authorized', ['key expired 211'], ['shut down writing'], 'Reconnect',`,
  ],
  'initiator-expiry-ignored': [
    'INI-09',
    'A key is used beyond its bound.',
    `    ['Authorized', ['key expired 211'], ['send CLOSE'], 'Reconnect', '[EP] fig. 11'],\n`,
    '',
  ],
  'initiator-broken-in-authorized': [
    'INI-15 CLOSE-05',
    'A connection that breaks or ends in Authorized is not noticed.',
    `    ['Authorized', ['network error'], ['record'], 'Network Error', 'binding'],\n`,
    '',
  ],
  'initiator-reconnect-waits-for-peer': [
    'INI-09',
    "In Reconnect the initiator waits for the end of the peer's stream without end.",
    `['Reconnect', ['end of stream', 'timeout'],`,
    `['Reconnect', ['end of stream'],`,
  ],
  'initiator-reconnect-broken': [
    'INI-09',
    'A connection that the peer resets in Reconnect is not made again before the timer runs out, and then fails.',
    `    ['Reconnect', ['network error'], ['open'], 'TCP Open', 'binding'],\n`,
    `    ['Reconnect', ['network error'], ['start back-off', 'report'], 'Dead', 'binding'],\n`,
  ],
  'initiator-reconnect-end-session': [
    'INI-06 INI-07',
    'End Session is ignored in Reconnect: the initiator connects again.',
    `    ['Reconnect', ['end session'], ['disconnect'], 'Dying', 'binding'],\n`,
    '',
  ],
  'initiator-dying-waits-for-peer': [
    'INI-06 CLOSE-08',
    "Having ended the session, the initiator waits for the end of the peer's stream without end.",
    `['Dying', ['end of stream', 'timeout'],`,
    `['Dying', ['end of stream'],`,
  ],
});

const node = inModule('reference/nodes/initiator.ts', ['client'], {
  'initiator-request-first': [
    'INI-01 RELAY-01',
    'REQUEST goes before RELAY.',
    `'send RELAY': () => this.#send(this.#relay, 'relay sent'),
      'send REQUEST': () => this.#send(this.#request(), 'request sent'),`,
    `'send RELAY': () => this.#send(this.#request(), 'relay sent'),
      'send REQUEST': () => this.#send(this.#relay, 'request sent'),`,
  ],
  'initiator-relay-twice': [
    'INI-01',
    'RELAY is sent twice.',
    `'send RELAY': () => this.#send(this.#relay, 'relay sent'),`,
    `'send RELAY': () => this.#send(Uint8Array.of(...this.#relay, ...this.#relay), 'relay sent'),`,
  ],
  'initiator-data-before-response': [
    'INI-02',
    'An empty DATA frame follows REQUEST at once.',
    `'send REQUEST': () => this.#send(this.#request(), 'request sent'),`,
    `'send REQUEST': () =>
        this.#send(Uint8Array.of(...this.#request(), 0, 0, 0, 16, 4, 1, ...new Uint8Array(10)), 'request sent'),`,
  ],
  'initiator-superseded-reconnects': [
    'INI-17',
    'After a keyed CLOSE superseded the initiator connects again.',
    `status === Status.endSession || status === Status.superseded;`,
    `status === Status.endSession;`,
  ],
  'initiator-ended-reconnects': [
    'INI-19',
    'After a keyed CLOSE end session the initiator connects again.',
    `status === Status.endSession || status === Status.superseded;`,
    `status === Status.superseded;`,
  ],
  'initiator-unkeyed-close-final': [
    'INI-20',
    'An unkeyed CLOSE end session or superseded before RESPONSE keeps the initiator from connecting again.',
    `(by === 'peer' && this.#conversation.closeVerified && final)`,
    `(by === 'peer' && final)`,
  ],
  'initiator-own-fault-final': [
    'INI-27',
    'A fault that the initiator has found itself keeps it from connecting again.',
    `if (!this.#options.reconnect || (by`,
    `if (!this.#options.reconnect || by === 'self' || (by`,
  ],
  'initiator-never-reconnects': [
    'INI-15 INI-22',
    'A connection that breaks is not made again.',
    `if (!this.#options.reconnect || (by`,
    `if (!this.#options.reconnect || by === 'network' || (by`,
  ],
  'initiator-keys-kept': [
    'INI-10 KEY-02',
    'The keys of the connection before stay in use after Reconnect.',
    `    const { response, secrets } = this.#opened;
    const { transform, keyExchangeData } = response;`,
    `    const { response } = this.#opened;
    const own = this as unknown as { first: typeof secretsNow };
    const secretsNow = this.#opened.secrets;
    own.first ??= structuredClone(secretsNow);
    const secrets = structuredClone(own.first);
    const { transform, keyExchangeData } = response;`,
  ],
});

const ignored = (type: string): [string, string] => [
  `} else throw new Unexpected(`,
  `} else if (type !== '${type}') throw new Unexpected(`,
];

const conversation = inModule('reference/nodes/conversation.ts', ['client'], {
  'initiator-relay-in-authorized': ['INI-11', 'A RELAY frame in Authorized is ignored.', ...ignored('RELAY')],
  'initiator-response-in-authorized': ['INI-11', 'A RESPONSE in Authorized is ignored.', ...ignored('RESPONSE')],
  'initiator-request-in-authorized': ['FRAME-13', 'A REQUEST in Authorized is ignored.', ...ignored('REQUEST')],
});

const program: readonly Fault[] = [
  ...inModule('reference/tunnel/client/client.ts', ['client'], {
    'initiator-exit-always-0': [
      'INI-18',
      'The exit status is 0 however the session ended.',
      `if (!retry) this.#over(asItShould ? 'done' : 'failed');`,
      `if (!retry) this.#over('done');`,
    ],
    'initiator-exit-always-1': [
      'INI-18',
      'The exit status is 1 however the session ended.',
      `if (!retry) this.#over(asItShould ? 'done' : 'failed');`,
      `if (!retry) this.#over('failed');`,
    ],
    'initiator-shutting-down-is-failure': [
      'INI-18',
      'The exit status is 1 after a CLOSE shutting down.',
      `cause.status === Status.endSession || cause.status === Status.shuttingDown;`,
      `cause.status === Status.endSession;`,
    ],
    'initiator-ends-at-refused-connection': [
      'INI-15',
      'A connection that is refused ends the program, though it is to connect again.',
      `if (!retry) this.#over`,
      `if (cause.reason === 'ECONNREFUSED') this.#end.resolve('failed');
      if (!retry) this.#over`,
    ],
    'initiator-ends-at-broken-connection': [
      'INI-15 INI-22',
      'A connection that is reset ends the program, though it is to connect again.',
      `if (!retry) this.#over`,
      `if (cause.reason === 'ECONNRESET') this.#end.resolve('failed');
      if (!retry) this.#over`,
    ],
    'initiator-moves-unnoticed': [
      'INI-21',
      'An address that the machine no longer has goes unnoticed.',
      `if (local !== undefined && !unbound.has(local) && !addresses.has(local))`,
      `if (local === '' && !addresses.has(local))`,
    ],
    'initiator-adapter-anew-when-broken': [
      'INI-22',
      'The adapter is closed when the connection breaks, and made anew with the next one.',
      `if (!retry) this.#over`,
      `if (retry) this.#adapter.close().catch((error: unknown) => this.#error(error));
      if (!retry) this.#over`,
    ],
    'initiator-adapter-anew-with-each-key': [
      'INI-10',
      'The adapter is made anew with each tunnel connection.',
      `    const name = await this.#adapter.activate(`,
      `    await this.#adapter.close();
    const name = await this.#adapter.activate(`,
    ],
    'initiator-forgets-addresses': [
      'INI-24',
      'Without an answer from DNS the initiator does not connect.',
      `rememberingResolver(surroundings.resolver ?? systemResolver)`,
      `(rememberingResolver, surroundings.resolver ?? systemResolver)`,
    ],
  }),
  ...inModule('reference/tunnel/client/client-adapter.ts', ['client'], {
    'initiator-routes-lost': [
      'INI-22',
      'The routes are given back when the connection is made again.',
      `routes: routes ? routesOf(settings) : [],`,
      `routes: routes && this.#open.wanted === undefined ? routesOf(settings) : [],`,
    ],
    'initiator-addresses-lost': [
      'INI-10 INI-22',
      'The address is taken off the adapter when the connection is made again.',
      `addresses: configure === 'direct' ? addressesOf(settings) : [],`,
      `addresses: configure === 'direct' && this.#open.wanted === undefined ? addressesOf(settings) : [],`,
    ],
  }),
  ...inModule('reference/tunnel/client/remembering.ts', ['client'], {
    'initiator-remembers-hosts-only': [
      'INI-24',
      'Without an answer from DNS a group of servers is not found again.',
      `services: remembering((host) => resolver.services(host), wait),`,
      `services: (host) => resolver.services(host),`,
    ],
  }),
];

export const initiator: readonly Fault[] = [...rows, ...node, ...conversation, ...program, ...initiatorTimes];
