/** A frame for people: each field with its name, its numeral in the seed's figure, its octets and what they mean. */
import { FrameType, statusName, suiteName } from '../../../reference/wire/identifiers.ts';

interface Field {
  /** `status (193)` */
  readonly name: string;
  /** Octets in hexadecimal; of a long field only the beginning. */
  readonly hex: string;
  readonly meaning: string;
}

export interface FrameView {
  /** `CLOSE`, or what keeps it from being a frame. */
  readonly title: string;
  readonly fields: readonly Field[];
}

type Meaning = (value: number) => string;
type Row = readonly [name: string, numeral: number | undefined, size: number, meaning?: Meaning];

const decimal: Meaning = (value) => String(value);
const nameOfType: Meaning = (value) => Object.entries(FrameType).find(([, type]) => type === value)?.[0] ?? 'no frame';
const nameOfSuite: Meaning = (value) => suiteName(value >> 8) ?? `suite ${value >> 8}`;
const nameOfProtocol: Meaning = (value) =>
  ({ 0: 'no datagram', 2048: 'IPv4', 34525: 'IPv6' })[value] ?? `protocol ${value}`;

/** After the length, the type and the version ([EP] figs. 6 to 10). */
const layouts: Readonly<
  Record<
    string,
    { readonly start: readonly [number, number, number]; readonly rows: readonly Row[]; readonly rest: string }
  >
> = {
  RELAY: {
    start: [100, 102, 104],
    rows: [
      ['origin index', 106, 2],
      ['hop count', undefined, 1],
      ['reserved', undefined, 1],
    ],
    rest: 'path indexes (108, 110), names (112)',
  },
  REQUEST: {
    start: [120, 122, 124],
    rows: [
      ['initiator name offset', 126, 2],
      ['destination name offset', 128, 2],
      ['key exchange data offset', 130, 2],
      ['transforms offset', 132, 2],
      ['flags', 134, 2, nameOfSuite],
      ['client data offset', 136, 2],
    ],
    rest: 'Noise message 1 (138)',
  },
  RESPONSE: {
    start: [150, 152, 154],
    rows: [
      ['key exchange data offset', 156, 2],
      ['transforms offset', 158, 2],
      ['flags', 160, 2, nameOfSuite],
      ['client data offset', 162, 2],
    ],
    rest: 'Noise message 2 (163)',
  },
  DATA: {
    start: [170, 172, 174],
    rows: [
      ['protocol', 176, 2, nameOfProtocol],
      ['datagram length', 178, 2],
      ['flags', 180, 2],
      ['segment size', 182, 2],
      ['padding length', 184, 1],
      ['digest length', 186, 1],
    ],
    rest: 'digest (187), encrypted datagram (188), padding (189)',
  },
  CLOSE: { start: [190, 191, 192], rows: [['status', 193, 2, (value) => statusName(value)]], rest: 'digest' },
};

const longest = 24;

/** Of any octets, also of those that are no frame. */
export function viewOf(octets: Uint8Array): FrameView {
  const type = octets[4] === undefined ? '' : nameOfType(octets[4]);
  const layout = layouts[type];
  if (layout === undefined)
    return {
      title: 'no frame',
      fields: octets.length === 0 ? [] : [{ name: 'octets', hex: hexOf(octets), meaning: '' }],
    };
  const [length, kind, version] = layout.start;
  const rows: readonly Row[] = [
    ['length', length, 4],
    ['type', kind, 1, nameOfType],
    ['version', version, 1],
    ...layout.rows,
  ];
  const fields: Field[] = [];
  let at = 0;
  for (const [name, numeral, size, meaning = decimal] of rows) {
    const own = octets.subarray(at, at + size);
    at += size;
    const value = own.reduce((sum, octet) => sum * 256 + octet, 0);
    const label = numeral === undefined ? name : `${name} (${numeral})`;
    fields.push({ name: label, hex: own.toHex(), meaning: own.length < size ? 'cut short' : meaning(value) });
  }
  const rest = octets.subarray(at);
  if (rest.length > 0) {
    const names =
      type === 'RELAY'
        ? (
            Buffer.from(rest)
              .toString('latin1')
              .match(/[\x20-\x7e]{2,}/g) ?? []
          ).join(' ')
        : '';
    fields.push({ name: layout.rest, hex: hexOf(rest), meaning: names === '' ? `${rest.length} octets` : names });
  }
  return { title: type, fields };
}

const hexOf = (octets: Uint8Array): string =>
  `${octets.subarray(0, longest).toHex()}${octets.length > longest ? '…' : ''}`;
