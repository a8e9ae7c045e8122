/** What the scripted end points do alike with REQUEST and RESPONSE: alter, seal, open, compare. */
import { ascii, concat, viewOf } from '../../../reference/octets.ts';
import type { Lifetimes } from '../../../reference/wire/key-exchange-data.ts';

/** What can be made wrong about a REQUEST or a RESPONSE, in the order in which it is applied. */
export interface Alterations<Opened> {
  /** Other values of the fields of the opened frame. */
  readonly fields?: Partial<Opened>;
  /** The opened frame O before it is sealed; its length field is corrected if its size changes. */
  readonly opened?: (opened: Uint8Array) => Uint8Array;
  /** The header that travels in the clear, otherwise the same as O's. */
  readonly header?: (header: Uint8Array) => Uint8Array;
  /** Seals O instead of the handshake, which is of no use afterwards. @returns the string buffer */
  readonly message?: (opened: Uint8Array) => Uint8Array;
  /** The whole frame, once sealed. */
  readonly frame?: (frame: Uint8Array) => Uint8Array;
}

/** Bounds of a key that no scenario reaches by accident. */
export const defaultLifetimes: Lifetimes = { seconds: 3600, frames: 2n ** 32n, octets: 2n ** 40n };

/** `"PNA/1"` ‖ the entire RELAY frame. */
export function prologueOf(relay: Uint8Array): Uint8Array {
  return concat(ascii('PNA/1'), relay);
}

/** Alters O and seals it. @param overhead octets that the Noise message adds to O */
export function sealAltered<Opened>(
  opened: Uint8Array,
  headerLength: number,
  overhead: number,
  alterations: Alterations<Opened>,
  seal: (opened: Uint8Array) => Uint8Array,
): Uint8Array {
  const altered = alterations.opened?.(opened.slice()) ?? opened;
  if (altered.length !== opened.length) viewOf(altered).setUint32(0, headerLength + overhead + altered.length);
  const clear = altered.slice(0, headerLength);
  const frame = concat(alterations.header?.(clear) ?? clear, (alterations.message ?? seal)(altered));
  return alterations.frame?.(frame) ?? frame;
}

/** A copy with the last bit of one octet changed. @param at counts from the end if it is negative */
export function flipped(octets: Uint8Array, at: number): Uint8Array {
  const index = at < 0 ? octets.length + at : at;
  return octets.with(index, octets[index]! ^ 1);
}
