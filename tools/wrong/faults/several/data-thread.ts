/** The thread of the data path, and how tunnels are lent to it and taken back. */
import { type Fault, inModule } from '../../fault.ts';

const both = ['client', 'server'] as const;

const thread: readonly Fault[] = [
  ...inModule('reference/tunnel/data-path.ts', ['server'], {
    'thread-not-halted': [
      'ADP-40',
      'A tunnel is lent while datagrams that the thread read for its node are on their way.',
      `    if (this.#lent === 0) return true;
`,
      `    if (this.#lent >= 0) return true;
`,
    ],
  }),
  ...inModule('reference/tunnel/data-path.ts', both, {
    'thread-counter-from-zero': [
      'KEY-02 DATA-07',
      'The thread counts its DATA frames from 0 each time that it gets a tunnel.',
      'state.sent.begin(sent.iv, sent.frames, sent.octets);',
      'state.sent.begin(sent.iv, 0, sent.octets);',
    ],
    'thread-counter-skips': [
      'KEY-02 DATA-07',
      'A number is left out each time that the thread gets a tunnel.',
      'state.sent.begin(sent.iv, sent.frames, sent.octets);',
      'state.sent.begin(sent.iv, sent.frames + 1, sent.octets);',
    ],
    'thread-counter-not-taken-back': [
      'KEY-02 DATA-07 ADP-40 DATA-13',
      'What the thread has sent is not counted: the node uses the same numbers again.',
      'const used = { sent: usedOf(state.sent), received',
      'const used = { sent: given.sent, received',
    ],
  }),
  ...inModule('reference/datapath/lent-tunnel.ts', both, {
    'thread-drops-unread': [
      'ADP-40 FRAME-01',
      'The beginning of a frame is lost where the thread gives a tunnel back.',
      'unread: this.unread.slice(),',
      'unread: empty,',
    ],
    'thread-drops-unsent': [
      'ADP-40 CLOSE-02',
      'What the socket did not take is lost where the thread gives a tunnel back.',
      'unsent: this.unsent.slice(),',
      'unsent: empty,',
    ],
    'thread-forgets-when-it-received': [
      'DATA-14',
      'Silence is counted from the moment at which the thread got the tunnel.',
      'receivedAgo: ago(this.lastReceived),',
      'receivedAgo: undefined,',
    ],
    'thread-uses-keys-up': [
      'INI-09 SRV-20 KEY-04',
      'The thread minds no bound of a key.',
      'direction.frames >= frames || direction.octets >= octets;',
      'direction.frames > direction.octets && frames > octets;',
    ],
  }),
  ...inModule('reference/datapath/record.ts', both, {
    'thread-ignores-tags': [
      'DATA-10 DATA-11',
      'The thread delivers what does not verify.',
      'if (!evp.verifies(context, frame + dataHeaderLength)) return false;',
      'evp.verifies(context, frame + dataHeaderLength);',
    ],
    'thread-ignores-flags': [
      'DATA-06',
      'The thread takes flags and a segment size.',
      '(lone || bundled || offload !== undefined) &&',
      'flags >= 0 &&',
    ],
    'thread-ignores-padding': [
      'DATA-05',
      'The thread takes padding that is not zeros.',
      'index += 1) if (octets[index] !== 0) return false;',
      'index += 1) if (octets[index]! > 255) return false;',
    ],
    'thread-ignores-protocol': [
      'DATA-02',
      'The thread takes a datagram under the protocol of another version.',
      'if (u16At(octets, at + 6) !== protocol) return false;',
      'if (protocol === noDatagram && u16At(octets, at + 6) !== protocol) return false;',
    ],
  }),
  ...inModule('reference/datapath/inward.ts', both, {
    'thread-without-policy': [
      'ADP-08 ADP-33 ADP-34 ADP-35 ADP-36 ADP-37 ADP-39',
      'The thread gives the local stack whatever the peer sends.',
      'if (permits?.(sourceOf(datagram), destinationOf(datagram), datagram) !== true) return',
      'if (permits?.(sourceOf(datagram), destinationOf(datagram), datagram) === undefined) return',
    ],
    'thread-keeps-ethertype': [
      'ADP-05',
      'The thread gives every datagram to the local stack as IPv4.',
      'setU16(octets, at - 2, octets[at]! >> 4 === 4 ? EtherType.ipv4 : EtherType.ipv6);',
      'setU16(octets, at - 2, EtherType.ipv4);',
    ],
  }),
  ...inModule('reference/datapath/outward.ts', both, {
    'thread-reads-on-while-full': [
      'ADP-14',
      'The thread reads the adapter, and keeps what the socket does not take, without a bound.',
      'return this.#waiting !== undefined || this.#held || this.#ports.idle();',
      'return this.#held || this.#ports.idle();',
    ],
    'thread-sends-discovery': [
      'ND-03',
      'The thread lets neighbour discovery into the tunnel.',
      'mayBeDhcp(octets, at, end) : mayBeDiscovery(octets, from, end);',
      'mayBeDhcp(octets, at, end) : false;',
    ],
  }),
  ...inModule('reference/datapath/outward.ts', ['client'], {
    'thread-sends-dhcp': [
      'ADP-07',
      "The thread lets the stack's DHCP messages into the tunnel.",
      'mayBeDhcp(octets, at, end) : mayBeDiscovery(octets, from, end);',
      'false : mayBeDiscovery(octets, from, end);',
    ],
    'thread-overtakes-what-it-handed-over': [
      'ADP-40',
      'What the thread reads after a datagram that may be for an emulator is sent before it.',
      'this.#held = isDatagram(frame);',
      'this.#held = false;',
    ],
  }),
  ...inModule('reference/datapath/outward.ts', ['server'], {
    'thread-waits-for-a-full-tunnel': [
      'ADP-32',
      'Everybody waits while one of several tunnels is full.',
      'const waits = tunnel.full && !this.#routes.shared;',
      'const waits = tunnel.full;',
    ],
  }),
];

export const dataThread: readonly Fault[] = [
  ...thread,
  {
    id: 'keep-alive-put-off-at-recall',
    breaks: ['DATA-13'],
    roles: both,
    does: 'The time to the next keep-alive begins anew when the thread gives back a tunnel on which it has sent.',
    dataPath: 'fast',
    file: 'reference/nodes/conversation.ts',
    change: ['this.#machine.after(timers.keepAlive - sentAgo,', 'this.#machine.after(timers.keepAlive,'],
  },
  {
    id: 'thread-frames-heard-later',
    breaks: ['ADP-40'],
    roles: ['server'],
    does: 'What the thread read for a node is sent behind what the thread reads once it has the tunnel.',
    file: 'reference/datapath/carrier.ts',
    change: [
      "if (report.report === 'frame') this.#frames.push(report.frame);",
      "if (report.report === 'frame') setImmediate(() => this.#heard(report));",
    ],
  },
  {
    id: 'thread-keeps-the-first-ciphers',
    breaks: ['INI-10', 'KEY-01'],
    roles: ['client'],
    does: 'The thread goes on with the ciphers of the first key once it is renewed.',
    file: 'reference/tunnel/data-path.ts',
    change: [
      'const contexts = begin(this.#evp!, state, given);',
      'const made = begin(this.#evp!, state, given);\n    this.first ??= made;\n    const contexts = this.first;',
    ],
    more: [
      {
        file: 'reference/tunnel/data-path.ts',
        change: ['this.#evp?.free(context);', 'void context;'],
      },
    ],
  },
  {
    id: 'unsent-of-the-thread-after-a-close',
    breaks: ['CLOSE-02', 'CLOSE-01'],
    roles: ['client', 'server'],
    does: 'CLOSE leaves before what the thread had sealed and could not send.',
    dataPath: 'fast',
    file: 'reference/tunnel/connection.ts',
    change: [
      'if (unsent.length > 0) this.#send(unsent, undefined);',
      'setTimeout(() => this.#send(unsent, undefined), 20);',
    ],
  },
  {
    id: 'thread-keeps-the-first-reception',
    breaks: ['ADP-33', 'ADP-34'],
    roles: ['client'],
    does: 'The thread lets through what the first client data allowed.',
    file: 'reference/tunnel/client/data-thread.ts',
    change: [
      'reception = new Reception(...(change as RoutesChange));',
      'reception ??= new Reception(...(change as RoutesChange));',
    ],
  },
];
