/** Domain names as options carry them (RFC 1035 §3.1): DHCP option 119 (RFC 3397) and the DNS search list of RFC 8106. */
import { Misuse } from '../errors.ts';
import { ascii, concat, fromAscii } from '../octets.ts';

/** Octets of a domain name in its uncompressed form (RFC 1035 §3.1). */
const longestDomain = 255;

/** Without compression. @throws Misuse when a label does not fit */
export function encodeDomain(domain: string): Uint8Array {
  const labels = domain.split('.').map((label) => {
    if (label.length < 1 || label.length > 63)
      throw new Misuse(`${JSON.stringify(domain)} has a label that does not fit`);
    return concat(Uint8Array.of(label.length), ascii(label));
  });
  const whole = concat(...labels, Uint8Array.of(0));
  if (whole.length > longestDomain) throw new Misuse(`${JSON.stringify(domain)} is too long for a name`);
  return whole;
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
      const target = ((length & 0x3f) << 8) | (octets[at + 1] ?? 0xff);
      if (!compressed || target >= at) return undefined;
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
