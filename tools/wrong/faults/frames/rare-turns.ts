/** Initiators that go wrong where two things come together: a CLOSE that crosses another, a long session, a small difference. */
import { type Fault, inModule, ofSeveral } from '../../fault.ts';

/** What comes behind its own CLOSE is read, and a CLOSE in it is obeyed. */
const crossing = (state: string): [file: string, from: string, to: string][] => [
  [
    'reference/nodes/conversation.ts',
    "      machine.step('frame');\n",
    `      if (machine.state === '${state}' && octets[4] === 5 && octets[3] === 40) {
        this.closeVerified = true;
        machine.cause = byPeer(octets[7]);
        if (machine.state === 'Reconnect') {
          machine.step('end session');
          return;
        }
      }
      machine.step('frame');\n`,
  ],
  ['reference/tunnel/transport-connection.ts', '      if (this.#finishing) return;\n', ''],
];

const crossings = ofSeveral({
  'close-in-reconnect-is-obeyed': [
    'INI-09 INI-10 INI-17',
    'client',
    'A CLOSE that crosses its own *key expired* is taken for the end: after *superseded* it does not connect again.',
    ...crossing('Reconnect'),
  ],
  'close-in-dying-is-obeyed': [
    'INI-27 INI-18 INI-08',
    'client',
    'A CLOSE that crosses its own CLOSE is taken for why the connection ended: after *superseded* it stays away.',
    ...crossing('Dying'),
  ],
});

const timed = inModule('reference/nodes/conversation.ts', ['client'], {
  'stalls-from-six-octets-on': [
    'FRAME-15',
    'Of a frame less than 6 octets of which have come nothing is noticed where no more comes.',
    '    if (this.#deframer.partial) machine.after(machine.timers.stalledFrame',
    '    if (this.#deframer.start !== undefined) machine.after(machine.timers.stalledFrame',
  ],
});

const counting = ofSeveral({
  'close-counts-to-65535': [
    'CLOSE-02 KEY-02',
    'client',
    'The digest of CLOSE has n modulo 65,536.',
    ['reference/crypto/close.ts', 'setBigUint64(0, BigInt(n))', 'setBigUint64(0, BigInt(n) % 65_536n)'],
  ],
  'request-padded-by-a-whole-block': [
    'REQ-06',
    'client',
    'An opened REQUEST whose length is a multiple of 128 already gets 128 octets more.',
    [
      'reference/wire/opened.ts',
      'new Uint8Array(-(end - layout.size) & (openedBlock - 1))',
      'new Uint8Array(openedBlock - ((end - layout.size) % openedBlock))',
    ],
  ],
  'port-of-first-node-alone-on-the-path': [
    'FRAME-16 FRAME-02',
    'client',
    'Where the path has several nodes the first one is reached at port 3265, whatever its name says.',
    [
      'reference/nodes/initiator.ts',
      "name: path[0] ?? '', group",
      "name: path.length > 1 ? hostOf(path[0] ?? '') : (path[0] ?? ''), group",
    ],
  ],
});

const adapter = 'reference/tunnel/client/client-adapter.ts';
const differs = '!isDeepStrictEqual(settings, this.#open.settings)';
const but = (...names: string[]): string => {
  const gone = names.map((name) => `${name}: undefined`).join(', ');
  return `!isDeepStrictEqual({ ...settings, ${gone} }, { ...this.#open.settings, ${gone} })`;
};
const differences = inModule(adapter, ['client'], {
  'other-ipv6-unnoticed': [
    'ADP-22 ND-11 ND-15',
    'Client data that differ in IPv6 alone change nothing.',
    differs,
    but('ipv6'),
  ],
  'other-dns-unnoticed': [
    'ADP-22 DHCP-09',
    'Client data that differ in DNS servers, domain or search list alone change nothing.',
    differs,
    but('dns', 'domain', 'search'),
  ],
  'other-routes-unnoticed': [
    'ADP-22 DHCP-09',
    'Client data that differ in routes alone change nothing of what DHCP hands out.',
    differs,
    but('routes'),
  ],
  'other-lease-unnoticed': [
    'ADP-22 DHCP-07',
    'Client data that differ in the lease time alone change nothing.',
    differs,
    but('leaseSeconds'),
  ],
  'other-mtu-unnoticed': [
    'DHCP-09 ADP-16 ADP-22',
    'Client data that differ in the MTU alone change nothing.',
    differs,
    but('mtu'),
  ],
  'other-server-address-unnoticed': [
    'ADP-22 ARP-01 DHCP-07',
    'Client data that differ in the server’s address alone change nothing.',
    differs,
    but('serverAddress', 'routes'),
  ],
  'other-physical-addresses-unnoticed': [
    'ADP-22 ADP-05 ARP-01',
    'Client data that differ in the reserved physical addresses alone change nothing.',
    differs,
    but('clientPhysical', 'serverPhysical'),
  ],
  'other-prefix-length-unnoticed': [
    'ADP-22 ARP-05 DHCP-09',
    'Client data that differ in the mask of the virtual LAN alone change nothing.',
    differs,
    but('prefixLength'),
  ],
});

const ofSystem = ofSeveral({
  'routes-compared-without-gateway': [
    'ADP-22 ADP-11',
    'client',
    'When Reconnect brings the same networks behind another address of the server, the routes keep the former gateway.',
    [
      'reference/linux/routing/local-stack.ts',
      'if (!isDeepStrictEqual(all, this.#installed?.routes))',
      'if (!isDeepStrictEqual(all.map(prefixText), this.#installed?.routes.map(prefixText)))',
    ],
  ],
  'first-of-the-networks-decides': [
    'ADP-35',
    'client',
    'Of several networks that have a source the one that stands first decides, and not the longest.',
    ['reference/tunnel/client/reception.ts', '.sort((one, other) => other.length - one.length);', ';'],
  ],
  'dns-at-the-last-address-of-the-lan': [
    'CD-17',
    'client',
    'A DNS server at the last address of the virtual LAN is accepted.',
    ['reference/tunnel/client/acceptance.ts', 'if (server === this.#broadcast)', 'if (server.length === 0)'],
  ],
  'thread-stops-a-bundle-at-what-it-refuses': [
    'BUN-05',
    'client',
    'The thread delivers of a bundle what stands before the first datagram that it refuses.',
    [
      'reference/datapath/inward.ts',
      "      this.#counts.add('policy');\n      tunnel.counts.add('policy');\n      return;",
      "      this.#counts.add('policy');\n      tunnel.counts.add('policy');\n      throw 'refused';",
    ],
    [
      'reference/datapath/inward.ts',
      'if (start.bundled) this.#deliverEach(tunnel, adapter, at, at + start.datagramLength);',
      `if (start.bundled) {
        try {
          this.#deliverEach(tunnel, adapter, at, at + start.datagramLength);
        } catch (error) {
          if (error !== 'refused') throw error;
        }
      }`,
    ],
    [
      'reference/datapath/inward.ts',
      'else if (start.datagramLength > 0) this.#deliver(tunnel, adapter, at, start.datagramLength, start.offload);',
      `else if (start.datagramLength > 0) {
        try {
          this.#deliver(tunnel, adapter, at, start.datagramLength, start.offload);
        } catch (error) {
          if (error !== 'refused') throw error;
        }
      }`,
    ],
  ],
  'thread-judges-ipv4-alone': [
    'ADP-33 ADP-34 ADP-36',
    'client',
    'The thread asks of IPv4 datagrams alone whether they may come out of the tunnel.',
    [
      'reference/datapath/inward.ts',
      'if (!tunnel.permitted.has(',
      'if (datagram[0]! >> 4 === 4 && !tunnel.permitted.has(',
    ],
  ],
});

export const rareTurns: readonly Fault[] = [...crossings, ...timed, ...counting, ...differences, ...ofSystem];
