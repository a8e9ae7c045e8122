/** A server's arithmetic of addresses and lengths that is right for the usual ones alone. */
import { type Fault, inModule, ofSeveral } from '../fault.ts';

const table = 'reference/tunnel/server/table.ts';

export const arithmeticOfServers: readonly Fault[] = [
  ...inModule('reference/tunnel/lan.ts', ['server'], {
    'ipv4-prefixes-signed': [
      'ADP-08 ADP-24 ADP-39',
      'No IPv4 address from 128.0.0.0 up is in any prefix.',
      '    if ((wordAt(octets, offset) & this.#mask) >>> 0 !== this.#word) return false;',
      '    const word = wordAt(octets, offset) & this.#mask;\n    if ((this.first.length === 4 ? word : word >>> 0) !== this.#word) return false;',
    ],
    'ipv4-prefixes-of-whole-octets': [
      'ADP-08 ADP-24 ADP-39',
      "Of an IPv4 prefix's length the bits beyond the last whole octet do not count.",
      'maskOctets(prefix.length, 16)',
      'maskOctets(this.first.length === 4 ? prefix.length & ~7 : prefix.length, 16)',
    ],
    'ipv6-prefixes-of-whole-octets': [
      'ADP-08 ADP-24 ADP-39 ADP-31',
      "Of an IPv6 prefix's length the bits beyond the last whole octet do not count.",
      'sameStart(this.first, octets, this.length, offset);',
      'sameStart(this.first, octets, this.length & ~7, offset);',
    ],
    'ipv4-prefix-of-no-bits-empty': [
      'ADP-24 ADP-39',
      'The IPv4 prefix of length 0 has the address 0.0.0.0 alone.',
      '    return this.length <= 32 ||',
      '    if (this.length === 0 && this.first.length === 4) return false;\n    return this.length <= 32 ||',
    ],
    'ipv6-prefix-of-no-bits-empty': [
      'ADP-24 ADP-39',
      'The IPv6 prefix of length 0 has the address :: alone.',
      '    return this.length <= 32 ||',
      '    if (this.length === 0 && this.first.length === 16) return false;\n    return this.length <= 32 ||',
    ],
    'clients-by-the-low-octet': [
      'ADP-31 ADP-10 ADP-08',
      'Tunnel clients are told apart by the low octet of their IPv4 address, in a larger virtual LAN as well.',
      '    return number;',
      '    return this.#bits === 32 ? number & 0xff : number;',
    ],
    'prefixes-by-the-low-octet': [
      'ADP-31 ADP-10 ADP-08',
      'The /64s of tunnel clients are told apart by the low octet of their number.',
      '    return number;',
      '    return this.#bits === 64 ? number & 0xff : number;',
    ],
    'prefix-of-the-low-octet': [
      'CD-09 CD-10',
      'The /64 of a tunnel client has the low octet of the number that its IPv4 address has.',
      'left = number; left > 0;',
      'left = this.#bits === 64 ? number & 0xff : number; left > 0;',
    ],
  }),
  ...inModule(table, ['server'], {
    'every-255-is-broadcast': [
      'ADP-24 ADP-25 ADP-29 CD-15',
      'Each IPv4 address that ends in 255 is taken for a broadcast address.',
      '        first === 127 ||',
      '        first === 127 ||\n        octets[offset + 3] === 255 ||',
    ],
    'every-0-is-a-network': [
      'ADP-24 ADP-25 ADP-29 CD-15',
      'Each IPv4 address that ends in 0 is taken for that of a network.',
      '        first === 127 ||',
      '        first === 127 ||\n        octets[offset + 3] === 0 ||',
    ],
    'from-240-up-is-nobody': [
      'ADP-24 ADP-25',
      'Each IPv4 address from 224.0.0.0 up is taken for a multicast address.',
      'first >>> 4 === 14 ||',
      'first >= 224 ||',
    ],
    'shared-network-of-the-first-alone': [
      'ADP-24 ADP-31 ADP-08',
      'A network that the policy lists for two names is behind the first of them alone; when that one has left, behind nobody.',
      'const added = this.#ofFamily(addresses.networks).map((network) => ({ network, session }));',
      'const added = this.#ofFamily(addresses.networks).filter((one) => !this.#networks.some(({ network }) => network.length === one.length && network.first.join() === one.first.join())).map((network) => ({ network, session }));',
    ],
    'shared-network-gone-with-one': [
      'ADP-24 ADP-31 ADP-08',
      'A network that the policy lists for two names is behind nobody once one of them has left.',
      'this.#networks = this.#networks.filter(({ session: holder }) => holder !== session);',
      'const gone = this.#networks.filter(({ session: holder }) => holder === session).map(({ network }) => network.first.join() + network.length);\n    this.#networks = this.#networks.filter(({ network }) => !gone.includes(network.first.join() + network.length));',
    ],
  }),
  ...ofSeveral({
    'shared-route-gone-with-one': [
      'ADP-24 ADP-31',
      'server',
      'The local stack loses its route to a network that the policy lists for two names once one of them has left.',
      [
        'reference/tunnel/server/server-adapter.ts',
        '    this.#traffic?.remove(tunnel, addresses.address);\n    if (addresses.networks.length > 0) await this.#configure();',
        '    this.#traffic?.remove(tunnel, addresses.address);\n    if (addresses.networks.length > 0) await this.#configure(addresses.networks);',
      ],
      [
        'reference/tunnel/server/server-adapter.ts',
        'async #configure(): Promise<void> {',
        'async #configure(gone = []): Promise<void> {',
      ],
      [
        'reference/tunnel/server/server-adapter.ts',
        'flatMap(({ addresses }) => addresses.networks);\n    // In',
        'flatMap(({ addresses }) => addresses.networks).filter((one) => !gone.some((other) => other.address === one.address && other.length === one.length));\n    // In',
      ],
    ],
    'unconfirmed-end-takes-the-address': [
      'SRV-18 SRV-16 SRV-17',
      'server',
      'When a session ends that was never confirmed, the confirmed one of its name loses its address.',
      [
        'reference/tunnel/server/server.ts',
        '    const name = tunnel.session?.name;\n',
        '    const name = tunnel.session?.name;\n    const other = tunnel.confirmed === true || name === undefined ? undefined : this.#confirmed.get(name);\n    if (other !== undefined) {\n      this.#dataPath.change(other.number, { tunnel: other.number }, true);\n      void this.#adapter.remove(other);\n    }\n',
      ],
    ],
    'flagged-frames-configure-the-link': [
      'ADP-37 OFF-01',
      'server',
      'What configures a link comes out of the tunnel where its frame has flag 0.',
      [
        'reference/adapter/receive-path.ts',
        'destinationOf(datagram), datagram))',
        'destinationOf(datagram), offload === undefined ? datagram : datagram.subarray(0, 0)))',
      ],
    ],
    'flagged-frames-from-anywhere': [
      'ADP-08 OFF-01',
      'server',
      'The source of a datagram is not judged where its frame has flag 0.',
      [
        'reference/tunnel/server/server-adapter.ts',
        'client?.permits ?? nothing, offload)',
        'offload !== undefined ? () => true : (client?.permits ?? nothing), offload)',
      ],
    ],
  }),
  ...inModule('reference/datapath/inward.ts', ['server'], {
    'thread-flagged-frames-from-anywhere': [
      'ADP-08 OFF-01',
      'The thread does not judge a datagram whose frame has flag 0.',
      'if (permits?.(',
      'if (offload === undefined && permits?.(',
    ],
    'thread-flagged-frames-configure-the-link': [
      'ADP-37 OFF-01',
      'The thread lets out of the tunnel what configures a link where its frame has flag 0.',
      'destinationOf(datagram), datagram) !== true',
      'destinationOf(datagram), offload === undefined ? datagram : datagram.subarray(0, 0)) !== true',
    ],
  }),
  ...ofSeveral({
    'thread-ipv6-in-bundles-from-anywhere': [
      'ADP-08 BUN-05',
      'server',
      'The thread does not judge the IPv6 datagrams of a bundle.',
      [
        'reference/datapath/inward.ts',
        '{ datagramLength: length });\n      from',
        '{ datagramLength: length, ofBundle: true });\n      from',
      ],
      [
        'reference/datapath/inward.ts',
        '{ datagramLength: length, offload }: Delivery',
        '{ datagramLength: length, offload, ofBundle }: Delivery',
      ],
      ['reference/datapath/inward.ts', 'if (permits?.(', 'if (!(ofBundle && octets[at]! >> 4 === 6) && permits?.('],
    ],
  }),
  ...inModule('reference/wire/bundle.ts', ['server'], {
    'ipv6-header-alone-not-cut': [
      'BUN-01',
      'An IPv6 datagram of 40 octets is none in a bundle.',
      'return version === 6 && left >= 40 ?',
      'return version === 6 && left >= 40 && view.getUint16(at + 4) > 0 ?',
    ],
  }),
  ...inModule('reference/packets/offload.ts', ['server'], {
    'identification-does-not-wrap': [
      'OFF-01 OFF-05',
      'The identification of segments stays at 65535 once it is there.',
      'view.setUint16(4, view.getUint16(4) + index);',
      'view.setUint16(4, Math.min(0xffff, view.getUint16(4) + index));',
    ],
    'sequence-number-does-not-wrap': [
      'OFF-01 OFF-05',
      'The sequence number of segments stays at 2^32 - 1 once it is there.',
      'whole.getUint32(tcp + TCP_SEQUENCE) + from - headers);',
      'Math.min(0xffff_ffff, whole.getUint32(tcp + TCP_SEQUENCE) + from - headers));',
    ],
    'ece-of-the-first-segment-alone': [
      'OFF-01 OFF-05',
      'ECE is the first segment’s alone, as CWR is.',
      'octets[tcp + TCP_FLAGS]! &= ~CWR;',
      'octets[tcp + TCP_FLAGS]! &= ~(CWR | 0x40);',
    ],
  }),
  ...inModule('reference/packets/classless-routes.ts', ['server'], {
    'routes-of-whole-octets': [
      'CD-03',
      'Of a destination in option 121 the octet that the prefix has in part is left out.',
      'Math.ceil(length / 8)',
      'Math.floor(length / 8)',
    ],
    'default-route-of-one-octet': [
      'CD-03 CD-04',
      'A destination in option 121 has one octet at least.',
      'Math.ceil(length / 8)',
      'Math.max(1, Math.ceil(length / 8))',
    ],
  }),
  ...inModule('reference/nodes/conversation.ts', ['server'], {
    'dying-waits-until-written': [
      'CLOSE-08 SRV-18',
      'In Dying the connection to a peer that reads nothing stays until that has read all.',
      "this.#machine.emit({ type: 'disconnect', abort: !this.#peerEnded || this.#disconnecting });",
      "this.#machine.emit({ type: 'disconnect', abort: false });",
    ],
    'stalled-once-confirmed-alone': [
      'FRAME-15',
      'Before a session is confirmed no frame of it is stalled.',
      'if (this.#deframer.partial) machine.after(machine.timers.stalledFrame',
      'if (this.#deframer.partial && machine.sends) machine.after(machine.timers.stalledFrame',
    ],
    'silence-once-confirmed-alone': [
      'DATA-14',
      'Before a session is confirmed its silence is not counted.',
      "this.#machine.after(this.#machine.timers.silence, 'silence');\n    this.#machine.after(session.duration",
      'this.#machine.after(session.duration',
    ],
    'confirming-bundle-lost': [
      'BUN-02 SRV-16',
      'The datagrams of a bundle that confirms a session are not delivered.',
      'for (const datagram of this.#received) this',
      'const first = this.begun === undefined;\n    this.begun = true;\n    for (const datagram of first && this.#received.length > 1 ? [] : this.#received) this',
    ],
  }),
  ...inModule('reference/tunnel/server/server.ts', ['server'], {
    'end-session-of-one-unconfirmed': [
      'SRV-34',
      'Of the sessions of a name that are not confirmed, End Session ends the oldest.',
      'if (name === undefined || tunnel.session?.name === name)',
      'if (name === undefined || (tunnel.session?.name === name && (tunnel.confirmed || [...this.#tunnels.open].find((one) => !one.confirmed && one.session?.name === name) === tunnel)))',
    ],
  }),
];
