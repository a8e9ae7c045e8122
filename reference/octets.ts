/** Small things that every codec needs. Numbers are unsigned, the high octet first. */

/** A view of exactly these octets, wherever they lie in their buffer. */
export const viewOf = (octets: Uint8Array): DataView =>
  new DataView(octets.buffer, octets.byteOffset, octets.byteLength);

/** The 32 bits at an offset, 0 to 2^32 - 1; octets beyond the end count as 0. */
export const wordAt = (octets: Uint8Array, offset: number): number =>
  (((octets[offset] ?? 0) << 24) |
    ((octets[offset + 1] ?? 0) << 16) |
    ((octets[offset + 2] ?? 0) << 8) |
    (octets[offset + 3] ?? 0)) >>>
  0;

/** The 16 bits at an offset, 0 to 65535, of octets that are there. */
export const u16At = (octets: Uint8Array, offset: number): number => (octets[offset]! << 8) | octets[offset + 1]!;

/** Writes 16 bits. @param value 0 to 65535 */
export function setU16(octets: Uint8Array, offset: number, value: number): void {
  octets[offset] = value >>> 8;
  octets[offset + 1] = value;
}

/** 2 octets for each number, 0 to 65535. */
export const u16 = (...values: readonly number[]): Uint8Array =>
  Uint8Array.from(values.flatMap((value) => [value >>> 8, value]));

/** 4 octets. @param value 0 to 2^32 - 1 */
export const u32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);

/** 8 octets. @param value 0 to 2^64 - 1 */
export const u64 = (value: bigint): Uint8Array => {
  const octets = new Uint8Array(8);
  viewOf(octets).setBigUint64(0, value);
  return octets;
};

/** The 16-bit numbers that octets consist of. @param octets a multiple of 2 */
export const readU16s = (octets: Uint8Array): number[] =>
  pieces(octets, 2).map(([high = 0, low = 0]) => (high << 8) | low);

/** The parts one after the other, in an array of their own. */
export const concat = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
};

/** Pieces of `size` octets; the last one has what is left. */
export const pieces = (octets: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(octets.length / size) }, (_, index) => octets.slice(index * size, (index + 1) * size));

/** Joins parts, in order, into as few packs as possible; no part is cut. @param longest octets of a pack */
export function pack(parts: readonly Uint8Array[], longest: number): Uint8Array[] {
  const packs: Uint8Array[] = [];
  for (const part of parts) {
    const last = packs.at(-1);
    if (last === undefined || last.length + part.length > longest) packs.push(part);
    else packs[packs.length - 1] = concat(last, part);
  }
  return packs;
}

/** Octets of a string that is known to be ASCII. */
export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** The string that octets 0x00 to 0x7F spell, one character an octet. */
export const fromAscii = (octets: Uint8Array): string => {
  let text = '';
  for (const octet of octets) text += String.fromCharCode(octet);
  return text;
};

/** Not in constant time: for digests and keys there is `constantTimeEqual` (DATA-12). */
export const equalOctets = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((octet, index) => octet === right[index]);
