/**
 * Transform 0x0101 `aes256ctr-hmacsha256`: [EP] claims 5 and 12 word for word, and the seed's "stream cipher … over all
 * data transmitted during the life of the tunnel connection". Header ‖ digest 32 ‖ C; the digest is of the plaintext.
 */

import { dataHeaderLength } from '../wire/data.ts';
import type { Decryption, Encryption } from './data-frame.ts';
import { constantTimeEqual, ctrStream, hmacSha256 } from './primitives.ts';

export const digestLength = 32;
const start = dataHeaderLength + digestLength;

export interface DigestKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly mac: Uint8Array;
}

/** Seals frames in the order of n with one keystream, which begins at the counter block `iv`, 16 octets. No padding. */
export function ctrEncryption({ key, iv, mac }: DigestKeys): Encryption {
  const stream = ctrStream(key, iv);
  return {
    digestLength,
    padding: () => 0,
    seal(frame, n, datagram) {
      frame.set(hmacSha256(mac, datagram, n), dataHeaderLength);
      frame.set(stream(datagram), start);
    },
  };
}

/** The reverse, with every frame that came and in its order; a frame that is left out spoils all that follow. */
export function ctrDecryption({ key, iv, mac }: DigestKeys): Decryption {
  const stream = ctrStream(key, iv);
  return {
    digestLength,
    fits: (_, paddingLength) => paddingLength === 0,
    open(frame, n) {
      const plaintext = stream(frame.subarray(start));
      const digest = hmacSha256(mac, plaintext, n);
      return { plaintext, intact: constantTimeEqual(digest, frame.subarray(dataHeaderLength, start)) };
    },
  };
}
