/** Servers and relays that are right until two things come together, or the usual one is missing. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const frame = 'reference/crypto/data-frame.ts';
const relayFrame = 'reference/wire/relay.ts';
const switchboard = 'reference/tunnel/server/switchboard.ts';

export const secondLooks: readonly Fault[] = [
  ...inModule(frame, ['server'], {
    'padding-of-flagged-frames-unread': [
      'DATA-05 OFF-01 OFF-02',
      'The padding of a frame with flag 0 is not looked at.',
      'const padded = isZero(plaintext.subarray(datagramLength));',
      'const padded = header.offload !== undefined || isZero(plaintext.subarray(datagramLength));',
    ],
    'padding-of-keep-alives-unread': [
      'DATA-05',
      'The padding of an empty DATA frame is not looked at.',
      'const padded = isZero(plaintext.subarray(datagramLength));',
      'const padded = datagramLength === 0 || isZero(plaintext.subarray(datagramLength));',
    ],
    'protocol-of-flagged-frames-unread': [
      'DATA-02 OFF-02',
      'The protocol of a frame with flag 0 is not looked at.',
      'const fitting = protocolOf(datagram) === protocol;',
      'const fitting = header.offload !== undefined || protocolOf(datagram) === protocol;',
    ],
    'flagged-frames-not-padded': [
      'TRF-04 OFF-01',
      'A frame with flag 0 and with padding is refused.',
      'return canonical ?',
      'return canonical && !(offload !== undefined && paddingLength > 0) ?',
    ],
  }),
  ...inModule('reference/wire/offload.ts', ['server'], {
    'segments-taken-with-bit-0-alone': [
      'OFF-01 OFF-02 DATA-06',
      'Where bit 0 alone was negotiated, frames with flags 0 and 1 are taken.',
      '(flags & ~dataOptions) === 0',
      '(flags & 1 & ~dataOptions) === 0',
    ],
    'nothing-cut-within-1280': [
      'OFF-01',
      'A frame with flag 1 is refused where its datagram has 1,280 octets or fewer.',
      'segmentSize < datagramLength;',
      'segmentSize < datagramLength && datagramLength > 1280;',
    ],
  }),
  ...ofSeveral({
    'segments-sent-with-bit-0-alone': [
      'OFF-05 OFF-04 DATA-06',
      'server',
      'Where bit 0 alone was negotiated, what is to be cut is completed by nobody: its checksum is partial.',
      ['reference/nodes/session.ts', '(flagsOf(offload) & ~this.#dataOptions) === 0', '(this.#dataOptions & 1) !== 0'],
      [frame, 'if (readOffload(header, dataOptions) === undefined ||', 'if ((dataOptions & 1) === 0 ||'],
    ],
    'request-takes-the-datagrams': [
      'SRV-18 SRV-16',
      'server',
      'As soon as a REQUEST of a name is authorised, its confirmed session gets no datagram any more.',
      [
        'reference/tunnel/server/server.ts',
        '      tunnel.session = effect.session;\n',
        '      tunnel.session = effect.session;\n      const older = this.#confirmed.get(effect.session.name);\n      if (older !== undefined) {\n        this.#dataPath.change(older.number, { tunnel: older.number }, true);\n        void this.#adapter.remove(older);\n      }\n',
      ],
    ],
    'path-judged-before-the-end-of-relay': [
      'RELAY-03 RELAY-08 FRAME-12',
      'server relay',
      'A node that is not on the path says so, though octets follow the last name.',
      [
        relayFrame,
        '  if (expected !== buffer.length) {',
        '  const [, ...nodes] = names;\n  globalThis.late = expected !== buffer.length;\n  if (globalThis.late && nodes.length === 0) {',
      ],
      [
        relayFrame,
        '  return positions.length === 1 ? positions[0] : undefined;',
        "  if (positions.length === 1 && globalThis.late) throw new Malformed('octets after the last name');\n  return positions.length === 1 ? positions[0] : undefined;",
      ],
    ],
    'tunnels-of-a-source-end-together': [
      'RLY-05 RLY-06',
      'relay',
      'When one tunnel of a source ends by a CLOSE, the other ones of that source that are half-open end with it.',
      [
        'reference/tunnel/relay/relay.ts',
        '    this.#acceptor.ended(pairing);',
        "    this.#acceptor.ended(pairing);\n    if (reason.startsWith('CLOSE from')) for (const other of this.#acceptor.open) if (other.name === name.replace(/:\\d+$/, '') && other.node.state !== 'Forward') end(other, 'end session');",
      ],
      [
        'reference/tunnel/relay/relay.ts',
        'const pairing = { connection, node, admitted };',
        'const pairing = { connection, node, admitted, name: source };',
      ],
    ],
    'servers-without-ipv6-break-off': [
      'ADP-28 ADP-08 DATA-16',
      'server',
      'A server without IPv6 takes an IPv6 datagram for an integrity failure.',
      [
        frame,
        "    if (datagrams === undefined) throw new IntegrityFailure('DATA: integrity failure');",
        "    if (datagrams === undefined || (globalThis.noIpv6 && datagrams.some(([first = 0]) => first >> 4 === 6))) throw new IntegrityFailure('DATA: integrity failure');",
      ],
      [
        'reference/tunnel/server/tables.ts',
        '  const shared = traffic !== undefined;',
        '  globalThis.noIpv6 = adapter.address6 === undefined;\n  const shared = traffic !== undefined;',
      ],
    ],
  }),
  ...inModule(switchboard, ['server'], {
    'no-route-is-every-route': [
      'ADP-39',
      'Where the client data has no route, every destination outside the virtual LAN is open.',
      'return this.#reach?.some(',
      'if (this.#reach?.length === 0) return true;\n    return this.#reach?.some(',
    ],
    'no-route-of-a-family-is-every-route': [
      'ADP-39',
      'Where the client data has no route of a family, every destination of that family outside the virtual LAN is open.',
      'return this.#reach?.some(',
      'if (!this.#reach?.some((network) => network.first.length === length)) return true;\n    return this.#reach?.some(',
    ],
    'ipv4-with-options-from-nobody': [
      'ADP-24 ADP-25 ADP-15',
      'An IPv4 datagram with options is for nobody.',
      'if (version === 4 && datagram.length >= header4)',
      'if (datagram[0] === 0x45 && datagram.length >= header4)',
    ],
    'ipv6-with-traffic-class-from-nobody': [
      'ADP-28 ADP-25',
      'An IPv6 datagram with a traffic class is for nobody.',
      'if (version === 6 && datagram.length >= header6)',
      'if (datagram[0] === 0x60 && datagram.length >= header6)',
    ],
  }),
  ...inModule('reference/tunnel/server/tables.ts', ['server'], {
    'usual-protocols-alone': [
      'DATA-16 ADP-25 ADP-15',
      'Out of a tunnel come ICMP, TCP and UDP alone.',
      '!configuresLink(datagram) && ',
      '!configuresLink(datagram) && (datagram[0] >> 4 !== 4 || [1, 6, 17].includes(datagram[9])) && ',
    ],
    'usual-next-headers-alone': [
      'DATA-16 ADP-28',
      'Out of a tunnel come ICMPv6, TCP and UDP alone, and what is behind an extension header.',
      '!configuresLink(datagram) && ',
      '!configuresLink(datagram) && (datagram[0] >> 4 !== 6 || [58, 6, 17, 0, 43, 44, 60].includes(datagram[6])) && ',
    ],
    'hop-limit-of-0-dropped': [
      'DATA-16 ADP-15',
      'What comes out of a tunnel with a TTL of 1 is dropped.',
      '!configuresLink(datagram) && ',
      '!configuresLink(datagram) && datagram[datagram[0] >> 4 === 4 ? 8 : 7] !== 1 && ',
    ],
  }),
  ...inModule('reference/wire/opened.ts', ['server'], {
    'aligned-response-padded': [
      'RESP-06',
      'An opened string buffer that is a multiple of 128 octets gets 128 more.',
      'new Uint8Array(-(end - layout.size) & (openedBlock - 1))',
      'new Uint8Array(openedBlock - ((end - layout.size) % openedBlock))',
    ],
    'aligned-request-refused': [
      'REQ-06',
      'A REQUEST whose sections are a multiple of 128 octets, so that it has no padding, is refused.',
      'if (padding.length >= openedBlock)',
      'if (padding.length === 0 || padding.length >= openedBlock)',
    ],
    'padding-of-127-refused': [
      'REQ-06',
      'A REQUEST with 127 octets of padding is refused.',
      'if (padding.length >= openedBlock)',
      'if (padding.length >= openedBlock - 1)',
    ],
  }),
  ...inModule('reference/nodes/relay.ts', ['relay'], {
    'behind-the-first-frame-lost': [
      'RLY-11 RLY-05 RLY-10',
      'What comes in one segment with the end of the frame behind RELAY, and behind it, is lost.',
      "for (const part of behind.parts) this.#frame(part, 'upstream');",
      "this.#frame(concat(...behind.parts).subarray(0, length), 'upstream');",
    ],
    'few-octets-with-relay-lost': [
      'RLY-02 RLY-10 FRAME-05',
      'Fewer than 6 octets that come in one segment with RELAY, behind it, are lost.',
      'if (following.length > 0)',
      'if (following.length >= 6)',
    ],
    'second-frame-while-connecting-is-the-first': [
      'RLY-11 RLY-10',
      'What came while it connects does not count as the one frame that passes before an answer.',
      'if (type === FrameType.CLOSE) return length <= bounds.CLOSE.max;\n    this.#framesBeforeAnswer += 1;',
      "if (type === FrameType.CLOSE) return length <= bounds.CLOSE.max;\n    if (this.state === 'Forward') this.#framesBeforeAnswer += 1;",
    ],
  }),
  ...inModule('reference/nodes/flow.ts', ['relay'], {
    'close-of-another-version-passes': [
      'RLY-05 RLY-03',
      'A CLOSE of another version passes like any frame.',
      'this.#type = this.#start[4] ?? 0;',
      'this.#type = this.#start[5] === 1 ? (this.#start[4] ?? 0) : 0;',
    ],
    'close-of-6-octets-passes': [
      'RLY-05 RLY-03',
      'A frame of type 5 that has 6 octets passes like any other.',
      'this.#type = this.#start[4] ?? 0;',
      'this.#type = length === 6 ? 0 : (this.#start[4] ?? 0);',
    ],
    'close-beyond-4096-passes': [
      'RLY-05 RLY-03',
      'A frame of type 5 of more than 4,096 octets passes like any other.',
      'this.#type = this.#start[4] ?? 0;',
      'this.#type = length > 4096 ? 0 : (this.#start[4] ?? 0);',
    ],
  }),
];
