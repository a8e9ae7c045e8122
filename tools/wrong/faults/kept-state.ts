/** State that outlives its connection, and state that connections share. */
import { type Fault, inModule } from '../fault.ts';

export const keptState: readonly Fault[] = [
  ...inModule('reference/nodes/conversation.ts', ['client'], {
    'frame-in-part-kept': [
      'INI-22 INI-15',
      'What came of a frame before the connection broke is put before the frames of the next connection.',
      '    this.#deframer = new Deframer();\n',
      '',
    ],
    'end-of-stream-kept': [
      'CLOSE-08',
      "Once a peer has ended its stream, no later connection waits for the peer's end after CLOSE.",
      '    this.#peerEnded = false;\n',
      '',
    ],
    'close-key-kept': [
      'CLOSE-01 INI-14',
      'After a connection that was keyed, a CLOSE before the next RESPONSE is keyed with the key of before.',
      '    this.closeKey = undefined;\n',
      '',
    ],
    'cause-kept': [
      'INI-17 INI-19',
      'The reason why the first connection ended counts for all later ones.',
      '    this.#machine.cause = undefined;\n',
      '',
    ],
  }),
  ...inModule('reference/crypto/data-frame.ts', ['client', 'server'], {
    'sealed-in-one-buffer': [
      'DATA-03 ADP-15 ADP-25 ADP-32',
      'All DATA frames are made in one buffer: the next frame overwrites one that has not been written yet.',
      'const frame = new Uint8Array(dataHeaderLength + digestLength + sealed);',
      'const frame = (globalThis.slab ??= new Uint8Array(131_072)).subarray(0, dataHeaderLength + digestLength + sealed);',
    ],
  }),
  ...inModule('reference/tunnel/transport-connection.ts', ['client', 'server'], {
    'paused-beyond-the-connection': [
      'ADP-14 ADP-25 INI-22',
      'Where a tunnel connection that is full breaks, the adapter is not read any more.',
      '      events.relieved();\n      events.closed();',
      '      events.closed();',
    ],
  }),
  ...inModule('reference/tunnel/server/server.ts', ['server'], {
    'superseding-forgotten': [
      'SRV-18',
      'The end of the older session removes the newer one from the list: a third session displaces nothing.',
      'if (name !== undefined && this.#confirmed.get(name) === tunnel)',
      'if (name !== undefined)',
    ],
    'end-session-of-a-longer-name': [
      'SRV-10',
      'End Session of one initiator ends the sessions of all whose names begin with its name.',
      'tunnel.session?.name === name',
      'tunnel.session?.name.startsWith(name)',
    ],
  }),
  ...inModule('reference/nodes/queue.ts', ['client'], {
    'waiting-datagrams-share-octets': [
      'ADP-15 INI-10 INI-09 INI-22',
      'Datagrams that wait for the next connection are not copied: each becomes what the stack sent last.',
      'this.#waiting.push(datagram.slice());',
      'this.#waiting.push(datagram);',
    ],
  }),
];
