/**
 * The unconfirmed sessions of each static key (docs/protocol.md, section 10.4). A REQUEST can be replayed, and whoever
 * replays it can't make a newer one. So what is fresh never waits for what may be a replay.
 */

/** A REQUEST that was authorised, until its session is confirmed or ends. */
export interface Place {
  readonly fresh: boolean;
  readonly release: () => void;
}

interface Session {
  readonly fresh: boolean;
  readonly value: bigint;
  readonly giveWay: () => void;
}

interface OfKey {
  /** The greatest value that was authorised; -1 where none had one. */
  greatest: bigint;
  readonly sessions: Set<Session>;
}

/** The places of SRV-25 and SRV-26. It keeps the greatest freshness of a key until the process ends. */
export class Unconfirmed {
  readonly #limit: number;
  /** Of authorised keys only, so that the configuration bounds them. */
  readonly #keys = new Map<string, OfKey>();

  /** @param limit of sessions of one key */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * @param key of an initiator that the policy authorises
   * @param freshness of its REQUEST
   * @returns a function that takes a place, at the expense of another's if need be; undefined if there is none
   */
  placeFor(key: string, freshness: bigint | undefined): ((giveWay: () => void) => Place) | undefined {
    const { greatest, sessions } = this.#keys.get(key) ?? { greatest: -1n, sessions: new Set<Session>() };
    const value = freshness ?? -1n;
    const fresh = value > greatest;
    const full = sessions.size >= this.#limit;
    if (!fresh && (full || [...sessions].some((session) => !session.fresh))) return undefined;
    return (giveWay) => {
      const session: Session = { fresh, value, giveWay };
      this.#keys.set(key, { greatest: fresh ? value : greatest, sessions });
      const last = full ? [...sessions].sort(lastFirst)[0] : undefined;
      sessions.add(session);
      if (last !== undefined) {
        sessions.delete(last);
        last.giveWay();
      }
      return { fresh, release: () => sessions.delete(session) };
    };
  }
}

/** What is stale comes first, then the lowest value. */
function lastFirst(one: Session, other: Session): number {
  if (one.fresh !== other.fresh) return one.fresh ? 1 : -1;
  return one.value < other.value ? -1 : 1;
}
