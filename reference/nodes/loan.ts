/** DATA, lent by the node of an end point to somebody who seals and opens faster, while nothing else happens. */
import type { Aead } from '../crypto/primitives.ts';

/** How far a direction is: DATA frames, and octets through the cipher. */
export interface Used {
  readonly frames: number;
  readonly octets: number;
}

/** A direction's cipher, and how far it is. */
interface LentDirection extends Used {
  /** 32 octets. */
  readonly key: Uint8Array;
  /** 12 octets. */
  readonly iv: Uint8Array;
}

export interface SessionLoan {
  readonly aead: Aead;
  readonly sent: LentDirection;
  readonly received: LentDirection;
  /** Of each direction: who reaches one gives everything back. */
  readonly bounds: Used;
  /** Whether frames of several datagrams were negotiated. */
  readonly bundles: boolean;
}

export interface Loan extends SessionLoan {
  /** Octets that came, and are the beginning of a frame. */
  readonly unread: Uint8Array;
}

/** How everything is when it is given back. */
export interface GivenBack {
  readonly sent: Used;
  readonly received: Used;
  /** Octets of the peer from the first frame that was not taken. */
  readonly unread: Uint8Array;
  /** Milliseconds since the last octets were sent and came; undefined if there were none. */
  readonly sentAgo: number | undefined;
  readonly receivedAgo: number | undefined;
}
