/** What a reader of the text may take otherwise: defaults, orders, and what says nothing. */
import type { TimerName } from '../../../../reference/machines/timers.ts';
import type { Fault, FaultyRole } from '../../fault.ts';

/** A timer that is longer, or shorter, where nothing is configured. */
const defaultOf = (
  timer: TimerName,
  breaks: readonly string[],
  roles: readonly FaultyRole[],
  [right, wrong]: readonly [string, string],
): Fault => ({
  id: `default-of-${timer.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}-${wrong.replace('_', '')}`,
  breaks,
  roles,
  does: `Where nothing is configured, ${timer} is ${wrong.replace('_', ',')} ms.`,
  file: 'reference/machines/timers.ts',
  change: [`  ${timer}: ${right},`, `  ${timer}: ${wrong},`],
});

const endPoints: readonly FaultyRole[] = ['client', 'server'];
const defaults: readonly Fault[] = [
  defaultOf('keepAlive', ['DATA-13'], endPoints, ['20_000', '40_000']),
  defaultOf('silence', ['DATA-14'], endPoints, ['60_000', '50_000']),
  defaultOf('silence', ['DATA-14'], endPoints, ['60_000', '90_000']),
  defaultOf('expiryGrace', ['SRV-20'], ['server'], ['60_000', '50_000']),
  defaultOf('expiryGrace', ['SRV-20'], ['server'], ['60_000', '90_000']),
  defaultOf('tcpOpen', ['INI-15'], ['client'], ['10_000', '5_000']),
  defaultOf('tcpOpen', ['INI-15'], ['client'], ['10_000', '20_000']),
];

/** A limit that is another where nothing is configured. */
const limit = (
  id: string,
  breaks: string,
  role: FaultyRole,
  does: string,
  change: readonly [from: string, to: string],
): Fault => ({
  id,
  breaks: [breaks],
  roles: [role],
  does,
  file: `reference/tunnel/config/${role}-file.ts`,
  change,
});

const perSource = (count: number): string => `halfOpenPerSource: v.optional(count(1, 65535), ${count})`;
const limits: readonly Fault[] = [
  limit(
    'server-half-open-per-source-15',
    'SRV-27',
    'server',
    'The server lets in 15 half-open connections of a source.',
    [perSource(16), perSource(15)],
  ),
  limit(
    'server-half-open-per-source-64',
    'SRV-27',
    'server',
    'The server lets in 64 half-open connections of a source.',
    [perSource(16), perSource(64)],
  ),
  limit('relay-half-open-per-source-16', 'RLY-22', 'relay', 'The relay lets in 16 half-open connections of a source.', [
    perSource(8),
    perSource(16),
  ]),
  limit('relay-connections-per-source-63', 'RLY-13', 'relay', 'The relay lets in 63 connections of a source.', [
    'connectionsPerSource: v.optional(count(1, 65535), 64)',
    'connectionsPerSource: v.optional(count(1, 65535), 63)',
  ]),
  limit(
    'relay-connections-per-source-unlimited',
    'RLY-13',
    'relay',
    'The relay does not limit the connections of a source.',
    [
      'connectionsPerSource: v.optional(count(1, 65535), 64)',
      'connectionsPerSource: v.optional(count(1, 65535), 65535)',
    ],
  ),
];

const settings = 'reference/wire/network-settings.ts';
const policy = 'reference/tunnel/server/policy.ts';

export const readings: readonly Fault[] = [
  ...defaults,
  ...(['frames', 'octets'] as const).map(
    (bound): Fault => ({
      id: `${bound}-of-a-key-without-bound`,
      breaks: ['KEY-04'],
      roles: endPoints,
      does: `Where nothing is configured, a key may be used for 2^52 ${bound}.`,
      file: 'reference/tunnel/config/shared-keys.ts',
      change:
        bound === 'frames'
          ? ['asBigInt), 2 ** 32)', 'asBigInt), 2 ** 52)']
          : ['asBigInt), 2 ** 40)', 'asBigInt), 2 ** 52)'],
    }),
  ),
  ...limits,
  {
    id: 'dhcp-options-of-response-by-code',
    breaks: ['CD-13'],
    roles: ['server'],
    does: 'The DHCP options of client data ascend by code.',
    file: settings,
    change: [
      '    dhcp: values.flatMap(([code, value]) => dhcpOptions(code, value)),',
      '    dhcp: values.toSorted(([one], [other]) => one - other).flatMap(([code, value]) => dhcpOptions(code, value)),',
    ],
  },
  {
    id: 'neighbour-options-of-response-reversed',
    breaks: ['CD-13'],
    roles: ['server'],
    does: 'The options of neighbour discovery in client data descend by number.',
    file: settings,
    change: [
      '    neighbour: ipv6 === undefined ? [] : fromIpv6Settings(ipv6),',
      '    neighbour: ipv6 === undefined ? [] : fromIpv6Settings(ipv6).toReversed(),',
    ],
  },
  {
    id: 'server-grants-what-is-asked',
    breaks: ['RESP-11'],
    roles: ['server'],
    does: "RESPONSE has REQUEST's bounds, whatever the server's own are.",
    file: policy,
    change: [
      'const granted = lower(this.#config.lifetime, request.lifetimes);',
      'const granted = request.lifetimes ?? this.#config.lifetime;',
    ],
  },
  {
    id: 'server-grants-one-side-alone',
    breaks: ['RESP-11'],
    roles: ['server'],
    does: 'The bound of frames of the server counts only where its seconds are lower too.',
    file: policy,
    change: [
      '    frames: own.frames < asked.frames ? own.frames : asked.frames,',
      '    frames: own.frames < asked.frames && own.seconds < asked.seconds ? own.frames : asked.frames,',
    ],
  },
  {
    id: 'server-sends-grease',
    breaks: ['RESP-11'],
    roles: ['server'],
    does: 'The server sends GREASE among its key exchange data.',
    file: 'reference/nodes/server.ts',
    change: [
      'const chosen = makeKeyExchangeData({ lifetimes: grant.lifetimes, options: dataOptions });',
      'const chosen = makeKeyExchangeData({ lifetimes: grant.lifetimes, extra: [{ id: 0x1a1a, value: new Uint8Array(1) }] });',
    ],
  },
  {
    id: 'dhcp-stops-at-what-does-not-fit',
    breaks: ['DHCP-19'],
    roles: ['client'],
    does: 'What stands behind an option of a DHCP reply that does not fit is left out too.',
    file: 'reference/emulators/room.ts',
    change: [
      '    if (octets > left) return false;',
      '    if (octets > left) left = -1;\n    if (octets > left) return false;',
    ],
  },
  {
    id: 'keep-alive-before-confirmation',
    breaks: ['SRV-16'],
    roles: ['server'],
    does: 'Keep-alives are sent as soon as the connection is keyed.',
    file: 'reference/machines/server.ts',
    change: ["      sendsAfter: 'confirm',", "      sendsAfter: 'key the connection',"],
    more: [
      {
        file: 'reference/nodes/conversation.ts',
        change: [
          "    this.#machine.after(this.#machine.timers.silence, 'silence');",
          `    this.#machine.after(this.#machine.timers.silence, 'silence');
    this.#machine.after(this.#machine.timers.keepAlive, 'keepAlive');`,
        ],
      },
    ],
  },
  {
    id: 'end-of-stream-before-request',
    breaks: ['SRV-04'],
    roles: ['server'],
    does: 'The end of a stream is handled before what came 100 ms before it.',
    file: 'reference/tunnel/transport-connection.ts',
    change: [
      `    socket.on('data', (chunk: Uint8Array) => {
      if (this.#finishing) return;`,
      `    socket.on('data', async (chunk: Uint8Array) => {
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (this.#finishing) return;`,
    ],
  },
  {
    id: 'end-waits-for-a-reader',
    breaks: ['CLOSE-08', 'ADP-12'],
    roles: ['client'],
    does: 'A connection is closed when all that was to be sent has been, however long the peer does not read.',
    file: 'reference/nodes/conversation.ts',
    change: [
      "this.#machine.emit({ type: 'disconnect', abort: !this.#peerEnded || this.#disconnecting });",
      "this.#machine.emit({ type: 'disconnect', abort: false });",
    ],
  },
  {
    id: 'ipv6-refused-kept-out-of-the-tunnel',
    breaks: ['ND-07'],
    roles: ['client'],
    does: 'Where the user accepts no IPv6, datagrams of the stack in IPv6 enter no tunnel.',
    file: 'reference/nodes/conversation.ts',
    change: [
      '    if (this.#machine.sends) {',
      '    if ((datagram[0] ?? 0) >>> 4 === 6) this.queue.drop();\n    else if (this.#machine.sends) {',
    ],
  },
  {
    id: 'relay-asks-nobody',
    breaks: ['RLY-27'],
    roles: ['relay'],
    does: 'The relay never has TCP ask whether a peer is still there.',
    file: 'reference/tunnel/transport-connection.ts',
    change: ['    socket.setKeepAlive(true, keepAliveDelay);\n', ''],
  },
  {
    id: 'relay-ends-what-is-silent',
    breaks: ['RLY-18'],
    roles: ['relay'],
    does: 'The relay ends a tunnel through which nothing has passed for 10 s.',
    file: 'reference/machines/relay.ts',
    change: [
      `Forward: { numeral: 242, phase: 'forwarding' },`,
      `Forward: { numeral: 242, phase: 'forwarding', timer: 'forwardConnect' },`,
    ],
    more: [
      {
        file: 'reference/machines/relay.ts',
        change: [
          `    ['Forward', ['protocol error'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],`,
          `    ['Forward', ['protocol error', 'timeout'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],`,
        ],
      },
    ],
  },
  {
    id: 'relay-ends-tunnels-after-250-ms',
    breaks: ['PATH-01'],
    roles: ['relay'],
    does: 'A tunnel through the relay lasts 250 ms.',
    file: 'reference/machines/relay.ts',
    change: [
      `Forward: { numeral: 242, phase: 'forwarding' },`,
      `Forward: { numeral: 242, phase: 'forwarding', timer: 'refusalDelay' },`,
    ],
    more: [
      {
        file: 'reference/machines/relay.ts',
        change: [
          `    ['Forward', ['protocol error'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],`,
          `    ['Forward', ['protocol error', 'timeout'], ['send CLOSE', 'shut down writing'], 'Dying', 'binding'],`,
        ],
      },
    ],
  },
  {
    id: 'relays-can-read',
    breaks: ['PATH-07'],
    roles: ['client', 'server'],
    does: 'The cipher of an AEAD leaves the datagram as it is, for each relay to read.',
    file: 'reference/crypto/primitives.ts',
    change: [
      `  const ciphertext = parts.map((part) => view(cipher.update(part)));
  cipher.final();`,
      `  const ciphertext = parts.map((part) => (cipher.update(part), part.slice()));
  cipher.final();`,
    ],
  },
  {
    id: 'server-accepts-one-at-a-time',
    breaks: ['SRV-01'],
    roles: ['server'],
    does: 'While there is a connection the server accepts no other.',
    file: 'reference/tunnel/acceptor.ts',
    change: [
      "      const source = socket.remoteAddress ?? '';",
      `      if (this.open.size > 0) {
        socket.destroy();
        return;
      }
      const source = socket.remoteAddress ?? '';`,
    ],
  },
];
