/** Initiators that are right when something happens for the first time, and wrong the second, the third or the ninth time. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const client = 'reference/tunnel/client/client.ts';
const initiator = 'reference/nodes/initiator.ts';

const connections = [
  ...inModule(initiator, ['client'], {
    'standing-order-ends-for-ever': [
      'INI-26 INI-22 INI-15',
      'Once a CLOSE has ended its order to connect, it does not connect again by itself, though its user has told it to connect since.',
      `if (!this.#options.reconnect || (by === 'peer' && this.#conversation.closeVerified && final))
      this.#wanted = this.#asked;`,
      `this.final ||= by === 'peer' && this.#conversation.closeVerified && final;
    if (!this.#options.reconnect || this.final) this.#wanted = this.#asked;`,
    ],
    'gives-up-after-eight-failures': [
      'INI-15 INI-16',
      'After eight failures in a row it does not connect again.',
      'this.#failures += 1;',
      'this.#failures += 1;\n    if (this.#failures > 8) this.#wanted = false;',
    ],
    'renews-its-keys-twice': [
      'INI-09',
      'The third time that a key is used up, it ends the session.',
      "const event = brief && this.#brief ? 'end session' : 'key expired';",
      `this.renewed = (this.renewed ?? 0) + 1;
    const event = (brief && this.#brief) || this.renewed > 2 ? 'end session' : 'key expired';`,
    ],
    'connect-in-response-wait-begins-anew': [
      'INI-03 INI-14',
      'A command to connect while it waits for RESPONSE ends the connection, and another one begins.',
      "} else if (this.state === 'Idle') this.#machine.step('connect');",
      `} else if (this.state === 'Response Wait') this.#machine.end({ event: 'network error', cause: bySelf(Status.endSession) });
    else if (this.state === 'Idle') this.#machine.step('connect');`,
    ],
  }),
  ...inModule(client, ['client'], {
    'address-of-before-alone': [
      'PATH-08 PATH-06',
      'Once it has been connected, it connects to that address of the first node alone.',
      '(endpoint, attempt) => connect(endpoint, attempt, made),',
      `(endpoint, attempt) =>
        (this.#firstHop ?? endpoint.address) === endpoint.address
          ? connect(endpoint, attempt, made)
          : Promise.reject(new Error('another address')),`,
    ],
    'lockdown-by-dns-servers-of-ipv4': [
      'LOCK-03',
      'Its lockdown is for DNS queries where there is a DNS server of IPv4, and not where all are of IPv6.',
      'dns: settings.dns.length + (settings.ipv6?.dns.length ?? 0) > 0,',
      'dns: settings.dns.length > 0,',
    ],
  }),
  ...ofSeveral({
    'lockdown-permits-one-address': [
      'LOCK-04',
      'client',
      'Its lockdown lets connections pass to the first address of the first node alone.',
      [client, 'await this.#lockdown?.permit(this.#hops);', 'await this.#lockdown?.permit(this.#hops.slice(0, 1));'],
      [client, 'hops: this.#hops,', 'hops: this.#hops.slice(0, 1),'],
    ],
    'adapter-removed-between-connections': [
      'ADP-42',
      'client',
      'Whose adapter is removed while it connects again goes on without one.',
      [client, 'failed: (error) => this.#fail(error),', 'failed: (error) => this.#session && this.#fail(error),'],
      [
        client,
        'this.#authorized(effect.session, effect.clientData).catch((error: unknown) => this.#fail(error));',
        'this.#authorized(effect.session, effect.clientData).catch((error: unknown) => this.#error(error));',
      ],
    ],
    'tcp-open-for-each-address': [
      'INI-15 PATH-17',
      'client',
      'Each address of the first node has the whole time of TCP Open, one after the other.',
      [
        'reference/tunnel/names/group.ts',
        'const share = Math.ceil(patience / untried',
        'const share = patience + 0 * Math.ceil(patience / untried',
      ],
      [
        'reference/nodes/running-machine.ts',
        'this.now + this.timers[timer]',
        "this.now + (timer === 'tcpOpen' ? 1000 : 1) * this.timers[timer]",
      ],
    ],
    'stalled-frame-before-authorized': [
      'INI-03 FRAME-15 FRAME-05',
      'client',
      'A RESPONSE that pauses for as long as `stalledFrame` is an integrity failure.',
      [
        'reference/machines/initiator.ts',
        "phase: 'opening', timer: 'responseWait' }",
        "phase: 'opening', timer: 'responseWait', deadlines: ['stalledFrame'] }",
      ],
      [
        'reference/nodes/conversation.ts',
        "if (machine.phase !== 'authorized') return;\n    machine.after(machine.timers.silence, 'silence');",
        `if (machine.phase === 'opening' && this.#deframer.partial) machine.after(machine.timers.stalledFrame, 'stalledFrame');
    if (machine.phase !== 'authorized') return;
    machine.after(machine.timers.silence, 'silence');`,
      ],
    ],
  }),
  ...inModule(client, ['client'], {
    'unkeyed-close-after-a-key-is-a-good-end': [
      'INI-18 CLOSE-05',
      'Once a key was used up, a CLOSE *end session* before RESPONSE is taken for keyed: the program ends with status 0.',
      'this.#session = undefined;\n    const members',
      'const members',
    ],
  }),
  ...inModule('reference/tunnel/client/client-adapter.ts', ['client'], {
    'routes-need-an-address-of-its-own': [
      'ADP-11 ADP-13',
      'Where nobody gives the adapter an address, it installs no routes, though its user wants them.',
      "if (configure === 'none' && !routes) return;",
      "if (configure === 'none') return;",
    ],
  }),
  ...inModule('reference/tunnel/names/resolver.ts', ['client'], {
    'ipv4-addresses-of-names-alone': [
      'PATH-08 PATH-17 FRAME-16',
      'It asks names for addresses of IPv4 alone.',
      "await lookup(host, { all: true, order: 'verbatim' })",
      "await lookup(host, { all: true, order: 'verbatim', family: 4 })",
    ],
  }),
  ...inModule('reference/linux/lockdown.ts', ['client'], {
    'lockdown-forwards-to-the-first-node': [
      'LOCK-07 LOCK-01',
      'Its lockdown lets connections of others to the first node pass, which the machine forwards.',
      "`chain forward { ${hook('forward')}\\njump judge\\n}`",
      "`chain forward { ${hook('forward')}\\njump connect\\n}`",
    ],
  }),
  ...inModule('reference/linux/routing/route-table.ts', ['client'], {
    'pinned-by-the-higher-metric': [
      'ADP-13',
      'Of two routes to the first hop it pins the one with the higher metric.',
      '(route.metric ?? 0) < (best?.metric ?? 0)',
      '(route.metric ?? 0) > (best?.metric ?? 0)',
    ],
    'pinned-by-the-shortest-route': [
      'ADP-13',
      'Of several routes to the first hop it pins the one with the shortest prefix.',
      'route.prefix.length - best.prefix.length',
      'best.prefix.length - route.prefix.length',
    ],
  }),
  ...inModule('reference/tunnel/client/client-adapter.ts', ['client'], {
    'client-data-of-before-count-as-known': [
      'DHCP-01 ARP-03 ADP-05 ADP-22',
      'Client data that it has had once, before others, count as those of the last connection.',
      'const renew = !fresh && !isDeepStrictEqual(settings, this.#open.settings);',
      `this.known ??= [];
    const renew = !fresh && !this.known.some((one) => isDeepStrictEqual(settings, one));
    this.known.push(settings);`,
    ],
  }),
];

const keys = [
  ...inModule('reference/nodes/conversation.ts', ['client'], {
    'keep-alives-sent-use-up-no-key': [
      'INI-09 KEY-02',
      'A keep-alive that it sends, and that reaches the bound of frames, does not have it renew the key.',
      'if (session.usedUp) this.#owner.keyUsedUp();\n    return true;',
      'if (datagrams.length > 0 && session.usedUp) this.#owner.keyUsedUp();\n    return true;',
    ],
    'keep-alives-received-use-up-no-key': [
      'INI-09 KEY-02',
      'A keep-alive that comes, and that reaches the bound of frames, does not have it renew the key.',
      "this.#machine.step('data');\n      if (session.usedUp)",
      "this.#machine.step('data');\n      if (this.#received.length > 0 && session.usedUp)",
    ],
  }),
  ...inModule('reference/nodes/conversation.ts', ['client'], {
    'expiry-anew-when-given-back': [
      'INI-09',
      'The seconds of a key begin anew each time that the thread gives a tunnel back.',
      'this.#session?.resume(sent, received);',
      "this.#session?.resume(sent, received);\n    if (this.#session) this.#machine.after(this.#session.duration, 'expiry');",
    ],
  }).map((fault): Fault => ({ ...fault, dataPath: 'fast' })),
];

const ends = [
  ...inModule('reference/nodes/conversation.ts', ['client', 'server'], {
    'close-of-status-0-judged-by-what-is-behind': [
      'CLOSE-03',
      'A CLOSE of status 0 is an integrity failure where DATA is behind it.',
      'if (taken !== undefined) return fault;',
      '',
    ],
  }),
  ...inModule('reference/tunnel/connection.ts', ['client'], {
    'connected-after-end-session': [
      'INI-07',
      'At End Session in TCP Open it goes on connecting, and keeps the connection that it gets.',
      'this.#opening.abort();\n      this.#opening = undefined;',
      'this.#opening = undefined;',
    ],
  }),
  ...inModule('reference/machines/initiator.ts', ['client'], {
    'end-session-in-reconnect-waits-for-the-peer': [
      'INI-07 CLOSE-08',
      'At End Session in Reconnect it waits for the end of the peer’s stream before it disconnects.',
      "['Reconnect', ['end session'], ['disconnect'], 'Dying', 'binding']",
      "['Reconnect', ['end session'], [], 'Dying', 'binding']",
    ],
    'end-session-in-tcp-open-waits': [
      'INI-07',
      'At End Session in TCP Open it waits for the time of Dying before it disconnects.',
      "['TCP Open', ['end session'], ['disconnect'], 'Dying', 'binding']",
      "['TCP Open', ['end session'], [], 'Dying', 'binding']",
    ],
    'reset-in-dying-unheard': [
      'CLOSE-08 INI-06 INI-08',
      'A connection that is reset in Dying is waited for until the time of Dying is over.',
      "['Dying', ['network error'], ['start back-off', 'report'], 'Dead', 'binding'],",
      '',
    ],
  }),
];

export const onceMore: readonly Fault[] = [...connections, ...keys, ...ends];
