/** The key schedule: what each direction of a tunnel connection uses. */

/** Keys of one direction of one tunnel connection. */
export interface DirectionKeys {
  /** Transform identifier the keys were derived for. */
  readonly transform: number;
  /** 32 octets. */
  readonly key: Uint8Array;
  /** 12 octets for an AEAD, 16 for 0x01xx. */
  readonly iv: Uint8Array;
  /** 32 octets; 0x01xx only. */
  readonly mac?: Uint8Array;
  /** 32 octets: keys the CLOSE frame's digest. */
  readonly close: Uint8Array;
}

/**
 * @param k 32 octets from Split(), overwritten with zeros.
 * @param h 32 octets, the final handshake hash.
 */
export function deriveDirection(k: Uint8Array, transform: number, h: Uint8Array): DirectionKeys {
  void [k, transform, h];
  throw new Error();
}
