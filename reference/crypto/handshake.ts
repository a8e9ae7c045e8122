/** [EP] fig. 5, steps 90 and 92: REQUEST and RESPONSE as the two messages of Noise IK or IKhfs. */
import { Misuse } from '../errors.ts';
import { type HandshakeOptions, HandshakeState } from './noise.ts';
import { patternOfSuite } from './patterns.ts';
import { requireLength } from './primitives.ts';
import type { Randomness } from './randomness.ts';

/** What Noise's Split() returns (rev. 34 §5.2), and the final handshake hash h. */
export interface SessionSecrets {
  /** 32 octets, initiator → server. */
  readonly initiatorKey: Uint8Array;
  /** 32 octets, server → initiator. */
  readonly serverKey: Uint8Array;
  /** 32 octets. */
  readonly handshakeHash: Uint8Array;
}

interface InitiatorOptions {
  /** Suite identifier: 1 X25519, 2 hybrid. */
  readonly suite: number;
  /** `"PNA/1"` ‖ the entire RELAY frame. */
  readonly prologue: Uint8Array;
  /** 32 octets, copied. */
  readonly staticPrivate: Uint8Array;
  /** 32 octets: the pinned key. */
  readonly serverPublic: Uint8Array;
  readonly randomness: Randomness;
  /** Makes the ephemeral ML-KEM key pair; for tests of what a server refuses. */
  readonly generateKem?: HandshakeOptions['generateKem'];
}

type ResponderOptions = Omit<InitiatorOptions, 'serverPublic' | 'generateKem'>;

/** The tunnel initiator's side: `writeRequest`, `readResponse`, `split`, each once and in this order (else Misuse). */
export class InitiatorHandshake {
  readonly #state: HandshakeState;

  constructor(options: InitiatorOptions) {
    requireLength(options.serverPublic, 32, 'server public key');
    this.#state = start(options, options.serverPublic);
  }

  /** @param payload the opened frame O. @returns the string buffer of [EP] fig. 7, 138. */
  writeRequest(payload: Uint8Array): Uint8Array {
    return this.#state.writeMessage(payload);
  }

  /**
   * @param message the string buffer of [EP] fig. 8, 163.
   * @returns the opened frame O.
   * @throws IntegrityFailure; the state is then as it was before.
   */
  readResponse(message: Uint8Array): Uint8Array {
    return this.#state.readMessage(message);
  }

  split(): SessionSecrets {
    return finish(this.#state);
  }

  /** Overwrites all secrets. */
  erase(): void {
    this.#state.erase();
  }
}

/** The tunnel server's side: `readRequest`, `writeResponse`, `split`, each once and in this order (else Misuse). */
export class ResponderHandshake {
  readonly #state: HandshakeState;

  constructor(options: ResponderOptions) {
    this.#state = start(options, undefined);
  }

  /** @throws IntegrityFailure; the state is then as it was before. */
  readRequest(message: Uint8Array): { payload: Uint8Array; initiatorStatic: Uint8Array } {
    const payload = this.#state.readMessage(message);
    const initiatorStatic = this.#state.remoteStatic;
    if (initiatorStatic === undefined) throw new Misuse('handshake: the pattern does not authenticate the initiator');
    return { payload, initiatorStatic };
  }

  writeResponse(payload: Uint8Array): Uint8Array {
    return this.#state.writeMessage(payload);
  }

  split(): SessionSecrets {
    return finish(this.#state);
  }

  /** Overwrites all secrets. */
  erase(): void {
    this.#state.erase();
  }
}

function start(options: Omit<InitiatorOptions, 'serverPublic'>, remoteStatic: Uint8Array | undefined): HandshakeState {
  requireLength(options.staticPrivate, 32, 'static private key');
  return new HandshakeState({
    pattern: patternOfSuite(options.suite),
    initiator: remoteStatic !== undefined,
    prologue: options.prologue,
    staticPrivate: options.staticPrivate,
    randomness: options.randomness,
    ...(remoteStatic === undefined ? {} : { remoteStatic }),
    ...(options.generateKem === undefined ? {} : { generateKem: options.generateKem }),
  });
}

function finish(state: HandshakeState): SessionSecrets {
  const { keys, handshakeHash } = state.split();
  return { initiatorKey: keys[0], serverKey: keys[1], handshakeHash };
}
