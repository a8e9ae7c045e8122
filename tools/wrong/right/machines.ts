/** Other choices of the state machines: slower, earlier or later where the text has no bound, in another order. */
import type { Right } from '../right.ts';

const jitter = (id: string, from: string, does: string): Right => ({
  id,
  roles: ['client'],
  does,
  touches: ['INI-15', 'INI-16', 'INI-17', 'INI-20', 'INI-22', 'INI-25', 'INI-26'],
  file: 'reference/crypto/randomness.ts',
  change: [
    'return new DataView(octets.buffer, octets.byteOffset).getUint32(0) / 2 ** 32;',
    `return ${from} + new DataView(octets.buffer, octets.byteOffset).getUint32(0) / 2 ** 33;`,
  ],
});

const transport = 'reference/tunnel/transport-connection.ts';

/** Everything that comes is handled later; the end of a connection behind that of its stream is nothing that comes. */
const slow = {
  file: transport,
  change: [
    `    socket.on('data', (chunk: Uint8Array) => {
      if (this.#finishing) return;`,
    `    socket.on('data', async (chunk: Uint8Array) => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      if (this.#finishing) return;`,
  ],
  more: [
    {
      file: transport,
      change: ["socket.on('end', events.ended);", "socket.on('end', () => setTimeout(events.ended, 200));"],
    },
    {
      file: transport,
      change: [
        "    socket.on('close', events.closed);",
        "    socket.on('close', () => setTimeout(() => events.closed(), socket.readableEnded && !socket.errored ? 1 : 201));",
      ],
    },
    // Before the end of the connection, as it comes.
    {
      file: transport,
      change: ['      events.failed(reasonOf(error));', '      setTimeout(() => events.failed(reasonOf(error)), 200);'],
    },
  ],
} as const;

/** A relay that leaves nothing to the kernel. */
export const byItself = {
  file: 'reference/tunnel/relay/relay.ts',
  change: ['            handOver(connection, node, this.#pump);\n', ''],
} as const;

export const machineChoices: readonly Right[] = [
  {
    id: 'slow-200-ms',
    // Each of them takes time of the same deadlines.
    apart: [
      'halves-30-ms-apart',
      'fin-100-ms-after-close',
      'frames-joined',
      'slow-adapter',
      'refusal-late',
      'slow-emulators',
      'ended-told-late',
      'routes-after-the-event',
    ],
    roles: ['client', 'server'],
    does: 'Everything that comes is handled 200 ms later: RESPONSE, CLOSE, the end of a stream.',
    touches: ['INI', 'SRV', 'CLOSE-04', 'CLOSE-06', 'CLOSE-08', 'RESP-08', 'RELAY-08', 'CD-06'],
    ...slow,
  },
  {
    id: 'relay-slow-200-ms',
    // Each of them takes time of the same deadlines; what comes within 200 ms is half a minute's work in pieces of 7.
    apart: ['fin-100-ms-after-close', 'relay-slow-resolver', 'relay-pieces-of-7'],
    roles: ['relay'],
    does: 'Everything that comes is passed on 200 ms later.',
    touches: ['RLY', 'PATH', 'RELAY', 'CLOSE'],
    ...slow,
    more: [...slow.more, byItself],
  },
  {
    id: 'slow-adapter',
    slows: true,
    roles: ['client'],
    does: 'The adapter is made 1 s after RESPONSE, and told then.',
    touches: ['ADP-01', 'ADP-02', 'ADP-05', 'ADP-11', 'ADP-12', 'ADP-20', 'CD-07', 'CD-08', 'ARP', 'INI-06'],
    // In its place in the queue: an adapter that is made when the session is over is not taken away any more.
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      'return this.#queue.run(() => this.#activate(settings, firstHops));',
      'return this.#queue.run(() => new Promise((resolve) => setTimeout(resolve, 1000)).then(() => this.#activate(settings, firstHops)));',
    ],
  },
  {
    id: 'slow-start',
    slows: true,
    roles: ['client', 'server', 'relay'],
    does: 'The program takes 2 s more to be ready (docs/iut.md).',
    touches: ['SRV-10', 'SRV-11', 'INI-01', 'INI-06', 'RLY-02', 'RLY-12', 'RESP-08', 'SEC'],
    file: 'reference/cli/run.ts',
    change: [
      '    await service.start();\n',
      '    await new Promise((resolve) => setTimeout(resolve, 2000));\n    await service.start();\n',
    ],
  },
  {
    id: 'slow-end',
    slows: true,
    roles: ['client', 'server', 'relay'],
    does: 'The program ends 1.5 s after everything is closed (docs/iut.md).',
    touches: ['SRV-11', 'INI-06', 'INI-18', 'INI-25', 'RLY-12', 'ADP-12'],
    file: 'reference/cli/run.ts',
    change: [
      "  return outcome === 'done'",
      "  await new Promise((resolve) => setTimeout(resolve, 1500));\n  return outcome === 'done'",
    ],
  },
  jitter('jitter-upper-half', '0.5', 'Every back-off is drawn from the upper half of what its step allows (INI-16).'),
  jitter('jitter-lower-half', '0', 'Every back-off is drawn from the lower half of what its step allows (INI-16).'),
  {
    id: 'keep-alive-before-its-time',
    roles: ['client', 'server'],
    does: 'A keep-alive leaves after three quarters of the time (DATA-13 says when it leaves at the latest).',
    touches: ['DATA-13', 'DATA-14', 'DATA-08', 'SRV-16'],
    file: 'reference/nodes/conversation.ts',
    change: [
      "machine.after(machine.timers.keepAlive, 'keepAlive');",
      "machine.after(machine.timers.keepAlive * 0.75, 'keepAlive');",
    ],
  },
  {
    id: 'keep-alive-despite-traffic',
    roles: ['client', 'server'],
    does: 'Keep-alives are sent at a fixed beat, also while there is traffic (section 10.4).',
    touches: ['DATA-13', 'DATA-14', 'DATA-08', 'SRV-16'],
    file: 'reference/nodes/conversation.ts',
    change: [
      "    machine.after(machine.timers.keepAlive, 'keepAlive');",
      `    if (machine.deadlines.get('keepAlive') === undefined) machine.after(machine.timers.keepAlive, 'keepAlive');`,
    ],
  },
  {
    id: 'keep-alive-often',
    roles: ['client', 'server'],
    does: 'A keep-alive leaves after a tenth of the time (section 10.4).',
    touches: ['DATA-13', 'DATA-14', 'DATA-08', 'SRV-16', 'SRV-20', 'INI-09'],
    file: 'reference/nodes/conversation.ts',
    change: [
      "machine.after(machine.timers.keepAlive, 'keepAlive');",
      "machine.after(machine.timers.keepAlive / 10, 'keepAlive');",
    ],
  },
  {
    id: 'initiator-without-groups',
    roles: ['client'],
    does: 'The initiator looks up no groups (section 15.1).',
    touches: ['PATH', 'INI-15', 'INI-24', 'FRAME-02'],
    file: 'reference/tunnel/names/resolver.ts',
    change: ['services: async (host) => {', 'services: async (host) => {\n    if (host !== "") return [];'],
  },
  {
    id: 'refusal-late',
    roles: ['server'],
    does: 'A REQUEST is refused 300 ms later than SRV-07 asks for, whatever its fault.',
    touches: ['SRV-05', 'SRV-06', 'SRV-07'],
    file: 'reference/nodes/server.ts',
    change: ['options.timers.refusalDelay,', 'options.timers.refusalDelay + 300,'],
  },
  {
    id: 'address-before-transform',
    roles: ['server'],
    does: 'Where neither an address nor a common transform is left, the server says *no address left* (SRV-08 has no order).',
    touches: ['SRV-08', 'SRV-19'],
    file: 'reference/tunnel/server/policy.ts',
    change: [
      "    if (transform === undefined) return refusal('no common transform');\n    const number = this.#numberOf(entry.name);\n    if (typeof number !== 'number') return number;\n",
      "    const number = this.#numberOf(entry.name);\n    if (typeof number !== 'number') return number;\n    if (transform === undefined) return refusal('no common transform');\n",
    ],
  },
  {
    id: 'pool-from-its-end',
    roles: ['server'],
    does: 'Names get the addresses of the pool from its end (section 6 has no order).',
    touches: ['SRV-19', 'CD-10', 'RESP-08'],
    file: 'reference/tunnel/server/pool.ts',
    change: [
      `    let next = this.#first;
    for (const name of names) {
      if (this.#fixed.has(name) || numbers.has(name)) continue;
      while (next <= this.#last && !this.#isFree(next)) next += 1;
      if (next <= this.#last) numbers.set(name, next);
      next += 1;
    }`,
      `    let next = this.#last;
    for (const name of names) {
      if (this.#fixed.has(name) || numbers.has(name)) continue;
      while (next >= this.#first && !this.#isFree(next)) next -= 1;
      if (next >= this.#first) numbers.set(name, next);
      next -= 1;
    }`,
    ],
  },
  {
    id: 'relay-slow-resolver',
    roles: ['relay'],
    does: 'The relay takes 500 ms to resolve the next name.',
    touches: ['RLY-02', 'RLY-07', 'RLY-09', 'RLY-10', 'RLY-11', 'PATH-06', 'PATH-08', 'PATH-13', 'PATH-17'],
    file: 'reference/tunnel/relay/forwarding.ts',
    change: [
      '    const members = await reachable(',
      '    await new Promise((resolve) => setTimeout(resolve, 500));\n    const members = await reachable(',
    ],
  },
  {
    id: 'last-address-first',
    roles: ['client', 'relay'],
    does: 'The addresses of a name are tried from the last to the first (PATH-08 has no order).',
    touches: ['RLY-02', 'PATH-08', 'PATH-12', 'PATH-17', 'INI-15', 'INI-24'],
    file: 'reference/tunnel/names/group.ts',
    change: ['for (const endpoint of member.endpoints) {', 'for (const endpoint of member.endpoints.toReversed()) {'],
  },
  {
    id: 'relay-one-thread',
    roles: ['relay'],
    does: 'The relay forwards every octet itself, without the help of the kernel.',
    touches: ['RLY-03', 'RLY-04', 'RLY-05', 'RLY-06', 'RLY-12', 'PATH-01'],
    ...byItself,
  },
  {
    id: 'relay-pieces-of-7',
    // TCP would join the pieces again.
    apart: ['without-nodelay'],
    roles: ['relay'],
    does: 'The relay passes octets on in pieces of 7 (RLY-04).',
    touches: ['RLY-03', 'RLY-04', 'RLY-05', 'RLY-06', 'RLY-12', 'PATH-01'],
    ...byItself,
    more: [
      {
        file: 'reference/tunnel/transport-connection.ts',
        change: [
          '    return socket.write(octets);',
          `    socket.uncork();
    let taken = true;
    for (let at = 0; at < octets.length; at += 7) taken = socket.write(octets.slice(at, at + 7));
    return taken;`,
        ],
      },
    ],
  },
];
