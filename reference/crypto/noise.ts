/** The Noise Protocol Framework, revision 34, §5.3: one interpreter for any token row. */
import { IntegrityFailure, Misuse } from '../errors.ts';
import { concat } from '../octets.ts';
import type { KeyPair } from './identity.ts';
import type { Pattern, Token } from './patterns.ts';
import { kem, x25519, x25519Public } from './primitives.ts';
import type { Randomness } from './randomness.ts';
import { SymmetricState } from './symmetric-state.ts';

const dhLength = 32; // §12.1
const maximumMessage = 65535; // §3
const none = new Uint8Array(0);

/** §5.3's variables. A message is worked on in a copy, which takes the original's place only if all of it succeeds. */
interface Variables {
  symmetric: SymmetricState;
  e?: KeyPair;
  re?: Uint8Array;
  rs?: Uint8Array;
  e1?: KeyPair;
  re1?: Uint8Array;
}

export interface HandshakeOptions {
  readonly pattern: Pattern;
  readonly initiator: boolean;
  readonly prologue: Uint8Array;
  /** s: 32 octets. */
  readonly staticPrivate: Uint8Array;
  /** rs, where the pattern has it as a pre-message: 32 octets. */
  readonly remoteStatic?: Uint8Array;
  readonly randomness: Randomness;
  /** Makes e1 of 64 octets of seed; ML-KEM.KeyGen unless given, for a test of what the other side refuses. */
  readonly generateKem?: typeof kem.generate;
}

/** §5.3. A failed message leaves the state as it was. */
export class HandshakeState {
  readonly #pattern: Pattern;
  readonly #initiator: boolean;
  readonly #randomness: Randomness;
  readonly #generateKem: typeof kem.generate;
  readonly #s: KeyPair;
  #variables: Variables;
  #turn = 0;

  /** Initialize(handshake_pattern, initiator, prologue, s, e, rs, re). */
  constructor(options: HandshakeOptions) {
    this.#pattern = options.pattern;
    this.#initiator = options.initiator;
    this.#randomness = options.randomness;
    this.#generateKem = options.generateKem ?? kem.generate;
    this.#s = { privateKey: options.staticPrivate.slice(), publicKey: x25519Public(options.staticPrivate) };
    const symmetric = SymmetricState.initialize(options.pattern.protocolName);
    symmetric.mixHash(options.prologue);
    this.#variables = { symmetric };
    if (options.remoteStatic !== undefined) this.#variables.rs = options.remoteStatic.slice();
    for (const side of ['initiator', 'responder'] as const) {
      for (const _s of options.pattern.preMessages[side]) {
        const own = (side === 'initiator') === options.initiator;
        symmetric.mixHash(own ? this.#s.publicKey : known(this.#variables.rs));
      }
    }
  }

  /** WriteMessage(payload). @throws Misuse out of turn or when the message would exceed 65,535 octets. */
  writeMessage(payload: Uint8Array): Uint8Array {
    const row = this.#row(true);
    return this.#attempt((variables) => {
      const parts = row.map((token) => this.#write(token, variables));
      return concat(...parts, variables.symmetric.encryptAndHash(payload));
    });
  }

  /** ReadMessage(message). @throws IntegrityFailure; Misuse out of turn. */
  readMessage(message: Uint8Array): Uint8Array {
    const row = this.#row(false);
    if (message.length > maximumMessage) throw new IntegrityFailure('handshake: message too long');
    return this.#attempt((variables) => {
      let read = 0;
      const take = (length: number): Uint8Array => {
        if (message.length < read + length) throw new IntegrityFailure('handshake: message too short');
        read += length;
        return message.slice(read - length, read);
      };
      for (const token of row) this.#read(token, variables, take);
      return variables.symmetric.decryptAndHash(message.subarray(read));
    });
  }

  /** Whether every message of the pattern has been written or read. */
  get complete(): boolean {
    return this.#turn === this.#pattern.messages.length;
  }

  /** The peer's static public key, once known. */
  get remoteStatic(): Uint8Array | undefined {
    return this.#variables.rs?.slice();
  }

  /** Split() and h; all secrets that led there are overwritten. @throws Misuse before the last message, or twice. */
  split(): { keys: readonly [Uint8Array, Uint8Array]; handshakeHash: Uint8Array } {
    if (!this.complete) throw new Misuse('handshake: not complete');
    const { symmetric } = this.#variables;
    const result = { keys: symmetric.split(), handshakeHash: symmetric.handshakeHash };
    this.erase();
    return result;
  }

  /** Overwrites all secrets; nothing more can be written or read. For a handshake that is given up, too. */
  erase(): void {
    const { symmetric, e, e1 } = this.#variables;
    this.#turn = Number.POSITIVE_INFINITY;
    symmetric.erase();
    for (const pair of [this.#s, e, e1]) pair?.privateKey.fill(0);
  }

  #write(token: Token, variables: Variables): Uint8Array {
    const { symmetric } = variables;
    switch (token) {
      case 'e': {
        const privateKey = this.#randomness.x25519Ephemeral();
        variables.e = { privateKey, publicKey: x25519Public(privateKey) };
        symmetric.mixHash(variables.e.publicKey);
        return variables.e.publicKey;
      }
      case 's':
        return symmetric.encryptAndHash(this.#s.publicKey);
      case 'e1':
        variables.e1 = this.#generateKem(this.#randomness.kemSeed());
        return symmetric.encryptAndHash(variables.e1.publicKey);
      case 'ekem1': {
        const { ciphertext, sharedSecret } = kem.encapsulate(known(variables.re1), this.#randomness.kemMessage());
        const sent = symmetric.encryptAndHash(ciphertext);
        symmetric.mixKey(sharedSecret);
        return sent;
      }
      default:
        symmetric.mixKey(this.#dh(token, variables));
        return none;
    }
  }

  #read(token: Token, variables: Variables, take: (length: number) => Uint8Array): void {
    const { symmetric } = variables;
    switch (token) {
      case 'e':
        variables.re = take(dhLength);
        symmetric.mixHash(variables.re);
        return;
      case 's':
        variables.rs = symmetric.decryptAndHash(take(dhLength + symmetric.overhead));
        return;
      case 'e1':
        variables.re1 = symmetric.decryptAndHash(take(kem.publicKeyLength + symmetric.overhead));
        kem.checkPublicKey(variables.re1);
        return;
      case 'ekem1': {
        const ciphertext = symmetric.decryptAndHash(take(kem.ciphertextLength + symmetric.overhead));
        symmetric.mixKey(kem.decapsulate(known(variables.e1).privateKey, ciphertext));
        return;
      }
      default:
        symmetric.mixKey(this.#dh(token, variables));
    }
  }

  /** The token's first letter is the initiator's key, the second the responder's. */
  #dh(token: 'ee' | 'es' | 'se' | 'ss', variables: Variables): Uint8Array {
    const [own, theirs] = this.#initiator ? [token[0], token[1]] : [token[1], token[0]];
    const { privateKey } = own === 'e' ? known(variables.e) : this.#s;
    return x25519(privateKey, known(theirs === 'e' ? variables.re : variables.rs));
  }

  #row(writing: boolean): readonly Token[] {
    const row = this.#pattern.messages[this.#turn];
    if (row === undefined) throw new Misuse('handshake: no message left');
    if ((this.#turn % 2 === 0) === (this.#initiator !== writing)) throw new Misuse('handshake: out of turn');
    return row;
  }

  #attempt(work: (variables: Variables) => Uint8Array): Uint8Array {
    const draft: Variables = { ...this.#variables, symmetric: this.#variables.symmetric.clone() };
    let result: Uint8Array;
    try {
      result = work(draft);
      if (result.length > maximumMessage) throw new Misuse('handshake: message too long');
    } catch (error) {
      draft.symmetric.erase();
      throw error;
    }
    this.#variables.symmetric.erase();
    this.#variables = draft;
    this.#turn++;
    return result;
  }
}

/** A pattern that asks for a key before it was sent is not a valid pattern (§7.3). */
function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Misuse('handshake: a key is not known yet');
  return value;
}
