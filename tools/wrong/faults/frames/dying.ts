/** What ends a connection in Close, Dying and Reconnect besides their timers ([EP] figs. 11 to 13). */
import type { ChangeOfModule, Fault, FaultyRole } from '../../fault.ts';

const endPoints: readonly FaultyRole[] = ['client', 'server'];
const conversation = 'reference/nodes/conversation.ts';
const splice = 'reference/tunnel/relay/forward/splice.ts';
const sockets = 'reference/tunnel/transport-connection.ts';

/** What was sent has left, and nothing is read: the runtime tells a reset, but not the end of the stream. */
const deafToEnd: ChangeOfModule = {
  file: sockets,
  change: [`    this.socket.end();\n    this.socket.resume();`, `    this.socket.end();\n    this.socket.pause();`],
};

/** The runtime closes a socket that is reset: the kernel's goes on under another descriptor, and nobody closes that. */
const keptAtReset: readonly ChangeOfModule[] = [
  {
    file: sockets,
    change: [
      `    this.socket.end();\n    this.socket.resume();`,
      `    const kept = duplicateOf(handleOf(this.socket)?.fd ?? -1);
    this.socket.once('close', (failed) => failed || kept === undefined || close(kept));
    this.socket.end();
    this.socket.resume();`,
    ],
  },
  { file: sockets, change: [`import { duplicate } from`, `import { close, duplicate } from`] },
];

/** One of the frames that come behind the CLOSE of an initiator whose key expired. */
const endsReconnect = (name: string, condition: string): Fault => ({
  id: `reconnect-ends-at-${name}`,
  breaks: ['CLOSE-08'],
  roles: ['client'],
  does: `Behind its own CLOSE the initiator does not wait for the end of the stream where this comes: ${name}.`,
  file: sockets,
  change: [
    `    socket.on('data', (chunk: Uint8Array) => {
`,
    `    socket.on('data', (chunk: Uint8Array) => {
      const hex = Buffer.from(chunk).toString('hex');
      if (this.#finishing && ${condition}) socket.destroy();
`,
  ],
});

/** By the first octets of each, in hexadecimal: several may come at once. */
const behindClose: Readonly<Record<string, string>> = {
  data: `hex.startsWith('000000100401')`,
  relay: `/0000....0101/.test(hex)`,
  'another-version': `hex.includes('000000080502')`,
  'a-length-below-6': `hex.includes('000000050501')`,
  close: `hex.includes('0000000805010001')`,
};

export const dying: readonly Fault[] = [
  ...Object.entries(behindClose).map(([name, condition]) => endsReconnect(name, condition)),
  {
    id: 'dying-deaf-to-end-of-stream',
    breaks: ['CLOSE-08'],
    roles: endPoints,
    does: 'In Dying the end of the stream of the peer is not heard: the timer runs out.',
    ...deafToEnd,
  },
  {
    id: 'dying-deaf-to-reset',
    breaks: ['CLOSE-08'],
    roles: endPoints,
    does: 'In Dying a connection that is reset is not given up: its socket stays.',
    file: conversation,
    change: [
      `        this.#broken(input.reason);
        break;`,
      `        if (this.#machine.state !== 'Dying') this.#broken(input.reason);
        break;`,
    ],
    more: [
      {
        file: conversation,
        change: [
          `else this.#machine.step('disconnected');`,
          `else if (this.#disconnecting) this.#machine.step('disconnected');`,
        ],
      },
      ...keptAtReset,
    ],
  },
  {
    id: 'relay-dying-deaf-to-end-of-stream',
    breaks: ['CLOSE-08', 'RLY-13'],
    roles: ['relay'],
    does: 'In Dying the ends of both streams are not heard: the timer runs out.',
    file: splice,
    change: [
      `    end.reading = 'ended';
    this.#report(side, { event: 'end of stream' });`,
      `    end.reading = 'waiting';`,
    ],
    // Before the next node has answered the connections are sockets of the runtime's.
    more: [deafToEnd],
  },
  {
    id: 'relay-dying-deaf-to-reset',
    breaks: ['CLOSE-08', 'RLY-13'],
    roles: ['relay'],
    does: 'In Dying connections that are reset are not given up: their sockets stay.',
    file: splice,
    change: [
      `    if (this.#ends[side].closed) return;
    this.#close(side);`,
      `    if (this.#ends[side].reading === 'discarding') this.#ends[side].reading = 'waiting';
    if (this.#ends[side].closed || this.#ends[side].reading === 'waiting') return;
    this.#close(side);`,
    ],
    more: keptAtReset,
  },
  {
    id: 'frame-behind-close-ends-connection',
    breaks: ['CLOSE-08'],
    roles: endPoints,
    does: 'The first octets that come behind the own CLOSE end the connection, in place of the end of the stream.',
    file: sockets,
    change: [
      `    socket.on('data', (chunk: Uint8Array) => {
      if (this.#finishing) return;`,
      `    socket.on('data', (chunk: Uint8Array) => {
      if (this.#finishing) socket.destroy();
      if (this.#finishing) return;`,
    ],
  },
];
