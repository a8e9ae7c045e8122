/** Servers and relays that read part of a field, and servers that take a name for known once it was there. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const start = 'reference/wire/frame-start.ts';
const server = 'reference/nodes/server.ts';
const policy = 'reference/tunnel/server/policy.ts';
const conversation = 'reference/nodes/conversation.ts';

export const partsOfFields: readonly Fault[] = [
  ...inModule(start, ['server', 'relay', 'client'], {
    'type-of-7-bits': [
      'FRAME-09 FRAME-13 FRAME-08',
      'Of a type the lower seven bits are read.',
      'const { length, type, version } = start.decode(octets);',
      'const { length, type: whole, version } = start.decode(octets);\n  const type = whole & 0x7f;',
    ],
    'type-of-4-bits': [
      'FRAME-09 FRAME-13 FRAME-08',
      'Of a type the lower four bits are read.',
      'const { length, type, version } = start.decode(octets);',
      'const { length, type: whole, version } = start.decode(octets);\n  const type = whole & 0x0f;',
    ],
    'version-of-7-bits': [
      'FRAME-08',
      'Of a version the lower seven bits are read.',
      'const { length, type, version } = start.decode(octets);',
      'const { length, type, version: whole } = start.decode(octets);\n  const version = whole & 0x7f;',
    ],
    'version-of-4-bits': [
      'FRAME-08',
      'Of a version the lower four bits are read.',
      'const { length, type, version } = start.decode(octets);',
      'const { length, type, version: whole } = start.decode(octets);\n  const version = whole & 0x0f;',
    ],
  }),
  ...inModule('reference/crypto/data-frame.ts', ['server'], {
    'flags-of-8-bits': [
      'DATA-06 TRF-07 OFF-02 BUN-03',
      'Of the flags of a DATA frame the low octet is read.',
      'const header = decodeDataHeader(frame);',
      'const read = decodeDataHeader(frame);\n  const header = { ...read, flags: read.flags & 0xff };',
    ],
    'flags-of-4-bits': [
      'DATA-06 TRF-07 OFF-02 BUN-03',
      'Of the flags of a DATA frame the lower four bits are read.',
      'const header = decodeDataHeader(frame);',
      'const read = decodeDataHeader(frame);\n  const header = { ...read, flags: read.flags & 0x0f };',
    ],
    'flags-but-for-bit-2': [
      'DATA-06 OFF-02 BUN-03',
      'Flag 2, which is not defined yet, is ignored.',
      'const header = decodeDataHeader(frame);',
      'const read = decodeDataHeader(frame);\n  const header = { ...read, flags: read.flags & 0xfffb };',
    ],
    'segment-size-of-8-bits': [
      'DATA-06 TRF-07 BUN-03',
      'Where a frame has no flag 1, the low octet of its segment size is read.',
      'const header = decodeDataHeader(frame);',
      'const read = decodeDataHeader(frame);\n  const header = { ...read, segmentSize: read.flags & 2 ? read.segmentSize : read.segmentSize & 0xff };',
    ],
    'segment-size-signed': [
      'OFF-01',
      'A segment size of 32,768 or more is refused.',
      'const header = decodeDataHeader(frame);',
      'const read = decodeDataHeader(frame);\n  const header = { ...read, segmentSize: (read.segmentSize << 16) >> 16 };',
    ],
    'protocol-by-its-high-octet': [
      'DATA-02 TRF-07',
      'Of the protocol of a DATA frame the high octet is read.',
      'const fitting = protocolOf(datagram) === protocol;',
      'const fitting = protocolOf(datagram) >> 8 === protocol >> 8;',
    ],
    'protocol-of-keep-alives-unread': [
      'DATA-02 TRF-07',
      'The protocol of an empty DATA frame is not looked at.',
      'const fitting = protocolOf(datagram) === protocol;',
      'const fitting = datagram.length === 0 || protocolOf(datagram) === protocol;',
    ],
    'digest-length-of-6-bits': [
      'DATA-04 TRF-07',
      'Of the digest length the lower six bits are read.',
      'header.digestLength === digestLength;',
      '(header.digestLength & 0x3f) === digestLength;',
    ],
  }),
  ...inModule('reference/crypto/cbc-hmac.ts', ['server'], {
    'padding-length-modulo-16': [
      'TRF-07 TRF-08',
      'A padding length of 16 more than the block needs is taken.',
      'paddingLength === toBlock(datagramLength)',
      'paddingLength % 16 === toBlock(datagramLength)',
    ],
    'padding-of-a-whole-block-needed': [
      'TRF-08',
      'A datagram of a multiple of 16 octets without padding is refused.',
      'paddingLength === toBlock(datagramLength)',
      'paddingLength === toBlock(datagramLength) && (datagramLength === 0 || paddingLength > 0)',
    ],
  }),
  ...inModule('reference/wire/bundle.ts', ['server'], {
    'datagrams-of-a-bundle-signed': [
      'BUN-01',
      'A datagram of 32,768 octets or more is none in a bundle.',
      'const total = u16At(octets, at + 2);',
      'const total = view.getInt16(at + 2);',
    ],
    'ipv6-datagrams-of-a-bundle-signed': [
      'BUN-01',
      'An IPv6 datagram of 32,808 octets or more is none in a bundle.',
      '40 + u16At(octets, at + 4)',
      '40 + (view.getInt16(at + 4) < 0 ? 0x20000 : view.getInt16(at + 4))',
    ],
  }),
  ...inModule('reference/wire/key-exchange-data.ts', ['server'], {
    'entry-ids-of-15-bits': [
      'REQ-15',
      'Of the id of an entry the lower 15 bits are read.',
      'const id = view.getUint16(offset);',
      'const id = view.getUint16(offset) & 0x7fff;',
    ],
    'entries-from-f000-skipped': [
      'REQ-15',
      'An unknown entry for private use is skipped.',
      'id >= firstCriticalTlv && ',
      'id >= firstCriticalTlv && id < 0xf000 && ',
    ],
  }),
  ...inModule('reference/nodes/flow.ts', ['relay'], {
    'forwarded-type-of-4-bits': [
      'RLY-03',
      'Of the type of a frame that passes the lower four bits are read: 0x15 is CLOSE.',
      'this.#type = this.#start[4] ?? 0;',
      'this.#type = (this.#start[4] ?? 0) & 0x0f;',
    ],
    'forwarded-type-of-7-bits': [
      'RLY-03',
      'Of the type of a frame that passes the lower seven bits are read: 0x85 is CLOSE.',
      'this.#type = this.#start[4] ?? 0;',
      'this.#type = (this.#start[4] ?? 0) & 0x7f;',
    ],
  }),
  ...inModule(policy, ['server'], {
    'suite-of-the-first-request': [
      'SRV-04 HS-04 HS-07',
      'A name that came by one suite is not authorised by another.',
      "    if (!entry.suites.some((suite) => suite === request.suite)) return refusal('not authorized');",
      "    if (((this.suites ??= {})[entry.name] ??= request.suite) !== request.suite) return refusal('not authorized');\n    if (!entry.suites.some((suite) => suite === request.suite)) return refusal('not authorized');",
    ],
    'source-of-a-name-kept': [
      'SRV-18 SRV-04',
      'While a session of a name is confirmed, a REQUEST of that name from another address is not authorised.',
      'const connected = this.#peers.get(peer);\n    const take',
      "for (const [other, { name }] of this.#peers) if (name === entry.name && other.source !== peer.source) return refusal('not authorized');\n    const connected = this.#peers.get(peer);\n    if (connected) connected.name = entry.name;\n    const take",
    ],
  }),
  ...ofSeveral({
    'places-unbounded-while-connected': [
      'SRV-25 SRV-26',
      'server',
      'Once a session of a static key was confirmed, the key has as many places as it wants.',
      [
        policy,
        'const take = this.#unconfirmed.placeFor(key, request.freshness);',
        'const take = this.met?.has(key) ? () => ({ fresh: true, release: () => {} }) : this.#unconfirmed.placeFor(key, request.freshness);\n    peer.key = key;',
      ],
      [
        policy,
        'connected?.admitted.opened();',
        '(this.met ??= new Set()).add(peer.key);\n    connected?.admitted.opened();',
      ],
    ],
    'origin-of-a-name-kept': [
      'RELAY-14',
      'server',
      'A name that came with one origin is not authorised with another.',
      [
        server,
        '      const grant = authority.authorize(this.peer, asked);',
        '      const { origin } = decodeRelay(relay);\n      if (((globalThis.origins ??= {})[initiatorName] ??= origin) !== origin) return Status.notAuthorized;\n      const grant = authority.authorize(this.peer, asked);',
      ],
    ],
    'keep-alives-for-the-first-session': [
      'DATA-13',
      'server',
      'A session whose name had one before gets no keep-alives.',
      [
        server,
        "this.#machine.after(this.#machine.timers.keepAlive, 'keepAlive');\n",
        "this.#machine.after(this.#machine.timers.keepAlive, 'keepAlive');\n    this.#conversation.later = (globalThis.names ??= new Set()).has(session.name);\n    globalThis.names.add(session.name);\n",
      ],
      [
        conversation,
        "if (name === 'keepAlive') this.sendKeepAlive();",
        "if (name === 'keepAlive') {\n      if (!this.later) this.sendKeepAlive();\n    }",
      ],
    ],
    'expiry-of-the-first-session': [
      'SRV-20',
      'server',
      'The key of a session whose name had one before never expires.',
      [
        server,
        '    this.#options.authority.confirmed(this.peer, session);\n',
        '    this.#options.authority.confirmed(this.peer, session);\n    this.later = (globalThis.names ??= new Set()).has(session.name);\n    globalThis.names.add(session.name);\n',
      ],
      [server, "if (deadline === 'expiry') this", "if (deadline === 'expiry') {\n      if (!this.later) this"],
      [
        server,
        "Status.keyExpired);\n    else if (deadline === 'refusal')",
        "Status.keyExpired);\n    } else if (deadline === 'refusal')",
      ],
    ],
    'confirmation-unbounded-while-connected': [
      'SRV-17',
      'server',
      'While a session of a name is confirmed, another one of that name may stay unconfirmed for ever.',
      [
        server,
        "    this.#machine.emit({ type: 'confirmed', session });",
        "    (globalThis.names ??= new Set()).add(session.name);\n    this.#machine.emit({ type: 'confirmed', session });",
      ],
      [
        server,
        "    this.#machine.emit({ type: 'authorized', session: this.#unconfirmed, clientData });",
        "    if (globalThis.names?.has(description.name)) this.#machine.deadlines.clear('state');\n    this.#machine.emit({ type: 'authorized', session: this.#unconfirmed, clientData });",
      ],
    ],
  }),
];
