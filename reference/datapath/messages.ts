/** Messages between the process and the thread of its data path. Tunnels have numbers, which the role chooses. */

/** A tunnel that is lent to the thread. The numbers of descriptors and contexts are valid for all threads. */
export interface Loan {
  readonly tunnel: number;
  /** A TCP socket that nobody else reads from or writes to. */
  readonly fd: number;
  /** Of `TunnelState`. */
  readonly state: SharedArrayBuffer;
  /** OpenSSL's. */
  readonly contexts: { readonly seal: number; readonly open: number };
  /** How much of each direction may be used: what reaches a bound is the last. */
  readonly bounds: { readonly frames: number; readonly octets: number };
  /** Whether frames of several datagrams were negotiated. */
  readonly bundles: boolean;
  /** Octets of the peer that are not used up: part of a frame, or frames. */
  readonly unread: Uint8Array;
}

export type Order =
  | ({ readonly order: 'take' } & Loan)
  | { readonly order: 'return'; readonly tunnel: number }
  /** The adapter's TAP, and the two physical addresses that each frame to the local stack begins with: 12 octets. */
  | { readonly order: 'adapter'; readonly fd: number; readonly addresses: Uint8Array }
  | { readonly order: 'return adapter' }
  /** What only the role's own `Routes` understands. */
  | { readonly order: 'routes'; readonly change: unknown }
  | { readonly order: 'stop' };

/** A tunnel is the thread's no more: the state has its counters. */
export interface Returned {
  readonly tunnel: number;
  /** Octets of the peer from the first frame that the thread left alone. */
  readonly unread: Uint8Array;
  /** Octets that have to be sent before all others. */
  readonly unsent: Uint8Array;
  /** Milliseconds since the thread last sent and received; undefined if it did not. */
  readonly sentAgo: number | undefined;
  readonly receivedAgo: number | undefined;
  /** The name of errno, if the connection has failed. */
  readonly failure: string | undefined;
}

export type Report =
  | { readonly report: 'ready' }
  | ({ readonly report: 'returned' } & Returned)
  /** For the readable path: an Ethernet frame of the local stack that is no plain datagram for a tunnel of the thread. */
  | { readonly report: 'frame'; readonly frame: Uint8Array }
  /** What the role's own `Routes` has to say. */
  | { readonly report: 'routes'; readonly news: unknown }
  /** The adapter can't be read or written any more. */
  | { readonly report: 'adapter failed' };

/** What a thread is started with. */
export interface ThreadData {
  readonly port: import('node:worker_threads').MessagePort;
  /** An eventfd: orders are waiting. */
  readonly bell: number;
  /**
   * Three Int32: a number that is asked for, the last one that was answered after all orders before it, and how many frames
   * the readable path has not had yet.
   */
  readonly control: SharedArrayBuffer;
  /** Of `SharedCounts`: the adapter's. */
  readonly counts: SharedArrayBuffer;
  readonly routes: unknown;
}

/** Places in `control`. */
export const [asked, answered, unhandled] = [0, 1, 2];
/** What is answered by a thread that failed. */
export const gone = -1;
/** Frames for the readable path that wait at most: what comes beyond is lost, as in a full queue. */
export const mostUnhandled = 512;
