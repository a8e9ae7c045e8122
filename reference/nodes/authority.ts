/** [EP] fig. 12, 223: what a tunnel server asks of its security policy. */

import type { ClientData } from '../wire/client-data.ts';
import type { Lifetimes } from '../wire/key-exchange-data.ts';
import type { SessionDescription } from './effect.ts';

/** One accepted transport connection; the object itself is its identity. */
export interface Peer {
  /** Where it comes from: the key of the half-open limit per source. Never used to authorise. */
  readonly source: string;
  /** The connection is closed at once, for another takes its place. It counts towards no limit any more. */
  readonly giveWay: () => void;
}

/** What the REQUEST proved and asks for. */
export interface AuthorizationRequest {
  readonly initiatorName: string;
  /** 32 octets, proven by the handshake. */
  readonly initiatorStatic: Uint8Array;
  /** One of the server's names. */
  readonly destinationName: string;
  readonly suite: number;
  /** By the initiator's preference; unknown ones among them. */
  readonly transforms: readonly number[];
  readonly lifetimes: Lifetimes;
  /** Undefined where the REQUEST has none. */
  readonly freshness: bigint | undefined;
}

export interface Grant {
  readonly type: 'grant';
  /** One of the request's. */
  readonly transform: number;
  /** No bound above the request's. */
  readonly lifetimes: Lifetimes;
  readonly clientData: ClientData;
}

/** Only `not authorized` may go to someone whose name and key do not match. */
export interface Refusal {
  readonly type: 'refusal';
  readonly reason: 'not authorized' | 'no common transform' | 'no address left' | 'resource limit';
}

export interface Authority {
  /** A connection was accepted: false when its source, or all together, have too many half-open ones. */
  opening(peer: Peer): boolean;
  authorize(peer: Peer, request: AuthorizationRequest): Grant | Refusal;
  /** The first valid DATA frame has come: it is no longer half-open, and displaces an older session of its name. */
  confirmed(peer: Peer, session: SessionDescription): void;
  /** The connection is coming to its end, such as with a refusal that is delayed. Called once at most. */
  ending(peer: Peer): void;
  /** The connection is Dead. Called once for every `opening`. */
  ended(peer: Peer): void;
}
