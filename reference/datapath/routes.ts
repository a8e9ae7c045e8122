/** What each role decides about datagrams: whose they are, and what a peer may send. Runs in the thread of the data path. */
import type { PeerPolicy } from '../adapter/receive-path.ts';

export interface Routes {
  /** The tunnel of a whole datagram of the local stack; undefined: it is nobody's. */
  destination(datagram: Uint8Array): number | undefined;
  /** What the peer of a tunnel may send; undefined for a tunnel that is not known: it may send nothing. */
  policy(tunnel: number): PeerPolicy | undefined;
  /** Whether there are several tunnels: then a full one must not delay the others. */
  readonly shared: boolean;
  /** What the role has to say. */
  change(change: unknown): void;
}
