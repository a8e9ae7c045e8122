/** Other choices about what waits, what shares a frame, and who may send what. */
import type { Right } from '../right.ts';

const queue = (id: string, datagrams: number, does: string): Right => ({
  id,
  roles: ['client'],
  does,
  touches: ['ADP-14', 'ADP-45', 'INI-03', 'INI-09', 'INI-10', 'INI-22', 'DATA-08'],
  file: 'reference/nodes/conversation.ts',
  change: ['const queueLimit = 64;', `const queueLimit = ${datagrams};`],
});

const conversation = 'reference/nodes/conversation.ts';
const outward = 'reference/datapath/outward.ts';
const bundle = 'reference/wire/bundle.ts';

export const sendingChoices: readonly Right[] = [
  queue('queue-of-4', 4, 'Four datagrams wait while the initiator connects again (ADP-14).'),
  queue('queue-of-4000', 4000, 'Four thousand datagrams wait while the initiator connects again (ADP-14).'),
  {
    id: 'bundles-never-sent',
    roles: ['client', 'server'],
    does: 'Bundles are taken, and lone datagrams sent (section 7.6).',
    touches: ['BUN', 'ADP-40', 'KEY-02', 'OFF'],
    file: bundle,
    change: ['if (whole && datagram.length <= room)', 'if (whole && datagram.length < 0)'],
    more: [
      {
        file: outward,
        change: ['if (!tunnel.bundles || last === undefined ||', 'if (tunnel.bundles || last === undefined ||'],
      },
    ],
  },
  {
    id: 'bundles-of-two',
    roles: ['client', 'server'],
    does: 'No bundle has more than two datagrams (section 7.6).',
    touches: ['BUN', 'ADP-40', 'KEY-02', 'OFF'],
    file: bundle,
    change: [
      'if (whole && datagram.length <= room)',
      'if (whole && datagram.length <= room && parts.at(-1)?.length === 1)',
    ],
    more: [
      {
        file: outward,
        change: [
          'if (!tunnel.bundles || last === undefined ||',
          'if (!tunnel.bundles || last === undefined || last.count > 1 ||',
        ],
      },
    ],
  },
  {
    id: 'segmentation-never-sent',
    // There would be nothing to cut.
    apart: ['adapter-without-offloads'],
    roles: ['client', 'server'],
    does: 'The sender cuts TCP itself, and leaves checksums alone to the peer (section 7.7).',
    touches: ['OFF', 'BUN'],
    file: conversation,
    change: ['if (offload !== undefined && !(', 'if (offload !== undefined && !(offload.segmentSize === 0 && '],
    more: [
      {
        file: outward,
        change: [
          'const isTaken = offload !== undefined &&',
          'const isTaken = offload !== undefined && offload.segmentSize === 0 &&',
        ],
      },
    ],
  },
  {
    id: 'adapter-without-offloads',
    roles: ['client', 'server'],
    does: 'The local stack leaves no work to the adapter, which does itself what a datagram lacks.',
    touches: ['OFF', 'BUN', 'ADP-03', 'ADP-15', 'DHCP-01'],
    file: 'reference/linux/this-host.ts',
    change: ['return new Tap({ name, offloads });', 'return new Tap({ name, offloads: offloads && false });'],
  },
  {
    id: 'device-queue-of-4000',
    roles: ['client', 'server'],
    does: "The device's own queue takes 4,000 packets.",
    touches: ['ADP-14', 'ADP-32', 'ADP-40', 'ADP-43'],
    file: 'reference/adapter/tap.ts',
    change: ['const { queueLength } = options;', 'const { queueLength = 4000 } = options;'],
  },
  {
    id: 'reserved-flags-are-another-header',
    roles: ['client'],
    does: 'A reserved bit of `flags` in the clear is refused like any other difference of the header (section 8).',
    touches: ['RESP', 'FRAME-11', 'CLOSE-01', 'HS-09'],
    file: 'reference/nodes/exchange.ts',
    change: [
      'const payload = handshake.readResponse(decodeResponse(octets).message);',
      'const payload = handshake.readResponse(decodeResponse(octets.with(11, 0)).message);',
    ],
  },
  {
    id: 'newest-of-the-block-gives-way',
    roles: ['server', 'relay'],
    does: 'Within a network block it is the newest that gives way: any one may (section 10.3).',
    touches: ['SRV-27', 'SRV-28', 'SRV-29', 'SRV-31', 'RLY-22', 'RLY-23'],
    file: 'reference/tunnel/admission.ts',
    change: ['return fullest[this.#random(fullest.length)];', 'return fullest.at(-1);'],
  },
  {
    id: 'longer-subnets-of-others-refused',
    roles: ['server'],
    does: 'What comes from a subnet that lies in a longer one of another initiator does not pass (section 11).',
    touches: ['ADP-08', 'ADP-24', 'ADP-31', 'ADP-39'],
    file: 'reference/tunnel/server/table.ts',
    change: [
      'return this.#networks.some((one) => one.session === session && one.network.has(octets, 0));',
      `const longest = this.#networks.find(({ network }) => network.has(octets, 0))?.network.length;
    return this.#networks.some(
      (one) => one.session === session && one.network.length === longest && one.network.has(octets, 0),
    );`,
    ],
  },
  {
    id: 'addresses-in-the-order-of-coming',
    roles: ['server'],
    does: 'A name gets the next address of the pool at its first authorised REQUEST (docs/iut.md).',
    touches: ['SRV-19', 'CD-10', 'CD-15', 'RESP-08', 'SRV-08'],
    file: 'reference/tunnel/server/pool.ts',
    change: [
      '      this.#numberOf = (name) => numbers.get(name);\n',
      `      const given = new Map<string, number>();
      this.#numberOf = (name) => {
        const used = new Set(given.values());
        for (let next = this.#first; next <= this.#last && numbers.size >= 0 && !given.has(name); next += 1)
          if (this.#isFree(next) && !used.has(next)) given.set(name, next);
        return given.get(name);
      };
`,
    ],
  },
];
