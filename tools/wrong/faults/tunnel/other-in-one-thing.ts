/** Initiators that overlook in which one thing a later connection, or the network around, is another. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

const adapter = 'reference/tunnel/client/client-adapter.ts';
const comparison = 'const renew = !fresh && !isDeepStrictEqual(settings, this.#open.settings);';
/** Client data that differ in what is left out count as those of before. */
const without = (...keys: string[]): readonly [from: string, to: string] => [
  comparison,
  `const others = (all) => all && { ...all, ${keys.map((key) => `${key}: undefined`).join(', ')} };
    const renew = !fresh && !isDeepStrictEqual(others(settings), others(this.#open.settings));`,
];

const compared = inModule(adapter, ['client'], {
  'client-data-of-another-lease-no-other': [
    'ADP-22 DHCP-07',
    'Client data that differ in the lease alone count as those of before.',
    ...without('leaseSeconds'),
  ],
  'client-data-of-another-mtu-no-other': [
    'ADP-22 ADP-16 DHCP-09',
    'Client data that differ in the MTU alone count as those of before.',
    ...without('mtu'),
  ],
  'client-data-of-other-routes-no-other': [
    'ADP-22 ADP-11 DHCP-09',
    'Client data that differ in the routes of IPv4 alone count as those of before.',
    ...without('routes'),
  ],
  'client-data-of-other-ipv6-no-other': [
    'ADP-22 ND-11 ND-06',
    'Client data that differ in IPv6 alone count as those of before.',
    ...without('ipv6'),
  ],
  'client-data-of-another-mask-no-other': [
    'ADP-22 ARP-02 DHCP-09',
    'Client data that differ in the subnet mask alone count as those of before.',
    ...without('prefixLength'),
  ],
  'client-data-of-another-server-address-no-other': [
    'ADP-22 DHCP-07 ARP-01',
    'Client data that differ in the address of the server alone count as those of before.',
    ...without('serverAddress', 'routes'),
  ],
  'client-data-of-another-server-physical-no-other': [
    'ADP-22 ADP-05 ARP-01',
    'Client data that differ in the physical address of the server alone count as those of before.',
    ...without('serverPhysical'),
  ],
});

const around = ofSeveral({
  'any-move-breaks-the-connection': [
    'INI-21 INI-03',
    'client',
    'It takes the connection for broken when any address of the machine has changed.',
    [
      'reference/tunnel/client/client.ts',
      'if (local !== undefined && !unbound.has(local) && !addresses.has(local))',
      'if (local !== undefined && !unbound.has(local))',
    ],
  ],
  'bounds-of-the-first-key': [
    'INI-09 INI-10',
    'client',
    'The bounds of the first key hold for all later ones.',
    [
      'reference/nodes/initiator.ts',
      'const { lifetimes, options: dataOptions } = keyExchangeData;',
      'const { options: dataOptions } = keyExchangeData;\n    const lifetimes = (globalThis.firstBounds ??= keyExchangeData.lifetimes);',
    ],
  ],
  'lockdown-of-dns-over-ipv4-alone': [
    'LOCK-03',
    'client',
    'Its lockdown keeps DNS queries over IPv4 inside, and not those over IPv6.',
    [
      'reference/linux/lockdown.ts',
      '`meta l4proto { tcp, udp } th dport { 53, 853 } ${refuse}`',
      '`meta nfproto ipv4 meta l4proto { tcp, udp } th dport { 53, 853 } ${refuse}`',
    ],
  ],
});

export const otherInOneThing: readonly Fault[] = [...compared, ...around];
