/** Transforms 0x0001 `aes256gcm` and 0x0002 `chacha20poly1305`: header ‖ tag 16 ‖ C, the header as associated data. */

import { dataHeaderLength } from '../wire/data.ts';
import type { Decryption, Encryption } from './data-frame.ts';
import type { DirectionKeys } from './keys.ts';
import { type Aead, aeadOpen, aeadSeal } from './primitives.ts';

const tagLength = 16;
const start = dataHeaderLength + tagLength;

/**
 * Seals with nonce iv ⊕ (0⁴ ‖ n), 12 octets (docs/protocol.md, section 7.3).
 * @param padding how many octets of zeros the next frame gets, 0 to 255
 */
export function aeadEncryption(aead: Aead, { key, iv }: DirectionKeys, padding: () => number): Encryption {
  const nonce = new Uint8Array(12);
  return {
    digestLength: tagLength,
    padding,
    seal(frame, n, datagram, zeros) {
      const header = frame.subarray(0, dataHeaderLength);
      const { ciphertext, tag } = aeadSeal(aead, key, nonceOf(nonce, iv, n), header, datagram, zeros);
      frame.set(tag, dataHeaderLength);
      frame.set(ciphertext[0]!, start);
      frame.set(ciphertext[1]!, start + datagram.length);
    },
  };
}

/**
 * The reverse. Any padding of 0 to 255 octets fits (TRF-04); a tag that does not verify yields zeros, and not the plaintext.
 */
export function aeadDecryption(aead: Aead, { key, iv }: DirectionKeys): Decryption {
  const nonce = new Uint8Array(12);
  return {
    digestLength: tagLength,
    fits: () => true,
    open(frame, n) {
      const [header, tag, body] = [
        frame.subarray(0, dataHeaderLength),
        frame.subarray(dataHeaderLength, start),
        frame.subarray(start),
      ];
      const plaintext = aeadOpen(aead, key, nonceOf(nonce, iv, n), header, body, tag);
      return { plaintext: plaintext ?? new Uint8Array(body.length), intact: plaintext !== undefined };
    },
  };
}

/** iv ⊕ (0⁴ ‖ n), written to `nonce`. */
function nonceOf(nonce: Uint8Array, iv: Uint8Array, n: Uint8Array): Uint8Array {
  nonce.set(iv);
  for (let i = 0; i < 8; i++) nonce[4 + i]! ^= n[i]!;
  return nonce;
}
