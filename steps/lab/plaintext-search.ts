/** Whether octets that must have been encrypted can be read on the wire. */
import type { Packet } from './pcap.ts';

/**
 * Packets that hold any `window` consecutive octets of the secret.
 * @param window 8 by default: by chance once in 2⁶⁴ positions
 */
export function packetsRevealing(packets: readonly Packet[], secret: Uint8Array, window = 8): Packet[] {
  return packets.filter(({ octets }) => reveals(octets, secret, window));
}

/** Whether `octets` hold any `window` consecutive octets of the secret. */
export function reveals(octets: Uint8Array, secret: Uint8Array, window = 8): boolean {
  if (secret.length < window)
    throw new RangeError(`a secret of ${secret.length} octets is shorter than the window of ${window}`);
  const haystack = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  for (let at = 0; at + window <= secret.length; at++) {
    if (haystack.includes(secret.subarray(at, at + window))) return true;
  }
  return false;
}

/** Octets to recognise again: `length` of them, all windows of 8 different, none of them likely in real traffic. */
export function marker(length: number, label = 'plaintext'): Uint8Array {
  const text = Array.from(
    { length: Math.ceil(length / 16) + 1 },
    (_, i) => `<${label}:${i.toString(36).padStart(5, '0')}>`,
  ).join('');
  return new TextEncoder().encode(text).subarray(0, length);
}
