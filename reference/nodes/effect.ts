/** What comes to a node, and what it asks for. A node has no socket, clock or randomness of its own. */
import type { Offload } from '../packets/offload.ts';
import type { ClientData } from '../wire/client-data.ts';
import type { Cause } from './cause.ts';
import type { GivenBack, Loan } from './loan.ts';

export type { Cause } from './cause.ts';

/** At a relay: upstream leads to the initiator ([EP] fig. 13, 236), downstream to the server (241). */
export type Side = 'upstream' | 'downstream';
export const sides = ['upstream', 'downstream'] as const satisfies readonly Side[];
/** The side opposite to a side. */
export const other: Readonly<Record<Side, Side>> = { upstream: 'downstream', downstream: 'upstream' };

/** `connect` and `end session` of [EP] figs. 11 and 12; `shut down`: the process ends. */
export type Command = 'connect' | 'end session' | 'shut down';

export type Input =
  | { readonly type: 'command'; readonly command: Command }
  | { readonly type: 'tcp accepted' }
  | { readonly type: 'tcp established' }
  | { readonly type: 'tcp failed'; readonly reason: string }
  | { readonly type: 'octets'; readonly octets: Uint8Array; readonly side?: Side }
  /** The peer has shut down writing. */
  | { readonly type: 'end of stream'; readonly side?: Side }
  | { readonly type: 'network error'; readonly reason: string; readonly side?: Side }
  /** The connection is closed in both directions, whether the node asked for it or not. */
  | { readonly type: 'disconnected'; readonly side?: Side }
  /** To be sent through the tunnel: whole IP datagrams that wait together. `offload`: what the only one lacks. */
  | { readonly type: 'datagrams'; readonly datagrams: readonly Uint8Array[]; readonly offload?: Offload | undefined }
  /** Relay: the thread that passes octets for this node has passed a CLOSE frame, or refused a frame. */
  | { readonly type: 'met'; readonly outcome: 'close frame' | 'refused'; readonly side: Side }
  /** What was lent comes back. Nothing else may come before it does. */
  | ({ readonly type: 'given back' } & GivenBack)
  /** The deadline has come. */
  | { readonly type: 'time' }
  /** Initiator: the machine has other addresses than before. */
  | { readonly type: 'network changed' }
  /** Server: a newer confirmed session of the same name takes this one's place. */
  | { readonly type: 'superseded' }
  /** Server and relay: another connection takes its place. */
  | { readonly type: 'gives way' };

export type Effect =
  /** Connect to the next node of the tunnel path. `group`: it is the last one, and may be looked up as a group. */
  | { readonly type: 'open'; readonly name: string; readonly group: boolean }
  | { readonly type: 'send'; readonly octets: Uint8Array; readonly side?: Side }
  /** Shut down writing once everything sent has left. */
  | { readonly type: 'finish'; readonly side?: Side }
  /**
   * Close the connection or give up opening it: unless `abort`, what was sent leaves first. `disconnected` answers it,
   * even when there is no connection any more.
   */
  | { readonly type: 'disconnect'; readonly abort: boolean; readonly side?: Side }
  /** `offload`: what the datagram lacks. */
  | { readonly type: 'deliver'; readonly datagram: Uint8Array; readonly offload?: Offload | undefined }
  | { readonly type: 'authorized'; readonly session: SessionDescription; readonly clientData: ClientData }
  /** Server: the first valid DATA frame has come: make routes, send DATA. */
  | { readonly type: 'confirmed'; readonly session: SessionDescription }
  /** Relay: the next node has answered. From now on octets may pass without this node. */
  | { readonly type: 'answered' }
  /** `to` is absent when the machine has no row: the event was refused. */
  | { readonly type: 'transition'; readonly from: string; readonly event: string; readonly to?: string }
  /** A secret; only if the node's option `keyLog` is set. */
  | { readonly type: 'key log'; readonly label: string; readonly octets: Uint8Array }
  /** A fact for the local log that changes nothing. */
  | { readonly type: 'hint'; readonly text: string }
  /** The node is Dead. `retry`: the initiator will connect again by itself. */
  | { readonly type: 'ended'; readonly cause: Cause; readonly retry: boolean };

/** Qualifies the nature of the authenticated connection, in the words of [EP] fig. 5, d. */
export interface SessionDescription {
  /** Of the initiator. */
  readonly name: string;
  /** The tunnel path, the server last. */
  readonly path: readonly string[];
  readonly suite: number;
  readonly transform: number;
  /** Option bits of DATA that were negotiated. */
  readonly dataOptions: number;
  /** 32 octets: equal at both ends, and only there. */
  readonly handshakeHash: Uint8Array;
  /** 32 octets: the peer's static public key. */
  readonly peerKey: Uint8Array;
}

export interface Node {
  readonly state: string;
  /** Never throws for what a peer sends. `now`: milliseconds on a monotonic clock. */
  handle(input: Input, now: number): readonly Effect[];
  /** When {@link Input} `time` is due, in the same milliseconds. */
  readonly deadline: number | undefined;
  /** Whether a datagram would be sent at once. If not, it waits in a short queue or is dropped. */
  readonly canSend: boolean;
  /** Whether datagrams that wait together share DATA frames. */
  readonly bundles?: boolean;
}

/** Of an end point. */
export interface EndPoint extends Node {
  /**
   * Lends DATA, as long as nothing but DATA comes: then somebody else seals, opens and counts in this node's place.
   * @returns undefined when it cannot: not Authorized, another kind of transform, or something waits to be sent
   */
  lend(now: number): Loan | undefined;
}

/** What became of datagrams that could not be sent at once. */
export interface QueueCounts {
  readonly waiting: number;
  readonly dropped: number;
}
