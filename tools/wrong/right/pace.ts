/** Other choices of pace: sooner, later or oftener, where the text has no bound or keeps within it. */
import type { Right } from '../right.ts';

const conversation = 'reference/nodes/conversation.ts';
const keepAlives = ['DATA-13', 'DATA-14', 'DATA-08', 'SRV-16', 'SRV-20', 'INI-09', 'KEY-02', 'CLOSE-02', 'CLOSE-10'];

export const paceChoices: readonly Right[] = [
  {
    id: 'connects-600-ms-after-ready',
    roles: ['client'],
    does: 'The initiator begins to connect 600 ms after it has said that it is ready (docs/iut.md).',
    touches: ['INI-01', 'INI-07', 'INI-25', 'INI-29', 'RELAY-01', 'FRAME-02'],
    file: 'reference/tunnel/client/client.ts',
    change: [
      "    listener({ event: 'ready', role: 'client' });\n",
      "    listener({ event: 'ready', role: 'client' });\n    await new Promise((resolve) => setTimeout(resolve, 600));\n",
    ],
  },
  {
    id: 'keep-alives-at-random',
    roles: ['client', 'server'],
    does: 'A keep-alive leaves at any moment of its time (section 10.4).',
    touches: keepAlives,
    file: conversation,
    change: [
      "machine.after(machine.timers.keepAlive, 'keepAlive');",
      "machine.after(machine.timers.keepAlive * (0.1 + 0.9 * Math.random()), 'keepAlive');",
    ],
  },
  {
    id: 'keep-alives-answered',
    // The golden conversation is that of one choice.
    declares: { lacks: ['deterministic'] },
    roles: ['client', 'server'],
    does: 'An empty DATA frame is answered with another, every 50 ms at most (section 10.4).',
    touches: [...keepAlives, 'DATA-15', 'SRV-18', 'ADP-15'],
    file: conversation,
    change: [
      "      this.#machine.step('data');\n",
      `      this.#machine.step('data');
      if (this.#received.length === 0 && this.#machine.sends && !(performance.now() - this.answered < 50)) {
        this.answered = performance.now();
        this.sendKeepAlive();
      }
`,
    ],
  },
  {
    id: 'superseded-100-ms-later',
    roles: ['server'],
    does: 'The older session ends 100 ms after the newer one was confirmed (SRV-18).',
    touches: ['SRV-16', 'SRV-18', 'SRV-19', 'SRV-34', 'CLOSE-06'],
    file: 'reference/tunnel/server/server.ts',
    change: [
      "    older?.connection.input({ type: 'superseded' });",
      "    if (older !== undefined) setTimeout(() => older.connection.input({ type: 'superseded' }), 100);",
    ],
  },
  {
    id: 'refusals-at-random',
    roles: ['server'],
    does: 'A refusal leaves up to 60 ms later than SRV-07 asks for, by chance and whatever the fault.',
    touches: ['SRV-05', 'SRV-06', 'SRV-07', 'SRV-08'],
    file: 'reference/nodes/server.ts',
    change: ['options.timers.refusalDelay,', 'options.timers.refusalDelay + 60 * Math.random(),'],
  },
  {
    id: 'slow-key-agreement',
    roles: ['server'],
    does: 'A REQUEST takes the server 40 ms, in which it does nothing else, as on a small machine.',
    touches: ['SRV', 'HS', 'REQ', 'RESP-01', 'RESP-07', 'PATH-14'],
    file: 'reference/nodes/server.ts',
    change: [
      '    const { octets: relay, path } = this.#relay;\n    try {',
      `    const { octets: relay, path } = this.#relay;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40);
    try {`,
    ],
  },
  {
    id: 'adapter-removed-late',
    roles: ['client'],
    does: 'The adapter goes 700 ms after the session (ADP-12).',
    touches: ['ADP-01', 'ADP-12', 'ADP-20', 'INI-06', 'INI-17', 'INI-18', 'INI-19', 'INI-25', 'INI-29', 'LOCK-05'],
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      '      const { stack, adapter, dhcpClient, names } = this.#open;\n',
      `      await new Promise((resolve) => setTimeout(resolve, this.#open.adapter === undefined ? 0 : 700));
      const { stack, adapter, dhcpClient, names } = this.#open;
`,
    ],
  },
  {
    id: 'adapter-before-its-routes',
    roles: ['client'],
    does: 'At the end the adapter goes first, and takes its address and its routes along (ADP-12).',
    touches: ['ADP-12', 'ADP-13', 'ADP-20', 'INI-06', 'INI-18', 'INI-25'],
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      '      await stack?.close();\n      await adapter?.close();\n',
      '      await adapter?.close();\n      await stack?.close();\n',
    ],
  },
  {
    id: 'network-changes-noticed-late',
    roles: ['client', 'server'],
    does: 'Changes of addresses and routes of the machine are looked at once a second.',
    touches: ['ADP-21', 'ADP-27', 'ADP-43', 'INI-21', 'INI-28', 'ADP-11', 'ADP-13'],
    file: 'reference/linux/routing/network-watch.ts',
    change: ['const burst = 20;', 'const burst = 1_000;'],
  },
  {
    id: 'proxies-answer-late',
    roles: ['server'],
    does: 'On the network that it shares the server answers after 300 ms (RFC 4861 §7.2.8: up to a second).',
    touches: ['PATH-14', 'PATH-15', 'PATH-16'],
    file: 'reference/linux/proxies/proxy-neighbour.ts',
    change: [
      '      this.#socket.send(advertisement(target, ANSWER, this.#socket.physical, to));',
      `      const answer = advertisement(target.slice(), ANSWER, this.#socket.physical, {
        destination: to.destination.slice(),
        physical: to.physical.slice(),
      });
      setTimeout(() => this.#own.size > 0 && this.#socket.send(answer), 300);`,
    ],
    more: [
      {
        file: 'reference/linux/proxies/proxy-arp.ts',
        change: [
          'if (reply !== undefined) this.#socket.send(reply);',
          'if (reply !== undefined) setTimeout(() => this.#addresses.size > 0 && this.#socket.send(reply), 300);',
        ],
      },
    ],
  },
  {
    id: 'proxies-announce-once',
    roles: ['server'],
    does: 'On the network that it shares the server announces each address once (PATH-15).',
    touches: ['PATH-14', 'PATH-15', 'PATH-16'],
    file: 'reference/linux/proxies/proxy-arp.ts',
    change: ['{ count: 2, interval: 2_000 }', '{ count: 1, interval: 2_000 }'],
    more: [
      {
        file: 'reference/linux/proxies/proxy-neighbour.ts',
        change: ['{ count: 3, interval: 1_000 }', '{ count: 1, interval: 1_000 }'],
      },
    ],
  },
  {
    id: 'advertised-three-times-at-first',
    apart: ['advertisement-every-second'],
    roles: ['client'],
    does: 'A router advertisement that nobody asked for comes three times, 400 ms apart (RFC 4861 §6.2.4).',
    touches: ['ND', 'ADP-02', 'ADP-22', 'ADP-41', 'CD-12'],
    file: 'reference/adapter/adapter.ts',
    change: [
      '    this.#advertising = setInterval(advertise, advertisement.seconds * 1000).unref();',
      `    const advertising = setInterval(advertise, advertisement.seconds * 1000).unref();
    this.#advertising = advertising;
    for (const later of [400, 800])
      setTimeout(() => this.#advertising === advertising && !this.#closed && advertise(), later).unref();`,
    ],
  },
  {
    id: 'silent-before-its-end',
    roles: ['client', 'server', 'relay'],
    does: 'The program closes its standard output before it ends (docs/iut.md).',
    touches: ['SRV-11', 'INI-06', 'INI-18', 'INI-25', 'RLY-12', 'SEC-05'],
    file: 'reference/cli/run.ts',
    change: [
      '  await service.stop(asked);\n',
      `  await service.stop(asked);
  process.getBuiltinModule('node:fs').closeSync(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
`,
    ],
  },
  {
    id: 'log-of-each-frame',
    roles: ['client'],
    does: 'A line of the log says of each frame how long it is.',
    touches: ['CLOSE', 'INI-06', 'DATA-13', 'ADP-14', 'SEC', 'PATH-01'],
    file: 'reference/tunnel/transport-connection.ts',
    change: [
      '    if (!socket.writable) return true;\n',
      `    if (!socket.writable) return true;
    process.stderr.write(\`sent \${octets.length} octets\\n\`);
`,
    ],
  },
];
