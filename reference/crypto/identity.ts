/** Static keys: who an end point is. An X25519 key pair for either suite. */
import { Misuse } from '../errors.ts';
import { randomOctets, x25519Public } from './primitives.ts';

export interface KeyPair {
  /** 32 octets. */
  readonly privateKey: Uint8Array;
  /** 32 octets. */
  readonly publicKey: Uint8Array;
}

/** A new one, of the system's randomness. */
export function generateKeyPair(): KeyPair {
  const privateKey = randomOctets(32);
  return { privateKey, publicKey: x25519Public(privateKey) };
}

/** 32 octets → base64 (RFC 4648 §4), 44 characters. */
export function encodeKey(key: Uint8Array): string {
  if (key.length !== 32) throw new Misuse('key: 32 octets expected');
  return key.toBase64();
}

/** Base64, 44 characters → 32 octets, as {@link encodeKey} writes it. @throws Misuse, which never quotes the text. */
export function decodeKey(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]{43}=$/.test(text)) throw new Misuse('key: 44 characters of base64 expected');
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: 'strict' });
  } catch {
    throw new Misuse('key: 44 characters of base64 expected');
  }
}
