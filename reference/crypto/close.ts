/** [EP] fig. 10: the keyed digest at the end of a CLOSE frame. */

/**
 * @param key 32 octets, `close` of the sender's direction.
 * @param header the frame's first 8 octets.
 * @param n DATA frames sent before in that direction.
 * @returns 32 octets.
 */
export function closeDigest(key: Uint8Array, header: Uint8Array, n: bigint): Uint8Array {
  void [key, header, n];
  throw new Error();
}

/** Whether `digest` is {@link closeDigest} of the rest, in constant time. */
export function verifyClose(key: Uint8Array, header: Uint8Array, n: bigint, digest: Uint8Array): boolean {
  void [key, header, n, digest];
  throw new Error();
}
