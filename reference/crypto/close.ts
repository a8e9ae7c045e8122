/** [EP] fig. 10: the keyed digest at the end of a CLOSE frame. */
import { constantTimeEqual, hmacSha256, requireLength } from './primitives.ts';

/**
 * HMAC(close, header ‖ n).
 * @param key 32 octets, `close` of the sender's direction.
 * @param header the frame's first 8 octets.
 * @param n DATA frames sent before in that direction, 64 bits.
 * @returns 32 octets.
 */
export function closeDigest(key: Uint8Array, header: Uint8Array, n: bigint | number): Uint8Array {
  requireLength(key, 32, 'close key');
  requireLength(header, 8, 'CLOSE header');
  const counter = new Uint8Array(8);
  new DataView(counter.buffer).setBigUint64(0, BigInt(n));
  return hmacSha256(key, header, counter);
}

/** Whether `digest` is {@link closeDigest} of the other arguments, compared in constant time. */
export function verifyClose(key: Uint8Array, header: Uint8Array, n: bigint | number, digest: Uint8Array): boolean {
  return constantTimeEqual(closeDigest(key, header, n), digest);
}
