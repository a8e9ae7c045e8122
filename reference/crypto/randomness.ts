/** Every random choice of the core behind one port, so that a test or a vector can fix each of them. */

/** Meaningless identifiers offered so that receivers keep skipping what they don't know. */
export interface Grease {
  /** A transform identifier 0x?A?A, put at `index` (0 = most preferred) of the list. */
  readonly transform?: { readonly id: number; readonly index: number };
  /** A TLV identifier 0x0A0A to 0x7A7A with any value. */
  readonly tlv?: { readonly id: number; readonly value: Uint8Array };
}

export interface Randomness {
  /** 32 octets: an X25519 private key. */
  x25519Ephemeral(): Uint8Array;
  /** 64 octets: d ‖ z of ML-KEM.KeyGen (FIPS 203 §7.1). */
  kemSeed(): Uint8Array;
  /** 32 octets: m of ML-KEM.Encaps (FIPS 203 §7.2). */
  kemMessage(): Uint8Array;
  grease(): Grease;
  /** [0, 1). */
  jitter(): number;
  /** Zero octets to add to an AEAD DATA frame, 0 to 255. */
  padding(): number;
}

export interface DeterministicChoices {
  readonly x25519?: readonly Uint8Array[];
  readonly kemSeed?: readonly Uint8Array[];
  readonly kemMessage?: readonly Uint8Array[];
  readonly grease?: Grease;
  readonly padding?: number;
}

export const systemRandomness: Randomness = deterministicRandomness({});

/** Each list is consumed in order; its last element repeats. */
export function deterministicRandomness(choices: DeterministicChoices): Randomness {
  void choices;
  throw new Error();
}
