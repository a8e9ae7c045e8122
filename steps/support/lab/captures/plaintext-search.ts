/** Whether octets that must have been encrypted can be read on the wire. */
import { createHash } from 'node:crypto';
import { LabFailure } from '../failure.ts';
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
    throw new LabFailure(`a secret of ${secret.length} octets is shorter than the window of ${window}`);
  const haystack = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  for (let at = 0; at + window <= secret.length; at++) {
    if (haystack.includes(secret.subarray(at, at + window))) return true;
  }
  return false;
}

/** Printable octets to recognise again: `length` of them, no 8 consecutive ones twice, the same in every run. */
export function marker(length: number, label = 'plaintext'): Uint8Array {
  let text = '';
  for (let i = 0; text.length < length; i++) text += createHash('sha256').update(`${label} ${i}`).digest('base64url');
  return new TextEncoder().encode(text.slice(0, length));
}
