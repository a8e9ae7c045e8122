/** The thread of the data path, where several datagrams share a DATA frame ([EP] fig. 9 with flag 3). */
import { type Fault, inModule } from '../../fault.ts';

const both = ['client', 'server'] as const;

export const threadBundles: readonly Fault[] = [
  ...inModule('reference/datapath/record.ts', both, {
    'thread-bundle-not-negotiated-taken': [
      'DATA-06',
      'The thread takes a bundle though it was not negotiated.',
      'const bundled = flags === DataOption.bundle && segmentSize === 0 && (dataOptions & flags) !== 0;',
      'const bundled = flags === DataOption.bundle && segmentSize === 0;',
    ],
    'thread-bundle-of-65535-at-most': [
      'BUN-01',
      'The thread refuses a bundle of more than 65,535 octets.',
      'if (bundled && !isBundle(octets, at + lead, end)) return false;',
      'if (bundled && (datagramLength > 0xffff || !isBundle(octets, at + lead, end))) return false;',
    ],
    'thread-bundle-datagram-length-unread': [
      'BUN-03',
      'The thread does not look at the datagram length of a bundle.',
      'u16At(octets, at + 8) === (bundled ? 0 : left) &&',
      '(bundled || u16At(octets, at + 8) === left) &&',
    ],
    'thread-bundle-other-flags-unread': [
      'BUN-03',
      'Beside flag 3 the thread looks at no flag and no segment size.',
      'const bundled = flags === DataOption.bundle && segmentSize === 0 && (dataOptions & flags) !== 0;',
      'const bundled = (flags & dataOptions & DataOption.bundle) !== 0;',
    ],
    'thread-bundle-uncut': [
      'BUN-04',
      'The thread does not ask whether a bundle can be cut before it delivers of it.',
      'if (bundled && !isBundle(octets, at + lead, end)) return false;',
      '',
    ],
    'thread-bundle-of-one-taken': [
      'BUN-04',
      'The thread takes a bundle of one datagram.',
      'return count >= leastOfBundle;',
      'return count >= 1;',
    ],
    'thread-bundle-rest-ignored': [
      'BUN-04',
      'The thread ignores what is behind the last whole datagram of a bundle.',
      'if (length === undefined || length > end - from) return false;',
      'if (length === undefined || length > end - from) return count >= leastOfBundle;',
    ],
    'thread-bundle-sent-with-datagram-length': [
      'BUN-06',
      'The thread sends a bundle with the length of all its datagrams as datagram length.',
      'setU16(octets, at + 8, bundled ? 0 : length);',
      'setU16(octets, at + 8, length);',
    ],
    'thread-bundle-counted-by-datagrams-sent': [
      'BUN-08',
      'Each datagram of a bundle that the thread sends is a step of the counter.',
      '  direction.advance(length);',
      '  for (let one = 0; one < count; one += 1) direction.advance(one === 0 ? length : 0);',
    ],
    'thread-bundle-counted-twice': [
      'BUN-08',
      'A bundle that comes to the thread is two steps of the counter.',
      '  direction.advance(sealed);',
      '  direction.advance(sealed);\n  if (bundled) direction.advance(0);',
    ],
    'thread-bundle-octets-not-counted': [
      'BUN-08',
      'The thread does not count the octets of a bundle that comes.',
      '  direction.advance(sealed);',
      '  direction.advance(bundled ? 0 : sealed);',
    ],
  }),
  ...inModule('reference/datapath/inward.ts', both, {
    'thread-bundle-first-alone-delivered': [
      'BUN-02',
      'Of a bundle the thread delivers the first datagram alone.',
      'for (let from = at; from < end; ) {',
      'for (let from = at; from === at; ) {',
    ],
    'thread-bundle-dropped-with-one': [
      'BUN-05',
      'What is behind a datagram that may not pass, in a bundle, the thread drops with it.',
      '      this.#deliver(tunnel, adapter, from, length, undefined);\n      from += length;',
      `      const dropped = tunnel.counts.read().policy;
      this.#deliver(tunnel, adapter, from, length, undefined);
      if (tunnel.counts.read().policy !== dropped) return;
      from += length;`,
    ],
  }),
  ...inModule('reference/datapath/outward.ts', both, {
    'thread-bundle-not-negotiated-sent': [
      'DATA-06',
      'The thread sends bundles though they were not negotiated.',
      'if (!tunnel.bundles || last === undefined || last.offload !== undefined) return false;',
      'if (last === undefined || last.offload !== undefined) return false;',
    ],
    'thread-bundle-with-gaps': [
      'BUN-06',
      'The thread seals as many octets as the datagrams of a bundle have, but leaves them where it read them.',
      'this.#slab.octets.copyWithin(this.#at, from, from + length);',
      '',
    ],
  }),
  {
    id: 'thread-lone-datagram-held-back',
    breaks: ['BUN-07'],
    roles: both,
    does: 'A datagram that the thread reads waits until another one shares its frame.',
    file: 'reference/datapath/outward.ts',
    change: ['    this.#at = 0;\n    try {', '    if (this.#run === undefined) this.#at = 0;\n    try {'],
    more: [
      {
        file: 'reference/datapath/outward.ts',
        change: [
          '    } finally {\n      this.#send();',
          '    } finally {\n      if (!this.#run?.tunnel.bundles || this.#run.last?.count !== 1) this.#send();',
        ],
      },
    ],
  },
  {
    id: 'datagrams-handed-over-wait-to-share-a-frame',
    breaks: ['ADP-40'],
    roles: both,
    does: 'What the thread hands over waits for others to share its frame, while the thread reads on.',
    dataPath: 'fast',
    file: 'reference/tunnel/connection.ts',
    change: [
      'if (!canShare || this.node.bundles !== true || this.lent) {',
      'if (!canShare || this.node.bundles !== true) {',
    ],
  },
  {
    id: 'tunnel-lent-while-datagrams-wait',
    breaks: ['ADP-40'],
    roles: ['server'],
    does: 'The thread gets a tunnel while datagrams wait to share a frame.',
    file: 'reference/tunnel/data-path.ts',
    change: ['    connection.flush();\n', ''],
  },
];
