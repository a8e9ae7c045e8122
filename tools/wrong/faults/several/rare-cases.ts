/** What is right in the usual case and wrong in a rare one. */
import { type Fault, inModule } from '../../fault.ts';

export const rareCases: readonly Fault[] = [
  ...inModule('reference/wire/key-exchange-data.ts', ['client', 'server'], {
    'unknown-entry-without-value-refused': [
      'REQ-14',
      'An entry of key exchange data that is not known is refused where its value is empty.',
      'if (end > octets.length)',
      'if (end > octets.length || end === offset + entryHeaderLength)',
    ],
  }),
  ...inModule('reference/tunnel/server/policy.ts', ['server'], {
    'transforms-beyond-16-unread': [
      'RESP-07',
      'Of the transforms of REQUEST the first 16 are looked at.',
      'request.transforms.find(',
      'request.transforms.slice(0, 16).find(',
    ],
  }),
  ...inModule('reference/machines/server.ts', ['server'], {
    'refusal-lost-at-end-of-stream': [
      'SRV-07',
      'While a refusal is delayed, the end of the stream closes the connection without one.',
      "['Close', ['network error', 'gives way'], ['disconnect'], 'Dying', 'binding']",
      "['Close', ['network error', 'end of stream'], ['disconnect'], 'Dying', 'binding']",
    ],
  }),
  ...inModule('reference/tunnel/names/group.ts', ['relay'], {
    'group-members-by-host-alone': [
      'PATH-11 PATH-12',
      'Members of a group on one host with several ports are taken for one.',
      'const key = ({ host, port }: GroupMember): string => `${host}:${port}`;',
      'const key = ({ host }: GroupMember): string => host;',
    ],
  }),
  ...inModule('reference/packets/checksum.ts', ['client'], {
    'checksum-without-odd-octet': [
      'DHCP-10',
      'The last octet of an odd number of them is left out of the checksum.',
      '  if (offset < octets.length) total += octets[offset]! << 8;\n',
      '',
    ],
  }),
  {
    id: 'refusal-delay-since-accepted',
    breaks: ['SRV-07'],
    roles: ['server'],
    does: 'The time of a refusal counts from the connection, not from the REQUEST.',
    file: 'reference/nodes/server.ts',
    change: [
      "'delay CLOSE': () => this.#machine.after(options.timers.refusalDelay, 'refusal'),",
      `'delay CLOSE': () => {
        const passed = this.#machine.now - this.acceptedAt;
        this.#machine.after(Math.max(0, options.timers.refusalDelay - passed), 'refusal');
      },`,
    ],
    more: [
      {
        file: 'reference/nodes/server.ts',
        change: [
          "if (!this.#machine.step('tcp accepted')) return;",
          "this.acceptedAt = this.#machine.now;\n    if (!this.#machine.step('tcp accepted')) return;",
        ],
      },
    ],
  },
  ...inModule('reference/tunnel/server/server.ts', ['server'], {
    'shutting-down-for-the-confirmed': [
      'SRV-11',
      'When the program ends, a session that is authorised and not confirmed is ended without a CLOSE.',
      "({ connection }) => connection.input({ type: 'command', command: 'shut down' })",
      `({ connection, node }) =>
      node.state === 'Authorized' && !node.canSend
        ? connection.destroy()
        : connection.input({ type: 'command', command: 'shut down' })`,
    ],
  }),
  ...inModule('reference/linux/routing/subnets.ts', ['relay'], {
    'own-second-address-unknown': [
      'PATH-09',
      'Of the addresses of its adapters a relay knows the first of each family alone as its own.',
      'all?.some((own) => own.address === text)',
      'all?.some((own) => own.address === text && own === all.find(({ family }) => family === own.family))',
    ],
  }),
  {
    id: 'entry-0-refused',
    breaks: ['REQ-14'],
    roles: ['client', 'server'],
    does: 'The entry 0 of key exchange data is refused.',
    file: 'reference/wire/key-exchange-data.ts',
    change: ['let previous = -1;', 'let previous = 0;'],
  },
  ...inModule('reference/packets/dhcp-options.ts', ['client'], {
    'long-option-in-two-parts-alone': [
      'CD-03',
      'Of an option in several parts the first two are joined.',
      'concat(...parts.map(({ value }) => value))',
      'concat(...parts.slice(0, 2).map(({ value }) => value))',
    ],
  }),
  ...inModule('reference/wire/deframer.ts', ['client', 'server'], {
    'many-pieces-misplaced': [
      'FRAME-05',
      'Where many pieces are put together, what was used up of the first one is taken off twice.',
      'this.#chunks = [this.#peek(this.#available).slice()];\n    this.#offset = 0;',
      'this.#chunks = [this.#peek(this.#available).slice()];',
    ],
  }),
  ...inModule('reference/emulators/arp.ts', ['client'], {
    'arp-probe-for-the-server-unanswered': [
      'ARP-01',
      'A request without a sender address is not answered, whatever it asks for.',
      'targetAddress !== unspecifiedIpv4;',
      'targetAddress !== unspecifiedIpv4 && senderAddress !== unspecifiedIpv4;',
    ],
  }),
  ...inModule('reference/emulators/dhcp.ts', ['client'], {
    'later-fragment-taken-for-dhcp': [
      'ADP-03 DHCP-20',
      'A later fragment whose octets look like a DHCP port is kept from the tunnel.',
      'if (frame[23] !== IpProtocol.udp || !isFirst) return false;',
      'if (frame[23] !== IpProtocol.udp) return false;',
    ],
  }),
  ...inModule('reference/tunnel/server/server-adapter.ts', ['server'], {
    'refused-datagram-logged': [
      'SEC-01',
      'A datagram that the policy refuses is on stderr in hexadecimal.',
      'if (delivered && client !== undefined) count',
      "if (!delivered) this.#ports.log.warn('dropped: ' + datagram.toHex());\n    if (delivered && client !== undefined) count",
    ],
  }),
  ...inModule('reference/packets/udp.ts', ['client'], {
    'udp-checksum-of-zero': [
      'DHCP-10',
      'A checksum that comes to 0 is sent as 0, which means none.',
      'upperLayerChecksum(pseudo, IpProtocol.udp, octets) || 0xffff',
      'upperLayerChecksum(pseudo, IpProtocol.udp, octets)',
    ],
  }),
  ...inModule('reference/tunnel/server/policy.ts', ['server'], {
    'initiator-name-trimmed': [
      'HS-08',
      'Spaces around the name of an initiator do not count.',
      'identifier(request.initiatorName, request.initiatorStatic)',
      'identifier(request.initiatorName.trim(), request.initiatorStatic)',
    ],
  }),
  ...inModule('reference/adapter/transmit-path.ts', ['client', 'server'], {
    'vlan-tag-skipped': [
      'ADP-06',
      'A packet with a VLAN tag is sent as the datagram behind the tag.',
      'const etherType = etherTypeOf(frame);',
      `if (etherTypeOf(frame) === 0x8100) frame = new Uint8Array([...frame.subarray(0, 12), ...frame.subarray(16)]);
  const etherType = etherTypeOf(frame);`,
    ],
  }),
  ...inModule('reference/packets/discovery.ts', ['client'], {
    'hop-limit-of-router-solicitations-unread': [
      'ND-04',
      'The hop limit of router solicitations is not looked at.',
      'if (hopLimit !== HOP_LIMIT ||',
      'if ((hopLimit !== HOP_LIMIT && type !== Icmpv6Type.routerSolicitation) ||',
    ],
  }),
  ...inModule('reference/tunnel/server/address-map.ts', ['server'], {
    'shared-names-trimmed': [
      'PATH-14',
      'Spaces at the end of a name do not count in the map of addresses that a group shares.',
      "replace(/\\n$/, '')",
      'trim()',
    ],
  }),
  ...inModule('reference/nodes/exchange.ts', ['client'], {
    'undecoded-before-the-header': [
      'RESP-02',
      'Where a RESPONSE does not decode, its header in the clear is not looked at.',
      'throw fault ?? error;',
      'throw error;',
    ],
  }),
  ...inModule('reference/adapter/receive-path.ts', ['client', 'server'], {
    'fragments-dropped': [
      'DATA-16 ADP-15',
      'Later fragments of IPv4 are dropped.',
      'if (etherType === undefined ||',
      'if (etherType === undefined || (etherType === 0x0800 && ((datagram[6] & 0x1f) | datagram[7]) !== 0) ||',
    ],
    'extension-headers-dropped': [
      'DATA-16 ADP-15',
      'IPv6 datagrams with an extension header are dropped.',
      'if (etherType === undefined ||',
      'if (etherType === undefined || (etherType === 0x86dd && [0, 43, 44, 60].includes(datagram[6])) ||',
    ],
  }),
  {
    id: 'datagram-without-payload-dropped',
    breaks: ['ADP-03', 'ADP-15'],
    roles: ['client', 'server'],
    does: 'A datagram that is a header and nothing else is dropped.',
    file: 'reference/packets/datagram.ts',
    change: ['total >= header && total <= available', 'total > header && total <= available'],
  },
];
