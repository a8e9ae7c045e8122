/** Several datagrams in one DATA frame ([EP] fig. 9 with flag 3): those that are sent, and what bundles count. */
import type { Fault } from '../../fault.ts';
import { faultsIn } from '../in-file.ts';

const cut = faultsIn('reference/wire/bundle.ts');
const frame = faultsIn('reference/crypto/data-frame.ts');
const session = faultsIn('reference/nodes/session.ts');
const connection = faultsIn('reference/tunnel/connection.ts');
const ends = 'client server';

const counted = '    counter.advance(plaintext.length);';

export const sentBundles: readonly Fault[] = [
  // Bundles that are sent
  frame(
    'bundle-sent-with-datagram-length',
    'BUN-06',
    ends,
    'A bundle is sent with the length of all its datagrams as datagram length.',
    'const datagramLength = flags === DataOption.bundle ? 0 : datagram.length;',
    'const datagramLength = datagram.length & 0xffff;',
  ),
  cut(
    'bundle-sent-backwards',
    'BUN-06',
    ends,
    'The datagrams of a bundle are sent from the last to the first.',
    'return concat(...datagrams);',
    'return concat(...datagrams.toReversed());',
  ),
  cut(
    'bundle-sent-without-the-last',
    'BUN-06',
    ends,
    'The last of three datagrams or more is left out of a bundle.',
    'return concat(...datagrams);',
    'return concat(...(datagrams.length > 2 ? datagrams.slice(0, -1) : datagrams));',
  ),
  session(
    'bundle-of-one-sent',
    'BUN-06',
    ends,
    'A lone datagram is sent as a bundle.',
    'others.length === 0 ?',
    'others.length === 0 && (datagram.length === 0 || !this.bundles) ?',
    [
      {
        file: 'reference/wire/bundle.ts',
        change: ['if (datagrams.length < leastOfBundle)\n', 'if (datagrams.length < 1)\n'],
      },
    ],
  ),
  session(
    'bundle-before-lone-ones',
    'BUN-06',
    ends,
    'Short datagrams overtake long ones: what shares a frame goes first.',
    'partIntoBundles(datagrams, longestBundle)',
    'partIntoBundles(datagrams.toSorted((one, other) => one.length - other.length), longestBundle)',
  ),
  connection(
    'lone-datagram-held-back',
    'BUN-07',
    ends,
    'A datagram waits until another one shares its frame.',
    'if (this.#datagrams.length === 0) queueMicrotask',
    'if (this.#datagrams.length === 1) queueMicrotask',
  ),
  // What they count
  frame(
    'bundle-counted-by-datagrams',
    'BUN-08',
    ends,
    'Each datagram of a bundle that comes is a step of the counter.',
    counted,
    '    for (const one of bundled ? datagrams : [plaintext]) counter.advance(one.length);',
  ),
  frame(
    'bundle-counted-by-datagrams-sent',
    'BUN-08',
    ends,
    'Each datagram of a bundle that is sent is a step of the counter.',
    '      return make(joinBundle(datagrams), DataOption.bundle);',
    '      const made = make(joinBundle(datagrams), DataOption.bundle);\n      for (const _ of datagrams.slice(1)) counter.advance(0);\n      return made;',
  ),
  frame(
    'bundle-octets-of-the-first',
    'BUN-08',
    ends,
    'Of a bundle the octets of the first datagram alone are counted.',
    counted,
    '    counter.advance(bundled ? datagrams[0]!.length : plaintext.length);',
  ),
  frame(
    'bundle-padding-not-counted',
    'BUN-08',
    ends,
    'The padding of a bundle is not counted.',
    counted,
    '    counter.advance(bundled ? datagramLength : plaintext.length);',
  ),
];
