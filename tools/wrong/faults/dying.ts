/** What ends a connection in Close, Dying and Reconnect besides their timers ([EP] figs. 11 to 13). */
import type { Fault, FaultyRole } from '../fault.ts';

const endPoints: readonly FaultyRole[] = ['client', 'server'];
const conversation = 'reference/nodes/conversation.ts';
const relay = 'reference/nodes/relay.ts';

/** One of the frames that come behind the CLOSE of an initiator whose key expired. */
const endsReconnect = (name: string, condition: string): Fault => ({
  id: `reconnect-ends-at-${name}`,
  breaks: ['CLOSE-08'],
  roles: ['client'],
  does: `Behind its own CLOSE the initiator does not wait for the end of the stream where this comes: ${name}.`,
  file: 'reference/tunnel/transport-connection.ts',
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
    file: conversation,
    change: [
      `if (phase === 'ending') this.#machine.step('end of stream');`,
      `if (phase === 'ending') {
      if (this.#machine.state !== 'Dying') this.#machine.step('end of stream');
    }`,
    ],
    // A connection whose both streams have ended is closed without further ado.
    more: [
      {
        file: conversation,
        change: [
          `else this.#machine.step('disconnected');`,
          `else if (this.#disconnecting || this.#machine.state !== 'Dying') this.#machine.step('disconnected');`,
        ],
      },
    ],
  },
  {
    id: 'dying-deaf-to-reset',
    breaks: ['CLOSE-08'],
    roles: endPoints,
    does: 'In Dying a connection that is reset is not given up before the timer runs out.',
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
    ],
  },
  {
    id: 'relay-dying-deaf-to-end-of-stream',
    breaks: ['CLOSE-08', 'RLY-13'],
    roles: ['relay'],
    does: 'In Dying the ends of both streams are not heard: the timer runs out.',
    file: relay,
    change: [`    if (this.state === 'Dying') this.#bothEnded();\n`, `    if (this.state === 'Dying') return;\n`],
  },
  {
    id: 'relay-dying-deaf-to-reset',
    breaks: ['CLOSE-08', 'RLY-13'],
    roles: ['relay'],
    does: 'In Dying connections that are reset are not given up before the timer runs out.',
    file: relay,
    change: [
      `    link.open = false;
    if (this.state !== 'Dying')`,
      `    if (this.state === 'Dying' && reason !== undefined) return;
    link.open = false;
    if (this.state !== 'Dying')`,
    ],
    more: [
      {
        file: 'reference/nodes/relay.ts',
        change: [
          `        this.#lost(input.side ?? 'upstream', undefined);`,
          `        if (this.state !== 'Dying' || this.#disconnecting) this.#lost(input.side ?? 'upstream', undefined);`,
        ],
      },
    ],
  },
  {
    id: 'frame-behind-close-ends-connection',
    breaks: ['CLOSE-08'],
    roles: endPoints,
    does: 'The first octets that come behind the own CLOSE end the connection, in place of the end of the stream.',
    file: 'reference/tunnel/transport-connection.ts',
    change: [
      `    socket.on('data', (chunk: Uint8Array) => {
      if (this.#finishing) return;`,
      `    socket.on('data', (chunk: Uint8Array) => {
      if (this.#finishing) socket.destroy();
      if (this.#finishing) return;`,
    ],
  },
];
