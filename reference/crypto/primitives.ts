/**
 * The only door to node:crypto: functions of octets. Only the ciphers that stream have a state.
 * Keys never appear in an error: this file replaces whatever a library throws.
 */
import {
  type CipherCCMTypes,
  type CipherGCM,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  type DecipherGCM,
  diffieHellman,
  type KeyObject,
  decapsulate as nodeDecapsulate,
  encapsulate as nodeEncapsulate,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { createRequire } from 'node:module';
import { IntegrityFailure, Misuse } from '../errors.ts';

/** Refuses a key, seed or nonce of the wrong size, naming the argument and never its octets. @throws Misuse */
export function requireLength(octets: Uint8Array, length: number, name: string): void {
  if (!(octets instanceof Uint8Array) || octets.length !== length)
    throw new Misuse(`${name}: ${length} octets expected`);
}

/** Octets from the system's generator. */
export function randomOctets(length: number): Uint8Array {
  return view(randomBytes(length));
}

/** Compares in a time that does not depend on where the octets differ. Their lengths are no secret. */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** SHA-256 of the parts' concatenation: 32 octets. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return view(hash.digest());
}

/** HMAC-SHA-256 (RFC 2104) of the parts' concatenation: 32 octets. */
export function hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('sha256', key);
  for (const part of parts) mac.update(part);
  return view(mac.digest());
}

/** HKDF-Expand-SHA256 (RFC 5869 §2.3), `length` up to 8,160 octets. */
export function hkdfExpand(prk: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  if (!Number.isInteger(length) || length < 0 || length > 255 * 32)
    throw new Misuse('HKDF-Expand: length out of range');
  const output = new Uint8Array(length);
  let block: Uint8Array = new Uint8Array(0);
  for (let i = 1, at = 0; at < length; i++, at += 32) {
    const next = hmacSha256(prk, block, info, Uint8Array.of(i)); // T(i) = HMAC(PRK, T(i−1) ‖ info ‖ i)
    block.fill(0);
    block = next;
    output.set(block.subarray(0, length - at), at);
  }
  block.fill(0);
  return output;
}

/** X25519 public key (RFC 7748 §6.1): 32 octets → 32 octets. */
export function x25519Public(privateKey: Uint8Array): Uint8Array {
  return view(createPublicKey(x25519PrivateKey(privateKey)).export({ format: 'raw-public' }));
}

/**
 * X25519 shared secret, 32 octets. Any 32 octets are a key of either kind (RFC 7748 §5).
 * @throws IntegrityFailure when the result is all zero: a public key of low order (RFC 7748 §6.1).
 */
export function x25519(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const own = x25519PrivateKey(privateKey);
  requireLength(publicKey, 32, 'X25519 public key');
  const theirs = createPublicKey({ key: publicKey, format: 'raw-public', asymmetricKeyType: 'x25519' });
  try {
    return view(diffieHellman({ privateKey: own, publicKey: theirs })); // OpenSSL refuses the all-zero result itself.
  } catch {
    throw new IntegrityFailure('X25519: public key of low order');
  }
}

function x25519PrivateKey(octets: Uint8Array): KeyObject {
  requireLength(octets, 32, 'X25519 private key');
  return createPrivateKey({ key: octets, format: 'raw-private', asymmetricKeyType: 'x25519' });
}

/** ML-KEM-768 (FIPS 203). Sizes in octets. */
export const kem = {
  seedLength: 64,
  messageLength: 32,
  publicKeyLength: 1184,
  ciphertextLength: 1088,

  /** ML-KEM.KeyGen_internal(d, z): seed = d ‖ z → ek 1184. The seed itself serves as the private key (§3.3). */
  generate(seed: Uint8Array): { publicKey: Uint8Array; privateKey: Uint8Array } {
    return { publicKey: view(createPublicKey(kemPrivateKey(seed)).export({ format: 'raw-public' })), privateKey: seed };
  },

  /** FIPS 203 §7.2, encapsulation key check: size, and every coefficient reduced modulo q. @throws IntegrityFailure */
  checkPublicKey(publicKey: Uint8Array): void {
    if (publicKey.length !== kem.publicKeyLength) throw new IntegrityFailure('ML-KEM: encapsulation key of wrong size');
    for (let i = 0; i < publicKey.length - 32; i += 3) {
      const [a, b, c] = [publicKey[i]!, publicKey[i + 1]!, publicKey[i + 2]!];
      if ((a | ((b & 15) << 8)) >= 3329 || ((b >> 4) | (c << 4)) >= 3329) {
        throw new IntegrityFailure('ML-KEM: encapsulation key not reduced modulo q');
      }
    }
  },

  /**
   * ML-KEM.Encaps: ciphertext 1088, shared secret 32. With `message`, which only tests choose,
   * ML-KEM.Encaps_internal(ek, m): only @noble has it, and is loaded then, not at each start. @throws IntegrityFailure
   */
  encapsulate(publicKey: Uint8Array, message?: Uint8Array): { ciphertext: Uint8Array; sharedSecret: Uint8Array } {
    kem.checkPublicKey(publicKey);
    if (message !== undefined) {
      requireLength(message, kem.messageLength, 'ML-KEM message');
      const { noble }: typeof import('./noble.ts') = createRequire(import.meta.url)('./noble.ts');
      return noble.kem.encapsulate(publicKey, message);
    }
    const key = createPublicKey({ key: publicKey, format: 'raw-public', asymmetricKeyType: 'ml-kem-768' });
    const { ciphertext, sharedKey } = nodeEncapsulate(key);
    return { ciphertext: view(ciphertext), sharedSecret: view(sharedKey) };
  },

  /** ML-KEM.Decaps: a ciphertext that is not genuine gives an unrelated secret, never an error (implicit rejection). */
  decapsulate(privateKey: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    const key = kemPrivateKey(privateKey);
    requireLength(ciphertext, kem.ciphertextLength, 'ML-KEM ciphertext');
    return view(nodeDecapsulate(key, ciphertext));
  },
};

function kemPrivateKey(seed: Uint8Array): KeyObject {
  requireLength(seed, kem.seedLength, 'ML-KEM seed');
  return createPrivateKey({ key: seed, format: 'raw-seed', asymmetricKeyType: 'ml-kem-768' });
}

export type Aead = 'aes-256-gcm' | 'chacha20-poly1305';

/** Key 32, nonce 12 octets → ciphertext as long as the parts together, tag 16. */
export function aeadSeal(
  aead: Aead,
  key: Uint8Array,
  nonce: Uint8Array,
  associated: Uint8Array,
  ...parts: readonly Uint8Array[]
): { ciphertext: readonly Uint8Array[]; tag: Uint8Array } {
  const cipher = createCipheriv(aead as CipherCCMTypes, key, nonce, { authTagLength: 16 }) as unknown as CipherGCM;
  cipher.setAAD(associated);
  const ciphertext = parts.map((part) => view(cipher.update(part)));
  cipher.final();
  return { ciphertext, tag: view(cipher.getAuthTag()) };
}

/** @returns the plaintext, or nothing if the tag does not verify. */
export function aeadOpen(
  aead: Aead,
  key: Uint8Array,
  nonce: Uint8Array,
  associated: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
): Uint8Array | undefined {
  const cipher = createDecipheriv(aead as CipherCCMTypes, key, nonce, { authTagLength: 16 }) as unknown as DecipherGCM;
  cipher.setAAD(associated);
  cipher.setAuthTag(tag);
  const plaintext = view(cipher.update(ciphertext));
  try {
    cipher.final();
  } catch {
    plaintext.fill(0);
    return undefined;
  }
  return plaintext;
}

/** A cipher that goes on where its last call ended. */
export type Stream = (octets: Uint8Array) => Uint8Array;

/** AES-256-CTR (SP 800-38A §6.5): `iv` is the first counter block, 128 bits big-endian. */
export function ctrStream(key: Uint8Array, iv: Uint8Array): Stream {
  const cipher = createCipheriv('aes-256-ctr', key, iv);
  return (octets) => view(cipher.update(octets));
}

/** AES-256-CBC (SP 800-38A §6.2), no padding; output lags behind until a block is whole. */
export function cbcEncryptStream(key: Uint8Array, iv: Uint8Array): Stream {
  const cipher = createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  return (octets) => view(cipher.update(octets));
}

/** The inverse of {@link cbcEncryptStream}, for whole blocks. */
export function cbcDecryptStream(key: Uint8Array, iv: Uint8Array): Stream {
  const cipher = createDecipheriv('aes-256-cbc', key, iv).setAutoPadding(false);
  return (octets) => view(cipher.update(octets));
}

/** Whether every octet is zero; takes the same time for all values of one length. */
export function isZero(octets: Uint8Array): boolean {
  let any = 0;
  for (const octet of octets) any |= octet;
  return any === 0;
}

/** node:crypto returns Buffers; inside there are only Uint8Arrays. */
function view(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
