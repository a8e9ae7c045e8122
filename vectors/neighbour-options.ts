/** Reads options of neighbour discovery by offsets, with no codec but its own. Addresses are hexadecimal. */
import { address6 } from './generate/packets.ts';

interface Option {
  readonly type: number;
  /** The whole option. */
  readonly octets: Uint8Array;
}

/** RFC 4861 §4.6: type, length in units of 8 octets. @returns whole options and how many octets are left over */
export function optionsIn(octets: Uint8Array): { readonly options: readonly Option[]; readonly rest: number } {
  const options: Option[] = [];
  let offset = 0;
  for (let length = 0; offset < octets.length; offset += length) {
    const [type = 0, units = 0] = octets.subarray(offset);
    length = 8 * units;
    if (length === 0 || offset + length > octets.length) break;
    options.push({ type, octets: octets.slice(offset, offset + length) });
  }
  return { options, rest: octets.length - offset };
}

/** What options say, those of one type in their order. */
export function meaningOf(options: readonly Option[]) {
  const of = (type: number): Uint8Array[] =>
    options.filter((option) => option.type === type).map(({ octets }) => octets);
  return {
    types: options.map(({ type }) => type),
    sourcePhysical: of(1).map((octets) => octets.subarray(2)),
    targetPhysical: of(2).map((octets) => octets.subarray(2)),
    prefixes: of(3).map(prefixOf),
    mtus: of(5).map((octets) => u32(octets, 4)),
    routes: of(24).map(routeOf),
    dns: of(25).flatMap(servers),
    search: of(31).flatMap(searchDomains),
    lifetimes: [
      ...of(3).flatMap((octets) => [u32(octets, 4), u32(octets, 8)]),
      ...[24, 25, 31].flatMap(of).map((octets) => u32(octets, 4)),
    ],
  };
}

/** An address as options are compared by. */
export const hex6 = (text: string): string => address6(text).toHex();
/** Likewise a prefix with its length. */
export const networkOf = (text: string): string => `${hex6(text.replace(/\/.*/, ''))}/${text.replace(/.*\//, '')}`;

const u32 = (octets: Uint8Array, offset: number): number => Buffer.from(octets).readUInt32BE(offset);

/** RFC 4861 §4.6.2. */
const prefixOf = (octets: Uint8Array) => ({
  prefix: octets.subarray(16).toHex(),
  prefixLength: octets[2],
  onLink: ((octets[3] ?? 0) & 0x80) !== 0,
  autonomous: ((octets[3] ?? 0) & 0x40) !== 0,
});

/** RFC 4191 §2.3. */
const routeOf = (octets: Uint8Array): string => `${octets.subarray(8).toHex().padEnd(32, '0')}/${octets[2]}`;

/** RFC 8106 §5.1. */
const servers = (octets: Uint8Array): string[] =>
  Array.from({ length: (octets.length - 8) / 16 }, (_, index) =>
    octets.subarray(8 + 16 * index, 24 + 16 * index).toHex(),
  );

/** RFC 1035 §3.1, RFC 8106 §5.2: names until the padding. */
function searchDomains(octets: Uint8Array): string[] {
  const names: string[] = [];
  for (let at = 8; at < octets.length && octets[at] !== 0; at++) {
    const labels: string[] = [];
    for (; at < octets.length && octets[at] !== 0; at += 1 + (octets[at] ?? 0))
      labels.push(String.fromCharCode(...octets.subarray(at + 1, at + 1 + (octets[at] ?? 0))));
    names.push(labels.join('.'));
  }
  return names;
}
