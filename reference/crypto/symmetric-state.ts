/** The Noise Protocol Framework, revision 34, §5.1 and §5.2: the cipher and the symmetric state of a handshake. */
import { IntegrityFailure, Misuse } from '../errors.ts';
import { ascii, concat } from '../octets.ts';
import { aeadOpen, aeadSeal, hmacSha256, sha256 } from './primitives.ts';

const tagLength = 16; // §4.2
const none = new Uint8Array(0);

/** §5.1. A key for AEAD and the number of messages it has sealed. */
export class CipherState {
  #key: Uint8Array | undefined;
  #nonce: bigint;

  constructor(key?: Uint8Array, nonce = 0n) {
    this.#key = key; // InitializeKey(key)
    this.#nonce = nonce;
  }

  get hasKey(): boolean {
    return this.#key !== undefined;
  }

  encryptWithAd(associated: Uint8Array, plaintext: Uint8Array): Uint8Array {
    if (this.#key === undefined) return plaintext.slice();
    const { ciphertext, tag } = aeadSeal('chacha20-poly1305', this.#key, this.#encodeNonce(), associated, plaintext);
    this.#nonce++;
    return concat(...ciphertext, tag);
  }

  /** @throws IntegrityFailure, and the nonce stays (§5.1). */
  decryptWithAd(associated: Uint8Array, ciphertext: Uint8Array): Uint8Array {
    if (this.#key === undefined) return ciphertext.slice();
    if (ciphertext.length < tagLength) throw new IntegrityFailure('handshake: message too short');
    const split = ciphertext.length - tagLength;
    const [body, tag] = [ciphertext.subarray(0, split), ciphertext.subarray(split)];
    const plaintext = aeadOpen('chacha20-poly1305', this.#key, this.#encodeNonce(), associated, body, tag);
    if (plaintext === undefined) throw new IntegrityFailure('handshake: tag does not verify');
    this.#nonce++;
    return plaintext;
  }

  clone(): CipherState {
    return new CipherState(this.#key?.slice(), this.#nonce);
  }

  erase(): void {
    this.#key?.fill(0);
  }

  /** §12.3: 32 bits of zeros, then n little-endian. */
  #encodeNonce(): Uint8Array {
    if (this.#nonce >= 2n ** 64n - 1n) throw new Misuse('handshake: nonce exhausted');
    const nonce = new Uint8Array(12);
    new DataView(nonce.buffer).setBigUint64(4, this.#nonce, true);
    return nonce;
  }
}

/** §5.2. The chaining key ck, the handshake hash h, and the cipher they key. */
export class SymmetricState {
  #ck: Uint8Array;
  #h: Uint8Array;
  #cipher: CipherState;

  private constructor(ck: Uint8Array, h: Uint8Array, cipher: CipherState) {
    this.#ck = ck;
    this.#h = h;
    this.#cipher = cipher;
  }

  /** InitializeSymmetric(protocol_name). */
  static initialize(protocolName: string): SymmetricState {
    const name = ascii(protocolName);
    const h = new Uint8Array(32);
    h.set(name.length <= 32 ? name : sha256(name));
    return new SymmetricState(h.slice(), h, new CipherState());
  }

  /** @param material overwritten with zeros */
  mixKey(material: Uint8Array): void {
    const [ck, key] = hkdf(this.#ck, material);
    material.fill(0);
    this.erase();
    this.#ck = ck;
    this.#cipher = new CipherState(key); // HASHLEN is 32, so temp_k needs no truncation
  }

  mixHash(data: Uint8Array): void {
    this.#h = sha256(this.#h, data);
  }

  encryptAndHash(plaintext: Uint8Array): Uint8Array {
    const ciphertext = this.#cipher.encryptWithAd(this.#h, plaintext);
    this.mixHash(ciphertext);
    return ciphertext;
  }

  decryptAndHash(ciphertext: Uint8Array): Uint8Array {
    const plaintext = this.#cipher.decryptWithAd(this.#h, ciphertext);
    this.mixHash(ciphertext);
    return plaintext;
  }

  /** What EncryptAndHash() adds at present. */
  get overhead(): number {
    return this.#cipher.hasKey ? tagLength : 0;
  }

  /** §5.2 GetHandshakeHash(), §11.2. */
  get handshakeHash(): Uint8Array {
    return this.#h.slice();
  }

  /** Split(): the keys of the two transport ciphers, the initiator's first. */
  split(): readonly [Uint8Array, Uint8Array] {
    return hkdf(this.#ck, none);
  }

  clone(): SymmetricState {
    return new SymmetricState(this.#ck.slice(), this.#h, this.#cipher.clone());
  }

  erase(): void {
    this.#ck.fill(0);
    this.#cipher.erase();
  }
}

/** §4.3 HKDF(chaining_key, input_key_material, 2). */
function hkdf(chainingKey: Uint8Array, material: Uint8Array): readonly [Uint8Array, Uint8Array] {
  const temporary = hmacSha256(chainingKey, material);
  const first = hmacSha256(temporary, Uint8Array.of(1));
  const second = hmacSha256(temporary, first, Uint8Array.of(2));
  temporary.fill(0);
  return [first, second];
}
