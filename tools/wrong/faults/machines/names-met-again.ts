/** Servers and relays that do a thing right once, and otherwise when the same name, key or session is there again. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const server = 'reference/tunnel/server/server.ts';
const node = 'reference/nodes/server.ts';
const conversation = 'reference/nodes/conversation.ts';

export const namesMetAgain: readonly Fault[] = [
  ...inModule(server, ['server'], {
    'close-of-one-ends-the-name': [
      'SRV-09 SRV-24 SRV-18',
      'A CLOSE of one session ends the others of its name, that of the connection that is to follow it among them.',
      '      this.#remove(tunnel);',
      "      this.#remove(tunnel);\n      const name = tunnel.session?.name;\n      if (cause.by === 'peer' && name !== undefined) for (const one of this.#tunnels.open) if (one !== tunnel && one.session?.name === name) one.connection.input({ type: 'command', command: 'end session' });\n",
    ],
    'end-of-one-ends-the-unconfirmed': [
      'SRV-18 SRV-15 SRV-24',
      'When the confirmed session of a name ends, those of its name that are not confirmed end with it.',
      '    const name = tunnel.session?.name;\n',
      "    const name = tunnel.session?.name;\n    if (tunnel.confirmed && name !== undefined) for (const one of this.#tunnels.open) if (!one.confirmed && one.session?.name === name) one.connection.input({ type: 'command', command: 'end session' });\n",
    ],
    'end-session-once-for-a-name': [
      'SRV-10 SRV-34',
      'The operator’s End Session of a name is obeyed once: what is said of its later sessions changes nothing.',
      "    if (command !== 'end session') return;\n",
      "    if (command !== 'end session' || this.told?.has(name)) return;\n    if ([...this.#tunnels.open].some(({ session }) => session?.name === name)) (this.told ??= new Set()).add(name);\n",
    ],
  }),
  ...ofSeveral({
    'end-session-of-who-is-away-is-kept': [
      'SRV-10 SRV-04',
      'server',
      'An End Session of a name that has no session ends its next one.',
      [
        server,
        "    if (command !== 'end session') return;\n",
        "    if (command !== 'end session') return;\n    if (name !== undefined && ![...this.#tunnels.open].some(({ session }) => session?.name === name)) (this.told ??= new Set()).add(name);\n",
      ],
      [
        server,
        "    older?.connection.input({ type: 'superseded' });",
        "    older?.connection.input({ type: 'superseded' });\n    if (this.told?.delete(session.name)) tunnel.connection.input({ type: 'command', command: 'end session' });",
      ],
    ],
    'confirming-datagram-lost-where-superseding': [
      'SRV-18 DATA-01 ADP-25',
      'server',
      'The datagram of the frame that confirms a session is lost where it ends an older one.',
      [
        server,
        "    older?.connection.input({ type: 'superseded' });",
        "    if (older !== undefined) tunnel.skips = true;\n    older?.connection.input({ type: 'superseded' });",
      ],
      [
        server,
        'deliver: (...datagram) => this.#adapter.deliver(tunnel, ...datagram),',
        'deliver: (...datagram) => {\n            if (!tunnel.skips) this.#adapter.deliver(tunnel, ...datagram);\n            tunnel.skips = false;\n          },',
      ],
    ],
    'older-datagrams-dropped-before-confirmation': [
      'SRV-18 SRV-16',
      'server',
      'What the confirmed session of a name sends is dropped as soon as a newer REQUEST is authorised.',
      [
        server,
        '      tunnel.session = effect.session;\n',
        '      tunnel.session = effect.session;\n      const older = this.#confirmed.get(effect.session.name);\n      if (older !== undefined) older.silenced = true;\n',
      ],
      [
        server,
        'deliver: (...datagram) => this.#adapter.deliver(tunnel, ...datagram),',
        'deliver: (...datagram) => tunnel.silenced || this.#adapter.deliver(tunnel, ...datagram),',
      ],
    ],
  }),
  ...inModule(conversation, ['server'], {
    'first-stalled-frame-alone': [
      'FRAME-15',
      'The first frame of a session that comes in pieces can be stalled, and no later one.',
      "    if (this.#deframer.partial) machine.after(machine.timers.stalledFrame, 'stalledFrame');\n    else",
      "    if (this.#deframer.partial && this.whole !== true) machine.after(machine.timers.stalledFrame, 'stalledFrame');\n    else if (machine.deadlines.get('stalledFrame') !== undefined) {\n      this.whole = true;\n      machine.deadlines.clear('stalledFrame');\n    } else",
    ],
    'sent-octets-put-off-silence': [
      'DATA-14',
      'A keep-alive of its own begins the silence of the peer anew.',
      '    this.#sendData([]);\n',
      "    this.#sendData([]);\n    if (this.#session !== undefined) this.#machine.after(this.#machine.timers.silence, 'silence');\n",
    ],
  }),
  ...inModule('reference/tunnel/server/unconfirmed.ts', ['server'], {
    'gives-way-once-for-a-key': [
      'SRV-25',
      'Of the half-open connections of a static key one gives way, and later none: a fresh REQUEST is refused.',
      'return (giveWay) => {',
      'if (full && this.gave?.has(key)) return undefined;\n    if (full) (this.gave ??= new Set()).add(key);\n    return (giveWay) => {',
    ],
  }),
  ...ofSeveral({
    'stale-once-for-a-key': [
      'SRV-26',
      'server',
      'Once a stale REQUEST of a static key has had its place, no other stale one of that key gets it.',
      [
        'reference/tunnel/server/unconfirmed.ts',
        'if (!fresh && (full ||',
        'if (!fresh && (this.stale?.has(key) || full ||',
      ],
      [
        'reference/tunnel/server/unconfirmed.ts',
        '      const session: Session = { fresh, value, giveWay };',
        '      const session: Session = { fresh, value, giveWay };\n      if (!fresh) (this.stale ??= new Set()).add(key);',
      ],
    ],
  }),
  ...inModule('reference/tunnel/admission.ts', ['server'], {
    'gives-way-once-for-a-source': [
      'SRV-27',
      'Of the connections of a source one gives way, and later none: newcomers from there are refused.',
      '    const entry = this.#choose([...this.#passing].filter(inScope), order);',
      '    const entry = this.gave === true ? undefined : this.#choose([...this.#passing].filter(inScope), order);\n    this.gave = true;',
    ],
  }),
  ...inModule('reference/tunnel/relay/forwarding.ts', ['relay'], {
    'first-port-of-an-entry-alone': [
      'PATH-02 RLY-02',
      'Of the ports of an entry of its list it reads the first.',
      'ports.includes(port)',
      'ports[0] === port',
    ],
    'entry-for-one-connection-at-a-time': [
      'RLY-02 PATH-02',
      'While it has a connection to a node, it makes no second one there.',
      '    return group.open(members, connect, { signal, patience });',
      "    if (group.status.some(({ member, open }) => open > 0 && members.some((one) => `${one.host}:${one.port}` === member))) throw new Error('there is one');\n    return group.open(members, connect, { signal, patience });",
    ],
  }),
  ...inModule('reference/tunnel/relay/relay.ts', ['relay'], {
    'end-of-one-ends-what-connects': [
      'RLY-06 RLY-05',
      'When a tunnel ends, those that are not answered yet end with it.',
      '    this.#acceptor.ended(pairing);',
      "    this.#acceptor.ended(pairing);\n    for (const other of this.#acceptor.open) if (other.node.state === 'Forward Connect' || other.node.state === 'Receive Relay') end(other, 'end session');",
    ],
  }),
  ...inModule(node, ['server'], {
    'relay-time-counts-for-request': [
      'SRV-14',
      'RELAY and REQUEST together have the time of receiveRelay.',
      "      this.#machine.step('relay');",
      "      const until = this.#machine.deadlines.get('state');\n      this.#machine.step('relay');\n      if (until !== undefined) this.#machine.deadlines.set('state', until);",
    ],
    'request-time-anew-with-each-octet': [
      'SRV-14',
      'Each octet of a REQUEST that dribbles begins the wait for it anew.',
      "    else if (input.type !== 'command') this.#conversation.take(input);",
      "    else if (input.type !== 'command') {\n      this.#conversation.take(input);\n      if (this.state === 'Connect Wait') this.#machine.deadlines.set('state', now + this.#options.timers.connectWait);\n    }",
    ],
  }),
];
