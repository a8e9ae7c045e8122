/** Servers that keep to a rule in the first session of a name, or read a length by its low octet. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const node = 'reference/nodes/server.ts';
const conversation = 'reference/nodes/conversation.ts';

/** Whether the session is not the first one of its name. */
const met: readonly [string, string, string] = [
  node,
  '    this.#options.authority.confirmed(this.peer, session);\n',
  '    this.#options.authority.confirmed(this.peer, session);\n    this.#conversation.later = (globalThis.names ??= new Set()).has(session.name);\n    globalThis.names.add(session.name);\n',
];

export const laterSessions: readonly Fault[] = [
  ...ofSeveral({
    'silence-of-the-first-session': [
      'DATA-14',
      'server',
      'A session whose name had one before may be silent for ever.',
      [...met],
      [
        conversation,
        "else if (name === 'silence') this.#broken(",
        "else if (name === 'silence' && this.later) this.later = true;\n    else if (name === 'silence') this.#broken(",
      ],
    ],
    'stalled-in-the-first-session': [
      'FRAME-15',
      'server',
      'In a session whose name had one before no frame is stalled.',
      [...met],
      [
        conversation,
        "else if (name === 'stalledFrame') this",
        "else if (name === 'stalledFrame' && this.later) this.later = true;\n    else if (name === 'stalledFrame') this",
      ],
    ],
    'truncation-in-the-first-session': [
      'CLOSE-04 DATA-10 SRV-12',
      'server',
      'In a session whose name had one before a faulty frame is passed over in silence.',
      [...met],
      [
        conversation,
        '      machine.end(this.#faultOf(error, frame));',
        '      if (!this.later) machine.end(this.#faultOf(error, frame));',
      ],
    ],
    'confirmed-source-of-the-first-session': [
      'ADP-08',
      'server',
      'Of what comes out of a session whose name had one before the source is not judged.',
      [
        'reference/tunnel/server/server-adapter.ts',
        'const permitted = this.#permitted(client, ...datagram);',
        'const permitted = client.later || this.#permitted(client, ...datagram);',
      ],
      [
        'reference/tunnel/server/server-adapter.ts',
        '    this.#switchboard.add(client, addresses);\n',
        '    this.#switchboard.add(client, addresses);\n    client.later = (this.names ??= new Set()).has(name);\n    this.names.add(name);\n',
      ],
    ],
    'end-session-of-the-first-session': [
      'SRV-10',
      'server',
      'The operator cannot end a session whose name had one before.',
      [
        'reference/tunnel/server/server.ts',
        'tunnel.session?.name === name)',
        '(tunnel.session?.name === name && tunnel.later !== true))',
      ],
      [
        'reference/tunnel/server/server.ts',
        '    tunnel.confirmed = true;\n',
        '    tunnel.confirmed = true;\n    tunnel.later = this.#confirmed.has(session.name);\n',
      ],
    ],
    'end-of-program-of-the-first-session': [
      'SRV-11',
      'server',
      'When the program ends, a session that took the place of another one ends without a CLOSE.',
      [
        'reference/tunnel/server/server.ts',
        '    tunnel.confirmed = true;\n',
        '    tunnel.confirmed = true;\n    tunnel.later = this.#confirmed.has(session.name);\n',
      ],
      [
        'reference/tunnel/server/server.ts',
        "this.#tunnels.close(({ connection }) => connection.input({ type: 'command', command: 'shut down' }))",
        "this.#tunnels.close(({ connection, later }) => later ? connection.input({ type: 'network error', reason: '' }) : connection.input({ type: 'command', command: 'shut down' }))",
      ],
    ],
  }),
  ...inModule('reference/wire/client-data.ts', ['server'], {
    'client-data-length-by-its-low-octet': [
      'REQ-17',
      'Of the lengths in the client data of a REQUEST the low octet is read.',
      'const count = viewOf(octets).getUint16(offset);',
      'const count = viewOf(octets).getUint16(offset) & 0xff;',
    ],
  }),
  ...inModule('reference/wire/opened.ts', ['server'], {
    'padded-to-64-octets': [
      'REQ-06',
      'An opened string buffer of a REQUEST may be a multiple of 64 octets.',
      '    throw new Malformed(`${name}: ${opened.length - headerLength} octets opened, not a multiple of ${openedBlock}`);',
      '    if ((opened.length - headerLength) % 64 !== 0) throw new Malformed(`${name}: ${opened.length - headerLength} octets opened`);',
    ],
  }),
  ...ofSeveral({
    'reserved-flags-by-their-lowest-bit': [
      'FRAME-11 REQ-02',
      'server',
      'Of the reserved bits of the flags of REQUEST the lowest is judged.',
      [
        'reference/wire/opened.ts',
        "if ((flags & 0xff) !== 0) throw new Malformed(`${layout.describe('flags')}",
        "if ((flags & 1) !== 0) throw new Malformed(`${layout.describe('flags')}",
      ],
      [
        'reference/wire/opened.ts',
        'if ((flags & 0xff) !== 0) throw new Malformed(`${name} flags',
        'if ((flags & 1) !== 0) throw new Malformed(`${name} flags',
      ],
    ],
    'reserved-flags-but-for-the-highest': [
      'FRAME-11 REQ-02',
      'server',
      'Of the reserved bits of the flags of REQUEST the highest is not judged.',
      [
        'reference/wire/opened.ts',
        "if ((flags & 0xff) !== 0) throw new Malformed(`${layout.describe('flags')}",
        "if ((flags & 0x7f) !== 0) throw new Malformed(`${layout.describe('flags')}",
      ],
      [
        'reference/wire/opened.ts',
        'if ((flags & 0xff) !== 0) throw new Malformed(`${name} flags',
        'if ((flags & 0x7f) !== 0) throw new Malformed(`${name} flags',
      ],
    ],
  }),
  ...inModule('reference/wire/key-exchange-data.ts', ['server'], {
    'frames-of-a-lifetime-by-their-low-word': [
      'RESP-11 KEY-04 REQ-12',
      'Of a bound in frames the lower 32 bits are read.',
      'frames: view.getBigUint64(4),',
      'frames: BigInt(view.getUint32(8)),',
    ],
    'octets-of-a-lifetime-by-their-low-word': [
      'RESP-11 KEY-04 REQ-12',
      'Of a bound in octets the lower 32 bits are read.',
      'octets: view.getBigUint64(12) };',
      'octets: BigInt(view.getUint32(16)) };',
    ],
  }),
  ...inModule('reference/wire/relay.ts', ['server', 'relay'], {
    'reserved-octet-but-for-its-highest-bit': [
      'FRAME-11',
      'Of the reserved octet of RELAY the highest bit is not judged.',
      'if (reserved !== 0)',
      'if ((reserved & 0x7f) !== 0)',
    ],
    'hop-count-of-7-bits': [
      'RELAY-04',
      'Of the hop count the lower seven bits are read: 0x81 is 1.',
      'const { originIndex, hopCount, reserved } = relayLayout.decode(octets);',
      'const { originIndex, hopCount: hops, reserved } = relayLayout.decode(octets);\n  const hopCount = hops & 0x7f;',
    ],
  }),
  ...ofSeveral({
    'indexes-of-15-bits': [
      'RELAY-06',
      'server relay',
      'Of an index of RELAY the lower 15 bits are compared.',
      ['reference/wire/relay.ts', 'if (index !== expected)', 'if ((index & 0x7fff) !== expected)'],
      ['reference/wire/relay.ts', 'readName(buffer, index, field)', 'readName(buffer, expected, field)'],
    ],
  }),
];
