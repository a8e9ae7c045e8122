/** Handshake patterns as token rows (Noise rev. 34 §7), run by the interpreter in `noise.ts`. */
import { Misuse } from '../errors.ts';
import { Suite } from '../wire/identifiers.ts';

/**
 * `e`, `s`: a public key is sent. `ee` … `ss`: a DH between the initiator's (first letter) and the responder's key.
 * `e1`, `ekem1`: an encapsulation key, a ciphertext to it ("KEM-based Hybrid Forward Secrecy for Noise", rev. 1 §4).
 */
export type Token = 'e' | 's' | 'ee' | 'es' | 'se' | 'ss' | 'e1' | 'ekem1';

export interface Pattern {
  /** The protocol name (§8): hashed first, so that the two ends of different suites never agree on anything. */
  readonly protocolName: string;
  /** Public keys known beforehand (§7.1). */
  readonly preMessages: { readonly initiator: readonly 's'[]; readonly responder: readonly 's'[] };
  /** Messages in turn, the initiator's first. */
  readonly messages: readonly (readonly Token[])[];
}

/** Suite 1 (§7.5, IK). */
export const IK: Pattern = {
  protocolName: 'Noise_IK_25519_ChaChaPoly_SHA256',
  preMessages: { initiator: [], responder: ['s'] },
  messages: [
    ['e', 'es', 's', 'ss'], // →
    ['e', 'ee', 'se'], // ←
  ],
};

/**
 * Suite 2. The `hfs` modifier (§5 of its specification) puts `e1` right after the first `e`, but where the same message
 * has a DH, right after that DH, so that the encapsulation key travels encrypted; `ekem1` follows the first `ee`.
 * Its table of patterns gives exactly these rows for IKhfs.
 */
const IKhfs: Pattern = {
  protocolName: 'Noise_IKhfs_25519+MLKEM768_ChaChaPoly_SHA256',
  preMessages: { initiator: [], responder: ['s'] },
  messages: [
    ['e', 'es', 'e1', 's', 'ss'], // →
    ['e', 'ee', 'ekem1', 'se'], // ←
  ],
};

const suites: ReadonlyMap<number, Pattern> = new Map([
  [Suite.x25519, IK],
  [Suite.hybrid, IKhfs],
]);

/** @throws Misuse for a suite nobody has defined. */
export function patternOfSuite(suite: number): Pattern {
  const pattern = suites.get(suite);
  if (pattern === undefined) throw new Misuse(`no suite ${suite}`);
  return pattern;
}
