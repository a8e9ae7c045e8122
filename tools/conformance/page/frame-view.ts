/** A frame for people: each field with its name, its numeral in the seed's figure, its octets and what they mean. */
import { FrameType, Suite, statusName, suiteName } from '../../../reference/wire/identifiers.ts';

export interface Field {
  /** `status (193)` */
  readonly name: string;
  /** Octets in hexadecimal; empty where any will do. */
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

/** A part of what follows the fixed fields; without a size the rest. */
type Piece = readonly [name: string, size?: number];

interface Layout {
  /** Numerals of length, type and version. */
  readonly start: readonly [number, number, number];
  readonly rows: readonly Row[];
  readonly pieces: (octets: Uint8Array) => readonly Piece[];
}

const isHybrid = (octets: Uint8Array, at: number): boolean => octets[at] === Suite.hybrid;

const namesField = 'names (112)';
/** Of a path that is too long no more are shown ([EP] fig. 6). */
const mostHops = 16;

/** After the length, the type and the version ([EP] figs. 6 to 10). */
const layouts: Readonly<Record<string, Layout>> = {
  RELAY: {
    start: [100, 102, 104],
    rows: [
      ['origin index', 106, 2],
      ['hop count', undefined, 1],
      ['reserved', undefined, 1],
    ],
    pieces: (octets) => {
      const hops = Math.min(octets[8] ?? 0, mostHops);
      const indexes = Array.from(
        { length: hops },
        (_, hop): Piece => [`path index ${hop} (${hop === 0 ? 108 : 110})`, 2],
      );
      return [...indexes, [namesField]];
    },
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
    pieces: (octets) => [
      ['ephemeral key', 32],
      ...(isHybrid(octets, 14) ? [['encapsulation key, sealed', 1_200] as const] : []),
      ['static key, sealed', 48],
      ['opened frame, sealed (138)'],
    ],
  },
  RESPONSE: {
    start: [150, 152, 154],
    rows: [
      ['key exchange data offset', 156, 2],
      ['transforms offset', 158, 2],
      ['flags', 160, 2, nameOfSuite],
      ['client data offset', 162, 2],
    ],
    pieces: (octets) => [
      ['ephemeral key', 32],
      ...(isHybrid(octets, 10) ? [['ciphertext, sealed', 1_104] as const] : []),
      ['opened frame, sealed (163)'],
    ],
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
    pieces: (octets) => [
      ['digest (187)', octets[15] ?? 0],
      ['encrypted datagram (188)', ((octets[8] ?? 0) << 8) | (octets[9] ?? 0)],
      ['padding (189)'],
    ],
  },
  CLOSE: {
    start: [190, 191, 192],
    rows: [['status', 193, 2, (value) => statusName(value)]],
    pieces: () => [['digest']],
  },
};

/** Of any octets, also of those that are no frame. */
export function viewOf(octets: Uint8Array): FrameView {
  const type = octets[4] === undefined ? '' : nameOfType(octets[4]);
  const layout = layouts[type];
  if (layout === undefined)
    return {
      title: 'no frame',
      fields: octets.length === 0 ? [] : [{ name: 'octets', hex: octets.toHex(), meaning: '' }],
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
  for (const [name, size = Number.POSITIVE_INFINITY] of layout.pieces(octets)) {
    const own = octets.subarray(at, at + size);
    at += own.length;
    if (own.length > 0) fields.push({ name, hex: own.toHex(), meaning: meaningOf(name, own) });
  }
  return { title: type, fields };
}

function meaningOf(name: string, octets: Uint8Array): string {
  const count = `${octets.length} octets`;
  const [first = 0, second = 0] = octets;
  if (name.startsWith('path index') && octets.length === 2) return String(first * 256 + second);
  if (name !== namesField) return count;
  const names = Buffer.from(octets)
    .toString('latin1')
    .match(/[\x20-\x7e]{2,}/g);
  return names === null ? count : names.join(' ');
}
