/** [EP] fig. 5, steps 90 and 92: REQUEST and RESPONSE as the two messages of Noise IK or IKhfs. */
import type { Randomness } from './randomness.ts';

/** What Noise's Split() leaves (rev. 34 §5.2), and the final handshake hash h. */
export interface SessionSecrets {
  /** 32 octets, initiator → server. */
  readonly initiatorKey: Uint8Array;
  /** 32 octets, server → initiator. */
  readonly serverKey: Uint8Array;
  /** 32 octets. */
  readonly handshakeHash: Uint8Array;
}

export interface InitiatorOptions {
  /** Suite identifier: 1 X25519, 2 hybrid. */
  readonly suite: number;
  /** `"PNA/1"` ‖ the entire RELAY frame. */
  readonly prologue: Uint8Array;
  /** 32 octets. */
  readonly staticPrivate: Uint8Array;
  /** 32 octets. */
  readonly serverPublic: Uint8Array;
  readonly randomness: Randomness;
}

export type ResponderOptions = Omit<InitiatorOptions, 'serverPublic'>;

export class InitiatorHandshake {
  constructor(options: InitiatorOptions) {
    void options;
  }
  writeRequest(payload: Uint8Array): Uint8Array {
    return payload;
  }
  /** @throws IntegrityFailure; the state is then as it was before. */
  readResponse(message: Uint8Array): Uint8Array {
    return message;
  }
  split(): SessionSecrets {
    throw new Error();
  }
}

export class ResponderHandshake {
  constructor(options: ResponderOptions) {
    void options;
  }
  /** @throws IntegrityFailure; the state is then as it was before. */
  readRequest(message: Uint8Array): { payload: Uint8Array; initiatorStatic: Uint8Array } {
    return { payload: message, initiatorStatic: message };
  }
  writeResponse(payload: Uint8Array): Uint8Array {
    return payload;
  }
  split(): SessionSecrets {
    throw new Error();
  }
}
