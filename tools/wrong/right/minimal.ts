/** Implementations that have no more than the text asks for: what is not declared is not there either. */
import type { Change } from '../fault.ts';
import type { Right } from '../right.ts';

const suiteOneAlone = {
  file: 'reference/nodes/server.ts',
  change: [
    'if (!Object.values<number>(Suite).includes(suite)) return Status.notAuthorized;',
    'if (suite !== Suite.x25519) return Status.notAuthorized;',
  ],
} as const;
const noOutput = {
  file: 'reference/cli/run.ts',
  change: [
    'options.output === undefined ? noTrace : openTrace(options.output, () => systemClock.now(), full);',
    'noTrace;',
  ],
} as const;
/** Datagrams go nowhere: on the wire nobody can tell. */
const noAdapter = [
  {
    file: 'reference/linux/this-host.ts',
    change: [
      "const { Tap } = await import('../adapter/tap.ts');\n    return new Tap({ name, offloads });",
      "const { MemoryDevice } = await import('../adapter/memory.ts');\n    return new MemoryDevice(name);",
    ],
  },
  {
    file: 'reference/linux/this-host.ts',
    change: [
      "const { LocalStack } = await import('./routing/local-stack.ts');\n    return new LocalStack(device, failed, contested);",
      'return { configure: async () => [], close: async () => {} };',
    ],
  },
] as const;
const noReconnect = {
  file: 'reference/nodes/initiator.ts',
  change: ['if (!this.#options.reconnect || (by ===', 'if (true || (by ==='],
} as const;
/** Nor is any option of DATA asked for, or selected. */
const noDataOptions = {
  file: 'reference/tunnel/config/shared-keys.ts',
  change: ['[...dataOptionNames],', '[],'],
} as const;
const least = { suites: ['x25519'], transforms: ['chacha20poly1305'] } as const;

type Minimal = Pick<Change, 'roles' | 'file' | 'change' | 'more' | 'declares'>;

export const minimalServer: Minimal = {
  roles: ['server'],
  ...suiteOneAlone,
  more: [
    noOutput,
    noDataOptions,
    ...noAdapter,
    { file: 'reference/tunnel/server/server.ts', change: ["    listener({ event: 'adapter', name });\n", ''] },
  ],
  declares: { ...least, capabilities: [] },
};

export const minimalClient: Minimal = {
  roles: ['client'],
  ...noReconnect,
  more: [
    noOutput,
    noDataOptions,
    ...noAdapter,
    {
      file: 'reference/tunnel/client/client.ts',
      change: ["if (name !== undefined) listener({ event: 'adapter', name });", ''],
    },
  ],
  declares: { ...least, capabilities: [] },
};

export const minimal: readonly Right[] = [
  {
    id: 'minimal-server',
    does: 'The server has suite 1, transform 0x0002 and no capability at all (sections 3.2 and 3.3).',
    ...minimalServer,
  },
  {
    id: 'minimal-client',
    does: 'The initiator has suite 1, transform 0x0002 and no capability at all (sections 3.2 and 3.3).',
    ...minimalClient,
  },
  {
    id: 'minimal-relay',
    roles: ['relay'],
    does: 'The relay looks up no groups and has no capability at all (section 15.1).',
    file: 'reference/tunnel/names/resolver.ts',
    change: ['services: async (host) => {', 'services: async (host) => {\n    if (host !== "") return [];'],
    more: [noOutput],
    declares: { ...least, capabilities: [] },
  },
  {
    id: 'example-server',
    roles: ['server'],
    does: 'The server is the example of docs/iut.md: suite 1, transform 0x0002, adapter, ARP and timers.',
    ...suiteOneAlone,
    more: [noOutput, noDataOptions],
    declares: { ...least, capabilities: ['adapter', 'arp', 'timers'] },
  },
  {
    id: 'adapter-alone-client',
    roles: ['client'],
    does: 'The initiator has an adapter that answers neither ARP nor DHCP, and lays no route itself.',
    file: 'reference/adapter/transmit-path.ts',
    change: ['const reply = emulators[name].answer(frame);', 'const reply = undefined as Uint8Array | undefined;'],
    more: [
      noReconnect,
      noOutput,
      noDataOptions,
      {
        file: 'reference/tunnel/client/client-adapter.ts',
        change: ['routes: routes ? routesOf(settings) : [],', 'routes: [],'],
      },
    ],
    declares: { ...least, capabilities: ['adapter', 'timers'] },
  },
  {
    id: 'no-ipv6',
    roles: ['client', 'server'],
    does: 'The end point leaves IPv6 aside, whatever the client data offers (section 6).',
    file: 'reference/wire/network-settings.ts',
    change: ['const ipv6 = toIpv6Settings(neighbour);', 'const ipv6 = toIpv6Settings([]);'],
    declares: { lacks: ['ipv6'] },
    touches: ['CD-02', 'ADP-02', 'ADP-11', 'RESP-08', 'INI-03', 'ND-07'],
  },
];
