/** The server's state machine, row by row ([EP] fig. 12). */
import { type Fault, inModule } from '../../fault.ts';
import { serverFrames } from './server-frames.ts';
import { serverSessions } from './server-sessions.ts';

/** Rows of the table that are absent, or lead elsewhere. */
const rows = inModule('reference/machines/server.ts', ['server'], {
  'server-receive-relay-broken': [
    'SRV-15',
    'A connection that ends before RELAY is not noticed before the timer runs out.',
    `    ['Receive Relay', ['network error 234'], ['disconnect'], 'Dying', '[EP] fig. 12'],\n`,
    '',
  ],
  'server-connect-wait-broken': [
    'SRV-15',
    'A connection that ends before REQUEST is not noticed before the timer runs out.',
    `    ['Connect Wait', ['network error'], ['disconnect'], 'Dying', 'binding'],\n`,
    '',
  ],
  'server-broken-answered': [
    'SRV-15',
    'A connection that ends before RELAY is answered with a CLOSE.',
    `['Receive Relay', ['network error 234'], ['disconnect'], 'Dying',`,
    `['Receive Relay', ['network error 234'], ['send CLOSE'], 'Close',`,
  ],
  'server-close-first-answered': [
    'CLOSE-07',
    'A CLOSE instead of RELAY is answered with a CLOSE.',
    `['Receive Relay', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],`,
    `['Receive Relay', ['end session'], ['shut down writing'], 'Dying', 'binding'],
    ['Receive Relay', ['close received'], ['send CLOSE'], 'Close', 'binding'],`,
  ],
  'server-close-first-ignored': [
    'CLOSE-09',
    'A CLOSE instead of RELAY is ignored.',
    `['Receive Relay', ['close received', 'end session'],`,
    `['Receive Relay', ['end session'],`,
  ],
  'server-close-second-answered': [
    'CLOSE-07',
    'A CLOSE instead of REQUEST is answered with a CLOSE.',
    `['Connect Wait', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],`,
    `['Connect Wait', ['end session'], ['shut down writing'], 'Dying', 'binding'],
    ['Connect Wait', ['close received'], ['send CLOSE'], 'Close', 'binding'],`,
  ],
  'server-close-second-ignored': [
    'CLOSE-09',
    'A CLOSE instead of REQUEST is ignored.',
    `['Connect Wait', ['close received', 'end session'],`,
    `['Connect Wait', ['end session'],`,
  ],
  'server-end-in-receive-relay': [
    'SRV-11',
    'The end of the program is ignored where RELAY is awaited: the program lives on.',
    `['Receive Relay', ['close received', 'end session'],`,
    `['Receive Relay', ['close received'],`,
  ],
  'server-end-in-connect-wait': [
    'SRV-11',
    'The end of the program is ignored where REQUEST is awaited: the program lives on.',
    `['Connect Wait', ['close received', 'end session'],`,
    `['Connect Wait', ['close received'],`,
  ],
  'server-end-in-connect-wait-said': [
    'SRV-11',
    'Whoever has sent RELAY is told that the program ends.',
    `['Connect Wait', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],`,
    `['Connect Wait', ['close received'], ['shut down writing'], 'Dying', 'binding'],
    ['Connect Wait', ['end session'], ['send CLOSE'], 'Close', 'binding'],`,
  ],
  'server-receive-relay-silent': [
    'SRV-14',
    'Without RELAY the server disconnects without a CLOSE.',
    `['Receive Relay', ['relay refused', 'timeout', 'protocol error', 'unsupported version', 'resource limit'], ['send CLOSE'], 'Close', 'binding'],`,
    `['Receive Relay', ['relay refused', 'protocol error', 'unsupported version', 'resource limit'], ['send CLOSE'], 'Close', 'binding'],
    ['Receive Relay', ['timeout'], ['shut down writing'], 'Dying', 'binding'],`,
  ],
  'server-connect-wait-silent': [
    'SRV-14',
    'Without REQUEST the server disconnects without a CLOSE.',
    `['Connect Wait', ['protocol error', 'unsupported version', 'timeout'], ['send CLOSE'], 'Close', 'binding'],`,
    `['Connect Wait', ['protocol error', 'unsupported version'], ['send CLOSE'], 'Close', 'binding'],
    ['Connect Wait', ['timeout'], ['shut down writing'], 'Dying', 'binding'],`,
  ],
  'server-confirmation-silent': [
    'SRV-17',
    'A session that is not confirmed in time is ended without a CLOSE.',
    `['Authorized', ['protocol error', 'unsupported version', 'key expired', 'timeout', 'superseded'], ['send CLOSE'], 'Close', 'binding'],`,
    `['Authorized', ['protocol error', 'unsupported version', 'key expired', 'superseded'], ['send CLOSE'], 'Close', 'binding'],
    ['Authorized', ['timeout'], ['shut down writing'], 'Dying', 'binding'],`,
  ],
  'server-first-frame-ignored': [
    'SRV-02',
    'What comes instead of RELAY is ignored.',
    `['Receive Relay', ['relay refused', 'timeout', 'protocol error', 'unsupported version',`,
    `['Receive Relay', ['relay refused', 'timeout', 'unsupported version',`,
  ],
  'server-second-frame-ignored': [
    'SRV-03',
    'What comes instead of REQUEST is ignored.',
    `['Connect Wait', ['protocol error', 'unsupported version',`,
    `['Connect Wait', ['unsupported version',`,
  ],
  'server-refusal-at-once': [
    'SRV-07',
    'A refusal leaves at once.',
    `['Connect Wait', ['request refused 223'], ['delay CLOSE'],`,
    `['Connect Wait', ['request refused 223'], ['send CLOSE'],`,
  ],
  'server-close-answered': [
    'SRV-09 CLOSE-07',
    'A CLOSE in Authorized is answered with a CLOSE.',
    `['Authorized', ['close received 233'], ['shut down writing'], 'Dying',`,
    `['Authorized', ['close received 233'], ['send CLOSE'], 'Close',`,
  ],
  'server-close-ignored': [
    'SRV-09',
    'A CLOSE in Authorized is ignored.',
    `    ['Authorized', ['close received 233'], ['shut down writing'], 'Dying', '[EP] fig. 12'],\n`,
    '',
  ],
  'server-end-session-silent': [
    'SRV-10 SRV-11',
    'At End Session the server shuts down writing without a CLOSE.',
    `['Authorized', ['end session 226', 'integrity failure 227'], ['send CLOSE'], 'Close', '[EP] fig. 12'],`,
    `['Authorized', ['integrity failure 227'], ['send CLOSE'], 'Close', '[EP] fig. 12'],
    ['Authorized', ['end session 226'], ['shut down writing'], 'Dying', '[EP] fig. 12'],`,
  ],
  'server-integrity-failure-ignored': [
    'SRV-12',
    'A DATA frame that does not verify is dropped, and the session goes on.',
    `['Authorized', ['end session 226', 'integrity failure 227'],`,
    `['Authorized', ['end session 226'],`,
  ],
  'server-integrity-failure-silent': [
    'SRV-12',
    'At an integrity failure the server breaks off without a CLOSE.',
    `['Authorized', ['end session 226', 'integrity failure 227'], ['send CLOSE'], 'Close', '[EP] fig. 12'],`,
    `['Authorized', ['end session 226'], ['send CLOSE'], 'Close', '[EP] fig. 12'],
    ['Authorized', ['integrity failure 227'], ['disconnect'], 'Dying', '[EP] fig. 12'],`,
  ],
  'server-protocol-error-ignored': [
    'SRV-13',
    'A frame that has no place in Authorized is ignored.',
    `['Authorized', ['protocol error', 'unsupported version',`,
    `['Authorized', ['unsupported version',`,
  ],
  'server-superseded-ignored': [
    'SRV-18',
    'An older session goes on beside the newer one of its name.',
    `'key expired', 'timeout', 'superseded'], ['send CLOSE'],`,
    `'key expired', 'timeout'], ['send CLOSE'],`,
  ],
  'server-superseded-silent': [
    'SRV-18',
    'An older session ends without a CLOSE when the newer one of its name is confirmed.',
    `'key expired', 'timeout', 'superseded'], ['send CLOSE'], 'Close', 'binding'],`,
    `'key expired', 'timeout'], ['send CLOSE'], 'Close', 'binding'],
    ['Authorized', ['superseded'], ['shut down writing'], 'Dying', 'binding'],`,
  ],
  'server-expired-ignored': [
    'SRV-20',
    'A key is used beyond its bound and the grace.',
    `'unsupported version', 'key expired', 'timeout', 'superseded'],`,
    `'unsupported version', 'timeout', 'superseded'],`,
  ],
  'server-broken-in-authorized': [
    'SRV-09 CLOSE-05',
    'A stream that ends without CLOSE in Authorized is not noticed.',
    `    ['Authorized', ['network error'], ['disconnect'], 'Dying', 'binding'],\n`,
    '',
  ],
  'server-refused-not-over': [
    'SRV-05',
    'Having refused a REQUEST, the server does not shut down writing.',
    `['Close', ['close sent 229'], ['shut down writing'],`,
    `['Close', ['close sent 229'], [],`,
  ],
  'server-refusal-cut-short': [
    'SRV-07',
    'What comes while a refusal is delayed ends the connection without one.',
    `['Close', ['frame'], ['discard'], 'Close',`,
    `['Close', ['frame'], ['disconnect'], 'Dying',`,
  ],
  'server-dying-waits-for-peer': [
    'SRV-05 SRV-10 CLOSE-08',
    "Having sent CLOSE, the server waits for the end of the peer's stream without end.",
    `['Dying', ['end of stream', 'timeout', 'gives way'],`,
    `['Dying', ['end of stream'],`,
  ],
});

const unconfirmed: Fault = {
  id: 'server-unconfirmed-sends-data',
  breaks: ['SRV-16'],
  roles: ['server'],
  does: 'DATA is sent as soon as RESPONSE is: the address leads to the session before it is confirmed.',
  file: 'reference/machines/server.ts',
  change: [`sendsAfter: 'confirm',`, `sendsAfter: 'key the connection',`],
  more: [
    {
      file: 'reference/tunnel/server/server.ts',
      change: [
        `      tunnel.session = effect.session;\n`,
        `      tunnel.session = effect.session;
      const early = this.#policy.addressesOf(effect.session);
      if (early !== undefined) void this.#adapter.add(tunnel, effect.session.name, { ...early, networks: [] });\n`,
      ],
    },
    {
      file: 'reference/tunnel/server/server-adapter.ts',
      change: [
        `    this.#switchboard.add(client, addresses);`,
        `    const before = this.#clients.get(tunnel);
    if (before !== undefined) this.#switchboard.remove(before);
    this.#switchboard.add(client, addresses);`,
      ],
    },
  ],
};

export const server: readonly Fault[] = [...rows, unconfirmed, ...serverFrames, ...serverSessions];
