/**
 * Field combinators: a frame's fixed part is declared as fields in wire order, each with the numeral that it bears in the
 * seed's figure, and its type is inferred from the declaration.
 */
import { Malformed, Misuse } from '../errors.ts';
import { viewOf } from '../octets.ts';

/** One unsigned big-endian integer of a fixed part. */
export interface Field<Size extends 1 | 2 | 4 = 1 | 2 | 4> {
  /** In octets. */
  readonly size: Size;
  /** The seed's numeral, for error messages; undefined where the figure has none. */
  readonly numeral: number | undefined;
}

/** u8. @param numeral of the field in the seed's figure, for error messages; absent if the seed has no such field */
export const field8 = (numeral?: number): Field<1> => ({ size: 1, numeral });
/** u16, the high octet first. */
export const field16 = (numeral?: number): Field<2> => ({ size: 2, numeral });
/** u32, the high octet first. */
export const field32 = (numeral?: number): Field<4> => ({ size: 4, numeral });

type Fields = Readonly<Record<string, Field>>;
type Values<F extends Fields> = { readonly [Name in keyof F]: number };

export interface Layout<F extends Fields> {
  /** Octets of the fixed part. */
  readonly size: number;
  /** @throws Malformed when fewer octets than the fixed part are there */
  decode(octets: Uint8Array): Values<F>;
  /** Writes the fixed part at the start of `octets`. @throws Misuse when a value does not fit its field */
  encode(values: Values<F>, octets: Uint8Array): void;
  /** "RELAY hop count (106, octet 8)" for an error message. */
  describe(field: keyof F & string): string;
}

/** @param frame its name, for error messages */
export function layout<const F extends Fields>(frame: string, fields: F): Layout<F> {
  const placed = placeFields(fields);
  const size = placed.reduce((sum, { field }) => sum + field.size, 0);
  const describe = (name: string): string => {
    const { field, offset } = placed.find((entry) => entry.name === name) ?? { field: field8(), offset: 0 };
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return `${frame} ${words} (${field.numeral === undefined ? '' : `${field.numeral}, `}octet ${offset})`;
  };
  return {
    size,
    describe,
    decode(octets) {
      if (octets.length < size) throw new Malformed(`${frame}: ${octets.length} octets, at least ${size}`);
      const view = viewOf(octets);
      const values: Record<string, number> = {};
      for (const { name, field, offset } of placed) values[name] = getters[field.size](view, offset);
      return values as Values<F>;
    },
    encode(values, octets) {
      const view = viewOf(octets);
      for (const { name, field, offset } of placed) {
        const value = values[name] as number;
        if (!Number.isInteger(value) || value < 0 || value >= 2 ** (8 * field.size)) {
          throw new Misuse(`${describe(name)}: ${value} does not fit ${field.size} octets`);
        }
        setters[field.size](view, offset, value);
      }
    },
  };
}

const getters = {
  1: (view: DataView, offset: number) => view.getUint8(offset),
  2: (view: DataView, offset: number) => view.getUint16(offset),
  4: (view: DataView, offset: number) => view.getUint32(offset),
} as const;

const setters = {
  1: (view: DataView, offset: number, value: number) => view.setUint8(offset, value),
  2: (view: DataView, offset: number, value: number) => view.setUint16(offset, value),
  4: (view: DataView, offset: number, value: number) => view.setUint32(offset, value),
} as const;

function placeFields(fields: Fields): readonly { name: string; field: Field; offset: number }[] {
  let offset = 0;
  return Object.entries(fields).map(([name, field]) => {
    const placed = { name, field, offset };
    offset += field.size;
    return placed;
  });
}
