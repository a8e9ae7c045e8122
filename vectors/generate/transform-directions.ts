/** The directions of the files transform-*.json: what is sent in each, and what must not be opened in its place. */
import { zeros } from './octets.ts';
import { datagram6 } from './packets.ts';
import { isAead, type Keys, type TransformName } from './schedule.ts';
import { carries, carryKeys, carryPlain, countedFrom, miscarried, miscounted, starts } from './transform-counters.ts';
import { ip4, refusalsOf, shortRun } from './transform-refusals.ts';
import { aeadPaddings, type Commented, cbcPaddings, type Run, sizes } from './transform-sizes.ts';

const longRun: readonly Commented[] = (
  [
    ['empty: the keep-alive, first', zeros(0)],
    ['1 octet', Uint8Array.of(0x45)],
    ['28 octets: an IPv4 datagram with nothing in it', ip4(28, 'a')],
    ['31 octets: one less than two blocks', ip4(31, 'b')],
    ['32 octets: two blocks', ip4(32, 'c')],
    ['33 octets: one more than two blocks', ip4(33, 'd')],
    ['empty, between others', zeros(0)],
    ['empty, twice in a row', zeros(0)],
    ['IPv6, 40 octets', datagram6(40, 'datagram e')],
    ['IPv6, 87 octets', datagram6(87, 'datagram f')],
    ['1,400 octets', ip4(1400, 'g')],
    ['1,400 octets: the same datagram again', ip4(1400, 'g')],
    ['60,000 octets', ip4(60000, 'h')],
    ['65,535 octets: the longest datagram', ip4(65535, 'i')],
    ['100 octets, after the long ones', ip4(100, 'j')],
  ] as const
).map(([comment, datagram]) => ({ comment, datagram }));

/** Frames of one direction in order, and what must not be opened in their place. */
export interface Direction extends Run {
  readonly label: string;
  /** Chosen for the run; the usual ones are of the label. */
  readonly keys?: Keys;
  /** So many frames went before, all of them empty. */
  readonly start?: number;
}

/** In the state that so many empty frames leave behind. */
const from = (start: number, comment: string): Direction => ({
  comment,
  flag: 'Counter',
  label: `from ${start}`,
  plain: countedFrom(start),
  refused: (name, keys) => miscounted(name, keys, start),
  start,
});

const carried = (iv: string, comment: string): Direction => ({
  comment: `A first counter block that ${comment}; keys chosen for it.`,
  flag: 'Carry',
  label: '',
  plain: carryPlain,
  refused: (_, keys, frames) => miscarried(keys, frames),
  keys: carryKeys(iv),
});

const paddedRun: Direction = {
  comment: 'Padding',
  flag: 'PaddingAdded',
  label: 'padding',
  plain: [
    { comment: 'a padded keep-alive', datagram: zeros(0), padding: 255 },
    { comment: '1 octet of padding', datagram: ip4(60, 'p'), padding: 1 },
    { comment: '255 octets of padding', datagram: ip4(60, 'q'), padding: 255 },
    { comment: 'none again', datagram: ip4(60, 'r'), padding: 0 },
  ],
  refused: () => [],
};

/** In the order of the file, whose other groups follow: tests keep their numbers. */
export const directionsOf = (name: TransformName): readonly Direction[] => [
  {
    comment: 'Frames of many lengths, in order',
    flag: 'Normal',
    label: 'lengths',
    plain: longRun,
    refused: () => [],
  },
  ...(isAead(name) ? [paddedRun] : []),
  {
    comment: 'Each invalid frame stands in place of the valid one of the same n: open the valid ones before it first.',
    flag: 'Normal',
    label: 'initiator to server',
    plain: shortRun.map((plain) => ({ ...plain, comment: `${plain.datagram.length} octets` })),
    refused: refusalsOf,
  },
  { ...sizes, label: 'sizes' },
  ...(isAead(name) ? [{ ...aeadPaddings, label: 'paddings' }] : []),
  ...(name === 'aes256cbc-hmacsha256' ? [{ ...cbcPaddings, label: 'block paddings' }] : []),
  ...(name === 'aes256ctr-hmacsha256' ? carries.map(([iv, comment]) => carried(iv, comment)) : []),
  ...starts.map(([start, comment]) => from(start, comment)),
];
