/** State that outlives its connection, and state that connections share. */
import { type Fault, inModule } from '../../fault.ts';

export const keptState: readonly Fault[] = [
  ...inModule('reference/nodes/conversation.ts', ['client'], {
    'frame-in-part-kept': [
      'INI-22 INI-15',
      'What came of a frame before the connection broke is put before the frames of the next connection.',
      '    this.#deframer = new Deframer();\n',
      '',
    ],
    'end-of-stream-kept': [
      'CLOSE-08',
      "Once a peer has ended its stream, no later connection waits for the peer's end after CLOSE.",
      '    this.#peerEnded = false;\n',
      '',
    ],
    'close-key-kept': [
      'CLOSE-01 INI-14',
      'After a connection that was keyed, a CLOSE before the next RESPONSE is keyed with the key of before.',
      '    this.closeKey = undefined;\n',
      '',
    ],
    'cause-kept': [
      'INI-17 INI-19',
      'The reason why the first connection ended counts for all later ones.',
      '    this.#machine.cause = undefined;\n',
      '',
    ],
  }),
  ...inModule('reference/crypto/data-frame.ts', ['client', 'server'], {
    'sealed-in-one-buffer': [
      'ADP-15',
      'All DATA frames are made in one buffer: the next frame overwrites one that has not been written yet.',
      'const frame = new Uint8Array(length);',
      'const frame = (globalThis.slab ??= new Uint8Array(131_072)).subarray(0, length);',
    ],
  }),
  ...inModule('reference/tunnel/connection.ts', ['client', 'server'], {
    'paused-beyond-the-connection': [
      'ADP-14 INI-22',
      'Where a tunnel connection that is full breaks, the adapter is not read any more.',
      '    this.#pressure(side, false);\n    this.input(input);',
      '    this.input(input);',
    ],
  }),
  ...inModule('reference/tunnel/server/server.ts', ['server'], {
    'superseding-forgotten': [
      'SRV-18',
      'The end of the older session removes the newer one from the list: a third session displaces nothing.',
      'if (name !== undefined && this.#confirmed.get(name) === tunnel)',
      'if (name !== undefined)',
    ],
    'end-session-of-a-longer-name': [
      'SRV-10',
      'End Session of one initiator ends the sessions of all whose names begin with its name.',
      'tunnel.session?.name === name',
      'tunnel.session?.name.startsWith(name)',
    ],
  }),
  ...inModule('reference/nodes/queue.ts', ['client'], {
    'waiting-datagrams-share-octets': [
      'INI-10',
      'Datagrams that wait for the next connection are not copied: each becomes what the stack sent last.',
      'this.#waiting.push(datagram.slice());',
      'this.#waiting.push(datagram);',
    ],
  }),
  {
    id: 'keep-alive-by-any-tunnel',
    breaks: ['DATA-13'],
    roles: ['server'],
    does: 'What a server sends through one tunnel puts off the keep-alives of the others.',
    file: 'reference/nodes/conversation.ts',
    change: [
      "if (name === 'keepAlive') this.sendKeepAlive();",
      `const left = (globalThis.sentAt ?? 0) + timers.keepAlive - this.#machine.now;
    if (name === 'keepAlive' && left > 0) this.#machine.after(left, 'keepAlive');
    else if (name === 'keepAlive') this.sendKeepAlive();`,
    ],
    more: [
      {
        file: 'reference/nodes/conversation.ts',
        change: [
          "machine.after(machine.timers.keepAlive, 'keepAlive');",
          "machine.after(machine.timers.keepAlive, 'keepAlive');\n    globalThis.sentAt = machine.now;",
        ],
      },
    ],
  },
  {
    id: 'silence-of-all-tunnels',
    breaks: ['DATA-14'],
    roles: ['server'],
    does: 'What comes out of one tunnel counts for the silence of the others.',
    file: 'reference/nodes/conversation.ts',
    change: [
      "else if (name === 'silence') this.#broken(",
      `else if (name === 'silence' && (globalThis.cameAt ?? 0) + timers.silence > this.#machine.now)
      this.#machine.after(globalThis.cameAt + timers.silence - this.#machine.now, 'silence');
    else if (name === 'silence') this.#broken(`,
    ],
    more: [
      {
        file: 'reference/nodes/conversation.ts',
        change: [
          "    machine.after(machine.timers.silence, 'silence');\n    if (this.#deframer.partial)",
          "    machine.after(machine.timers.silence, 'silence');\n    globalThis.cameAt = machine.now;\n    if (this.#deframer.partial)",
        ],
      },
    ],
  },
  ...inModule('reference/tunnel/server/switchboard.ts', ['server'], {
    'last-destination-remembered': [
      'SRV-18 ADP-31 ADP-10',
      'The tunnel of the last destination is remembered, though its session has ended since.',
      'if (version === 4 && datagram.length >= header4) return holderOf(this.#four, datagram, source4, destination4);',
      `if (version === 4 && datagram.length >= header4) {
      const to = datagram.subarray(destination4, header4).join();
      if (this.to !== to || this.holder === undefined)
        [this.to, this.holder] = [to, holderOf(this.#four, datagram, source4, destination4)];
      return this.holder;
    }`,
    ],
  }),
  {
    id: 'held-octets-of-all',
    breaks: ['RLY-10'],
    roles: ['relay'],
    does: 'What two connections send while the relay connects for them is kept in one place.',
    file: 'reference/nodes/relay.ts',
    change: ['#held: Uint8Array[] = [];', '#held: Uint8Array[] = (globalThis.held ??= []);'],
    more: [
      {
        file: 'reference/nodes/relay.ts',
        change: ["side: 'downstream' });\n    this.#held = [];", "side: 'downstream' });\n    this.#held.length = 0;"],
      },
    ],
  },
  ...inModule('reference/crypto/randomness.ts', ['client', 'server'], {
    'ephemeral-keys-in-a-ring': [
      'HS-10',
      'Four ephemeral keys are made at the start, and used in turn.',
      'x25519Ephemeral: () => randomOctets(32),',
      `x25519Ephemeral: (() => {
    const ring = Array.from({ length: 4 }, () => randomOctets(32));
    let next = 0;
    return () => ring[next++ % 4].slice();
  })(),`,
    ],
  }),
  {
    id: 'superseded-by-the-key',
    breaks: ['SRV-18'],
    roles: ['server'],
    does: 'A session is superseded by a newer one of the same static key, whatever the name.',
    file: 'reference/tunnel/server/server.ts',
    change: ['this.#confirmed.get(session.name)', 'this.#confirmed.get(session.peerKey.toHex())'],
    more: [
      {
        file: 'reference/tunnel/server/server.ts',
        change: ['this.#confirmed.set(session.name, tunnel)', 'this.#confirmed.set(session.peerKey.toHex(), tunnel)'],
      },
      {
        file: 'reference/tunnel/server/server.ts',
        change: ['const name = tunnel.session?.name;', 'const name = tunnel.session?.peerKey.toHex();'],
      },
    ],
  },
  ...inModule('reference/tunnel/server/table.ts', ['server'], {
    'networks-go-with-the-older-session': [
      'SRV-18 ADP-24',
      'When the older session of a name ends, the networks behind the newer one go with it.',
      'this.#networks = this.#networks.filter(({ session: holder }) => holder !== session);',
      `const textOf = ({ network }) => network.first.join() + '/' + network.length;
    const gone = this.#networks.filter(({ session: holder }) => holder === session).map(textOf);
    this.#networks = this.#networks.filter((one) => !gone.includes(textOf(one)));`,
    ],
  }),
  {
    id: 'unresolved-names-remembered',
    breaks: ['PATH-06'],
    roles: ['relay'],
    does: 'A name that could not be resolved is not looked up again.',
    file: 'reference/tunnel/names/resolver.ts',
    change: [
      'addresses: async (host) => {\n    try {',
      "addresses: async (host) => {\n    if (globalThis.unresolved?.has(host)) throw new Error('not resolved before');\n    try {",
    ],
    more: [
      {
        file: 'reference/tunnel/names/resolver.ts',
        change: [
          '} catch (cause) {\n      throw new Error(`${host} could',
          '} catch (cause) {\n      (globalThis.unresolved ??= new Set()).add(host);\n      throw new Error(`${host} could',
        ],
      },
    ],
  },
  ...inModule('reference/adapter/adapter.ts', ['client'], {
    'emulators-of-the-first-connection': [
      'ARP-01 ADP-22',
      'When Reconnect brings other client data, the emulators go on with those of before.',
      'this.#emulators = activation.emulators;',
      'this.#emulators ??= activation.emulators;',
    ],
  }),
  ...inModule('reference/nodes/conversation.ts', ['client'], {
    'close-once-verified-kept': [
      'INI-20',
      'After a session that ended by a valid CLOSE, an unkeyed CLOSE before the next RESPONSE is believed.',
      '    this.closeVerified = false;\n',
      '',
    ],
  }),
  {
    id: 'ephemeral-key-of-the-unconfirmed',
    breaks: ['HS-10'],
    roles: ['server'],
    does: 'The ephemeral key of a session that was never confirmed is used for the next one.',
    file: 'reference/nodes/server.ts',
    change: [
      'staticPrivate, randomness });',
      `staticPrivate, randomness: {
        ...randomness,
        x25519Ephemeral: () => {
          this.ephemeral = globalThis.spare ?? randomness.x25519Ephemeral();
          globalThis.spare = undefined;
          return this.ephemeral.slice();
        },
      } });`,
    ],
    more: [
      {
        file: 'reference/nodes/server.ts',
        change: [
          '    this.#conversation.queue.dropAll();',
          '    if (this.#unconfirmed !== undefined) globalThis.spare = this.ephemeral;\n    this.#conversation.queue.dropAll();',
        ],
      },
    ],
  },
  ...inModule('reference/adapter/adapter.ts', ['client'], {
    'physical-addresses-of-the-first-connection': [
      'ADP-05',
      'Packets are indicated with the reserved physical addresses of the first connection, though Reconnect brought others.',
      'this.#receivePath.setAddresses(',
      'if (!renew) this.#receivePath.setAddresses(',
    ],
  }),
  ...inModule('reference/tunnel/client/client-adapter.ts', ['client'], {
    'new-for-another-address-alone': [
      'ADP-22',
      'Client data count as other ones only where the address is another.',
      '!isDeepStrictEqual(settings, this.#open.settings)',
      'settings.address !== this.#open.settings?.address',
    ],
  }),
  {
    id: 'adapter-given-up-after-two-attempts',
    breaks: ['INI-22'],
    roles: ['client'],
    does: 'When two attempts in a row have failed, the adapter is given up though a third follows.',
    file: 'reference/tunnel/client/client.ts',
    change: [
      "if (!retry) this.#over(asItShould ? 'done' : 'failed');",
      `this.failures = (this.failures ?? 0) + 1;
      if (!retry) this.#over(asItShould ? 'done' : 'failed');
      else if (this.failures > 2) this.#adapter.close();`,
    ],
    more: [
      {
        file: 'reference/tunnel/client/client.ts',
        change: ['let settings: NetworkSettings;', 'this.failures = 0;\n    let settings: NetworkSettings;'],
      },
    ],
  },
  {
    id: 'arp-for-clients-that-are-gone',
    breaks: ['ARP-11'],
    roles: ['server'],
    does: "The server's adapter answers ARP for a client that has gone, if it has answered for it before.",
    file: 'reference/tunnel/server/server-adapter.ts',
    change: [
      'isClient: (address) => this.#four.hasClient(ipv4Octets(address)),',
      `isClient: (address) => {
          if (this.#four.hasClient(ipv4Octets(address))) (this.known ??= new Set()).add(address);
          return this.known?.has(address) === true;
        },`,
    ],
  },
  ...inModule('reference/tunnel/server/server-adapter.ts', ['server'], {
    'paused-when-a-second-comes': [
      'ADP-32',
      'An adapter that is not read because its only tunnel is full is not read for a second client either.',
      'if (this.#clients.size > 1) this.#adapter?.resume();',
      '',
    ],
  }),
  ...inModule('reference/tunnel/server/switchboard.ts', ['server'], {
    'source-checked-once': [
      'ADP-08',
      'The source address is looked at until the first datagram of a session was right.',
      'if (table === undefined || !table.sendsFrom(session, source)) return false;',
      `if (table === undefined || (!session.checked && !table.sendsFrom(session, source))) return false;
    session.checked = true;`,
    ],
  }),
  ...inModule('reference/tunnel/transport-connection.ts', ['client', 'server'], {
    'close-lost-when-full': [
      'INI-06 SRV-10',
      'What is sent while the tunnel connection is full is thrown away, CLOSE too.',
      'if (!socket.writable) return true;',
      'if (!socket.writable || socket.writableNeedDrain) return true;',
    ],
  }),
];
