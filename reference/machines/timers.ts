/** The timers of the three machines in one table, and the set of deadlines that run. The caller has the clock. */

/** Milliseconds. All of them can be configured. */
export const defaultTimers = {
  /** Initiator, TCP Open: until the transport connection is established. */
  tcpOpen: 10_000,
  /** Initiator, Send Relay to Response Wait: until the RESPONSE. */
  responseWait: 30_000,
  /** Server and relay, Receive Relay: until the RELAY frame. */
  receiveRelay: 10_000,
  /** Server, Connect Wait: until the REQUEST. */
  connectWait: 10_000,
  /** Relay, Forward Connect: until the next node has accepted. */
  forwardConnect: 10_000,
  /** Server: from the REQUEST to the CLOSE that refuses it, whatever the fault. */
  refusalDelay: 250,
  /** Server, Authorized: until the first valid DATA frame. */
  confirmation: 10_000,
  /** End points, Authorized: after sending nothing for this long, an empty DATA frame. */
  keepAlive: 20_000,
  /** End points, Authorized: receiving nothing for this long is a network error. */
  silence: 60_000,
  /** Dying and Reconnect: until the peer has ended its stream too. */
  dying: 2_000,
  /** End points, Authorized: since the last octet of a frame that is not whole. */
  stalledFrame: 10_000,
  /** Initiator, Dead: first and longest time until Idle. */
  backOffMin: 1_000,
  backOffMax: 60_000,
  /** Server, Authorized: added to a key's lifetime. */
  expiryGrace: 60_000,
} as const;

export type TimerName = keyof typeof defaultTimers;

/** What can be due in a state: its own timer (`state`), and what actions set. */
export type DeadlineName =
  | 'state'
  /** An empty DATA frame is sent. */
  | 'keepAlive'
  /** *network error* is raised. */
  | 'silence'
  /** *integrity failure* is raised. */
  | 'stalledFrame'
  /** The key's lifetime is over, or as much of it as this end point uses: *key expired* is raised. */
  | 'expiry'
  /** Server: the CLOSE that refuses a REQUEST is sent. */
  | 'refusal'
  /** Initiator: *back-off over* is raised. */
  | 'backOff';

/** Milliseconds each. */
export type Timers = Readonly<Record<TimerName, number>>;

/** Named moments on the caller's monotonic clock, in milliseconds. */
export class Deadlines<Name extends string> {
  readonly #moments = new Map<Name, number>();

  /** Replaces a moment of the same name. */
  set(name: Name, moment: number): void {
    this.#moments.set(name, moment);
  }

  get(name: Name): number | undefined {
    return this.#moments.get(name);
  }

  clear(name: Name): void {
    this.#moments.delete(name);
  }

  clearAll(): void {
    this.#moments.clear();
  }

  /** The earliest of them. */
  get next(): number | undefined {
    let earliest: number | undefined;
    for (const moment of this.#moments.values()) if (earliest === undefined || moment < earliest) earliest = moment;
    return earliest;
  }

  /** Takes out the earliest one that `now` has reached. */
  take(now: number): Name | undefined {
    let due: Name | undefined;
    let earliest = now;
    for (const [name, moment] of this.#moments) {
      if (moment <= earliest && (due === undefined || moment < earliest)) {
        due = name;
        earliest = moment;
      }
    }
    if (due !== undefined) this.#moments.delete(due);
    return due;
  }
}
