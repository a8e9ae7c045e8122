/** Domain names as options carry them (RFC 1035 §3.1): DHCP option 119 (RFC 3397) and the DNS search list of RFC 8106. */
import { Misuse } from '../errors.ts';
import { ascii, concat, fromAscii, u16 } from '../octets.ts';

/** Octets of a domain name in its uncompressed form (RFC 1035 §3.1). */
const longestDomain = 255;

/** The two bits that mark a pointer, and the first offset that the 14 bits after them cannot hold (RFC 1035 §4.1.4). */
const pointer = 0xc000;
const pointerLimit = 0x4000;

/** Without compression. @throws Misuse when a label or the name does not fit */
export const encodeDomain = (domain: string): Uint8Array => encodeAt(0, domain, undefined);

/** Names one after the other (RFC 3397 §2): a repeated suffix is a pointer to its first place. @throws as `encodeDomain` */
export function compressDomains(domains: readonly string[]): Uint8Array {
  const offsets = new Map<string, number>();
  return domains.reduce<Uint8Array>(
    (octets, domain) => concat(octets, encodeAt(octets.length, domain, offsets)),
    new Uint8Array(0),
  );
}

/**
 * @param start the offset at which the name will stand
 * @param offsets where each suffix written so far stands, for pointers (RFC 1035 §4.1.4); new suffixes are added to it
 */
function encodeAt(start: number, domain: string, offsets: Map<string, number> | undefined): Uint8Array {
  const labels = domain.split('.');
  if (labels.some((label) => label.length < 1 || label.length > 63))
    throw new Misuse(`${JSON.stringify(domain)} has a label that does not fit`);
  if (domain.length + 2 > longestDomain) throw new Misuse(`${JSON.stringify(domain)} is too long for a name`);
  const parts: Uint8Array[] = [];
  let offset = start;
  for (const [index, label] of labels.entries()) {
    const suffix = labels.slice(index).join('.');
    const known = offsets?.get(suffix);
    if (known !== undefined) return concat(...parts, u16(pointer | known));
    if (offset < pointerLimit) offsets?.set(suffix, offset);
    parts.push(Uint8Array.of(label.length), ascii(label));
    offset += 1 + label.length;
  }
  return concat(...parts, Uint8Array.of(0));
}

interface Found {
  /** Empty for the root. */
  readonly name: string;
  /** The offset after it. */
  readonly end: number;
}

/**
 * The name at an offset.
 * @param compressed whether pointers are allowed; they may only point back, so that the walk ends soon
 * @returns undefined when it is broken
 */
export function decodeDomain(octets: Uint8Array, offset: number, compressed: boolean): Found | undefined {
  const labels: string[] = [];
  let at = offset;
  let after: number | undefined;
  let size = 1;
  for (let steps = 0; steps <= longestDomain; steps += 1) {
    const length = octets[at];
    if (length === undefined) return undefined;
    if (length === 0) return { name: labels.join('.'), end: after ?? at + 1 };
    if (length >= 0xc0) {
      const low = octets[at + 1];
      if (!compressed || low === undefined) return undefined;
      const target = ((length & 0x3f) << 8) | low;
      if (target >= at) return undefined;
      after ??= at + 2;
      at = target;
      continue;
    }
    const label = octets.subarray(at + 1, at + 1 + length);
    size += 1 + length;
    if (length > 63 || label.length !== length || size > longestDomain) return undefined;
    const text = fromAscii(label);
    if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
    labels.push(text);
    at += 1 + length;
  }
  return undefined;
}
