/** Every random choice of the core behind one port, so that a test or a vector can fix each of them. */
import { Misuse } from '../errors.ts';
import { randomOctets, requireLength } from './primitives.ts';

/** Meaningless identifiers offered so that receivers keep skipping what they don't know (after RFC 8701). */
export interface Grease {
  /** A transform identifier 0x?A?A, put at `index` of the list (0 = most preferred), or at the end of a shorter list. */
  readonly transform?: { readonly id: number; readonly index: number };
  /** The id of an entry of key exchange data, 0x0A0A to 0x7A7A with any value. */
  readonly tlv?: { readonly id: number; readonly value: Uint8Array };
}

export interface Randomness {
  /** 32 octets: an X25519 private key. */
  x25519Ephemeral(): Uint8Array;
  /** 64 octets: d ‖ z of ML-KEM.KeyGen (FIPS 203 §7.1). */
  kemSeed(): Uint8Array;
  /** 32 octets: m of ML-KEM.Encaps (FIPS 203 §7.2). Undefined: the encapsulation takes it from the system's generator. */
  kemMessage(): Uint8Array | undefined;
  grease(): Grease;
  /** [0, 1). */
  jitter(): number;
  /** Zero octets to add to an AEAD DATA frame, 0 to 255. */
  padding(): number;
}

interface DeterministicChoices {
  /** 32 octets each. */
  readonly x25519?: readonly Uint8Array[];
  /** 64 octets each. */
  readonly kemSeed?: readonly Uint8Array[];
  /** 32 octets each. */
  readonly kemMessage?: readonly Uint8Array[];
  /** None unless given. */
  readonly grease?: Grease;
  /** 0 unless given. */
  readonly padding?: number;
}

/** From the system's generator. DATA frames get no padding: it costs throughput, and nothing here shapes traffic. */
export const systemRandomness: Randomness = {
  x25519Ephemeral: () => randomOctets(32),
  kemSeed: () => randomOctets(64),
  kemMessage: () => undefined,
  grease() {
    const [a, b, c, length] = randomOctets(4) as unknown as [number, number, number, number];
    return {
      // 0xFAFA lies in the private range, where an identifier may mean something.
      transform: { id: greaseIdentifier(a % 15), index: b % 4 },
      tlv: { id: greaseIdentifier(c % 8), value: randomOctets(length % 16) },
    };
  },
  jitter() {
    const octets = randomOctets(4);
    return new DataView(octets.buffer, octets.byteOffset).getUint32(0) / 2 ** 32;
  },
  padding: () => 0,
};

/**
 * Fixed choices, for tests and vectors only: whoever knows them knows the session's keys.
 * Each list is consumed in order and its last element repeats; without a list the octets are the system's. Jitter is ½.
 * @throws Misuse for a choice of the wrong size.
 */
export function deterministicRandomness(choices: DeterministicChoices): Randomness {
  const padding = choices.padding ?? 0;
  if (!Number.isInteger(padding) || padding < 0 || padding > 255) throw new Misuse('padding: 0 to 255');
  return {
    x25519Ephemeral: inOrder(choices.x25519, 32, 'x25519'),
    kemSeed: inOrder(choices.kemSeed, 64, 'kemSeed'),
    kemMessage: inOrder(choices.kemMessage, 32, 'kemMessage'),
    grease: () => choices.grease ?? {},
    jitter: () => 0.5,
    padding: () => padding,
  };
}

function inOrder(list: readonly Uint8Array[] = [], length: number, name: string): () => Uint8Array {
  for (const octets of list) requireLength(octets, length, name);
  let next = 0;
  return () => {
    const octets = list[Math.min(next++, list.length - 1)];
    return octets?.slice() ?? randomOctets(length);
  };
}

/** 0x0A0A, 0x1A1A, … 0xFAFA. */
function greaseIdentifier(nibble: number): number {
  return (nibble << 12) | (nibble << 4) | 0x0a0a;
}
