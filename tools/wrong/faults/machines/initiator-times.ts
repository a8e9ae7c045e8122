/** The initiator's timers, its back-off, and what of a key's lifetime it uses ([EP] fig. 11, 210 to 214). */
import { type Fault, inModule } from '../../fault.ts';
import { timerFaults } from '../timers.ts';

const waiting = timerFaults('client', { responseWait: 'INI-14', silence: 'DATA-14' });

const dribbling = inModule('reference/nodes/conversation.ts', ['client'], {
  'response-wait-anew-with-each-octet': [
    'INI-14',
    'Each octet of a peer that dribbles begins the wait for RESPONSE anew.',
    `    this.#deframer.push(octets);\n`,
    `    this.#deframer.push(octets);
    if (machine.phase === 'opening') machine.deadlines.set('state', machine.now + machine.timers.responseWait);\n`,
  ],
  'unkeyed-close-counts-as-verified': [
    'INI-20 CLOSE-04',
    'An unkeyed CLOSE in Authorized ends the session as a keyed one does.',
    `this.closeVerified = status !== undefined;
      if (status !== undefined) {
        this.#closed(status);
        return;
      }`,
    `this.closeVerified = true;
      if (status === undefined || status !== undefined) {
        this.#closed(status ?? decodeClose(octets).status);
        return;
      }`,
  ],
});

const tcpOpen: readonly Fault[] = [
  ...inModule('reference/tunnel/client/client.ts', ['client'], {
    'tcp-open-at-half': [
      'INI-15',
      'A connection is given up at half of tcpOpen.',
      `patience: this.#config.timers.tcpOpen }`,
      `patience: this.#config.timers.tcpOpen / 2 }`,
    ],
  }),
  {
    id: 'tcp-open-no-timer',
    breaks: ['INI-15'],
    roles: ['client'],
    does: 'A first node that drops SYN is waited for as long as the kernel does.',
    file: 'reference/tunnel/client/client.ts',
    change: [`patience: this.#config.timers.tcpOpen }`, `patience: 600_000 }`],
    more: [
      {
        file: 'reference/machines/initiator.ts',
        change: [`['TCP Open', ['network error', 'timeout'],`, `['TCP Open', ['network error'],`],
      },
    ],
  },
];

const backOff = inModule('reference/nodes/initiator.ts', ['client'], {
  'back-off-none': [
    'INI-16',
    'The initiator connects again at once.',
    `this.#machine.after(this.#wait(), 'backOff');`,
    `this.#machine.after(0, 'backOff');`,
  ],
  'back-off-does-not-grow': ['INI-16', 'Each back-off is as long as the first.', `    this.#failures += 1;\n`, ``],
  'back-off-below-its-least': [
    'INI-16',
    'The first back-off begins at half of its least.',
    `const shortest = Math.max(timers.backOffMin, longest / 2);`,
    `const shortest = longest / 4;`,
  ],
  'back-off-full-jitter': [
    'INI-16',
    'A back-off is random between its least and the bound, also where half of the bound is more.',
    `const shortest = Math.max(timers.backOffMin, longest / 2);`,
    `const shortest = timers.backOffMin;`,
  ],
  'back-off-without-jitter': [
    'INI-16',
    'A back-off is as long as its bound.',
    `* randomness.jitter();`,
    `* Math.max(1, randomness.jitter());`,
  ],
  'back-off-without-jitter-shortest': [
    'INI-16',
    'A back-off is always the shortest that its bound allows.',
    `* randomness.jitter();`,
    `* Math.min(0, randomness.jitter());`,
  ],
  'back-off-beyond-its-bound': [
    'INI-16',
    'Jitter is added to the bound of a back-off.',
    `return shortest + Math.max`,
    `return longest + Math.max`,
  ],
  'back-off-without-most': [
    'INI-16',
    'A back-off goes on doubling.',
    `const longest = Math.min(timers.backOffMin * 2 ** Math.min(this.#failures + 1, 30), timers.backOffMax);`,
    `const longest = timers.backOffMin * 2 ** Math.min(this.#failures + 1, 30);`,
  ],
  'back-off-triples': [
    'INI-16',
    'The bound of a back-off grows by four.',
    `timers.backOffMin * 2 ** Math.min(this.#failures + 1, 30)`,
    `timers.backOffMin * 2 * 4 ** Math.min(this.#failures, 15)`,
  ],
  'back-off-not-anew': [
    'INI-16',
    'The back-off goes on growing after Authorized.',
    `    if (!this.#brief) this.#failures = 0;\n`,
    '',
  ],
  'brief-keys-at-once': [
    'INI-16 INI-09',
    'Keys that last next to no time are renewed without a back-off, again and again.',
    `const event = brief && this.#brief ? 'end session' : 'key expired';`,
    `const event = brief && !brief ? 'end session' : 'key expired';`,
  ],
  'expiry-at-50-percent': [
    'INI-09',
    'The initiator acts at 50 % of a bound.',
    `const percent = 90;`,
    `const percent = 50;`,
  ],
  'expiry-at-89-percent': [
    'INI-09',
    'The initiator acts a little before 90 % of a bound.',
    `const percent = 90;`,
    `const percent = 85;`,
  ],
  'expiry-at-100-percent': [
    'INI-09',
    'The initiator acts when a bound is used up.',
    `const percent = 90;`,
    `const percent = 100;`,
  ],
  'expiry-status-end-session': [
    'INI-09',
    'The CLOSE before Reconnect says end session.',
    `cause: bySelf(Status.keyExpired) });
    this.#brief`,
    `cause: bySelf(Status.endSession) });
    this.#brief`,
  ],
});

const sent = 'sent.frames >= frames || received.frames >= frames || sent.octets >= octets || received.octets >= octets';

const lifetimes = inModule('reference/nodes/session.ts', ['client'], {
  'expiry-frames-not-counted': [
    'INI-09',
    'The bound in frames is not looked at.',
    sent,
    'sent.octets >= octets || received.octets >= octets',
  ],
  'expiry-octets-not-counted': [
    'INI-09',
    'The bound in octets is not looked at.',
    sent,
    'sent.frames >= frames || received.frames >= frames',
  ],
  'expiry-own-direction-not-counted': [
    'INI-09',
    'What the initiator itself sends does not use up a key.',
    sent,
    'received.frames >= frames || received.octets >= octets',
  ],
  'expiry-peer-direction-not-counted': [
    'INI-09',
    'What the server sends does not use up a key.',
    sent,
    'sent.frames >= frames || sent.octets >= octets',
  ],
  'expiry-both-directions-together': [
    'INI-09',
    'The frames of both directions count together.',
    sent,
    'sent.frames + received.frames >= frames || sent.octets >= octets || received.octets >= octets',
  ],
  'expiry-octets-together': [
    'INI-09',
    'The octets of both directions count together.',
    sent,
    'sent.frames >= frames || received.frames >= frames || sent.octets + received.octets >= octets',
  ],
  'expiry-seconds-not-counted': [
    'INI-09',
    'The bound in seconds is not looked at.',
    `this.duration = lifetimes.seconds * 10 * percent;`,
    `this.duration = 2 ** 31;`,
  ],
  'expiry-rounded-up': [
    'INI-09',
    '90 % of a bound are rounded up.',
    `Math.floor((Math.min(Number(agreed), hard) * percent) / 100)`,
    `Math.ceil((Math.min(Number(agreed), hard) * percent) / 100)`,
  ],
});

export const initiatorTimes: readonly Fault[] = [...waiting, ...dribbling, ...tcpOpen, ...backOff, ...lifetimes];
