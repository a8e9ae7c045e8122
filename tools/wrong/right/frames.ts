/** Other choices about frames: padding, GREASE, how TCP cuts them, what is sent besides. */
import type { Right } from '../right.ts';

const padding = (id: string, expression: string, does: string): Right => ({
  id,
  roles: ['client', 'server'],
  does,
  touches: ['DATA-01', 'DATA-03', 'DATA-08', 'DATA-13', 'TRF-04', 'KEY-02', 'CLOSE-02', 'INI-03', 'ADP-04', 'SRV-16'],
  file: 'reference/crypto/randomness.ts',
  change: ['  padding: () => 0,\n};', `  padding: () => ${expression},\n};`],
});

const grease = (id: string, choice: string, does: string): Right => ({
  id,
  roles: ['client'],
  does,
  touches: ['ID', 'REQ', 'RELAY', 'INI-01', 'HS'],
  file: 'reference/crypto/randomness.ts',
  change: [
    `      transform: { id: greaseIdentifier(a % 15), index: b % 4 },
      tlv: { id: greaseIdentifier(c % 8), value: randomOctets(length % 16) },
    };`,
    `      ...(a + b + c + length < 0 ? {} : ${choice}),
    };`,
  ],
});

const writingTouches = 'FRAME-01 FRAME-04 INI-01 INI-06 INI-14 SRV-04 SRV-10 RESP-01 CLOSE-01 DATA-08'.split(' ');

const writing = (id: string, code: string, does: string): Right => ({
  id,
  roles: ['client', 'server'],
  does,
  touches: writingTouches,
  // TCP or the node would join the pieces again.
  apart: ['frames-joined', 'without-nodelay'],
  // In single octets the golden conversation is more than the capture takes.
  declares: { lacks: ['deterministic'] },
  file: 'reference/tunnel/transport-connection.ts',
  change: ['    return socket.write(octets);', code],
});

/** Each piece leaves in a system call of its own. */
const inPieces = (size: string): string => `    socket.uncork();
    const size = ${size};
    let taken = true;
    for (let at = 0; at < octets.length; at += size) taken = socket.write(octets.slice(at, at + size));
    return taken;`;

export const frameChoices: readonly Right[] = [
  padding('padding-3', '3', 'Every DATA frame of an AEAD transform has 3 octets of padding (section 7.3).'),
  padding('padding-255', '255', 'Every DATA frame of an AEAD transform has 255 octets of padding (section 7.3).'),
  padding('padding-random', 'randomOctets(1)[0]!', 'Padding is drawn at random for each DATA frame (section 7.3).'),
  grease('without-grease', '{}', 'The initiator sends no GREASE, which ID-07 only recommends.'),
  grease(
    'grease-in-front',
    '{ transform: { id: 0xfafa, index: 0 }, tlv: { id: 0x7a7a, value: new Uint8Array(0) } }',
    'GREASE 0xfafa stands before every transform, and 0x7a7a has no value (section 3.5).',
  ),
  grease(
    'grease-at-the-end',
    '{ transform: { id: 0x0a0a, index: 99 }, tlv: { id: 0x0a0a, value: new Uint8Array(64) } }',
    'GREASE stands behind every transform, and that of the key exchange data is long (section 3.5).',
  ),
  writing(
    'two-segments',
    inPieces('Math.ceil(octets.length / 2)'),
    'Every frame is written in two halves, each in a segment of its own (FRAME-05).',
  ),
  writing('pieces-of-1', inPieces('1'), 'Frames are written an octet at a time (FRAME-05).'),
  writing('pieces-of-7', inPieces('7'), 'Frames are written in pieces of 7 octets (FRAME-05).'),
  writing('pieces-of-1000', inPieces('1000'), 'Frames are written in pieces of 1,000 octets (FRAME-05).'),
  {
    id: 'halves-30-ms-apart',
    // TCP or the node would join the pieces again.
    apart: ['frames-joined', 'without-nodelay'],
    roles: ['client', 'server'],
    does: 'The second half of every frame leaves 30 ms after the first (FRAME-05).',
    touches: writingTouches,
    declares: { lacks: ['deterministic'] },
    file: 'reference/tunnel/transport-connection.ts',
    change: [
      '    return socket.write(octets);',
      `    socket.uncork();
    const half = octets.length >> 1;
    const parts = [octets.slice(0, half), octets.slice(half)];
    this.whenWritten(async () => {
      socket.write(parts[0]!);
      await new Promise((resolve) => setTimeout(resolve, 30));
      socket.write(parts[1]!);
    });
    return true;`,
    ],
    more: [
      {
        file: 'reference/tunnel/transport-connection.ts',
        change: [
          '  /** What one turn of the event loop sends',
          `  #written = Promise.resolve();
  whenWritten(next: () => unknown): void {
    this.#written = this.#written.then(next).then(() => {});
  }

  /** What one turn of the event loop sends`,
        ],
      },
      {
        file: 'reference/tunnel/transport-connection.ts',
        change: ['    this.socket.end();\n', '    this.whenWritten(() => this.socket.end());\n'],
      },
      {
        file: 'reference/tunnel/transport-connection.ts',
        change: ['    else this.socket.destroySoon();', '    else this.whenWritten(() => this.socket.destroySoon());'],
      },
    ],
  },
  {
    id: 'fin-100-ms-after-close',
    roles: ['client', 'server', 'relay'],
    does: 'A node shuts down writing 100 ms after its last frame (CLOSE-08 has no time for it).',
    touches: [
      'CLOSE',
      'INI-04',
      'INI-05',
      'INI-06',
      'INI-07',
      'SRV-05',
      'SRV-09',
      'SRV-10',
      'SRV-11',
      'RLY-05',
      'RLY-07',
    ],
    file: 'reference/tunnel/transport-connection.ts',
    change: ['    this.socket.end();\n', '    setTimeout(() => this.socket.end(), 100);\n'],
  },
  {
    id: 'without-nodelay',
    roles: ['client', 'server', 'relay'],
    does: 'TCP joins small frames as it likes: TCP_NODELAY is not set, which FRAME-03 only recommends.',
    touches: [
      'FRAME-01',
      'FRAME-05',
      'DATA-08',
      'INI-06',
      'SRV-10',
      'RLY-02',
      'RLY-03',
      'RLY-04',
      'RLY-05',
      'CLOSE-06',
    ],
    file: 'reference/tunnel/transport-connection.ts',
    change: ['socket.setNoDelay(true);', 'socket.setNoDelay(false);'],
  },
  {
    id: 'frames-joined',
    roles: ['client', 'server'],
    does: 'What is sent within 20 ms leaves in one segment (FRAME-05).',
    touches: [
      'FRAME-01',
      'INI-06',
      'INI-11',
      'SRV-10',
      'SRV-13',
      'SRV-34',
      'CLOSE-06',
      'CLOSE-09',
      'DATA-08',
      'DATA-11',
    ],
    file: 'reference/tunnel/transport-connection.ts',
    change: ['process.nextTick(() => this.flush());', 'setTimeout(() => this.flush(), 20);'],
  },
  {
    id: 'empty-data-between',
    // The golden conversation is that of one choice.
    declares: { lacks: ['deterministic'] },
    roles: ['client', 'server'],
    does: 'An empty DATA frame goes before every datagram, as long as the key lasts: keep-alives may be sent at any time (section 7.2).',
    touches: ['DATA-01', 'DATA-08', 'DATA-13', 'KEY-02', 'SRV-16', 'SRV-20', 'ADP-03', 'ADP-09', 'ADP-10', 'ADP-15'],
    file: 'reference/nodes/conversation.ts',
    change: [
      '      octets = session.seal(datagrams);\n',
      `      if (datagrams.length > 0) {
        machine.emit({ type: 'send', octets: session.seal([]) });
        if (session.usedUp) this.#owner.keyUsedUp();
        if (!machine.sends) {
          this.#send(datagrams);
          return true;
        }
      }
      octets = session.seal(datagrams);
`,
    ],
  },
  {
    id: 'confirmed-three-times',
    // The golden conversation is that of one choice.
    declares: { lacks: ['deterministic'] },
    roles: ['client'],
    does: 'The initiator begins with three empty DATA frames (section 10.4).',
    touches: ['DATA-01', 'DATA-08', 'DATA-13', 'DATA-14', 'KEY-02', 'INI-03', 'INI-08', 'INI-09', 'INI-11', 'CLOSE-02'],
    file: 'reference/nodes/initiator.ts',
    change: [
      '    this.#conversation.sendKeepAlive();\n    this.#conversation.sendWaiting();',
      '    for (let count = 0; count < 3; count++) this.#conversation.sendKeepAlive();\n    this.#conversation.sendWaiting();',
    ],
  },
  {
    id: 'confirmation-answered',
    // The golden conversation is that of one choice.
    declares: { lacks: ['deterministic'] },
    roles: ['server'],
    does: 'The server sends an empty DATA frame as soon as an initiator is confirmed (section 10.4).',
    touches: [
      'DATA-08',
      'DATA-13',
      'DATA-14',
      'KEY-02',
      'SRV-09',
      'SRV-10',
      'SRV-13',
      'SRV-16',
      'SRV-18',
      'SRV-34',
      'CLOSE',
    ],
    file: 'reference/nodes/server.ts',
    change: [
      "    this.#machine.emit({ type: 'confirmed', session });\n",
      "    this.#machine.emit({ type: 'confirmed', session });\n    this.#conversation.sendKeepAlive();\n",
    ],
  },
  {
    id: 'transform-twice',
    // GREASE would stand before the last transform.
    apart: ['grease-at-the-end'],
    // The golden conversation is that of one choice.
    declares: { lacks: ['deterministic'] },
    roles: ['client'],
    does: 'The initiator offers its first transform once more at the end (section 5.1).',
    touches: ['REQ', 'ID', 'RESP', 'INI-01', 'HS'],
    file: 'reference/nodes/exchange.ts',
    change: [
      'transforms: transform === undefined ? transforms : transforms.toSpliced(transform.index, 0, transform.id),',
      'transforms: [...(transform === undefined ? transforms : transforms.toSpliced(transform.index, 0, transform.id)), transforms[0]!],',
    ],
  },
  {
    id: 'close-refused-at-6-octets',
    roles: ['client', 'server'],
    does: 'A CLOSE of 9 to 39 octets is refused at its first 6 octets, not once it is whole (section 2).',
    touches: ['CLOSE-01', 'CLOSE-03', 'FRAME-06', 'FRAME-10'],
    file: 'reference/wire/frame-start.ts',
    change: [
      '  if (length < min || length > max) throw',
      "  if (length < min || length > max || (name === 'CLOSE' && length !== 8 && length !== 40)) throw",
    ],
  },
  {
    id: 'out-of-place-at-6-octets',
    roles: ['client', 'server'],
    does: "A frame that has no place in the receiver's state is refused at its first 6 octets (section 2).",
    touches: ['FRAME-06', 'FRAME-09', 'FRAME-13', 'INI-11', 'INI-12', 'SRV-02', 'SRV-03', 'SRV-13'],
    file: 'reference/nodes/conversation.ts',
    change: [
      '        if (frame === undefined) break;\n',
      `        if (frame === undefined) {
          const begun = this.#deframer.begun?.type;
          const places: Readonly<Record<string, string>> = {
            'Receive Relay': 'RELAY', 'Connect Wait': 'REQUEST', 'Response Wait': 'RESPONSE', Authorized: 'DATA',
          };
          const place = places[machine.state];
          if (begun !== undefined && place !== undefined && begun !== 'CLOSE' && begun !== place)
            throw new Unexpected(begun);
          break;
        }
`,
    ],
  },
  {
    id: 'another-origin',
    roles: ['client'],
    does: 'The initiator names itself otherwise than RELAY-13 recommends.',
    touches: ['RELAY', 'FRAME', 'INI-01', 'HS-01', 'REQ'],
    file: 'reference/wire/relay.ts',
    change: ["'origin.invalid'", "'laptop.example'"],
  },
];
