/** Keep-alives, silence and empty datagrams. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source, not templates
import type { Fault } from '../../fault.ts';

const conversation = 'reference/nodes/conversation.ts';
const sendsKeepAlive = `if (name === 'keepAlive') this.sendKeepAlive();`;
const keepAliveSet = `    machine.after(machine.timers.keepAlive, 'keepAlive');
    if (session.usedUp)`;
const silenceSet = `    machine.after(machine.timers.silence, 'silence');
    if (this.#deframer.partial)`;
const firstSilence = `    this.#machine.after(this.#machine.timers.silence, 'silence');
    this.#machine.after(session.duration`;

export const keeping: readonly Fault[] = [
  {
    id: 'keep-alive-never',
    breaks: ['DATA-13'],
    roles: ['client', 'server'],
    does: 'No keep-alive is ever sent.',
    file: conversation,
    change: [sendsKeepAlive, `if (name === 'keepAlive') this.#machine.deadlines.clear(name);`],
  },
  {
    id: 'keep-alive-once',
    breaks: ['DATA-13'],
    roles: ['client', 'server'],
    does: 'After a keep-alive no other follows.',
    file: conversation,
    change: [
      sendsKeepAlive,
      `if (name === 'keepAlive') {
      this.sendKeepAlive();
      this.#machine.deadlines.clear(name);
    }`,
    ],
  },
  {
    id: 'keep-alive-late',
    breaks: ['DATA-13'],
    roles: ['client', 'server'],
    does: 'Keep-alives are sent after twice the time.',
    file: conversation,
    change: [keepAliveSet, keepAliveSet.replace('machine.timers.keepAlive', '2 * machine.timers.keepAlive')],
    more: [
      {
        file: 'reference/nodes/server.ts',
        change: [
          `this.#machine.after(this.#machine.timers.keepAlive, 'keepAlive');`,
          `this.#machine.after(2 * this.#machine.timers.keepAlive, 'keepAlive');`,
        ],
      },
    ],
  },
  {
    id: 'keep-alive-held-off-by-receiving',
    breaks: ['DATA-13'],
    roles: ['client', 'server'],
    does: 'What is received puts the keep-alive off, though nothing is sent.',
    file: conversation,
    change: [
      silenceSet,
      `    machine.after(machine.timers.keepAlive, 'keepAlive');
${silenceSet}`,
    ],
  },
  {
    id: 'silence-never',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'A peer may be silent for ever.',
    file: conversation,
    change: [silenceSet, `    if (this.#deframer.partial)`],
    more: [{ file: conversation, change: [firstSilence, `    this.#machine.after(session.duration`] }],
  },
  {
    id: 'silence-before-the-first-frame',
    breaks: ['DATA-14'],
    roles: ['client'],
    does: 'The silence of a peer that has sent nothing since RESPONSE is not noticed.',
    file: conversation,
    change: [firstSilence, `    this.#machine.after(session.duration`],
    more: [
      {
        file: conversation,
        change: [
          `    this.#deframer.push(octets);
    try {`,
          `    this.#deframer.push(octets);
    const { phase } = machine;
    try {`,
        ],
      },
      {
        file: conversation,
        change: [silenceSet, silenceSet.replace('    machine', `    if (phase === 'authorized') machine`)],
      },
    ],
  },
  {
    id: 'silence-never-reset',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'The time of silence counts from Authorized, whatever comes.',
    file: conversation,
    change: [silenceSet, `    if (this.#deframer.partial)`],
  },
  {
    id: 'silence-reset-by-sending',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'What is sent begins the time of silence anew, so that keep-alives hide a dead peer.',
    file: conversation,
    change: [
      keepAliveSet,
      `    machine.after(machine.timers.silence, 'silence');
${keepAliveSet}`,
    ],
  },
  {
    id: 'silence-not-reset-by-keep-alives',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'Empty DATA frames do not begin the time of silence anew.',
    file: conversation,
    change: [
      silenceSet,
      `    if (this.#received.length > 0) machine.after(machine.timers.silence, 'silence');
    if (this.#deframer.partial)`,
    ],
  },
  {
    id: 'silence-of-5-seconds',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'A connection fails after 5 s of silence, whatever the configuration says.',
    file: conversation,
    change: [silenceSet, silenceSet.replace('machine.timers.silence', '5000')],
    more: [
      { file: conversation, change: [firstSilence, firstSilence.replace('this.#machine.timers.silence', '5000')] },
    ],
  },
  {
    id: 'silence-early',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'A connection fails after half the time of silence.',
    file: conversation,
    change: [silenceSet, silenceSet.replace('machine.timers.silence', '0.5 * machine.timers.silence')],
  },
  {
    id: 'silence-with-close',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'Silence ends the connection with CLOSE "timeout", as if the peer was there.',
    file: conversation,
    change: [
      "else if (name === 'silence') this.#broken(`nothing received for ${timers.silence} ms`);",
      `else if (name === 'silence')
      this.#machine.end({ event: 'end session', cause: bySelf(Status.timeout, String(timers.silence)) });`,
    ],
  },
  {
    id: 'silence-without-end',
    breaks: ['DATA-14'],
    roles: ['client', 'server'],
    does: 'A connection that failed by silence stays open.',
    file: 'reference/tunnel/transport-connection.ts',
    change: [`    if (abort) this.socket.destroy();`, `    if (abort) this.socket.unref();`],
  },
  {
    id: 'empty-datagram-delivered',
    breaks: ['DATA-15'],
    roles: ['client', 'server'],
    does: 'An empty datagram is handed to the adapter as an Ethernet header alone.',
    file: 'reference/crypto/data-frame.ts',
    change: ['(datagram.length === 0 ? [] : [datagram])', '[datagram]'],
    more: [
      {
        file: 'reference/adapter/receive-path.ts',
        change: [
          `    const etherType = etherTypeFor(datagram);
`,
          `    if (datagram.length === 0) return indicate(this.#slab.subarray(0, ethernetHeaderLength));
    const etherType = etherTypeFor(datagram);
`,
        ],
      },
    ],
  },
  {
    id: 'first-data-not-at-once',
    breaks: ['DATA-08'],
    roles: ['client'],
    does: 'The initiator sends no empty DATA frame when it enters Authorized: the next keep-alive has to do.',
    file: 'reference/nodes/initiator.ts',
    change: [
      `    this.#conversation.sendKeepAlive();
    this.#conversation.sendWaiting();`,
      `    this.#machine.after(this.#options.timers.keepAlive, 'keepAlive');
    this.#conversation.sendWaiting();`,
    ],
  },
  {
    id: 'first-data-late',
    breaks: ['DATA-08'],
    roles: ['client'],
    does: 'The initiator sends its empty DATA frame 2 s after it has entered Authorized.',
    file: 'reference/nodes/initiator.ts',
    change: [
      `    this.#conversation.sendKeepAlive();
    this.#conversation.sendWaiting();`,
      `    this.#machine.after(2000, 'keepAlive');
    this.#conversation.sendWaiting();`,
    ],
  },
];
