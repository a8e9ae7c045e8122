/** Initiators that are wrong at the edge: of a configuration, of a frame, of what the thread was lent, of an exit. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const client = 'reference/tunnel/client/client.ts';
const inward = 'reference/datapath/inward.ts';

const configured: readonly Fault[] = [
  ...inModule('reference/tunnel/config/config.ts', ['client'], {
    'key-that-its-group-can-read': [
      'SEC-06',
      'A private key is taken from a configuration that the group of its owner can read.',
      'if ((mode & 0o077) === 0) return;',
      'if ((mode & 0o007) === 0) return;',
    ],
    'key-that-the-world-can-read': [
      'SEC-06',
      'A private key is taken from a configuration that everybody but the group of its owner can read.',
      'if ((mode & 0o077) === 0) return;',
      'if ((mode & 0o070) === 0) return;',
    ],
  }),
  ...inModule('reference/tunnel/config/shared-keys.ts', ['client'], {
    'timers-of-zero-taken': [
      'SEC-03',
      'A timer of 0 is no fault of the configuration.',
      'count(mayBeZero.includes(name) ? 0 : 1, 86_400_000)',
      'count(0, 86_400_000)',
    ],
  }),
  ...inModule('reference/tunnel/config/client-file.ts', ['client'], {
    'empty-path-taken': [
      'SEC-03',
      'A path without names is no fault of the configuration.',
      "  v.minLength(1, 'is empty: name at least the tunnel server'),\n",
      '',
    ],
    'path-of-16-names-refused': [
      'RELAY-04 RELAY-02 SEC-03',
      'A path of 16 names is a fault of the configuration.',
      'v.maxLength(16,',
      'v.maxLength(15,',
    ],
  }),
  ...inModule('reference/tunnel/config/values.ts', ['client'], {
    'initiator-name-of-256-taken': [
      'SEC-03 REQ-07',
      'An initiator name of 256 characters is no fault of the configuration.',
      'x7e]{1,255}$/,',
      'x7e]{1,300}$/,',
    ],
    'labels-of-64-refused': [
      'RELAY-02 RELAY-05',
      'A name of the path with a label of more than 63 octets is a fault of the configuration.',
      '[a-z0-9_-]+(?:\\\\.[a-z0-9_-]+)*',
      '[a-z0-9_-]{1,63}(?:\\\\.[a-z0-9_-]{1,63})*',
    ],
    'hyphens-at-the-ends-of-labels-refused': [
      'RELAY-02 RELAY-05',
      'A name of the path with a hyphen at the end of a label is a fault of the configuration.',
      '[a-z0-9_-]+(?:\\\\.[a-z0-9_-]+)*',
      '[a-z0-9_-]*[a-z0-9_](?:\\\\.[a-z0-9_-]*[a-z0-9_])*',
    ],
  }),
  ...inModule('reference/tunnel/names/group.ts', ['client'], {
    'addresses-in-the-path-refused': [
      'PATH-08 FRAME-16 RELAY-02',
      'A first node whose name is a numeric address is not connected to.',
      '  const { host, port } = parseNodeName(name);\n',
      "  const { host, port } = parseNodeName(name);\n  if (/^[\\d.]+$/.test(host)) throw new Error('no address');\n",
    ],
  }),
];

const asked: readonly Fault[] = inModule('reference/wire/key-exchange-data.ts', ['client'], {
  'options-of-0-sent': [
    'REQ-20',
    'REQUEST has an entry `options` of 0 where it asks for none.',
    'if (options !== 0) entries.push(',
    'entries.push(',
  ],
  'compression-asked-for': [
    'REQ-20',
    'REQUEST asks for a compression, which no end point of this revision has.',
    'if (compression.length > 0) entries.push({ id: Tlv.compression, value: u16(...compression) });',
    'entries.push({ id: Tlv.compression, value: u16(0xf001) });',
  ],
});

const exits: readonly Fault[] = [
  ...inModule(client, ['client'], {
    'unusable-client-data-are-a-good-end': [
      'INI-18 ADP-20',
      'The exit status is 0 after client data that make no adapter.',
      '      this.#refused = true;\n',
      '',
    ],
    'unkeyed-close-is-a-good-end': [
      'INI-18 INI-20',
      'The exit status is 0 also after a CLOSE *end session* or *shutting down* that nobody keyed.',
      "saysSo && (cause.by === 'self' || wasKeyed) &&",
      'saysSo &&',
    ],
  }),
];

const thread: readonly Fault[] = [
  ...inModule('reference/datapath/lent-tunnel.ts', ['client'], {
    'thread-minds-what-it-sends-alone': [
      'INI-09',
      'The thread does not mind the bounds of the key with which the peer sends.',
      'return isReached(this.#bounds, this.open.direction);',
      'return this.#bounds.frames === 0;',
    ],
    'thread-minds-octets-alone': [
      'INI-09',
      'The thread does not mind the bound of frames.',
      'direction.frames >= frames || direction.octets >= octets;',
      'direction.octets >= octets;',
    ],
    'thread-minds-frames-alone': [
      'INI-09',
      'The thread does not mind the bound of octets.',
      'direction.frames >= frames || direction.octets >= octets;',
      'direction.frames >= frames;',
    ],
    'thread-keeps-the-first-options': [
      'DATA-06 BUN-01 INI-10 RESP-09',
      'The thread goes by the options of the first connection.',
      'this.dataOptions = dataOptions;',
      'this.dataOptions = globalThis.options ??= dataOptions;',
    ],
    'thread-keeps-the-first-bounds': [
      'INI-09',
      'The thread goes by the bounds of the first key.',
      'this.#bounds = bounds;',
      'this.#bounds = globalThis.bounds ??= bounds;',
    ],
  }),
  ...inModule(inward, ['client'], {
    'thread-judges-whole-frames-alone': [
      'FRAME-06 FRAME-09 FRAME-08',
      'The thread waits for 32 octets of a frame before it judges its first ones.',
      "    return this.#mayBeData() ? 'goes on' : 'give back';\n",
      "    return 'goes on';\n",
    ],
    'thread-judges-type-and-version-late': [
      'FRAME-06 FRAME-09 FRAME-08',
      'The thread judges of the first 6 octets of a frame the length alone.',
      'return u16At(octets, this.#start + 4) === dataStart && length >= lead',
      'return length >= lead',
    ],
    'thread-judges-length-late': [
      'FRAME-06 FRAME-07 DATA-10',
      'The thread judges the length of a DATA frame once 32 octets have come.',
      'return u16At(octets, this.#start + 4) === dataStart && length >= lead && length <= bounds.DATA.max;',
      'return u16At(octets, this.#start + 4) === dataStart || length < 0;',
    ],
  }),
  ...ofSeveral({
    'thread-stalled-frame-unnoticed': [
      'FRAME-15',
      'client',
      'A frame that begins while the thread has the tunnel may stay begun without end.',
      [
        'reference/nodes/conversation.ts',
        "    if (!this.#deframer.partial) this.#machine.after(timers.stalledFrame, 'stalledFrame');\n",
        '',
      ],
    ],
    'thread-silence-ended-by-whole-frames-alone': [
      'DATA-14 FRAME-15',
      'client',
      'With the thread only a whole frame ends the silence of the peer.',
      [inward, '    tunnel.lastReceived = now;\n', '    this.now = now;\n'],
      [
        inward,
        '      this.#start += start.length;\n',
        '      this.#start += start.length;\n      tunnel.lastReceived = this.now;\n',
      ],
    ],
  }).map((fault) => ({ ...fault, dataPath: 'fast' as const })),
];

export const edges: readonly Fault[] = [...configured, ...asked, ...exits, ...thread];
