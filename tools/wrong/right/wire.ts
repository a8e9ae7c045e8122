/** Other choices of TCP, IP and name look-ups between nodes: what libraries and operating systems do otherwise. */
import type { Right } from '../right.ts';
import { byItself } from './machines.ts';

const transport = 'reference/tunnel/transport-connection.ts';
const acceptor = 'reference/tunnel/acceptor.ts';
const group = 'reference/tunnel/names/group.ts';

const connecting = 'INI-14 INI-15 SRV-14 SRV-15 RLY-02 RLY-07 PATH-01 PATH-08 PATH-12 PATH-17'.split(' ');

/** An option of each socket (setsockopt(2)), from the moment that it is connected. */
const socketOption = (id: string, setting: string, does: string, touches: readonly string[]): Right => ({
  id,
  roles: ['client', 'server', 'relay'],
  does,
  touches,
  file: transport,
  change: [
    "    socket.on('drain', events.relieved);\n",
    `    const tune = () => {
      const fd = handleOf(socket)?.fd ?? -1;
      const set = (level, option, value) => setsockopt(fd, level, option, Uint8Array.of(value & 255, value >> 8, 0, 0), 4);
      if (fd >= 0) ${setting};
    };
    if (socket.connecting) socket.once('connect', tune);
    else tune();
    socket.on('drain', events.relieved);
`,
  ],
  more: [
    {
      file: transport,
      change: [
        "import { duplicate } from '../libc/descriptors.ts';\n",
        "import { duplicate } from '../libc/descriptors.ts';\nimport { setsockopt } from '../libc/sockets.ts';\n",
      ],
    },
  ],
});

/** Several connections to begin with, of which the first that stands is used (RFC 8305). */
const attempts = (id: string, interval: number, does: string): Right => ({
  id,
  roles: ['client', 'relay'],
  does,
  touches: ['RLY-02', 'RLY-07', 'RLY-09', 'RLY-11', 'PATH', 'INI-15', 'INI-24', 'FRAME-02', 'FRAME-16'],
  file: group,
  change: ['for (const endpoint of member.endpoints) {', 'for (const endpoint of member.endpoints.slice(0, 1)) {'],
  more: [
    {
      file: group,
      change: [
        'await connect(endpoint, AbortSignal.any([signal, AbortSignal.timeout(share)]));',
        `await (async () => {
            const won = new AbortController();
            const until = AbortSignal.any([signal, won.signal, AbortSignal.timeout(share * member.endpoints.length)]);
            const all = member.endpoints.map(async (one, index) => {
              await new Promise((resolve) => setTimeout(resolve, index * ${interval}));
              return connect(endpoint && one, until);
            });
            const first = await Promise.any(all).catch(({ errors }) => {
              throw errors.at(-1);
            });
            won.abort();
            for (const one of all) one.then((other) => other === first || other.destroy(), () => {});
            return first;
          })();`,
      ],
    },
    // Of those that were made the last one need not be the one that is used.
    {
      file: 'reference/tunnel/client/client.ts',
      change: [
        "    connection.once('close', release);\n",
        "    connection.once('close', release);\n    this.#socket = connection;\n",
      ],
    },
  ],
});

export const wireChoices: readonly Right[] = [
  socketOption('ttl-255', 'set(0, 2, 255)', 'Packets between nodes have a time to live of 255.', connecting),
  socketOption(
    'expedited-forwarding',
    'set(0, 1, 0xb8)',
    'Packets between nodes ask for expedited forwarding (RFC 3246).',
    connecting,
  ),
  socketOption('receive-buffer-of-4-kb', 'set(1, 8, 4096)', 'The kernel keeps 4 KB that are not read yet.', [
    ...['ADP-14', 'ADP-32', 'ADP-40', 'DATA-14', 'RLY-03', 'RLY-04', 'RLY-06', 'RLY-10', 'PATH-01'],
    ...['CLOSE-08', 'FRAME-15'],
  ]),
  {
    id: 'no-keep-alive-of-tcp',
    roles: ['client', 'server'],
    does: 'TCP does not ask whether the peer is still there: RLY-27 is for relays.',
    touches: ['DATA-13', 'DATA-14', 'INI-15', 'INI-21', 'SRV-15'],
    file: transport,
    change: ['socket.setKeepAlive(true, keepAliveDelay);', 'socket.setKeepAlive(false);'],
  },
  {
    id: 'keep-alive-of-tcp-every-second',
    apart: ['no-keep-alive-of-tcp'],
    roles: ['client', 'server', 'relay'],
    does: 'TCP asks after a second of silence whether the peer is still there (RLY-27).',
    touches: ['DATA-13', 'DATA-14', 'INI-15', 'RLY-18', 'RLY-27'],
    file: transport,
    change: ['const keepAliveDelay = 60_000;', 'const keepAliveDelay = 1_000;'],
  },
  attempts(
    'addresses-all-at-once',
    0,
    'All addresses of a node are connected to at once, and the first that accepts is used.',
  ),
  attempts('addresses-100-ms-apart', 100, 'The next address is tried 100 ms after the one before (RFC 8305).'),
  {
    id: 'resolves-twice',
    roles: ['client'],
    does: 'The initiator looks up each name twice at once, and takes the second answer (PATH-04 is for relays).',
    touches: ['PATH', 'INI-15', 'INI-24', 'RLY-07', 'RLY-09', 'FRAME-02', 'LOCK-04'],
    file: 'reference/tunnel/names/resolver.ts',
    change: [
      '      return (await lookup(host, {',
      '      lookup(host).catch(() => {});\n      return (await lookup(host, {',
    ],
  },
  {
    id: 'looks-up-who-comes',
    roles: ['server', 'relay'],
    does: 'The names of those who connect are looked up for the log.',
    touches: [...connecting, 'SRV-27', 'SRV-28', 'SRV-33', 'RLY-22', 'RLY-26', 'PATH-13', 'SEC-04'],
    file: acceptor,
    change: [
      "      const source = socket.remoteAddress ?? '';\n",
      `      const source = socket.remoteAddress ?? '';
      if (source !== '') process.getBuiltinModule('node:dns').lookupService(source, socket.remotePort ?? 0, () => {});
`,
    ],
  },
  {
    id: 'accepts-100-ms-late',
    // They take time of the same deadlines.
    apart: ['slow-200-ms', 'relay-slow-200-ms'],
    roles: ['server', 'relay'],
    does: 'Who connects is accepted 100 ms later.',
    touches: [...connecting, 'SRV-01', 'SRV-02', 'SRV-25', 'SRV-27', 'SRV-28', 'SRV-30', 'RLY-13', 'RLY-22', 'RLY-23'],
    file: acceptor,
    change: [
      '} else accept(socket, source, name);',
      `} else
        setTimeout(() => {
          if (!server.listening) {
            socket.destroy();
            return;
          }
          accept(socket, source, name);
          socket.resume();
        }, 100);`,
    ],
    more: [
      {
        file: acceptor,
        change: ['createServer({ allowHalfOpen: true,', 'createServer({ allowHalfOpen: true, pauseOnConnect: true,'],
      },
    ],
  },
  {
    id: 'relay-joins-octets',
    // Each of them takes time of the same deadlines.
    apart: ['relay-slow-200-ms', 'fin-100-ms-after-close', 'relay-pieces-of-7'],
    roles: ['relay'],
    does: 'The relay passes on in one segment what comes within 20 ms (RLY-04).',
    touches: ['RLY-03', 'RLY-04', 'RLY-05', 'RLY-06', 'RLY-12', 'RLY-15', 'RLY-16', 'RLY-17', 'PATH-01', 'CLOSE-06'],
    ...byItself,
    more: [
      { file: transport, change: ['process.nextTick(() => this.flush());', 'setTimeout(() => this.flush(), 20);'] },
    ],
  },
];
