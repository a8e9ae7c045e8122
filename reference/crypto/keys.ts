/** The key schedule: the keys of each direction of a tunnel connection, derived from what Noise's Split() returns. */
import { Misuse } from '../errors.ts';
import { ascii, concat } from '../octets.ts';
import { hkdfExpand, requireLength } from './primitives.ts';

/** Keys of one direction of one tunnel connection. */
export interface DirectionKeys {
  /** 32 octets. */
  readonly key: Uint8Array;
  /** 12 octets for an AEAD, 16 for 0x01xx. */
  readonly iv: Uint8Array;
  /** 32 octets; 0x01xx only. */
  readonly mac?: Uint8Array;
  /** 32 octets: keys the CLOSE frame's digest. */
  readonly close: Uint8Array;
}

/** Overwrites the keys of a direction that is over: what the runtime and its cipher objects have copied stays. */
export function eraseDirection({ key, iv, mac, close }: Partial<DirectionKeys>): void {
  for (const octets of [key, iv, mac, close]) octets?.fill(0);
}

/** Whether a transform is of the encrypt-and-digest kind of [EP] claims 5 and 12 (0x01xx), not an AEAD (0x00xx). */
export function hasSeparateDigest(transform: number): boolean {
  return transform >> 8 === 0x01;
}

/**
 * X = HKDF-Expand-SHA256(k, "PNA/1 " ‖ label ‖ 00 ‖ transform u16 ‖ h, L).
 * @param k 32 octets from Split(), overwritten with zeros.
 * @param transform identifier, 16 bits.
 * @param h 32 octets, the final handshake hash.
 */
export function deriveDirection(k: Uint8Array, transform: number, h: Uint8Array): DirectionKeys {
  requireLength(k, 32, 'k');
  requireLength(h, 32, 'h');
  if (!Number.isInteger(transform) || transform < 0 || transform > 0xffff) throw new Misuse('transform: 16 bits');
  const derive = (label: string, length: number): Uint8Array => {
    const info = concat(ascii(`PNA/1 ${label}\0`), Uint8Array.of(transform >> 8, transform & 0xff), h);
    return hkdfExpand(k, info, length);
  };
  const separate = hasSeparateDigest(transform);
  const keys: DirectionKeys = {
    key: derive('key', 32),
    iv: derive('iv', separate ? 16 : 12),
    ...(separate ? { mac: derive('mac', 32) } : {}),
    close: derive('close', 32),
  };
  k.fill(0);
  return keys;
}
