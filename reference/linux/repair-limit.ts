/** Keeps from fighting for ever with another program that removes a route or an address as often as it is put back. */

/** More repairs of one thing than this within `span` are a fight, which rests for `rest`. Milliseconds. */
const most = 5;
const span = 10_000;
export const rest = 60_000;

/** Whether something may be put back. @param what in words, such as "the route to 10.9.0.0/24" */
export type Admit = (what: string) => boolean;

export class RepairLimit {
  readonly #repairs = new Map<string, number[]>();
  readonly #resting = new Map<string, number>();
  readonly #contested: (what: string) => void;

  /** @param contested told once when the repairs of something begin to rest */
  constructor(contested: (what: string) => void) {
    this.#contested = contested;
  }

  /** Whether it may be put back now. @param now milliseconds on a monotonic clock */
  admit(what: string, now: number): boolean {
    const until = this.#resting.get(what);
    if (until !== undefined && now < until) return false;
    this.#resting.delete(what);
    const recent = (this.#repairs.get(what) ?? []).filter((moment) => moment > now - span);
    if (recent.length < most) {
      this.#repairs.set(what, [...recent, now]);
      return true;
    }
    this.#repairs.delete(what);
    this.#resting.set(what, now + rest);
    this.#contested(what);
    return false;
  }
}
