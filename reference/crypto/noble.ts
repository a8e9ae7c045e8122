/**
 * The only door to @noble: some of primitives.ts in JavaScript, one call a message. It is the readable twin of
 * node:crypto, and what plain.ts is made of. Production does not load it.
 */
import { cbc, ctr, gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import type { Aead } from './primitives.ts';

export const noble = {
  x25519Public: (privateKey: Uint8Array): Uint8Array => x25519.getPublicKey(privateKey),
  /** Throws when the result is all zero. */
  x25519: (privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array => x25519.getSharedSecret(privateKey, publicKey),
  /** The private key is dk: 2400 octets. */
  kem: {
    generate(seed: Uint8Array): { publicKey: Uint8Array; privateKey: Uint8Array } {
      const { publicKey, secretKey } = ml_kem768.keygen(seed);
      return { publicKey, privateKey: secretKey };
    },
    encapsulate(publicKey: Uint8Array, message: Uint8Array): { ciphertext: Uint8Array; sharedSecret: Uint8Array } {
      const { cipherText, sharedSecret } = ml_kem768.encapsulate(publicKey, message);
      return { ciphertext: cipherText, sharedSecret };
    },
    decapsulate: (privateKey: Uint8Array, ciphertext: Uint8Array): Uint8Array =>
      ml_kem768.decapsulate(ciphertext, privateKey),
  },
  hmacSha256: (key: Uint8Array, message: Uint8Array): Uint8Array => hmac(sha256, key, message),
  /** Ciphertext ‖ tag; `decrypt` throws if the tag does not verify. */
  aead: (aead: Aead, key: Uint8Array, nonce: Uint8Array, associated: Uint8Array) =>
    aead === 'aes-256-gcm' ? gcm(key, nonce, associated) : chacha20poly1305(key, nonce, associated),
  aesCtr: (key: Uint8Array, counter: Uint8Array, octets: Uint8Array): Uint8Array => ctr(key, counter).encrypt(octets),
  aesCbc: (key: Uint8Array, iv: Uint8Array) => cbc(key, iv, { disablePadding: true }),
};
