/** Octets by hand: every frame in the vectors is a concatenation of these. */
import { createHash } from 'node:crypto';

/** Octets, a list of octet values, or ASCII text. */
export type Part = Uint8Array | readonly number[] | string;

/** All parts one after the other; a text is its ASCII octets. */
export function cat(...parts: readonly Part[]): Uint8Array {
  const all = parts.map((part) => (typeof part === 'string' ? ascii(part) : part));
  const out = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of all) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Latin-1, of which names and labels use the ASCII half. */
export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
export const zeros = (length: number): Uint8Array => new Uint8Array(length);

/** `value` big-endian in `width` octets. */
function big(value: number | bigint, width: number): Uint8Array {
  const out = zeros(width);
  let remaining = BigInt(value);
  for (let index = width - 1; index >= 0; index--) {
    out[index] = Number(remaining & 0xffn);
    remaining >>= 8n;
  }
  if (remaining !== 0n) throw new Error(`${value} does not fit ${width} octets`);
  return out;
}
export const u8 = (value: number): Uint8Array => big(value, 1);
/** The high octet first, as every number here. */
export const u16 = (value: number): Uint8Array => big(value, 2);
export const u32 = (value: number): Uint8Array => big(value, 4);
export const u64 = (value: number | bigint): Uint8Array => big(value, 8);

export const hex = (octets: Uint8Array): string => octets.toHex();
/** Hexadecimal with or without white space. */
export const unhex = (text: string): Uint8Array => Uint8Array.fromHex(text.replaceAll(/\s/g, ''));

/** `length` octets that anyone can make anew: SHA-256(`label` ‖ block number u32), block after block. */
export function fixed(label: string, length = 32): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let block = 0; block * 32 < length; block++)
    blocks.push(createHash('sha256').update(ascii(label)).update(u32(block)).digest());
  return cat(...blocks).slice(0, length);
}

/** A copy with `octets` written over what stands at `offset`. */
export function patch(frame: Uint8Array, offset: number, octets: Part): Uint8Array {
  const copy = Uint8Array.from(frame);
  copy.set(cat(octets), offset < 0 ? frame.length + offset : offset);
  return copy;
}

/** A copy with one bit changed; `bit` 0 is the lowest of the octet. A negative offset counts from the end. */
export function flip(frame: Uint8Array, offset: number, bit = 0): Uint8Array {
  const at = offset < 0 ? frame.length + offset : offset;
  return patch(frame, at, [(frame[at] ?? 0) ^ (1 << bit)]);
}

/** A whole frame: `length` u32 (itself included), `type`, `version` 1, then `body`. */
export function frame(type: number, ...body: readonly Part[]): Uint8Array {
  const octets = cat(...body);
  return cat(u32(6 + octets.length), [type, 1], octets);
}

/** `frame` with its length field made to agree with its octets again. */
export const relength = (octets: Uint8Array): Uint8Array => patch(octets, 0, u32(octets.length));

/** By length and by every octet. */
export function equal(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((octet, index) => octet === right[index]);
}
