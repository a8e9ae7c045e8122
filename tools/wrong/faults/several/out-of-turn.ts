/** Initiators that do something too early, too late, or in another order; and what waits meanwhile. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const node = 'reference/nodes/initiator.ts';
const conversation = 'reference/nodes/conversation.ts';
const adapter = 'reference/adapter/adapter.ts';
const opening = '  #open(): void {\n    this.#asked = false;\n    this.#conversation.renew();\n';
const push = '    this.#deframer.push(octets);\n';
const notedPhase: [string, string, string] = [conversation, push, `${push}    const { phase } = machine;\n`];
const away: [string, string, string][] = [
  [node, opening, `${opening}    globalThis.away = this.keyed === true;\n`],
  [
    node,
    '    this.#authorizedAt = this.#machine.now;\n',
    '    this.#authorizedAt = this.#machine.now;\n    this.keyed = true;\n    globalThis.away = false;\n',
  ],
];

export const outOfTurn: readonly Fault[] = [
  ...ofSeveral({
    'close-in-reconnect-obeyed': [
      'INI-09',
      'client',
      'A CLOSE *end session* that comes behind its own CLOSE *key expired* keeps it from connecting again.',
      ['reference/tunnel/transport-connection.ts', '      if (this.#finishing) return;\n', ''],
      [
        conversation,
        "      machine.step('frame');\n      return;\n",
        `      this.closeVerified = octets.length === 40 && octets[4] === 5 && octets[7] === 1;
      if (this.closeVerified && machine.state === 'Reconnect') machine.end({ event: 'end session', cause: byPeer(1) });
      else machine.step('frame');
      return;\n`,
      ],
    ],
  }),
  ...inModule('reference/tunnel/client/client.ts', ['client'], {
    'program-stays-after-a-final-close': [
      'INI-18 INI-17 INI-19',
      'The program of an initiator that is to reconnect does not end after a CLOSE behind which it does not connect again.',
      '    if (!this.#patient) this.#end.resolve(outcome);\n',
      '    if (!this.#patient && !this.#config.reconnect) this.#end.resolve(outcome);\n',
    ],
  }),
  ...inModule(node, ['client'], {
    'waiting-datagrams-before-the-empty-one': [
      'DATA-08',
      'Datagrams that have waited for the connection are sent before the empty DATA frame.',
      '    this.#conversation.sendKeepAlive();\n    this.#conversation.sendWaiting();\n',
      '    this.#conversation.sendWaiting();\n    this.#conversation.sendKeepAlive();\n',
    ],
    'end-session-unheard-while-it-connects-again': [
      'INI-07',
      'Once it has been authorized, it does not hear of End Session while it connects again.',
      'else this.#conversation.end(command);',
      "else if (this.state !== 'TCP Open' || this.#authorizedAt === 0) this.#conversation.end(command);",
    ],
  }),
  ...ofSeveral({
    'waiting-datagrams-overtaken': [
      'ADP-40 INI-10',
      'client',
      'What has waited for the connection is sent behind the first datagram that comes after.',
      [node, '    this.#conversation.sendWaiting();\n', ''],
      [
        conversation,
        "    machine.after(machine.timers.keepAlive, 'keepAlive');\n",
        "    machine.after(machine.timers.keepAlive, 'keepAlive');\n    if (datagrams.length > 0 && this.queue.counts.waiting > 0) this.sendWaiting();\n",
      ],
    ],
    'stalled-frame-behind-response-unnoticed': [
      'FRAME-15',
      'client',
      'A frame that begins in the segment of RESPONSE may stay begun without end.',
      notedPhase,
      [
        conversation,
        '    if (this.#deframer.partial) machine.after(machine.timers.stalledFrame',
        "    if (this.#deframer.partial && phase !== 'opening') machine.after(machine.timers.stalledFrame",
      ],
    ],
    'close-behind-response-unverified': [
      'CLOSE-04 INI-20',
      'client',
      'A CLOSE that comes in the segment of RESPONSE is believed without a digest.',
      notedPhase,
      [
        conversation,
        "        if (machine.phase === 'authorized') this.#authorized(frame);\n",
        `        if (machine.phase === 'authorized' && phase === 'opening' && frame.type === 'CLOSE') {
          this.closeVerified = true;
          this.#closed(decodeClose(frame.octets).status);
        } else if (machine.phase === 'authorized') this.#authorized(frame);\n`,
      ],
    ],
    'emulators-silent-without-a-connection': [
      'ARP-01 DHCP-01 ND-06 INI-22 INI-10',
      'client',
      'While it connects again, its emulators answer nobody.',
      ...away,
      [adapter, 'transmit(frame, this.#emulators,', 'transmit(frame, globalThis.away ? undefined : this.#emulators,'],
    ],
  }),
  ...inModule('reference/nodes/queue.ts', ['client'], {
    'newest-of-those-that-wait-dropped': [
      'ADP-45',
      'Where too many datagrams wait for the connection, the newest are dropped.',
      '      this.#waiting.shift();\n      this.#dropped += 1;\n',
      '      this.#dropped += 1;\n      return;\n',
    ],
  }),
  ...inModule('reference/nodes/running-machine.ts', ['client'], {
    'last-reason-counts': [
      'INI-18 INI-19 INI-17 CLOSE-08',
      'What happens behind a CLOSE, such as a reset, takes its place as the reason for the end.',
      'this.cause ??= cause;',
      'this.cause = cause;',
    ],
    'status-of-the-first-close': [
      'INI-06 INI-09 INI-14',
      'Its CLOSE has the status of the first CLOSE that it sent.',
      'this.status = cause.status ?? this.status;',
      'this.status = this.first ??= cause.status ?? this.status;',
    ],
  }),
  ...inModule('reference/machines/initiator.ts', ['client'], {
    'second-end-session-resets': [
      'CLOSE-08 INI-06',
      'A second End Session while it waits for the end of the stream resets the connection.',
      "    ['Dying', ['frame'], ['discard'], 'Dying', 'binding'],\n",
      "    ['Dying', ['frame'], ['discard'], 'Dying', 'binding'],\n    ['Dying', ['end session'], ['disconnect'], 'Dying', 'binding'],\n",
    ],
  }),
  ...inModule(adapter, ['client'], {
    'carrier-toggled-once': [
      'ADP-22',
      'Other client data toggle the carrier the first time alone.',
      '    if (renew) this.#device.setCarrier(false);\n',
      '    if (renew && this.toggled) renew = false;\n    this.toggled ||= renew;\n    if (renew) this.#device.setCarrier(false);\n',
    ],
  }),
  ...inModule('reference/tunnel/client/client-adapter.ts', ['client'], {
    'client-data-compared-with-the-first': [
      'ADP-22 INI-10 DHCP-01',
      'Client data count as other ones where they are not those of the first connection.',
      '    this.#open.settings = settings;\n',
      '    this.#open.settings ??= settings;\n',
    ],
    'dns-servers-of-later-client-data-unjudged': [
      'ADP-19 CD-17 ADP-22',
      'The DNS servers of the first client data are judged, and none of later ones.',
      'if (accepted !== undefined) return accepted;',
      `const { dns } = toNetworkSettings(clientData);
    if (accepted !== undefined && this.judged) return { ...accepted, dns };
    this.judged = true;
    if (accepted !== undefined) return accepted;`,
    ],
    'mtu-of-later-client-data-unjudged': [
      'CD-08 ADP-22',
      'The MTU of the first client data is judged, and none of later ones.',
      'if (accepted !== undefined) return accepted;',
      `const { mtu } = toNetworkSettings(clientData);
    if (accepted !== undefined && this.judged) return { ...accepted, ...(mtu !== undefined && { mtu }) };
    this.judged = true;
    if (accepted !== undefined) return accepted;`,
    ],
    'prefix-of-later-client-data-unjudged': [
      'CD-16 ND-07 ND-09 ADP-22',
      'What IPv6 is in the first client data is judged, and none of later ones.',
      'if (accepted !== undefined) return accepted;',
      `const { ipv6 } = toNetworkSettings(clientData);
    if (accepted !== undefined && this.judged) return { ...accepted, ...(ipv6 && { ipv6 }) };
    this.judged = true;
    if (accepted !== undefined) return accepted;`,
    ],
  }),
];
