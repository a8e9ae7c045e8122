/** Other choices about the machine of an end point: addresses, neighbours, the device and lockdown. */
import type { Right } from '../right.ts';

const tap = 'reference/adapter/tap.ts';
const ipv6Touches = 'ND ADP-02 ADP-28 ADP-33 ADP-38 CD-09 CD-10 CD-12 INI-10'.split(' ');

/** Of /proc/sys/net/FAMILY/conf, of the adapter. */
const setting = (name: string, value: string): string =>
  `process.getBuiltinModule('node:fs').writeFileSync(\`/proc/sys/net/${name.replace('/', `/conf/\${this.name}/`)}\`, '${value}');\n`;

export const hostChoices: readonly Right[] = [
  {
    id: 'no-broadcast-address',
    roles: ['client', 'server'],
    does: "The adapter's address is set without a broadcast address.",
    touches: ['ADP-02', 'ADP-12', 'ADP-29', 'ADP-36', 'CD-15', 'INI-10', 'ARP-10'],
    file: 'reference/linux/routing/address.ts',
    change: [
      "six || address.length > 30 ? [] : ['broadcast', '+'];",
      "six || address.length > 0 ? [] : ['broadcast', '+'];",
    ],
  },
  {
    id: 'server-known-beforehand',
    roles: ['client'],
    does: "The initiator's machine has the server's adapter as a permanent neighbour, and need not ask for it.",
    touches: ['ARP-01', 'ADP-02', 'ADP-05', 'ADP-11', 'ADP-12', 'ADP-23', 'INI-10', 'INI-22', 'CD-03'],
    file: 'reference/tunnel/client/client-adapter.ts',
    change: [
      '      routes: routes ? routesOf(settings) : [],\n',
      `      routes: routes ? routesOf(settings) : [],
      neighbours:
        configure === 'direct' ? [{ address: settings.serverAddress, physical: settings.serverPhysical }] : [],
`,
    ],
  },
  {
    id: 'temporary-addresses',
    roles: ['client', 'server'],
    does: 'The machine takes temporary addresses in its /64 (RFC 8981).',
    touches: ipv6Touches,
    file: tap,
    change: [
      '      this.#readiness = new Readiness(',
      `      ${setting('ipv6/use_tempaddr', '2')}      this.#readiness = new Readiness(`,
    ],
  },
  {
    id: 'no-duplicate-address-detection',
    roles: ['client', 'server'],
    does: 'The machine does not look for duplicates of its addresses on the adapter (RFC 4862 §5.1: DupAddrDetectTransmits).',
    touches: ipv6Touches,
    file: tap,
    change: [
      '      // A persistent adapter would keep what its last user said.\n',
      `      ${setting('ipv6/dad_transmits', '0')}      // A persistent adapter would keep what its last user said.\n`,
    ],
  },
  {
    id: 'addresses-announced',
    roles: ['client', 'server'],
    does: 'The machine announces its address on the adapter (RFC 5227 §2.3).',
    touches: ['ARP', 'ADP-02', 'ADP-07', 'ADP-23', 'DHCP-01', 'INI-10'],
    file: tap,
    change: [
      '      setOffload(fd, this.offloads);\n',
      `      setOffload(fd, this.offloads);\n      ${setting('ipv4/arp_notify', '1')}`,
    ],
  },
  {
    id: 'segmentation-of-16-kb',
    roles: ['client', 'server'],
    does: 'The local stack leaves at most 16 KB at a time to the adapter (section 7.7).',
    touches: ['OFF', 'BUN', 'ADP-14', 'ADP-15', 'ADP-40', 'KEY-02'],
    file: 'reference/linux/this-host.ts',
    change: [
      'return new Tap({ name, offloads });',
      `const device = new Tap({ name, offloads });
    await (await import('./programs/iproute2.ts')).ip('link', 'set', 'dev', device.name, 'gso_max_size', '16384');
    return device;`,
    ],
  },
  {
    id: 'bundles-of-1500-octets',
    roles: ['client', 'server'],
    does: 'No bundle has more than 1,500 octets of datagrams (section 7.6).',
    touches: ['BUN', 'ADP-40', 'KEY-02'],
    file: 'reference/wire/bundle.ts',
    change: ['export const longestBundle = 0x4000;', 'export const longestBundle = 1500;'],
  },
  {
    id: 'bundles-alone-by-default',
    roles: ['client', 'server'],
    does: 'Where the configuration says nothing, bundles are wanted and nothing else (section 5.2).',
    touches: ['OFF', 'BUN', 'REQ-20', 'RESP-13', 'DATA-06'],
    file: 'reference/tunnel/config/shared-keys.ts',
    change: ['[...dataOptionNames],', "['bundle'],"],
  },
  {
    id: 'lockdown-without-a-word',
    roles: ['client'],
    does: 'A lockdown drops what it does not let pass, under another name, and tells nobody (section 11.1).',
    touches: ['LOCK'],
    file: 'reference/linux/lockdown.ts',
    change: ["const refuse = 'reject with icmpx type admin-prohibited';", "const refuse = 'drop';"],
    more: [
      {
        file: 'reference/linux/lockdown.ts',
        change: ["const prefixOfTables = 'pna-lockdown-';", "const prefixOfTables = 'acme-';"],
      },
    ],
  },
];
