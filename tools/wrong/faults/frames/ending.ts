/** The end of a connection, and what comes behind a CLOSE. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source, not templates
import type { Fault } from '../../fault.ts';
import { truncation } from './truncation.ts';

const conversation = 'reference/nodes/conversation.ts';
const transport = 'reference/tunnel/transport-connection.ts';
const initiatorMachine = 'reference/machines/initiator.ts';
const serverMachine = 'reference/machines/server.ts';
const keyedOrNot = `const octets = this.#session?.close(status) ?? (this.closeKey ? keyedClose(this.closeKey, status, 0) : unkeyed());`;
const finishing = `    this.#finishing = true;
    this.socket.end();
    this.socket.resume();`;
const closeReceivedServer = `['Authorized', ['close received 233'], ['shut down writing'], 'Dying', '[EP] fig. 12'],`;
const closeReceivedInitiator = `['Authorized', ['close received 216'], ['shut down writing'], 'Dying', '[EP] fig. 11'],`;

export const ending: readonly Fault[] = [
  ...truncation,
  {
    id: 'close-sent-twice',
    breaks: ['CLOSE-06'],
    roles: ['client', 'server'],
    does: 'Two CLOSE frames are sent, one after the other.',
    file: conversation,
    change: [keyedOrNot, `${keyedOrNot}\n    this.#machine.emit({ type: 'send', octets });`],
  },
  {
    id: 'close-for-each-fault',
    breaks: ['CLOSE-06'],
    roles: ['client', 'server'],
    does: 'Each faulty frame is answered with a CLOSE of its own.',
    file: conversation,
    change: [
      `    this.#machine.emit({ type: 'send', octets });
  }

  /** Action *deliver*. */`,
      // The frame that is answered already comes first; lengths of 6 to 255 will do.
      `    this.#machine.emit({ type: 'send', octets });
    const rest = this.#deframer.takeUnread();
    for (let at = Math.max(6, rest[3] ?? 0); at + 6 <= rest.length; at += Math.max(6, rest[at + 3]!))
      this.#machine.emit({ type: 'send', octets });
  }

  /** Action *deliver*. */`,
    ],
  },
  {
    id: 'data-behind-close-sent',
    breaks: ['CLOSE-06'],
    roles: ['client', 'server'],
    does: 'An empty DATA frame follows the CLOSE.',
    file: conversation,
    change: [
      `    this.#machine.emit({ type: 'send', octets });
  }

  /** Action *deliver*. */`,
      `    this.#machine.emit({ type: 'send', octets });
    if (this.#session) this.#machine.emit({ type: 'send', octets: this.#session.seal([]) });
  }

  /** Action *deliver*. */`,
    ],
  },
  {
    id: 'close-answered-in-authorized',
    breaks: ['CLOSE-07'],
    roles: ['client', 'server'],
    does: 'A CLOSE in Authorized is answered with CLOSE "end session".',
    file: serverMachine,
    change: [
      closeReceivedServer,
      closeReceivedServer.replace(`['shut down writing'], 'Dying'`, `['send CLOSE'], 'Close'`),
    ],
    more: [
      {
        file: initiatorMachine,
        change: [
          closeReceivedInitiator,
          closeReceivedInitiator.replace(`['shut down writing'], 'Dying'`, `['send CLOSE'], 'Close'`),
        ],
      },
    ],
  },
  {
    id: 'close-answered-before-authorized',
    breaks: ['CLOSE-07'],
    roles: ['server'],
    does: 'A CLOSE in Connect Wait is answered with CLOSE.',
    file: serverMachine,
    change: [
      `['Connect Wait', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],`,
      `['Connect Wait', ['close received', 'end session'], ['send CLOSE'], 'Close', 'binding'],`,
    ],
  },
  {
    id: 'close-answered-in-receive-relay',
    breaks: ['CLOSE-07'],
    roles: ['server'],
    does: 'A CLOSE in Receive Relay is answered with CLOSE.',
    file: serverMachine,
    change: [
      `['Receive Relay', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],`,
      `['Receive Relay', ['close received', 'end session'], ['send CLOSE'], 'Close', 'binding'],`,
    ],
  },
  {
    id: 'close-answered-in-response-wait',
    breaks: ['CLOSE-07'],
    roles: ['client'],
    does: 'A CLOSE in Response Wait is answered with CLOSE.',
    file: initiatorMachine,
    change: [
      `['Response Wait', ['close received', 'end session'], ['shut down writing'], 'Dying', 'binding'],`,
      `['Response Wait', ['close received', 'end session'], ['send CLOSE'], 'Close', 'binding'],`,
    ],
  },
  {
    id: 'close-answered-late',
    breaks: ['CLOSE-07'],
    roles: ['client', 'server'],
    does: 'A CLOSE that crosses that of the peer is answered with another one.',
    file: transport,
    change: [
      finishing,
      `    this.#finishing = true;
    const answer = Uint8Array.of(0, 0, 0, 8, 5, 1, 0, 1);
    this.socket.on('data', (octets: Uint8Array) => void (octets[4] === 5 && this.socket.writable && this.socket.write(answer)));
    setTimeout(() => this.socket.end(), 200);
    this.socket.resume();`,
    ],
  },
  {
    id: 'close-answered-while-refusing',
    breaks: ['CLOSE-07'],
    roles: ['server'],
    does: 'A CLOSE that comes while a refusal is delayed is answered at once.',
    file: conversation,
    change: [
      `      machine.step('frame');
      return;`,
      `      machine.step('frame');
      if (octets[4] === 5 && !this.#peerEnded) this.sendClose();
      return;`,
    ],
  },
  {
    id: 'closed-at-once',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE the connection is closed at once: what still comes is answered with RST.',
    file: transport,
    change: [finishing, `    this.#finishing = true;\n    this.socket.destroySoon();`],
  },
  {
    id: 'closed-with-rst',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE the connection is reset.',
    file: transport,
    change: [finishing, `    this.#finishing = true;\n    setImmediate(() => this.socket.resetAndDestroy());`],
  },
  {
    id: 'input-not-discarded',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE nothing more is read, so that a peer that still sends is held up.',
    file: transport,
    change: [finishing, `    this.#finishing = true;\n    this.socket.end();\n    this.socket.pause();`],
  },
  {
    id: 'waits-for-ever-after-close',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE the end of the peer is awaited for ever.',
    file: 'reference/nodes/running-machine.ts',
    change: [
      `    if (timer !== undefined) this.deadlines.set('state',`,
      `    if (timer !== undefined && timer !== 'dying') this.deadlines.set('state',`,
    ],
  },
  {
    id: 'waits-10-seconds-after-close',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE the end of the peer is awaited for 10 s.',
    file: 'reference/nodes/running-machine.ts',
    change: [`this.now + this.timers[timer]);`, `this.now + (timer === 'dying' ? 5 : 1) * this.timers[timer]);`],
  },
  {
    id: 'waits-half-a-second-after-close',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE the end of the peer is awaited for 0.5 s.',
    file: 'reference/nodes/running-machine.ts',
    change: [`this.now + this.timers[timer]);`, `this.now + (timer === 'dying' ? 0.25 : 1) * this.timers[timer]);`],
  },
  {
    id: 'writing-not-shut-down',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'After CLOSE the own stream stays open until the peer has ended its own.',
    file: transport,
    change: [
      finishing,
      `    this.#finishing = true;\n    this.socket.once('end', () => this.socket.end());\n    this.socket.resume();`,
    ],
  },
  {
    id: 'input-begins-the-wait-anew',
    breaks: ['CLOSE-08'],
    roles: ['client', 'server'],
    does: 'What comes after CLOSE begins the wait of 2 s anew.',
    file: transport,
    change: [`      if (this.#finishing) return;`, ''],
    more: [
      {
        file: conversation,
        change: [
          `      machine.step('frame');
      return;`,
          `      machine.step('frame');
      machine.deadlines.set('state', machine.now + machine.timers.dying);
      return;`,
        ],
      },
    ],
  },
  {
    id: 'data-behind-close-delivered',
    breaks: ['CLOSE-09'],
    roles: ['client', 'server'],
    does: 'DATA that comes with a CLOSE in one segment, behind it, is delivered.',
    file: conversation,
    change: [
      `      if (status !== undefined) {
        this.#closed(status);`,
      `      if (status !== undefined) {
        for (let next = this.#deframer.next(); next?.type === 'DATA'; next = this.#deframer.next())
          this.#machine.emit({ type: 'deliver', datagram: session.open(next.octets)[0] });
        this.#closed(status);`,
    ],
  },
  {
    id: 'data-before-close-lost',
    breaks: ['CLOSE-09'],
    roles: ['client', 'server'],
    does: 'DATA that comes with a CLOSE in one segment, before it, is not delivered.',
    file: conversation,
    change: [
      `    this.#deframer.push(octets);
    try {`,
      `    this.#deframer.push(octets);
    const closes = octets.length > 40 && octets[octets.length - 36] === 5 && octets[octets.length - 37] === 40;
    try {`,
    ],
    more: [
      {
        file: conversation,
        change: [
          `        if (machine.phase === 'authorized') this.#authorized(frame);`,
          `        if (machine.phase === 'authorized' && closes && frame.type === 'DATA') this.#session?.open(frame.octets);
        else if (machine.phase === 'authorized') this.#authorized(frame);`,
        ],
      },
    ],
  },
  {
    id: 'close-received-and-not-disconnected',
    breaks: ['CLOSE-09'],
    roles: ['client', 'server'],
    does: 'The receiver of a CLOSE says that the session has ended, and keeps the connection.',
    file: transport,
    change: [finishing, `    this.#finishing = !this.socket.readableEnded;\n    this.socket.resume();`],
  },
  {
    id: 'data-behind-own-close-delivered',
    breaks: ['CLOSE-08', 'CLOSE-09'],
    roles: ['client', 'server'],
    does: 'DATA that comes after the own CLOSE is still delivered.',
    file: transport,
    change: [`      if (this.#finishing) return;`, ''],
    more: [
      {
        file: conversation,
        change: [
          `      machine.step('frame');
      return;`,
          `      machine.step('frame');
      this.#deframer.push(octets);
      for (let next = this.#deframer.next(); next?.type === 'DATA'; next = this.#deframer.next())
        if (lastSession) machine.emit({ type: 'deliver', datagram: lastSession.open(next.octets)[0] });
      return;`,
        ],
      },
      {
        file: conversation,
        change: [
          `    this.#session = session;
    this.#machine.after(`,
          `    this.#session = session;
    lastSession = session;
    this.#machine.after(`,
        ],
      },
      {
        file: conversation,
        change: [`const queueLimit = 64;`, `const queueLimit = 64;\nlet lastSession: Session | undefined;`],
      },
    ],
  },
];
