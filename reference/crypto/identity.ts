/** Static keys: who an end point is. */

export interface KeyPair {
  /** 32 octets. */
  readonly privateKey: Uint8Array;
  /** 32 octets. */
  readonly publicKey: Uint8Array;
}

export function generateKeyPair(): KeyPair {
  throw new Error();
}

export function publicFromPrivate(privateKey: Uint8Array): Uint8Array {
  return privateKey;
}

/** 32 octets → base64, 44 characters. */
export function encodeKey(key: Uint8Array): string {
  void key;
  throw new Error();
}

/** Base64, 44 characters → 32 octets. @throws Misuse */
export function decodeKey(text: string): Uint8Array {
  void text;
  throw new Error();
}
