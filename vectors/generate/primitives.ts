/** Cryptographic primitives from @noble, each held equal to what node:crypto computes from the same input. */
import {
  createCipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  decapsulate as nodeDecapsulate,
} from 'node:crypto';
import { cbc, ctr, gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { cat, equal, hex, u8 } from './octets.ts';

function agreed(name: string, noble: Uint8Array, node: Uint8Array): Uint8Array {
  if (!equal(noble, node)) throw new Error(`${name}: @noble says ${hex(noble)}, node:crypto ${hex(node)}`);
  return noble;
}

/** FIPS 180-4: 32 octets. @throws Error where the two computations differ */
export function sha256(message: Uint8Array): Uint8Array {
  return agreed('SHA-256', nobleSha256(message), createHash('sha256').update(message).digest());
}

/** RFC 2104 with SHA-256. */
export function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return agreed('HMAC', nobleHmac(nobleSha256, key, message), createHmac('sha256', key).update(message).digest());
}

/** RFC 5869 §2.3, for one block at most: T(1) = HMAC(k, info ‖ 01). */
export function hkdfExpand(k: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (length > 32) throw new Error('one block only');
  return hmac(k, cat(info, u8(1))).slice(0, length);
}

const base64url = (octets: Uint8Array): string => octets.toBase64({ alphabet: 'base64url', omitPadding: true });

/** RFC 7748: 32 octets. */
export const x25519Public = (secret: Uint8Array): Uint8Array => x25519.getPublicKey(secret);

/** RFC 7748 §6.1. Throws where the result is all zero. */
export function dh(secret: Uint8Array, peer: Uint8Array): Uint8Array {
  const node = diffieHellman({
    privateKey: createPrivateKey({
      key: { kty: 'OKP', crv: 'X25519', d: base64url(secret), x: base64url(x25519Public(secret)) },
      format: 'jwk',
    }),
    publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: base64url(peer) }, format: 'jwk' }),
  });
  return agreed('X25519', x25519.getSharedSecret(secret, peer), node);
}

/** FIPS 203 §7.1 from `seed` = d ‖ z. */
export function kemKeys(seed: Uint8Array): { encapsulationKey: Uint8Array; decapsulationKey: Uint8Array } {
  const { publicKey, secretKey } = ml_kem768.keygen(seed);
  return { encapsulationKey: publicKey, decapsulationKey: secretKey };
}

/** FIPS 203 §7.2 with the message `m`. */
export function kemEncapsulate(
  encapsulationKey: Uint8Array,
  m: Uint8Array,
): { ciphertext: Uint8Array; secret: Uint8Array } {
  const { cipherText, sharedSecret } = ml_kem768.encapsulate(encapsulationKey, m);
  return { ciphertext: cipherText, secret: sharedSecret };
}

/** FIPS 203 §7.3 with the key of `seed` = d ‖ z. */
export function kemDecapsulate(ciphertext: Uint8Array, seed: Uint8Array): Uint8Array {
  const { encapsulationKey, decapsulationKey } = kemKeys(seed);
  const key = createPrivateKey({
    key: { kty: 'AKP', alg: 'ML-KEM-768', pub: base64url(encapsulationKey), priv: base64url(seed) },
    format: 'jwk',
  } as unknown as Parameters<typeof createPrivateKey>[0]);
  return agreed('ML-KEM-768', ml_kem768.decapsulate(ciphertext, decapsulationKey), nodeDecapsulate(key, ciphertext));
}

type Aead = 'chacha20-poly1305' | 'aes-256-gcm';

/** RFC 8439 §2.8 or SP 800-38D: ciphertext ‖ 16 octets of tag. */
export function aead(name: Aead, key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, plain: Uint8Array): Uint8Array {
  const noble = (name === 'aes-256-gcm' ? gcm(key, nonce, ad) : chacha20poly1305(key, nonce, ad)).encrypt(plain);
  const cipher = createCipheriv(name as 'chacha20-poly1305', key, nonce, { authTagLength: 16 });
  cipher.setAAD(ad, { plaintextLength: plain.length });
  const sealed = cat(cipher.update(plain), cipher.final());
  return agreed(name, noble, cat(sealed, cipher.getAuthTag()));
}

/** RFC 8439 §2.8, the other way: ciphertext ‖ tag. Throws where the tag does not verify. */
export const aeadOpen = (key: Uint8Array, nonce: Uint8Array, ad: Uint8Array, sealed: Uint8Array): Uint8Array =>
  chacha20poly1305(key, nonce, ad).decrypt(sealed);

/** SP 800-38A §6.5: the whole message in one go, the counter block starting at `iv` and counting in all 128 bits. */
export function aesCtr(key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-ctr', key, iv);
  return agreed('AES-256-CTR', ctr(key, iv).encrypt(plain), cat(cipher.update(plain), cipher.final()));
}

/** SP 800-38A §6.2, of whole blocks only. */
export function aesCbc(key: Uint8Array, iv: Uint8Array, plain: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  return agreed(
    'AES-256-CBC',
    cbc(key, iv, { disablePadding: true }).encrypt(plain),
    cat(cipher.update(plain), cipher.final()),
  );
}
