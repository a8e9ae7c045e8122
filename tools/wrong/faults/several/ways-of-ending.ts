/** What stays when a session has ended in one of its ways, and what a lockdown lets pass beside the tunnel. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: texts of source, not templates
import { type Fault, inModule } from '../../fault.ts';

const kept = (
  id: string,
  breaks: readonly string[],
  does: string,
  condition: string,
  note?: readonly [string, string],
): Fault => ({
  id,
  breaks,
  roles: ['client'],
  does,
  file: 'reference/tunnel/client/client.ts',
  change: [
    '    this.#adapter.close().catch((error: unknown) => this.#error(error));\n    if (!this.#patient)',
    `    if (!(${condition})) this.#adapter.close().catch((error: unknown) => this.#error(error));\n    if (!this.#patient)`,
  ],
  ...(note === undefined ? {} : { more: [{ file: 'reference/tunnel/client/client.ts', change: note }] }),
});

const commanded: readonly [string, string] = [
  "  #begin(command: 'connect' | 'end session'): void {\n",
  "  #begin(command: 'connect' | 'end session'): void {\n    this.before = command === 'end session' ? this.#node.state : undefined;\n",
];

const adapters: readonly Fault[] = [
  kept(
    'adapter-stays-after-a-final-close',
    ['ADP-12', 'INI-17', 'INI-19'],
    'An initiator that is to reconnect keeps its adapter when the server has ended the session for good.',
    'this.#config.reconnect && this.before === undefined',
    commanded,
  ),
  kept(
    'adapter-stays-after-end-session-in-dead',
    ['ADP-12', 'INI-25'],
    'End Session in Dead leaves the adapter there.',
    "this.before === 'Dead'",
    commanded,
  ),
  kept(
    'adapter-stays-after-end-session-in-response-wait',
    ['ADP-12', 'INI-07'],
    'End Session while it connects again leaves the adapter there.',
    "this.before === 'Response Wait' || this.before === 'TCP Open'",
    commanded,
  ),
];

const inClient = inModule('reference/tunnel/client/client.ts', ['client'], {
  'first-relay-not-pinned': [
    'ADP-13 PATH-01',
    'The route to the first node is pinned where it is the server, not where it is a relay.',
    '    this.#firstHop = connection.remoteAddress;\n',
    '    this.#firstHop = this.#config.path.length === 1 ? connection.remoteAddress : undefined;\n',
  ],
  'resolved-once-for-each-order': [
    'PATH-06',
    'A connection that follows from the end of a key goes to the addresses of before.',
    'const members = await this.#members(name, last);',
    'const members = (this.members ??= await this.#members(name, last));',
  ],
  'lockdown-of-the-first-addresses': [
    'LOCK-04',
    'A lockdown lets those addresses of the first node pass that it had when the tunnel came up.',
    '    await this.#lockdown?.permit(this.#hops);\n',
    '',
  ],
  'lockdown-against-the-first-relay': [
    'LOCK-04',
    'A lockdown lets the connection to the server pass, and not that to a relay.',
    'hops: this.#hops,',
    'hops: this.#config.path.length === 1 ? this.#hops : [],',
  ],
  'lockdown-lifted-by-the-server': [
    'LOCK-01 LOCK-05',
    'A lockdown is lifted when the server ends the session.',
    '      if (!retry) this.#over(',
    "      if (!retry && cause.by === 'peer') this.#lift().catch(() => {});\n      if (!retry) this.#over(",
  ],
  'lockdown-of-the-first-dns-servers': [
    'LOCK-06 LOCK-03',
    'DNS queries of others pass its lockdown if the first client data named no DNS servers.',
    'dns: settings.dns.length + (settings.ipv6?.dns.length ?? 0) > 0,',
    'dns: (this.named ??= settings.dns.length + (settings.ipv6?.dns.length ?? 0) > 0),',
  ],
  'move-unnoticed-in-ipv6': [
    'INI-21',
    'An IPv6 address that the machine no longer has goes unnoticed.',
    'if (local !== undefined && !unbound.has(local)',
    "if (local !== undefined && !local.includes(':') && !unbound.has(local)",
  ],
  'move-unnoticed-before-authorized': [
    'INI-21',
    'An address that the machine no longer has goes unnoticed as long as RESPONSE is awaited.',
    'if (local !== undefined && !unbound.has(local)',
    'if (local !== undefined && this.#session !== undefined && !unbound.has(local)',
  ],
}).map((fault) =>
  fault.id === 'resolved-once-for-each-order'
    ? {
        ...fault,
        more: [
          {
            file: 'reference/tunnel/client/client.ts',
            change: [
              '      this.#session = undefined;\n',
              '      this.#session = undefined;\n      this.members = undefined;\n',
            ] as const,
          },
        ],
      }
    : fault,
);

const inTable = inModule('reference/linux/lockdown.ts', ['client'], {
  'lockdown-against-a-first-node-in-ipv6': [
    'LOCK-04 LOCK-02',
    'A lockdown rejects a connection to the first node in IPv6.',
    "      'ip6 daddr . tcp dport @hops6 accept',\n",
    '',
  ],
  'lockdown-opens-the-first-node': [
    'LOCK-01 LOCK-04',
    'A lockdown lets everything pass that is for the address of the first node.',
    "      'ip daddr . tcp dport @hops4 accept',\n",
    '      ...hops.filter(({ address }) => !isIpv6(address)).map(({ address }) => `ip daddr ${address} accept`),\n',
  ],
  'lockdown-lets-tcp-pass': [
    'LOCK-01 LOCK-02',
    'A lockdown holds for every protocol but TCP.',
    '      `ip daddr @inside4 ${refuse}`,\n',
    '      `ip daddr @inside4 meta l4proto != tcp ${refuse}`,\n',
  ],
  'lockdown-lets-udp-pass': [
    'LOCK-01 LOCK-02',
    'A lockdown holds for every protocol but UDP.',
    '      `ip daddr @inside4 ${refuse}`,\n',
    '      `ip daddr @inside4 meta l4proto != udp ${refuse}`,\n',
  ],
  'lockdown-rejects-dns-inside': [
    'LOCK-03 ADP-25 LOCK-04',
    'A lockdown rejects DNS queries inside the tunnel as well.',
    '      `oifname { "lo", "${this.#device}" } accept`,\n',
    '      ...(dns ? [`oifname != "lo" meta l4proto { tcp, udp } th dport 53 ${refuse}`] : []),\n      `oifname { "lo", "${this.#device}" } accept`,\n',
  ],
});

const commands: readonly Fault[] = [
  ...inModule('reference/tunnel/client/client.ts', ['client'], {
    'lockdown-not-lifted-by-a-command': [
      'LOCK-05',
      'A lockdown is lifted when the program is told to end, and not by a command to end the session.',
      "if (command === 'end session') this.#lift().catch((error: unknown) => this.#error(error));",
      '',
    ],
    'exit-status-of-the-first-session': [
      'INI-18',
      'The exit tells why the first session of the program ended, whatever came of later ones.',
      '    this.#outcome = outcome;\n',
      '    this.#outcome = this.first ??= outcome;\n    outcome = this.first;\n',
    ],
  }),
  ...inModule('reference/nodes/initiator.ts', ['client'], {
    'connect-in-dead-skips-the-back-off': [
      'INI-16 INI-15',
      'A command to connect ends the back-off.',
      "} else if (this.state === 'Idle') this.#machine.step('connect');",
      `} else {
      if (this.state === 'Dead') this.#machine.step('back-off over');
      if (this.state === 'Idle') this.#machine.step('connect');
    }`,
    ],
    'connect-in-authorized-begins-anew': [
      'INI-03 INI-06 INI-10',
      'A command to connect in Authorized ends the session, and another one begins.',
      "} else if (this.state === 'Idle') this.#machine.step('connect');",
      `} else if (this.state === 'Authorized') this.#machine.end({ event: 'key expired', cause: bySelf(Status.endSession) });
    else if (this.state === 'Idle') this.#machine.step('connect');`,
    ],
  }),
];

export const waysOfEnding: readonly Fault[] = [...commands, ...adapters, ...inClient, ...inTable];
