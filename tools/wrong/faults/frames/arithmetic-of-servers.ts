/** A server's arithmetic of addresses and lengths that is right for the usual ones alone. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const table = 'reference/tunnel/server/table.ts';

export const arithmeticOfServers: readonly Fault[] = [
  ...inModule('reference/tunnel/lan.ts', ['server'], {
    'ipv4-prefixes-signed': [
      'ADP-08 ADP-24 ADP-39',
      'No IPv4 address from 128.0.0.0 up is in any prefix.',
      '    if ((wordAt(octets, offset) & this.#mask) >>> 0 !== this.#word) return false;',
      '    const word = wordAt(octets, offset) & this.#mask;\n    if ((this.first.length === 4 ? word : word >>> 0) !== this.#word) return false;',
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
  }),
  ...inModule(table, ['server'], {
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
      'SRV-18 SRV-16 SRV-19 SRV-24',
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
      'if (!tunnel.permitted.has(',
      'if (offload === undefined && !tunnel.permitted.has(',
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
        'from, length, undefined);\n      from',
        'from, length, undefined, true);\n      from',
      ],
      [
        'reference/datapath/inward.ts',
        'length: number, offload: Offload | undefined): void',
        'length: number, offload: Offload | undefined, ofBundle?: boolean): void',
      ],
      [
        'reference/datapath/inward.ts',
        'if (!tunnel.permitted.has(',
        'if (!(ofBundle && octets[at]! >> 4 === 6) && !tunnel.permitted.has(',
      ],
    ],
  }),
  ...inModule('reference/wire/bundle.ts', ['server'], {
    'ipv6-header-alone-not-cut': [
      'BUN-01',
      'An IPv6 datagram of 40 octets is none in a bundle.',
      'return version === 6 && left >= 40 ?',
      'return version === 6 && left >= 40 && u16At(octets, at + 4) > 0 ?',
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
