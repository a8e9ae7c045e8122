/** Ends the fight with another program that removes a route or an address each time that it is put back. */

/** More repairs of one object than `limit` within `span` are a fight: then none is made for `pauseLength`. Milliseconds. */
const limit = 5;
const span = 10_000;
export const pauseLength = 60_000;

/** Whether something may be put back. @param object in words, such as "the route to 10.9.0.0/24" */
export type Admit = (object: string) => boolean;

/** Counts repairs by object, which is any text that names it: a route or an address. */
export class RepairLimit {
  readonly #repairs = new Map<string, number[]>();
  /** Objects that are left alone, and until when. */
  readonly #paused = new Map<string, number>();
  readonly #contested: (object: string) => void;

  /** @param contested called once when the repairs of an object begin to pause */
  constructor(contested: (object: string) => void) {
    this.#contested = contested;
  }

  /** Whether it may be put back now. @param now milliseconds on a monotonic clock */
  admit(object: string, now: number): boolean {
    const until = this.#paused.get(object);
    if (until !== undefined && now < until) return false;
    this.#paused.delete(object);
    const recent = (this.#repairs.get(object) ?? []).filter((moment) => moment > now - span);
    if (recent.length < limit) {
      this.#repairs.set(object, [...recent, now]);
      return true;
    }
    this.#repairs.delete(object);
    this.#paused.set(object, now + pauseLength);
    this.#contested(object);
    return false;
  }
}
