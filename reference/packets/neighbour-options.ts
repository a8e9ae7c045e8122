/** Options of neighbour discovery (RFC 4861 §4.6): type, length in units of 8 octets, value. */
import { Malformed, Misuse } from '../errors.ts';
import { concat } from '../octets.ts';

/** RFC 4861 §4.6, RFC 4191 §2.3, RFC 8106 §5. */
export const NeighbourOptionType = {
  sourcePhysical: 1,
  targetPhysical: 2,
  prefix: 3,
  mtu: 5,
  route: 24,
  dnsServer: 25,
  dnsSearch: 31,
} as const;

export interface NeighbourOption {
  readonly type: number;
  /** What follows type and length: 8 n - 2 octets, n from 1 to 255. */
  readonly value: Uint8Array;
}

/** @throws Malformed when an option has length 0 or runs over */
export function decodeNeighbourOptions(octets: Uint8Array): NeighbourOption[] {
  const options: NeighbourOption[] = [];
  for (let offset = 0; offset < octets.length; ) {
    const type = octets[offset]!;
    const length = 8 * (octets[offset + 1] ?? 0);
    if (length === 0 || offset + length > octets.length) throw new Malformed(`neighbour option ${type}: wrong length`);
    options.push({ type, value: octets.slice(offset + 2, offset + length) });
    offset += length;
  }
  return options;
}

/** @throws Misuse when an option does not fit */
export function encodeNeighbourOptions(options: readonly NeighbourOption[]): Uint8Array {
  const encoded = options.map(({ type, value }) => {
    const units = (value.length + 2) / 8;
    if (!Number.isInteger(units) || units > 255)
      throw new Misuse(`neighbour option ${type}: not a multiple of 8 octets, or too long`);
    return concat(Uint8Array.of(type, units), value);
  });
  return concat(...encoded);
}
