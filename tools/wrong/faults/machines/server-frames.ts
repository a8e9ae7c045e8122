/** What a server makes of RELAY and REQUEST, when it refuses, and how long it waits ([EP] fig. 12, 219 to 225). */
import { type Fault, inModule } from '../../fault.ts';
import { timerFaults } from '../timers.ts';

const refused = (status: string): [string, string] => [`return refusals[grant.reason];`, status];

const node = inModule('reference/nodes/server.ts', ['server'], {
  'server-refusal-late': [
    'SRV-07',
    'A refusal comes 5 s after the REQUEST.',
    `this.#machine.after(options.timers.refusalDelay, 'refusal')`,
    `this.#machine.after(options.timers.refusalDelay + 4_750, 'refusal')`,
  ],
  'server-refusal-early': [
    'SRV-07',
    'A refusal leaves after 200 ms.',
    `this.#machine.after(options.timers.refusalDelay, 'refusal')`,
    `this.#machine.after(options.timers.refusalDelay * 0.8, 'refusal')`,
  ],
  'server-refuses-authorised-at-once': [
    'SRV-08',
    'No common transform and no address left are said at once.',
    `if (typeof verdict === 'number') this.#refuse('request refused', verdict);`,
    `if (typeof verdict === 'number')
      this.#refuse(verdict === Status.notAuthorized ? 'request refused' : 'protocol error', verdict);`,
  ],
  'server-refuses-key-limit-at-once': [
    'SRV-26',
    'A stale REQUEST without a place is refused at once.',
    `if (typeof verdict === 'number') this.#refuse('request refused', verdict);`,
    `if (typeof verdict === 'number')
      this.#refuse(verdict === Status.resourceLimit ? 'protocol error' : 'request refused', verdict);`,
  ],
  'server-tells-malformed': [
    'SRV-06',
    'A REQUEST that opens to what does not decode is a protocol error.',
    `if (error instanceof Malformed || error instanceof IntegrityFailure) return Status.notAuthorized;`,
    `if (error instanceof Malformed) return Status.protocolError;
      if (error instanceof IntegrityFailure) return Status.notAuthorized;`,
  ],
  'server-tells-not-opened': [
    'SRV-06',
    'A Noise message that does not open is an integrity failure.',
    `if (error instanceof Malformed || error instanceof IntegrityFailure) return Status.notAuthorized;`,
    `if (error instanceof IntegrityFailure) return Status.integrityFailure;
      if (error instanceof Malformed) return Status.notAuthorized;`,
  ],
  'server-tells-wrong-destination': [
    'SRV-06 REQ-08',
    'A destination that is not the last name of the path is answered not on path.',
    `!== hostOf(path.at(-1) ?? '')) return Status.notAuthorized;`,
    `!== hostOf(path.at(-1) ?? '')) return Status.notOnPath;`,
  ],
  'server-destination-not-compared': [
    'SRV-05 REQ-08',
    'The destination name of REQUEST is not looked at.',
    `      if (request.destinationName !== hostOf(path.at(-1) ?? '')) return Status.notAuthorized;\n`,
    '',
  ],
  'server-tells-unknown-suite': [
    'SRV-06',
    'An unknown suite is a protocol error.',
    `if (!Object.values<number>(Suite).includes(suite)) return Status.notAuthorized;`,
    `if (!Object.values<number>(Suite).includes(suite)) return Status.protocolError;`,
  ],
  'server-refuses-with-one-status': [
    'SRV-08',
    'An authorised initiator is told not authorized where there is no common transform.',
    ...refused(`return Status.notAuthorized;`),
  ],
  'server-relay-instead-of-request': [
    'SRV-03',
    'A second RELAY takes the place of the first.',
    `if (type === 'RELAY' && this.state === 'Receive Relay') this.#receiveRelay(octets);`,
    `if (type === 'RELAY') this.#receiveRelay(octets);`,
  ],
  'server-response-instead-of-request': [
    'SRV-03',
    'A RESPONSE instead of REQUEST is ignored.',
    `else throw new Unexpected(\`\${type} in \${this.state}\`);`,
    `else if (type !== 'RESPONSE' || this.state !== 'Connect Wait') throw new Unexpected(\`\${type} in \${this.state}\`);`,
  ],
  'server-response-instead-of-relay': [
    'SRV-02',
    'A RESPONSE instead of RELAY is ignored.',
    `else throw new Unexpected(\`\${type} in \${this.state}\`);`,
    `else if (type !== 'RESPONSE' || this.state !== 'Receive Relay') throw new Unexpected(\`\${type} in \${this.state}\`);`,
  ],
  'server-request-instead-of-relay': [
    'SRV-02',
    'A REQUEST instead of RELAY is ignored.',
    `else throw new Unexpected(\`\${type} in \${this.state}\`);`,
    `else if (type !== 'REQUEST' || this.state !== 'Receive Relay') throw new Unexpected(\`\${type} in \${this.state}\`);`,
  ],
  'server-origin-not-bound': [
    'PATH-05 HS-01',
    'An origin that was altered on the way is not noticed.',
    `this.#relay = { octets: octets.slice(), path };`,
    `this.#relay = { octets: octets.slice(), path };
      this.#relay.octets.set(new TextEncoder().encode('origin.invalid'), 10 + 2 * path.length);`,
  ],
  'server-expiry-without-grace': [
    'SRV-20',
    'A key expires at its bound, without the grace.',
    `    const { expiryGrace } = this.#options.timers;\n`,
    `    const expiryGrace = 0;\n`,
  ],
  'server-expiry-frames-without-grace': [
    'SRV-20',
    'A key whose frames are used up expires without the grace.',
    `const bound = now + timers.expiryGrace;`,
    `const bound = now + timers.expiryGrace / 4;`,
  ],
  'server-expiry-grace-fixed': [
    'SRV-20',
    'The grace is 5 s whatever is configured.',
    `const bound = now + timers.expiryGrace;`,
    `const bound = now + Math.max(5_000, timers.expiryGrace);`,
  ],
  'server-expiry-grace-anew': [
    'SRV-20',
    'Each frame beyond the bound begins the grace anew.',
    `deadlines.set('expiry', Math.min(bound, deadlines.get('expiry') ?? bound));`,
    `deadlines.set('expiry', bound);`,
  ],
  'server-expiry-seconds-half': [
    'SRV-20',
    'A key expires at half of its seconds.',
    `lifetimes, percent: 100, dataOptions }, expiryGrace);`,
    `lifetimes, percent: 50 }, expiryGrace);`,
  ],
  'server-confirmation-not-ended': [
    'SRV-17',
    'A session that was confirmed is closed when the time for that is over.',
    `    this.#machine.deadlines.clear('state');\n`,
    '',
  ],
});

const sent = 'sent.frames >= frames || received.frames >= frames || sent.octets >= octets || received.octets >= octets';

const lifetimes = inModule('reference/nodes/session.ts', ['server'], {
  'server-expiry-frames-not-counted': [
    'SRV-20',
    'The bound in frames is not looked at.',
    sent,
    'sent.octets >= octets || received.octets >= octets',
  ],
  'server-expiry-octets-not-counted': [
    'SRV-20',
    'The bound in octets is not looked at.',
    sent,
    'sent.frames >= frames || received.frames >= frames',
  ],
  'server-expiry-own-direction-not-counted': [
    'SRV-20',
    'What the server itself sends does not use up a key.',
    sent,
    'received.frames >= frames || received.octets >= octets',
  ],
  'server-expiry-peer-direction-not-counted': [
    'SRV-20',
    'What the initiator sends does not use up a key.',
    sent,
    'sent.frames >= frames || sent.octets >= octets',
  ],
  'server-expiry-seconds-not-counted': [
    'SRV-20',
    'The bound in seconds is not looked at.',
    `this.duration = lifetimes.seconds * 10 * percent;`,
    `this.duration = 2 ** 31 - 2 ** 20;`,
  ],
});

const waiting = [
  ...timerFaults('server', {
    receiveRelay: 'SRV-14',
    connectWait: 'SRV-14',
    confirmation: 'SRV-17',
    silence: 'DATA-14',
  }),
  ...inModule('reference/nodes/conversation.ts', ['server'], {
    'server-waits-anew-with-each-octet': [
      'SRV-14',
      'Each octet of a peer that dribbles begins the wait for RELAY or REQUEST anew.',
      `    this.#deframer.push(octets);\n`,
      `    this.#deframer.push(octets);
    if (machine.phase === 'opening') machine.deadlines.set('state', machine.now + machine.timers.connectWait);\n`,
    ],
    'confirmation-anew-with-each-octet': [
      'SRV-17',
      'Each octet of a first DATA frame that dribbles begins the wait for confirmation anew.',
      `    this.#deframer.push(octets);\n`,
      `    this.#deframer.push(octets);
    if (machine.phase === 'authorized' && machine.deadlines.get('state') !== undefined)
      machine.deadlines.set('state', machine.now + machine.timers.confirmation);\n`,
    ],
    'server-relay-in-authorized': [
      'FRAME-13',
      'A RELAY frame in Authorized is ignored.',
      `} else throw new Unexpected(`,
      `} else if (type !== 'RELAY') throw new Unexpected(`,
    ],
    'server-request-in-authorized': [
      'SRV-13',
      'A second REQUEST in Authorized is ignored.',
      `} else throw new Unexpected(`,
      `} else if (type !== 'REQUEST') throw new Unexpected(`,
    ],
    'server-response-in-authorized': [
      'FRAME-13',
      'A RESPONSE in Authorized is ignored.',
      `} else throw new Unexpected(`,
      `} else if (type !== 'RESPONSE') throw new Unexpected(`,
    ],
    'server-ends-all-with-one-word': [
      'SRV-11',
      'When the program ends, the server says end session.',
      `command === 'shut down' ? Status.shuttingDown : Status.endSession;`,
      `Status.endSession;`,
    ],
    'server-operator-says-shutting-down': [
      'SRV-10',
      "At the operator's End Session the server says shutting down.",
      `command === 'shut down' ? Status.shuttingDown : Status.endSession;`,
      `Status.shuttingDown;`,
    ],
  }),
] satisfies readonly Fault[];

export const serverFrames: readonly Fault[] = [...node, ...lifetimes, ...waiting];
