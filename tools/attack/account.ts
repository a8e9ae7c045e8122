/** What a process that keeps many tunnels is told, and what it counts. */

export interface Tunnels {
  readonly to: string;
  readonly port: number;
  /** Local addresses, each used in turn. */
  readonly from: readonly string[];
  /** Initiators, each used in turn; more than there are tunnels at once. */
  readonly names: readonly string[];
  readonly tunnels: number;
  /** Milliseconds from one echo of a tunnel to the next. */
  readonly every: number;
  /** What the server answers as. */
  readonly server: string;
}

/** Of all tunnels so far. */
export interface Account {
  readonly event: 'account';
  readonly open: number;
  readonly killed: number;
  /** Echo requests in whole frames that the kernel took, and those of them that were answered. */
  readonly sent: number;
  readonly answered: number;
  /** Echo requests that were sent right before the connection was reset. */
  readonly cut: number;
  /** Requests that were answered later than after a second. */
  readonly late: number;
  /** Requests that were never answered. */
  readonly unanswered: number;
  /** Milliseconds until the answer that took longest. */
  readonly longest: number;
  /** Tunnels that did not come about, or that ended without being killed, and the last reason. */
  readonly lost: number;
  readonly reason: string;
}

/** ICMP identifiers: of requests, and of those that are sent right before a reset. */
export const echoIds = { usual: 1, cut: 2 } as const;
