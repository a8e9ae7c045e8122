/**
 * Transform 0x0102 `aes256cbc-hmacsha256`: the seed's "cipher block chaining … over all data transmitted during the life
 * of the tunnel connection". Header ‖ digest 32 ‖ C, C = CBC(datagram ‖ zeros to 16), chained from frame to frame.
 */
import { dataHeaderLength } from '../wire/data.ts';
import { type DigestKeys, digestLength } from './ctr-hmac.ts';
import type { Decryption, Encryption } from './data-frame.ts';
import { cbcDecryptStream, cbcEncryptStream, constantTimeEqual, hmacSha256 } from './primitives.ts';

const start = dataHeaderLength + digestLength;

/**
 * Seals frames in the order of n: the IV of each is the last block of the one before, that of the first is `iv`, 16 octets.
 */
export function cbcEncryption({ key, iv, mac }: DigestKeys): Encryption {
  const stream = cbcEncryptStream(key, iv);
  return {
    digestLength,
    padding: toBlock,
    seal(frame, n, datagram, zeros) {
      frame.set(hmacSha256(mac, datagram, n), dataHeaderLength);
      const blocks = stream(datagram);
      frame.set(blocks, start);
      frame.set(stream(zeros), start + blocks.length); // the datagram's last, partial block comes out with its padding
    },
  };
}

/** The reverse, with every frame that came and in its order; a frame that is left out spoils all that follow. */
export function cbcDecryption({ key, iv, mac }: DigestKeys): Decryption {
  const stream = cbcDecryptStream(key, iv);
  return {
    digestLength,
    fits: (datagramLength, paddingLength) => paddingLength === toBlock(datagramLength),
    open(frame, n, datagramLength) {
      const plaintext = stream(frame.subarray(start));
      const digest = hmacSha256(mac, plaintext.subarray(0, datagramLength), n);
      return { plaintext, intact: constantTimeEqual(digest, frame.subarray(dataHeaderLength, start)) };
    },
  };
}

function toBlock(datagramLength: number): number {
  return (16 - (datagramLength % 16)) % 16;
}
